/// Makes a ``Node`` of an expression's words:
///
///     any     = all { "or" all }
///     all     = not { "and" not }
///     not     = "not" not | compare
///     compare = value [ ("==" | "!=" | "<" | "<=" | ">" | ">=" | "in") value | "is" ("known" | "unknown") ]
///     value   = reference | number | text | "true" | "false" | "[" [ text { "," text } ] "]" | "(" any ")"
struct Parser {
    /// What is nested deeper could overflow the stack.
    static let depth = 64
    /// In characters.
    static let length = 4096

    private var tokens: Tokens
    private var depth = 0

    static func node(_ text: String) throws(ExpressionError) -> Node {
        // Whoever writes a longer one has something else in mind, and a message for people holds no more.
        guard text.prefix(length + 1).count <= length else {
            throw ExpressionError(message: "the expression is too long; at most \(length) characters were expected", column: length)
        }
        var parser = Parser(tokens: try Tokens(text))
        let node = try parser.any()
        guard parser.tokens.token == .end else { throw parser.leftOver(or: "the end") }
        return node
    }

    private init(tokens: Tokens) { self.tokens = tokens }

    private mutating func any() throws(ExpressionError) -> Node {
        try chain(of: .or, Node.Kind.any) { (parser) throws(ExpressionError) in
            try parser.chain(of: .and, Node.Kind.all) { (parser) throws(ExpressionError) in try parser.not() }
        }
    }

    private mutating func chain(
        of keyword: Keyword, _ kind: ([Node]) -> Node.Kind, _ part: (inout Parser) throws(ExpressionError) -> Node
    ) throws(ExpressionError) -> Node {
        var nodes = [try part(&self)]
        let column = tokens.column
        while try tokens.skip(.keyword(keyword)) { nodes.append(try part(&self)) }
        return nodes.count == 1 ? nodes[0] : Node(kind: kind(nodes), column: column)
    }

    private mutating func not() throws(ExpressionError) -> Node {
        let column = tokens.column
        guard try tokens.skip(.keyword(.not)) else { return try compare() }
        return Node(kind: .not(try nested(at: column) { (parser) throws(ExpressionError) in try parser.not() }), column: column)
    }

    private mutating func compare() throws(ExpressionError) -> Node {
        let left = try value()
        let column = tokens.column
        let node: Node
        switch tokens.token {
        case .comparison(let comparison):
            try tokens.advance()
            node = Node(kind: .compare(comparison, left, try value()), column: column)
        case .keyword(.is):
            try tokens.advance()
            node = Node(kind: try isKnown(left), column: left.column)
        case .keyword(.not):
            throw tokens.error("'not' stands before what it denies: write not (x in list), not x in list")
        default: return left
        }
        switch tokens.token {
        case .comparison, .keyword(.is):
            throw tokens.error("comparisons do not chain; 'and', 'or' or the end was expected: write a < b and b < c, or parentheses")
        default: return node
        }
    }

    private mutating func isKnown(_ left: Node) throws(ExpressionError) -> Node.Kind {
        guard case .reference(let reference) = left.kind else {
            let message = "'is' asks about a reference; one was expected before it, as in plan.maxReplay is known"
            throw ExpressionError(message: message, column: left.column)
        }
        if try tokens.skip(.keyword(.known)) { return .isKnown(reference, true) }
        if try tokens.skip(.keyword(.unknown)) { return .isKnown(reference, false) }
        let advice = tokens.token == .keyword(.not) ? "; write 'is unknown'" : "; values are compared by =="
        throw tokens.error("after 'is', 'known' or 'unknown' was expected, found \(tokens.token)\(advice)")
    }

    private mutating func value() throws(ExpressionError) -> Node {
        let column = tokens.column
        let kind: Node.Kind
        switch tokens.token {
        case .reference(let reference): kind = .reference(reference)
        case .number(let number): kind = .literal(.number(number))
        case .text(let text): kind = .literal(.text(text))
        case .keyword(.true): kind = .literal(.boolean(true))
        case .keyword(.false): kind = .literal(.boolean(false))
        case .mark(.openList): return Node(kind: .literal(.list(try list())), column: column)
        case .mark(.open): return try parentheses()
        case .name(let name):
            let advice = Tokens.advice(on: name) ?? "write parameters.\(name), STEP.\(name), or \"\(name)\" for a text"
            throw tokens.error("'\(name)' by itself is nothing; \(advice)")
        case .keyword(.not): throw tokens.error("a value was expected, found 'not'; put it in parentheses with what it denies")
        default: throw tokens.error("\(Tokens.values); found \(tokens.token)")
        }
        try tokens.advance()
        return Node(kind: kind, column: column)
    }

    private mutating func parentheses() throws(ExpressionError) -> Node {
        let column = tokens.column
        try tokens.advance()
        let node = try nested(at: column) { (parser) throws(ExpressionError) in try parser.any() }
        guard try tokens.skip(.mark(.close)) else {
            throw leftOver(or: "the ')' of column \(column + 1)")
        }
        return node
    }

    private mutating func list() throws(ExpressionError) -> [String] {
        try tokens.advance()
        var items: [String] = []
        guard try !tokens.skip(.mark(.closeList)) else { return items }
        repeat {
            guard case .text(let item) = tokens.token else { throw tokens.error("a text in quotes was expected in the list, found \(tokens.token)") }
            items.append(item)
            try tokens.advance()
        } while try tokens.skip(.mark(.comma))
        guard try tokens.skip(.mark(.closeList)) else { throw tokens.error("',' or ']' was expected in the list, found \(tokens.token)") }
        return items
    }

    private mutating func nested(at column: Int, _ inner: (inout Parser) throws(ExpressionError) -> Node) throws(ExpressionError) -> Node {
        guard depth < Self.depth else {
            let most = "at most \(Self.depth) parentheses and 'not' inside each other were expected"
            throw ExpressionError(message: "nested too deeply; \(most)", column: column)
        }
        depth += 1
        defer { depth -= 1 }
        return try inner(&self)
    }

    /// Where something else stands after a whole expression than what may.
    private func leftOver(or end: String) -> ExpressionError {
        let expected = "an operator (== != < <= > >= in is and or) or \(end) was expected, found \(tokens.token)"
        return switch tokens.token {
        case .name(let name): tokens.error(expected + (Tokens.advice(on: name).map { "; \($0)" } ?? ""))
        case .mark(.comma): tokens.error(expected + "; numbers have no separators")
        case .mark(.close): tokens.error(expected + ", and no '(' is open")
        default: tokens.error(expected)
        }
    }
}
