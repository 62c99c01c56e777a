/// Goes over the members of a JSON object that holds nothing but strings without escapes, whole numbers of up to 18 digits,
/// true, false and null.
struct FlatScanner {
    private let bytes: UnsafeRawBufferPointer
    private var position = 0

    init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    /// - Returns: false where the text is of another shape, right or wrong; what was handed over is then void.
    mutating func members(
        _ take: (UnsafeRawBufferPointer, FlatObject.Value) throws(LineProblem) -> Void
    ) throws(LineProblem) -> Bool {
        guard accept("{") else { return false }
        repeat {
            guard let name = string(), accept(":"), let value = value() else { return false }
            try take(name, value)
        } while accept(",")
        return accept("}") && position == bytes.count
    }

    /// Passes over blanks and then over one character, if it is that.
    private mutating func accept(_ character: Unicode.Scalar) -> Bool {
        skipBlanks()
        guard position < bytes.count, bytes[position] == UInt8(ascii: character) else { return false }
        position += 1
        return true
    }

    private mutating func skipBlanks() {
        while position < bytes.count, bytes[position] == 0x20 || bytes[position] == 0x09 { position += 1 }
    }

    private mutating func string() -> UnsafeRawBufferPointer? {
        guard accept("\"") else { return nil }
        let start = position
        while position < bytes.count {
            switch bytes[position] {
            case UInt8(ascii: "\""):
                position += 1
                return UnsafeRawBufferPointer(rebasing: bytes[start..<(position - 1)])
            case UInt8(ascii: "\\"), 0..<0x20: return nil
            default: position += 1
            }
        }
        return nil
    }

    private mutating func value() -> FlatObject.Value? {
        skipBlanks()
        guard position < bytes.count else { return nil }
        switch bytes[position] {
        case UInt8(ascii: "\""): return string().map { .string($0) }
        case UInt8(ascii: "t"): return word("true") ? .boolean(true) : nil
        case UInt8(ascii: "f"): return word("false") ? .boolean(false) : nil
        case UInt8(ascii: "n"): return word("null") ? .null : nil
        default: return integer().map { .integer($0) }
        }
    }

    private mutating func word(_ word: StaticString) -> Bool {
        let end = position + word.utf8CodeUnitCount
        let wanted = UnsafeBufferPointer(start: word.utf8Start, count: word.utf8CodeUnitCount)
        guard end <= bytes.count, bytes[position..<end].elementsEqual(wanted) else { return false }
        position = end
        return true
    }

    private mutating func integer() -> Int64? {
        let isNegative = bytes[position] == UInt8(ascii: "-")
        if isNegative { position += 1 }
        let start = position
        var number: Int64 = 0
        while position < bytes.count, case let digit = bytes[position] &- UInt8(ascii: "0"), digit < 10 {
            guard position - start < 18 else { return nil }
            number = number * 10 + Int64(digit)
            position += 1
        }
        let digits = position - start
        guard digits > 0, digits == 1 || bytes[start] != UInt8(ascii: "0") else { return nil }
        return isNegative ? -number : number
    }
}
