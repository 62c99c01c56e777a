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
