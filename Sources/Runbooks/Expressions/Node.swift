/// An expression as it is understood.
struct Node: Sendable, Hashable {
    indirect enum Kind: Sendable, Hashable {
        case literal(Value)
        case reference(Reference)
        case isKnown(Reference, Bool)
        case not(Node)
        /// Of two or more: a long chain is not a deep one.
        case all([Node])
        case any([Node])
        case compare(Comparison, Node, Node)
    }

    var kind: Kind
    /// Where it is, for messages: the operator of those that have one between two sides.
    var column: Int

    /// In order of appearance.
    var references: [Reference] {
        switch kind {
        case .literal: []
        case .reference(let reference), .isKnown(let reference, _): [reference]
        case .not(let node): node.references
        case .all(let nodes), .any(let nodes): nodes.flatMap(\.references)
        case .compare(_, let left, let right): left.references + right.references
        }
    }
}
