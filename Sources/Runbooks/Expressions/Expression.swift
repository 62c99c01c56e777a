/// What a `when`, a gate or a wait asks: looks at parameters and at what steps have found, and can do nothing else.
///
/// What it looks at may be unknown. Then so is the answer, unless the rest decides it: `false and` unknown is false.
public struct Expression: Sendable, Hashable {
    public let text: String
    let root: Node

    /// Throws where it is not an expression. Whether its names exist, ``type(in:)`` tells.
    public init(_ text: String) throws(ExpressionError) {
        self.text = text
        root = try Parser.node(text)
    }

    /// Each once, in order of appearance.
    public var references: [Reference] { root.references.eachOnce }

    /// What the answer is going to be, whatever the values. Throws where a name does not exist, or types do not fit.
    public func type(in types: some ReferenceTypes) throws(ExpressionError) -> ValueType { try root.type(in: types) }

    /// `nil` is unknown: also where values are not of the types that they were said to be.
    public func value(in values: some ReferenceValues) -> Value? { root.value(in: values) }

    /// Which of the references are unknown now.
    public func unknown(in values: some ReferenceValues) -> [Reference] { references.filter { values.value(of: $0) == nil } }

    /// For messages: what each reference is now, `plan.maxReplay = 1,500, look.lag is not known`. On one line.
    public func evidence(in values: some ReferenceValues) -> String {
        references.map { reference in
            values.value(of: reference).map { "\(reference) = \($0.cited)" } ?? "\(reference) is not known"
        }.joined(separator: ", ")
    }
}

extension Sequence where Element: Hashable {
    /// In order of first appearance.
    var eachOnce: [Element] {
        var seen: Set<Element> = []
        return filter { seen.insert($0).inserted }
    }
}
