extension Expression {
    /// What has to hold, in words.
    func sentence(in scope: Scope) -> Prose { root.truth(in: scope) }
}

extension Node {
    fileprivate func truth(in scope: Scope) -> Prose {
        switch kind {
        case .literal(let value): "\(value.plain)"
        case .reference: "\(subject(in: scope)) is true"
        case .isKnown(let reference, let known): "\(reference.named(in: scope)) \(known ? "is known" : "could not be told")"
        case .not(let node): node.denial(in: scope)
        case .all(let nodes): nodes.map { $0.part(in: scope) }.joined(separator: ", and ")
        case .any(let nodes): nodes.map { $0.part(in: scope) }.joined(separator: ", or ")
        case .compare(.contained, let left, let right):
            // Of a list, all.
            if case .literal(.text) = left.kind { "\(left.subject(in: scope)) is among \(right.subject(in: scope))" } else {
                "\(left.subject(in: scope)) is, or all of it are, among \(right.subject(in: scope))"
            }
        case .compare(let comparison, let left, let right):
            if case .literal(.list([])) = right.kind, let words = comparison.emptiness {
                "\(left.subject(in: scope)) \(words)"
            } else {
                "\(left.subject(in: scope)) \(comparison.words) \(right.subject(in: scope))"
            }
        }
    }

    private func denial(in scope: Scope) -> Prose {
        if case .reference = kind { return "\(subject(in: scope)) is false" }
        return "it is not so that \(part(in: scope))"
    }

    /// Within another: what has several parts is held together.
    private func part(in scope: Scope) -> Prose {
        switch kind {
        case .all, .any: "(\(truth(in: scope)))"
        default: truth(in: scope)
        }
    }

    private func subject(in scope: Scope) -> Prose {
        switch kind {
        case .literal(.number(let number)): "\(Value.number(number).description)"
        case .literal(let value): .code(value.cited)
        case .reference(let reference): reference.named(in: scope)
        default: "whether \(part(in: scope))"
        }
    }
}

extension Comparison {
    fileprivate var words: String {
        switch self {
        case .equal: "is"
        case .unequal: "is not"
        case .less: "is less than"
        case .lessOrEqual: "is at most"
        case .more: "is more than"
        case .moreOrEqual: "is at least"
        case .contained: "is among"
        }
    }

    /// Beside an empty list.
    fileprivate var emptiness: String? {
        switch self {
        case .equal: "is empty"
        case .unequal: "is not empty"
        default: nil
        }
    }
}

extension Reference {
    /// In words, with its value where it has one.
    func named(in scope: Scope) -> Prose {
        let value: Prose = scope.value(of: self).map { " (\($0.cited))" } ?? ""
        return switch self.scope {
        case "parameters": "the parameter \(code: name)\(value)"
        case "this": "\(code: name) of that look\(value)"
        default: "\(code: name) of the step \(code: self.scope)\(value)"
        }
    }
}
