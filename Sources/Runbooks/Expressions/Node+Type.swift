extension Node {
    /// What it is going to be, whatever the values. Throws at the first thing that does not fit.
    func type(in types: some ReferenceTypes) throws(ExpressionError) -> ValueType {
        switch kind {
        case .literal(let value): return value.type
        case .reference(let reference): return try Self.type(of: reference, at: column, in: types)
        case .isKnown(let reference, _): _ = try Self.type(of: reference, at: column, in: types)
        case .not(let node): try node.require(.boolean, by: "'not' is about", in: types)
        case .all(let nodes): for node in nodes { try node.require(.boolean, by: "'and' stands between", in: types) }
        case .any(let nodes): for node in nodes { try node.require(.boolean, by: "'or' stands between", in: types) }
        case .compare(.contained, let left, let right):
            // All of a list.
            if try left.type(in: types) != .list { try left.require(.text, by: "before 'in' stands", in: types) }
            try right.require(.list, by: "after 'in' stands", in: types)
        case .compare(let comparison, let left, let right) where comparison == .equal || comparison == .unequal:
            let (one, other) = (try left.type(in: types), try right.type(in: types))
            guard one == other else {
                let sides = "\(left.subject) is \(one.phrase), \(right.subject) is \(other.phrase)"
                throw ExpressionError(message: "'\(comparison.rawValue)' compares what is of one kind; \(sides)", column: column)
            }
        case .compare(let comparison, let left, let right):
            for side in [left, right] { try side.require(.number, by: "'\(comparison.rawValue)' compares", in: types) }
        }
        return .boolean
    }

    private func require(_ expected: ValueType, by rule: String, in types: some ReferenceTypes) throws(ExpressionError) {
        let type = try type(in: types)
        guard type == expected else {
            throw ExpressionError(message: "\(rule) \(expected.plural); \(subject) is \(type.phrase)", column: column)
        }
    }

    private static func type(of reference: Reference, at column: Int, in types: some ReferenceTypes) throws(ExpressionError) -> ValueType {
        do { return try types.type(of: reference) } catch { throw ExpressionError(message: error.message, column: column) }
    }

    /// What a message calls it.
    private var subject: String {
        switch kind {
        case .reference(let reference): "\(reference)"
        case .literal(let value): value.cited
        case .isKnown, .not, .all, .any, .compare: "what is here"
        }
    }
}

extension ValueType {
    /// "is a number".
    var phrase: String {
        switch self {
        case .number: "a number"
        case .text: "a text"
        case .boolean: "true or false"
        case .list: "a list"
        }
    }

    fileprivate var plural: String {
        switch self {
        case .number: "numbers"
        case .text: "a text"
        case .boolean: "what is true or false"
        case .list: "a list"
        }
    }
}
