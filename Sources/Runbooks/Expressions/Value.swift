/// What a parameter has, or a step has found.
public enum Value: Sendable, Hashable {
    case number(Double)
    case text(String)
    case boolean(Bool)
    case list([String])

    public static func integer(_ value: some BinaryInteger) -> Value { .number(Double(value)) }

    public var type: ValueType {
        switch self {
        case .number: .number
        case .text: .text
        case .boolean: .boolean
        case .list: .list
        }
    }
}

/// Types of expressions. A value of each may also be unknown.
public enum ValueType: String, Sendable, Hashable {
    case number, text, boolean, list
}

/// As plain JSON: a number, a string, a boolean, an array of strings. Whole numbers have no decimals.
extension Value: Codable {
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let value = try? container.decode(Bool.self) {
            self = .boolean(value)
        } else if let value = try? container.decode(Double.self) {
            self = .number(value)
        } else if let value = try? container.decode(String.self) {
            self = .text(value)
        } else {
            self = .list(try container.decode([String].self))
        }
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .number(let value):
            if let whole = Int64(exactly: value) { try container.encode(whole) } else { try container.encode(value) }
        case .text(let value): try container.encode(value)
        case .boolean(let value): try container.encode(value)
        case .list(let value): try container.encode(value)
        }
    }
}
