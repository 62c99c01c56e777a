import Testing

/// A file with a mistake, and what is said of it.
struct Mistake: Sendable, CustomTestStringConvertible {
    var yaml: String
    var line: Int
    var column: Int
    var message: String
    var testDescription: String { message }

    init(_ yaml: String, _ line: Int, _ column: Int, _ message: String) {
        (self.yaml, self.line, self.column, self.message) = (yaml, line, column, message)
    }

    static let head = "format-version: 1\ntitle: T\npurpose: P\nowner: O\nuse-when: [always]\n"
    static let oneCluster = "clusters: {config: a}\n"
    static let note = "  - {id: n, title: N, note: x}\n"
    static let plan = "  - {id: p, title: P, plan: {}}\n", approve = "  - {id: g, title: G, approve: {question: x}}\n"

    /// Lines 6 and on.
    static func at6(_ rest: String, _ line: Int, _ column: Int, _ message: String) -> Mistake { Mistake(head + rest, line, column, message) }

    /// Lines 6 and on, before a note.
    static func before(_ rest: String, _ line: Int, _ column: Int, _ message: String) -> Mistake {
        at6(rest + "steps:\n" + note, line, column, message)
    }

    /// In line 7, from column 6 on.
    static func parameter(_ rest: String, _ line: Int, _ column: Int, _ message: String) -> Mistake {
        before("parameters:\n  p: \(rest)\n", line, column, message)
    }

    /// Lines 8 and on.
    static func steps(_ steps: String, _ line: Int, _ column: Int, _ message: String) -> Mistake {
        at6(oneCluster + "steps:\n" + steps, line, column, message)
    }

    /// Lines 10 and on, in column 5.
    static func step(_ rest: String, _ line: Int, _ column: Int, _ message: String) -> Mistake {
        steps("  - id: a\n    title: A\n" + rest, line, column, message)
    }

    /// Lines 11 and on, in column 5.
    static func secret(_ rest: String, _ line: Int, _ column: Int) -> Mistake {
        at6(
            "parameters: {s: {type: secret, description: d}}\n" + oneCluster + "steps:\n  - id: a\n    title: A\n" + rest, line, column,
            "'s' is a secret: only the environment of a command and the headers of an http check can have it")
    }
}
