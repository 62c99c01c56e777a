internal import Foundation

/// One line that is a JSON object, of which some members are wanted.
///
/// The common shape (names without escapes, strings, whole numbers, true, false, null) is read as it stands; any line with
/// something else in it is read again by ``JSONReader``, which also says what is wrong.
struct FlatObject {
    enum Value {
        case missing
        case null
        case integer(Int64)
        case boolean(Bool)
        case string(UnsafeRawBufferPointer)
        case text(String)
        /// A fraction, a number beyond 64 bits, an array or an object.
        case other
    }

    private let names: [StaticString]
    private var values: [Value]

    init(_ names: [StaticString]) {
        self.names = names
        values = Array(repeating: .missing, count: names.count)
    }

    /// Reads a line. What the values point at is the line's.
    mutating func read(_ line: UnsafeRawBufferPointer) throws(LineProblem) {
        for index in values.indices { values[index] = .missing }
        var scanner = FlatScanner(line)
        if try scanner.members({ name, value throws(LineProblem) in try take(name, value) }) { return }
        for index in values.indices { values[index] = .missing }
        try readSlowly(line)
    }

    private mutating func take(_ name: UnsafeRawBufferPointer, _ value: Value) throws(LineProblem) {
        guard let index = names.firstIndex(where: { name.equals($0) }) else { return }
        guard case .missing = values[index] else { throw LineProblem("'\(names[index])' is given twice") }
        values[index] = value
    }

    private mutating func readSlowly(_ line: UnsafeRawBufferPointer) throws(LineProblem) {
        let json: JSONText
        do throws(ConfigurationError) {
            json = try JSONText(parsing: Array(line), file: "")
        } catch {
            throw LineProblem(error.problem)
        }
        guard let members = json.members else { throw LineProblem("this is not a JSON object") }
        for member in members {
            var name = member.key
            let value = Value(member.value.value)
            // Not by withUTF8 alone: it has no typed errors.
            let result: Result<Void, LineProblem> = name.withUTF8 { bytes in
                do throws(LineProblem) {
                    return .success(try take(UnsafeRawBufferPointer(bytes), value))
                } catch {
                    return .failure(error)
                }
            }
            try result.get()
        }
    }

    // MARK: Members, by their place in the list of names

    /// `nil` where it is missing or null.
    func integer(_ index: Int, in range: ClosedRange<Int64> = 0...Int64.max) throws(LineProblem) -> Int64? {
        switch values[index] {
        case .missing, .null: return nil
        case .integer(let integer) where range.contains(integer): return integer
        default: throw LineProblem("'\(names[index])' is not a whole number from \(range.lowerBound) to \(range.upperBound)")
        }
    }

    func required(_ index: Int, in range: ClosedRange<Int64> = 0...Int64.max) throws(LineProblem) -> Int64 {
        guard let integer = try integer(index, in: range) else { throw LineProblem("'\(names[index])' is missing") }
        return integer
    }

    func boolean(_ index: Int) throws(LineProblem) -> Bool? {
        switch values[index] {
        case .missing, .null: return nil
        case .boolean(let boolean): return boolean
        default: throw LineProblem("'\(names[index])' is neither true nor false")
        }
    }

    func string(_ index: Int) throws(LineProblem) -> String? {
        switch values[index] {
        case .missing, .null: return nil
        case .text(let text): return text
        case .string(let bytes):
            guard let text = String(validating: bytes, as: UTF8.self) else { throw LineProblem("'\(names[index])' is not UTF-8 text") }
            return text
        default: throw LineProblem("'\(names[index])' is not a string")
        }
    }

    /// The bytes of a string that is written without escapes.
    func plainBytes(_ index: Int) -> UnsafeRawBufferPointer? {
        if case .string(let bytes) = values[index] { bytes } else { nil }
    }
}

extension FlatObject.Value {
    init(_ json: JSONText.Value) {
        self = switch json {
        case .object, .array: .other
        case .null: .null
        case .string(let text): .text(text)
        case .literal("true"): .boolean(true)
        case .literal("false"): .boolean(false)
        case .literal(let word): Int64(word).map { .integer($0) } ?? .other
        }
    }
}

extension UnsafeRawBufferPointer {
    fileprivate func equals(_ name: StaticString) -> Bool {
        guard count == name.utf8CodeUnitCount, let baseAddress else { return false }
        return memcmp(baseAddress, name.utf8Start, count) == 0
    }
}
