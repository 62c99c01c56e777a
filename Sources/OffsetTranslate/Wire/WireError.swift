/// Why a record of an internal topic can't be what it should be.
public enum WireError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The value is null: the record deletes what had this key before.
    case tombstone
    case missingKey
    /// The bytes end inside this field.
    case truncated(field: String)
    /// A string's length is negative: MM2 writes no null strings.
    case negativeLength(field: String)
    case invalidUTF8(field: String)
    /// A partition or offset below zero.
    case negative(field: String, Int64)
    case unsupportedVersion(Int16)
    /// It contradicts what was read before it.
    case inconsistent(field: String)
    /// A string is longer than its 16-bit length can say.
    case tooLong(field: String, bytes: Int)

    public var description: String {
        switch self {
        case .tombstone: "a tombstone"
        case .missingKey: "the key is null"
        case .truncated(let field): "truncated at \(field)"
        case .negativeLength(let field): "\(field) has a negative length"
        case .invalidUTF8(let field): "\(field) is not UTF-8"
        case .negative(let field, let value): "\(field) is negative (\(value))"
        case .unsupportedVersion(let version): "format version \(version) is not known (only 0 is)"
        case .inconsistent(let field): "\(field) contradicts what comes before it"
        case .tooLong(let field, let bytes): "\(field) has \(bytes) bytes, at most \(Int16.max) fit"
        }
    }
}
