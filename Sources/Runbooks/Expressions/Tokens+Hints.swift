extension Tokens {
    /// What people write who know other languages, and what it is here.
    struct Hint {
        var written: String
        var advice: String

        fileprivate init(_ written: String, _ advice: String) {
            self.written = written
            self.advice = advice
        }

        fileprivate init(_ written: String, instead: String) { self.init(written, "write \(instead)") }
    }

    /// Those that begin as something does that is right, longest first.
    static let hints = [
        Hint("===", instead: "=="), Hint("!==", instead: "!="), Hint("<>", instead: "!="),
        Hint("=<", instead: "<="), Hint("=>", instead: ">="),
    ]

    /// Those that do not.
    static let lateHints =
        [
            Hint("&&", instead: "and"), Hint("&", instead: "and"), Hint("||", instead: "or"), Hint("|", instead: "or"),
            Hint("!", instead: "not"), Hint("=", instead: "== to compare"),
            Hint("≤", instead: "<="), Hint("≥", instead: ">="), Hint("≠", instead: "!="), Hint("∈", instead: "in"), Hint("¬", instead: "not"),
            Hint("−", instead: "- for a negative number"), Hint("–", instead: "- for a negative number"),
            Hint("${", "references stand by themselves in an expression, as plan.maxReplay"),
            Hint("`", #"write "text" or 'text'"#),
        ]
        + "“”„‟«»‘’‚‹›".map { Hint(String($0), #"write the plain quotes "text" or 'text'"#) }
        + "+-*/%^".map { Hint(String($0), "there is no arithmetic") }

    /// For a name where none is known; `nil` where there is nothing to say.
    static func advice(on name: String) -> String? {
        switch name.lowercased() {
        case let word where word != name && (Keyword(rawValue: word) != nil || word == Comparison.contained.rawValue):
            "write '\(word)' in small letters"
        case "null", "nil", "none", "undefined": "write 'is unknown' to ask whether something could not be told"
        case "yes", "on": "write true"
        case "no", "off": "write false"
        default: nil
        }
    }
}
