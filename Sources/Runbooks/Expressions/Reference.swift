/// Where a value is from: `parameters.NAME` or `STEP.FIELD`.
public struct Reference: Sendable, Hashable, CustomStringConvertible {
    /// `parameters`, `this`, or the id of a step.
    public var scope: String
    public var name: String

    public init(scope: String, name: String) {
        self.scope = scope
        self.name = name
    }

    public var description: String { "\(scope).\(name)" }
}

/// What names there are and of which type: for checking before anything runs.
public protocol ReferenceTypes {
    /// Throws where there is no such thing, with a message for people. Whoever checks an expression puts in the column.
    func type(of reference: Reference) throws(ExpressionError) -> ValueType
}

/// What they are now.
public protocol ReferenceValues {
    /// `nil` is unknown.
    func value(of reference: Reference) -> Value?
}

/// An expression, or text with references, that cannot be used: what was expected, and where.
public struct ExpressionError: Error, Sendable, Hashable, CustomStringConvertible {
    public var message: String
    /// In characters from the beginning of the text, from 0.
    public var column: Int

    public init(message: String, column: Int = 0) {
        self.message = message
        self.column = column
    }

    /// Columns are counted from 1 for people.
    public var description: String { "column \(column + 1): \(Value.message(message))" }
}
