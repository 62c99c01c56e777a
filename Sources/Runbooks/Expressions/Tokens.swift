/// The words of an expression, one at a time, so that the first mistake in it is the one that is told.
struct Tokens {
    private var characters: Characters
    private(set) var token = Token.end
    /// Where ``token`` begins.
    private(set) var column = 0

    /// Stands at the first.
    init(_ text: String) throws(ExpressionError) {
        characters = Characters(text)
        try advance()
    }

    mutating func advance() throws(ExpressionError) {
        _ = characters.take(while: \.isWhitespace)
        column = characters.column
        token = try read()
    }

    /// Skips over `expected` where the expression stands at it.
    mutating func skip(_ expected: Token) throws(ExpressionError) -> Bool {
        guard token == expected else { return false }
        try advance()
        return true
    }

    /// A mistake where the expression stands.
    func error(_ message: String) -> ExpressionError { ExpressionError(message: message, column: column) }

    private mutating func read() throws(ExpressionError) -> Token {
        guard let next = characters.next else { return .end }
        if next.isLatinLetter { return try word() }
        if next.isDigit || (next == "-" && characters.second?.isDigit == true) { return try number() }
        if next == "\"" || next == "'" { return try text(in: next) }
        if let hint = Self.hints.first(where: { characters.skip($0.written) }) {
            throw error("'\(hint.written)' is not understood here; \(hint.advice)")
        }
        for comparison in [Comparison.equal, .unequal, .lessOrEqual, .moreOrEqual, .less, .more] where characters.skip(comparison.rawValue) {
            return .comparison(comparison)
        }
        if let mark = Mark(rawValue: String(next)) {
            _ = characters.skip(mark.rawValue)
            return .mark(mark)
        }
        if let hint = Self.lateHints.first(where: { characters.skip($0.written) }) {
            throw error("'\(hint.written)' is not understood here; \(hint.advice)")
        }
        throw error("'\(next)' is not understood here; \(Self.values)")
    }

    private mutating func word() throws(ExpressionError) -> Token {
        let (scope, name) = characters.reference()
        guard name.isEmpty else {
            guard characters.next != "." else { throw error("a reference has two names, as in plan.maxReplay, and no third") }
            return .reference(Reference(scope: scope, name: name))
        }
        guard characters.next != "." else { throw error("after '\(scope).' a name was expected, as in plan.maxReplay") }
        guard characters.next != "(" || Keyword(rawValue: scope) != nil || scope == Comparison.contained.rawValue else {
            throw error("there are no functions; '\(scope)' cannot be called")
        }
        return Keyword(rawValue: scope).map(Token.keyword) ?? Comparison(rawValue: scope).map(Token.comparison) ?? .name(scope)
    }

    private mutating func number() throws(ExpressionError) -> Token {
        var digits = characters.skip("-") ? "-" : ""
        digits += characters.take(while: \.isDigit)
        if characters.next == ".", characters.second?.isDigit == true {
            _ = characters.skip(".")
            digits += "." + characters.take(while: \.isDigit)
        }
        if let next = characters.next, next.isLetter || next == "_" || next == "." {
            throw error("a number is digits, as 1000 or 0.5, without separators or units; after \(digits) comes '\(next)'")
        }
        // Beyond that not every whole number is one of its own.
        guard let value = Double(digits), value.magnitude < 0x1p53 else { throw error("too large a number; at most 9007199254740991 was expected") }
        return .number(value)
    }

    private mutating func text(in quote: Character) throws(ExpressionError) -> Token {
        _ = characters.skip(String(quote))
        let text = characters.take { $0 != quote }
        guard characters.skip(String(quote)) else { throw error("the text that begins here has no end; \(quote) was expected after it") }
        return .text(text)
    }

    static let values = #"a value was expected: plan.maxReplay, parameters.NAME, 1000, "text", true, false or ["a", "b"]"#
}
