public import Runbooks

/// What there is for an expression to look at; what is not in it is unknown.
struct Knowledge: ReferenceValues, ReferenceTypes {
    var values: [Reference: Value] = [:]
    /// Of those that have no value, too.
    var types: [Reference: ValueType] = [:]

    init(_ values: [String: Value], unknown: [String: ValueType] = [:]) {
        for (name, value) in values { self.values[Reference(name)] = value }
        for (name, type) in unknown { types[Reference(name)] = type }
    }

    func value(of reference: Reference) -> Value? { values[reference] }

    func type(of reference: Reference) throws(ExpressionError) -> ValueType {
        guard let type = values[reference]?.type ?? types[reference] else { throw ExpressionError(message: "there is no \(reference)") }
        return type
    }
}

extension Reference {
    init(_ text: String) {
        let names = text.split(separator: ".", maxSplits: 1).map(String.init)
        self.init(scope: names[0], name: names[1])
    }
}

extension Value: ExpressibleByIntegerLiteral, ExpressibleByStringLiteral, ExpressibleByBooleanLiteral, ExpressibleByArrayLiteral {
    public init(integerLiteral value: Int) { self = .integer(value) }
    public init(stringLiteral value: String) { self = .text(value) }
    public init(booleanLiteral value: Bool) { self = .boolean(value) }
    public init(arrayLiteral elements: String...) { self = .list(elements) }
}
