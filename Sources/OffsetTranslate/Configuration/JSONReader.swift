/// A strict reader of JSON (RFC 8259) for configuration: small, bounded in depth, with lines in its errors.
struct JSONReader {
    private let bytes: [UInt8]
    private let file: String
    private var position: Int
    private var line = 1
    /// Configuration is three levels deep; the bound keeps hostile nesting off the stack.
    private static let deepest = 32

    init(bytes: [UInt8], file: String) {
        self.bytes = bytes
        self.file = file
        position = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
    }

    mutating func document() throws(ConfigurationError) -> JSONText {
        let text = try value(depth: 0)
        skipBlanks()
        guard position == bytes.count else { throw malformed("there is something after the end of the JSON") }
        return text
    }

    private func malformed(_ problem: String) -> ConfigurationError {
        ConfigurationError(.malformed, at: .init(file: file, line: line), "this is not JSON: \(problem)")
    }

    private var current: UInt8? { position < bytes.count ? bytes[position] : nil }

    private mutating func skipBlanks() {
        while let byte = current, byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D {
            if byte == 0x0A { line += 1 }
            position += 1
        }
    }

    private mutating func take(_ character: Unicode.Scalar) -> Bool {
        skipBlanks()
        guard current == UInt8(ascii: character) else { return false }
        position += 1
        return true
    }

    private mutating func value(depth: Int) throws(ConfigurationError) -> JSONText {
        guard depth < Self.deepest else { throw malformed("it is nested too deeply") }
        skipBlanks()
        let start = line
        switch current {
        case UInt8(ascii: "{"): return JSONText(value: .object(try members(depth: depth)), line: start)
        case UInt8(ascii: "["): return JSONText(value: .array(try elements(depth: depth)), line: start)
        case UInt8(ascii: "\""): return JSONText(value: .string(try string()), line: start)
        case nil: throw malformed("it ends too early")
        default: return JSONText(value: try literal(), line: start)
        }
    }

    private mutating func members(depth: Int) throws(ConfigurationError) -> [JSONText.Member] {
        position += 1
        var members: [JSONText.Member] = []
        if take("}") { return members }
        repeat {
            skipBlanks()
            guard current == UInt8(ascii: "\"") else { throw malformed("a key in double quotes is missing") }
            let start = line
            let key = try string()
            guard take(":") else { throw malformed("a colon is missing after a key") }
            members.append(.init(key: key, line: start, value: try value(depth: depth + 1)))
        } while take(",")
        guard take("}") else { throw malformed("a comma or a closing brace is missing") }
        return members
    }

    private mutating func elements(depth: Int) throws(ConfigurationError) -> [JSONText] {
        position += 1
        var elements: [JSONText] = []
        if take("]") { return elements }
        repeat { elements.append(try value(depth: depth + 1)) } while take(",")
        guard take("]") else { throw malformed("a comma or a closing bracket is missing") }
        return elements
    }

    private mutating func literal() throws(ConfigurationError) -> JSONText.Value {
        let start = position
        while let byte = current, !" \t\r\n,:]}\"".utf8.contains(byte) { position += 1 }
        let word = String(decoding: bytes[start..<position], as: UTF8.self)
        if word == "null" { return .null }
        guard word == "true" || word == "false" || word.wholeMatch(of: /-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?/) != nil
        else { throw malformed("a value is neither a string in double quotes nor a number, true, false or null") }
        return .literal(word)
    }

    private mutating func string() throws(ConfigurationError) -> String {
        position += 1
        var units: [UInt16] = []
        var run = position
        while let byte = current {
            switch byte {
            case UInt8(ascii: "\""):
                units += String(decoding: bytes[run..<position], as: UTF8.self).utf16
                position += 1
                return String(decoding: units, as: UTF16.self)
            case UInt8(ascii: "\\"):
                units += String(decoding: bytes[run..<position], as: UTF8.self).utf16
                position += 1
                units.append(try escape())
                run = position
            case 0..<0x20: throw malformed("a string has a line break or control character in it")
            default: position += 1
            }
        }
        throw malformed("a string has no closing quote")
    }

    private mutating func escape() throws(ConfigurationError) -> UInt16 {
        guard let byte = current else { throw malformed("a string has no closing quote") }
        position += 1
        switch Unicode.Scalar(byte) {
        case "\"", "\\", "/": return UInt16(byte)
        case "b": return 0x08
        case "f": return 0x0C
        case "n": return 0x0A
        case "r": return 0x0D
        case "t": return 0x09
        case "u":
            let digits = String(decoding: bytes[position..<min(position + 4, bytes.count)], as: UTF8.self)
            guard digits.utf8.count == 4, digits.allSatisfy(\.isHexDigit), let unit = UInt16(digits, radix: 16) else {
                throw malformed("a \\u escape needs four hexadecimal digits")
            }
            position += 4
            return unit
        default: throw malformed("a backslash in a string escapes nothing; write it twice")
        }
    }
}
