extension Node {
    /// `nil` is unknown, by Kleene's logic of three values: what is known stays so, whatever becomes known besides.
    /// (`is known` alone asks about the knowing itself.) What is not of the type that it should be says nothing either.
    func value(in values: some ReferenceValues) -> Value? {
        switch kind {
        case .literal(let value): return value
        case .reference(let reference): return values.value(of: reference)
        case .isKnown(let reference, let known): return .boolean((values.value(of: reference) != nil) == known)
        case .not(let node): return node.truth(in: values).map { .boolean(!$0) }
        case .all(let nodes): return Self.decided(nodes, by: false, in: values)
        case .any(let nodes): return Self.decided(nodes, by: true, in: values)
        case .compare(let comparison, let left, let right):
            guard let left = left.value(in: values), let right = right.value(in: values) else { return nil }
            return comparison.holds(left, right).map(Value.boolean)
        }
    }

    private func truth(in values: some ReferenceValues) -> Bool? {
        guard case .boolean(let value) = value(in: values) else { return nil }
        return value
    }

    /// One that is `decisive` decides it; else all have to be known.
    private static func decided(_ nodes: [Node], by decisive: Bool, in values: some ReferenceValues) -> Value? {
        var isKnown = true
        for node in nodes {
            switch node.truth(in: values) {
            case decisive: return .boolean(decisive)
            case nil: isKnown = false
            default: break
            }
        }
        return isKnown ? .boolean(!decisive) : nil
    }
}

extension Comparison {
    /// `nil` where these are not of types that it compares.
    fileprivate func holds(_ left: Value, _ right: Value) -> Bool? {
        switch (self, left, right) {
        case (.equal, _, _): left.type == right.type ? left == right : nil
        case (.unequal, _, _): left.type == right.type ? left != right : nil
        case (.less, .number(let left), .number(let right)): left < right
        case (.lessOrEqual, .number(let left), .number(let right)): left <= right
        case (.more, .number(let left), .number(let right)): left > right
        case (.moreOrEqual, .number(let left), .number(let right)): left >= right
        case (.contained, .text(let item), .list(let items)): items.contains(item)
        case (.contained, .list(let some), .list(let items)): some.allSatisfy(items.contains)
        case (.less, _, _), (.lessOrEqual, _, _), (.more, _, _), (.moreOrEqual, _, _), (.contained, _, _): nil
        }
    }
}
