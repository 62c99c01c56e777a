/// Reads the entries of a properties text.
///
/// Works on UTF-16 units because `\uXXXX` does: two escapes may make one character.
struct PropertiesScanner {
    let units: [UInt16]
    let file: String

    private enum Unit {
        static let newline: UInt16 = 0x0A, carriageReturn: UInt16 = 0x0D, backslash: UInt16 = 0x5C
        static let hash: UInt16 = 0x23, bang: UInt16 = 0x21, equals: UInt16 = 0x3D, colon: UInt16 = 0x3A
        static let u: UInt16 = 0x75

        static func isBlank(_ unit: UInt16) -> Bool { unit == 0x20 || unit == 0x09 || unit == 0x0C }
        static func isBreak(_ unit: UInt16) -> Bool { unit == newline || unit == carriageReturn }
    }

    func entries() throws(ConfigurationError) -> [JavaProperties.Entry] {
        var entries: [JavaProperties.Entry] = []
        var position = 0
        var line = 1
        while let logical = nextLine(from: &position, line: &line) {
            entries.append(try entry(of: logical.units, line: logical.line))
        }
        return entries
    }

    /// The next line that is neither blank nor a comment, its continuations joined.
    private func nextLine(from position: inout Int, line: inout Int) -> (units: [UInt16], line: Int)? {
        var joined: [UInt16] = []
        var start: Int?
        while position < units.count {
            let here = line
            let natural = naturalLine(from: &position, line: &line).drop(while: Unit.isBlank)
            if start == nil {
                guard let first = natural.first else { continue }
                if first == Unit.hash || first == Unit.bang { continue }
                start = here
            }
            let escapes = natural.reversed().prefix { $0 == Unit.backslash }.count
            joined += natural.dropLast(escapes % 2)
            guard escapes.isMultiple(of: 2) else { continue }
            if !joined.isEmpty { break }
            start = nil
        }
        return start.map { (joined, $0) }
    }

    private func naturalLine(from position: inout Int, line: inout Int) -> ArraySlice<UInt16> {
        let end = units[position...].firstIndex(where: Unit.isBreak) ?? units.endIndex
        let content = units[position..<end]
        position = end
        guard end < units.count else { return content }
        let isPair = units[end] == Unit.carriageReturn && end + 1 < units.count && units[end + 1] == Unit.newline
        position += isPair ? 2 : 1
        line += 1
        return content
    }

    private func entry(of units: [UInt16], line: Int) throws(ConfigurationError) -> JavaProperties.Entry {
        var end = 0
        while end < units.count, !Unit.isBlank(units[end]), units[end] != Unit.equals, units[end] != Unit.colon {
            end += units[end] == Unit.backslash ? 2 : 1
        }
        end = min(end, units.count)
        var rest = units[end...].drop(while: Unit.isBlank)
        if rest.first == Unit.equals || rest.first == Unit.colon { rest = rest.dropFirst().drop(while: Unit.isBlank) }
        return JavaProperties.Entry(
            key: try unescape(units[..<end], line: line), value: try unescape(rest, line: line), line: line)
    }

    private func unescape(_ units: ArraySlice<UInt16>, line: Int) throws(ConfigurationError) -> String {
        var plain: [UInt16] = []
        var rest = units
        while let unit = rest.popFirst() {
            guard unit == Unit.backslash else {
                plain.append(unit)
                continue
            }
            guard let escaped = rest.popFirst() else { break }
            switch escaped {
            case 0x74: plain.append(0x09)
            case 0x6E: plain.append(0x0A)
            case 0x72: plain.append(0x0D)
            case 0x66: plain.append(0x0C)
            case Unit.u:
                let digits = String(decoding: rest.prefix(4), as: UTF16.self)
                guard digits.utf8.count == 4, digits.allSatisfy(\.isHexDigit), let code = UInt16(digits, radix: 16) else {
                    throw ConfigurationError(
                        .malformed, at: .init(file: file, line: line), "a \\u escape needs four hexadecimal digits",
                        remedy: "Write a backslash that means itself as \\\\")
                }
                plain.append(code)
                rest = rest.dropFirst(4)
            default: plain.append(escaped)
            }
        }
        return String(decoding: plain, as: UTF16.self)
    }
}
