@testable import Runbooks
import Testing

/// Everything that the reader can say of a file, and where.
@Suite struct ValidationTests {
    struct Mistake: Sendable, CustomTestStringConvertible {
        var yaml: String
        var line: Int
        var column: Int
        var message: String
        var testDescription: String { message }

        init(_ yaml: String, _ line: Int, _ column: Int, _ message: String) { (self.yaml, self.line, self.column, self.message) = (yaml, line, column, message) }
    }

    private static let head = "format-version: 1\ntitle: T\npurpose: P\nowner: O\nuse-when: [always]\n"
    private static let clusters = "clusters: {config: a}\n"
    private static let note = "  - {id: n, title: N, note: x}\n"

    /// Lines 6 and on.
    private static func at6(_ rest: String, _ line: Int, _ column: Int, _ message: String) -> Mistake { Mistake(head + rest, line, column, message) }
    /// A note's line comes after it.
    private static func before(_ rest: String, _ line: Int, _ column: Int, _ message: String) -> Mistake { at6(rest + "steps:\n" + note, line, column, message) }
    /// Line 7 is `steps:`, line 8 begins the first.
    private static func steps(_ steps: String, _ line: Int, _ column: Int, _ message: String) -> Mistake { at6(clusters + "steps:\n" + steps, line, column, message) }
    /// Line 10 begins what the step does, in column 5.
    private static func step(_ rest: String, _ line: Int, _ column: Int, _ message: String) -> Mistake { steps("  - id: a\n    title: A\n" + rest, line, column, message) }
    private static func parameter(_ rest: String, _ line: Int, _ column: Int, _ message: String) -> Mistake { before("parameters:\n  p: \(rest)\n", line, column, message) }

    private static let files: [Mistake] = [
        Mistake("", 1, 1, "the file is empty"), Mistake("# nothing\n", 1, 1, "the file is empty"),
        Mistake("a: [1, 2\nb: 3", 2, 2, "this is not YAML"), Mistake("a: b: c", 1, 5, "this is not YAML"), Mistake("a: 1\n\tb: 2", 2, 1, "this is not YAML"),
        Mistake("---\na: 1\n---\nb: 2\n", 3, 1, "this is not YAML"), Mistake("a: *x", 1, 4, "this is not YAML"),
        Mistake("title: A\ntitle: B", 1, 1, "says twice: title"), Mistake("a: \u{1}", 1, 1, "this is not text"),
        Mistake(String(repeating: "#", count: 1 << 20) + "#", 1, 1, "larger than 1 MiB"),
        Mistake("a: " + String(repeating: "[", count: 400_000), 1, 5, "this is not YAML: Maximum nesting"), Mistake(String(repeating: "- ", count: 400_000), 1, 1999, "this is not YAML: Maximum nesting"),
        Mistake("- a", 1, 1, "a runbook is a mapping of keys and values, not a list"), Mistake("text", 1, 1, "not a text"), Mistake("~", 1, 1, "not nothing"),
    ]

    private static let top: [Mistake] = [
        Mistake("title: T\n", 1, 1, "a runbook lacks 'format-version'"), Mistake("title: T\n", 1, 1, "a runbook lacks 'purpose'"),
        Mistake("a: 1\n", 1, 1, "lacks 'title'"), Mistake("a: 1\n", 1, 1, "lacks 'owner'"), Mistake("a: 1\n", 1, 1, "lacks 'use-when'"),
        Mistake("a: 1\n", 1, 1, "lacks 'steps'"), Mistake("format-version: 2\n", 1, 17, "this is format version 2, and 1 is what is known here"),
        Mistake("a: 1\n", 1, 1, "a runbook has no 'a'."), before("paramters: {}\n", 6, 1, "has no 'paramters'. Did you mean “parameters”? It takes format-version, title"),
        Mistake("title: [a]\n", 1, 8, "'title' is a text, not a list"), Mistake("title: {a: b}\n", 1, 8, "not a mapping"), Mistake("title:\n", 1, 7, "'title' is a text, not nothing"),
        Mistake("title: \"a\\0b\"\n", 1, 8, "'title' holds a NUL character"), Mistake("use-when: always\n", 1, 11, "'use-when' is a list, not a text"),
        Mistake("needs: [a, [b]]\n", 1, 12, "'needs' is a text, not a list"), at6("steps: []\n", 6, 8, "a runbook has at least one step"),
        at6("steps: {}\n", 6, 8, "'steps' is a list, not a mapping"), at6("steps: [x]\n", 6, 9, "step 1 is a mapping of keys and values, not a text"),
        at6("steps:\n  - {id: a, title: A, plan: {}}\n", 1, 1, "a runbook with steps such as 'a' says on which clusters: it lacks 'clusters'"),
        at6("steps:\n  - {id: a, title: A, note: x, compensation: {title: B, mirror: {do: stop}}}\n", 1, 1, "it lacks 'clusters'"),
    ]

    private static let clustersAndRecovery: [Mistake] = [
        before("clusters: {source: a}\n", 6, 11, "'clusters' names a 'config', or a 'source' and a 'target'"),
        before("clusters: {config: c, source: a, target: b}\n", 6, 11, "'clusters' names a 'config', or a 'source' and a 'target'"),
        before("clusters: x\n", 6, 11, "'clusters' is a mapping of keys and values, not a text"),
        before("clusters: {config: c, flwo: a}\n", 6, 23, "'clusters' has no 'flwo'. Did you mean “flow”?"),
        before("clusters: {config: c, set: a}\n", 6, 28, "'set' is a list, or a reference to one such as ${parameters.groups}"),
        before("clusters: {config: c, timeout: 5}\n", 6, 32, "'timeout' is a time such as"),
        before("clusters: {config: c, source-lost: 1}\n", 6, 36, "'source-lost' is a number, and has to be a boolean"),
        before("clusters: {config: '${parameters.nope}'}\n", 6, 21, "'config': there is no parameter 'nope'"),
        before("recovery: {target: 5 min}\n", 6, 11, "'recovery' lacks 'to'"), before("recovery: {to: m}\n", 6, 16, "'to' names a step, and there is no 'm'. Did you mean “n”?"),
        before("recovery: {from: x, to: n}\n", 6, 18, "'from' names a step, and there is no 'x'"),
        before("recovery: {to: n, lost: true}\n", 6, 25, "'lost' is a boolean, and has to be a number"),
        before("recovery: {to: n, lost: 'n.outcome'}\n", 6, 25, "'lost' is a text, and has to be a number"),
        before("recovery: {to: n, lost-target: -1}\n", 6, 32, "'lost-target' is a whole number of 0 to 9007199254740992, not '-1'"),
    ]

    private static let parameters: [Mistake] = [
        before("parameters: [a]\n", 6, 13, "'parameters' is a mapping of names, not a list"),
        before("parameters:\n  1p: {}\n", 7, 3, "'1p' is no parameter's name"), parameter("x", 7, 6, "the parameter 'p' is a mapping of keys and values, not a text"),
        parameter("{description: d}", 7, 6, "the parameter 'p' lacks 'type'"), parameter("{type: text}", 7, 6, "the parameter 'p' lacks 'description'"),
        parameter("{type: txt, description: d}", 7, 13, "'type' is one of text, file, integer, boolean, choice, list, command, secret, not 'txt'. Did you mean “text”?"),
        parameter("{type: choice, description: d}", 7, 6, "the parameter 'p' lacks 'choices'"),
        parameter("{type: text, description: d, minimum: 1}", 7, 35, "the parameter 'p' has no 'minimum'"),
        parameter("{type: integer, description: d, minimum: a}", 7, 47, "'minimum' is a whole number of"),
        parameter("{type: text, description: d, multiline: yes}", 7, 46, "'multiline' is true or false, not 'yes'"),
        parameter("{type: text, description: d, pattern: '['}", 7, 44, "'pattern' is no regular expression"),
        parameter("{type: integer, description: d, default: many}", 7, 47, "'default': the parameter 'p' takes a whole number, not 'many'"),
        parameter("{type: integer, description: d, minimum: 5, default: 4}", 7, 59, "takes 5 or more, not 4"),
        parameter("{type: integer, description: d, maximum: 5, default: 6}", 7, 59, "takes 5 or less, not 6"),
        parameter("{type: boolean, description: d, default: maybe}", 7, 47, "takes true or false, not 'maybe'"),
        parameter("{type: choice, choices: [a, b], description: d, default: c}", 7, 63, "takes one of a, b, not 'c'"),
        parameter("{type: text, pattern: 'x+', description: d, default: y}", 7, 59, "does not match x+"),
        parameter("{type: text, description: d, default: \"a\\nb\"}", 7, 44, "is one line"),
        parameter("{type: secret, description: d, default: hunter2}", 7, 46, "is a secret, which stays where it is"),
        parameter("{type: list, description: d, default: a}", 7, 44, "'default' is a list, not a text"),
        parameter("{type: command, description: d, default: a b}", 7, 47, "'default' is a list, not a text"),
        parameter("{type: text, description: d, default: [a]}", 7, 44, "'default' is a text, not a list"),
    ]

    private static let stepKeys: [Mistake] = [
        steps("  - {title: A, note: x}\n", 8, 5, "step 1 lacks 'id'"), steps("  - {id: a, note: x}\n", 8, 5, "step 'a' lacks 'title'"),
        steps("  - {id: A1, title: A, note: x}\n", 8, 10, "'A1' is no step's id"), steps("  - {id: parameters, title: A, note: x}\n", 8, 10, "'parameters' has a meaning of its own"),
        steps("  - {id: this, title: A, note: x}\n", 8, 10, "'this' has a meaning of its own"), steps("  - {id: [a], title: A, note: x}\n", 8, 10, "'id' is a text, not a list"),
        steps(note + note, 9, 10, "there are two steps 'n'"), step("    note: x\n    wehn: 'true'\n", 11, 5, "step 'a' has no 'wehn'. Did you mean “when”?"),
        step("    wy: x\n    note: y\n", 10, 5, "step 'a' has no 'wy'. Did you mean “why”?"), step("    why: x\n", 8, 5, "step 'a' says nothing of what is to be done: it lacks one of note, manual,"),
        step("    plan: {}\n    apply: {plan: x}\n", 11, 5, "step 'a' is plan and apply, and has to be one of them"),
        step("    note: x\n    timeout: soon\n", 11, 14, "'timeout' is a time such as 500 ms, 90 s, 5 min or 2 h, a week at the most, not 'soon'"),
        step("    note: x\n    timeout: 0 s\n", 11, 14, "'timeout' is a time"), step("    note: x\n    target: 8000 h\n", 11, 13, "'target' is a time"),
        step("    note: x\n    target: -5 s\n", 11, 13, "'target' is a time"), step("    note: x\n    target: 90\n", 11, 13, "'target' is a time"),
        step("    note: x\n    on-failure: carry-on\n", 11, 17, "'on-failure' is one of stop, continue, ask, rollback, not 'carry-on'"),
        step("    note: x\n    compensation: {note: y}\n", 11, 19, "'compensation' of step 'a' lacks 'title'"),
        step("    note: x\n    compensation: {title: B}\n", 11, 19, "'compensation' of step 'a' says nothing of what is to be done"),
        step("    note: x\n    compensation: {title: B, note: y, when: z}\n", 11, 39, "'compensation' of step 'a' has no 'when'"),
        step("    http: {url: x}\n    retry: {times: 0, every: 1 s}\n", 11, 20, "'times' is a whole number of 1 to 1000, not '0'"),
        step("    http: {url: x}\n    retry: {times: 1}\n", 11, 12, "'retry' of step 'a' lacks 'every'"), step("    http: {url: x}\n    retry: 3\n", 11, 12, "'retry' of step 'a' is a mapping"),
        step("    command: {run: [x]}\n    retry: {times: 1, every: 1 s}\n", 11, 12, "'retry' goes with a command that is 'repeatable' or 'read-only'"),
        step("    note: x\n    retry: {times: 1, every: 1 s}\n", 11, 12, "not with 'note'"), step("    gate: {require: true}\n    retry: {times: 1, every: 1 s}\n", 11, 12, "not with 'gate'"),
        step("    manual: {question: x}\n    retry: {times: 1, every: 1 s}\n", 11, 12, "not with 'manual'"),
        step("    approve: {question: x}\n    retry: {times: 1, every: 1 s}\n", 11, 12, "not with 'approve'"),
        steps("  - {id: p, title: P, plan: {}}\n  - {id: g, title: G, approve: {question: x}}\n  - {id: m, title: M, apply: {plan: p}, retry: {times: 1, every: 1 s}}\n", 10, 48, "'retry' does not go with 'apply'"),
    ]

    private static let references: [Mistake] = [
        step("    note: x\n    when: plan.maxReplay >\n", 11, 27, "'when': a value was expected"), step("    note: x\n    when: '1 < 2 && true'\n", 11, 18, "'&&' is not understood here; write and"),
        step("    note: x\n    when: \"1 < \\\"a\\\"\"\n", 11, 16, "'<' compares numbers"), step("    note: x\n    when: 1\n", 11, 11, "'when' is a number, and has to be a boolean"),
        step("    note: x\n    when: b.outcome == 'done'\n", 11, 11, "there is no step 'b' before this"), step("    note: x\n    when: a.outcome == 'done'\n", 11, 11, "the step 'a' comes later: nothing is known of it yet"),
        steps("  - {id: a, title: A, note: '${b.outcome}'}\n  - {id: b, title: B, note: x}\n", 8, 30, "'note': the step 'b' comes later: nothing is known of it yet"),
        steps("  - {id: plan, title: P, plan: {}}\n  - {id: b, title: B, note: 'so ${plan.maxReply} it is'}\n", 9, 33, "the step 'plan' does not find 'maxReply'. Did you mean “maxReplay”? It finds changes, failedChecks"),
        steps("  - {id: plan, title: P, plan: {}}\n  - {id: b, title: B, note: x, when: pln.maxReplay > 1}\n", 9, 38, "there is no step 'pln' before this. Did you mean “plan”?"),
        step("    note: a ${parameters.x} b\n", 10, 13, "there is no parameter 'x'"), step("    note: a ${x} b\n", 10, 13, "'${' begins a reference"), step("    note: |\n      a ${x}\n", 10, 11, "'${' begins a reference"),
        step("    note: x\n    when: this.lag == 0\n", 11, 11, "there is no step 'this' before this"),
    ]

    private static func secret(_ rest: String, _ line: Int, _ column: Int) -> Mistake {
        at6("parameters: {s: {type: secret, description: d}}\n" + clusters + "steps:\n  - id: a\n    title: A\n" + rest, line, column, "'s' is a secret: only the environment of a command and the headers of an http check can have it")
    }

    private static let secrets: [Mistake] = [
        secret("    note: ${parameters.s}\n", 11, 11), secret("    command: {run: [x, '${parameters.s}']}\n", 11, 25), secret("    command: {run: [x], input: '${parameters.s}'}\n", 11, 33),
        secret("    http: {url: 'http://x/${parameters.s}'}\n", 11, 27), secret("    http: {url: x, contains: '${parameters.s}'}\n", 11, 31),
        secret("    note: x\n    when: parameters.s == 'a'\n", 12, 11), secret("    plan: {assume: '${parameters.s}'}\n", 11, 21), secret("    note: x\n    description: ${parameters.s}\n", 12, 18),
        secret("    note: x\n    compensation: {title: B, note: '${parameters.s}'}\n", 12, 37), secret("    approve: {question: x, by: ['${parameters.s}']}\n", 11, 34),
    ]

    private static let kinds: [Mistake] = [
        step("    note: [x]\n", 10, 11, "'note' is a text, not a list"), step("    plan:\n", 10, 10, "'plan' of step 'a' is a mapping of keys and values, not nothing"),
        step("    plan: {assme: x}\n", 10, 12, "'plan' of step 'a' has no 'assme'. Did you mean “assume”?"), step("    plan: {flow: [a]}\n", 10, 18, "'flow' is a text, not a list"),
        step("    groups: {groups: a}\n", 10, 22, "'groups' is a list, or a reference to one"), step("    explain: {}\n", 10, 14, "'explain' of step 'a' lacks 'group'"),
        step("    status: {accept: 0}\n", 10, 22, "'accept' is a list, not a text"), step("    status: {accept: [256]}\n", 10, 23, "'accept' is a whole number of 0 to 255, not '256'"),
        step("    explain: {group: g, problems: maybe}\n", 10, 35, "'problems': 'maybe' by itself is nothing"),
        step("    manual: {answer: text}\n", 10, 13, "'manual' of step 'a' lacks 'question'"), step("    manual: {question: q, answer: yes}\n", 10, 35, "'answer' is one of confirm, text, number, choice, not 'yes'"),
        step("    manual: {question: q, answer: choice}\n", 10, 13, "'manual' of step 'a' lacks 'choices'"), step("    manual: {question: q, choices: [a]}\n", 10, 27, "'manual' of step 'a' has no 'choices'"),
        step("    approve: {}\n", 10, 14, "'approve' of step 'a' lacks 'question'"), step("    approve: {question: q, by: Jane}\n", 10, 32, "'by' is a list, or a reference to one"),
        step("    approve: {question: q, four-eyes: 2}\n", 10, 39, "'four-eyes' is true or false, not '2'"),
        step("    command: {}\n", 10, 14, "'command' of step 'a' lacks 'run'"), step("    command: {run: []}\n", 10, 20, "'run' is a program and its arguments"),
        step("    command: {run: ls -l}\n", 10, 20, "'run' is a list, or a reference to one"), step("    command: {run: [x], environment: [a]}\n", 10, 38, "'environment' is a mapping of names and texts, not a list"),
        step("    command: {run: [x], environment: {'a=b': c}}\n", 10, 39, "'environment' can't have a name such as 'a=b'"), step("    command: {run: [x], shell: true}\n", 10, 25, "'command' of step 'a' has no 'shell'"),
        step("    http: {method: GET}\n", 10, 11, "'http' of step 'a' lacks 'url'"), step("    http: {url: x, method: POST}\n", 10, 28, "'method' is one of GET, HEAD, not 'POST'"),
        step("    http: {url: x, accept: [42]}\n", 10, 29, "'accept' is a whole number of 100 to 599, not '42'"),
        step("    gate: {}\n", 10, 11, "'gate' of step 'a' lacks 'require'"), step("    mirror: {}\n", 10, 13, "'mirror' of step 'a' lacks 'do'"), step("    mirror: {do: pause}\n", 10, 18, "'do' is one of stop, start, not 'pause'"),
        step("    wait: {until: true, every: 1 s, status: {}}\n", 8, 5, "step 'a' waits, and lacks a 'timeout'"), step("    timeout: 1 min\n    wait: {every: 1 s, status: {}}\n", 11, 11, "'wait' of step 'a' lacks 'until'"),
        step("    timeout: 1 min\n    wait: {until: true, status: {}}\n", 11, 11, "'wait' of step 'a' lacks 'every'"), step("    timeout: 1 min\n    wait: {until: true, every: 1 s}\n", 11, 11, "'wait' of step 'a' says nothing of what is to be done"),
        step("    timeout: 1 min\n    wait: {until: true, every: 1 s, command: {run: [x]}}\n", 11, 37, "'wait' of step 'a' looks again and again, and 'command' is not a look that changes nothing"),
        step("    timeout: 1 min\n    wait: {until: true, every: 1 s, drill: {}}\n", 11, 37, "'drill' is not a look that changes nothing"),
        step("    timeout: 1 min\n    wait: {until: true, every: 1 s, note: x}\n", 11, 37, "'note' is not a look that changes nothing"),
        step("    timeout: 1 min\n    wait: {until: this.lga == 0, every: 1 s, groups: {}}\n", 11, 19, "the step 'this' does not find 'lga'. Did you mean “lag”?"),
        at6("parameters: {n: {type: text, description: d}}\n" + clusters + "steps:\n  - {id: a, title: A, groups: {groups: '${parameters.n}'}}\n", 9, 40, "'groups' is a list, and parameters.n is a text"),
    ]

    private static let plan = "  - {id: p, title: P, plan: {}}\n", approve = "  - {id: g, title: G, approve: {question: x}}\n"
    private static let consent: [Mistake] = [
        steps(plan + "  - {id: m, title: M, apply: {plan: p}}\n", 9, 30, "step 'm' changes positions, and nobody has agreed"),
        steps(plan + "  - {id: m, title: M, apply: {plan: p}}\n", 9, 30, "an 'approve' step without 'when' has to come before it after 'p'"),
        steps(approve + plan + "  - {id: m, title: M, apply: {plan: p}}\n", 10, 30, "nobody has agreed"),
        steps(plan + "  - {id: g, title: G, when: true, approve: {question: x}}\n  - {id: m, title: M, apply: {plan: p}}\n", 10, 30, "nobody has agreed"),
        steps(plan + "  - {id: m, title: M, apply: {plan: p}}\n" + approve, 9, 30, "nobody has agreed"),
        steps(plan + approve + "  - {id: m, title: M, apply: {}}\n", 10, 30, "'apply' of step 'm' lacks 'plan'"),
        steps(plan + approve + "  - {id: m, title: M, apply: {plan: pp}}\n", 10, 37, "'plan' names a step of kind 'plan' or 'failback' before this, and 'pp' is none"),
        steps(plan + approve + "  - {id: m, title: M, apply: {plan: g}}\n", 10, 37, "'g' is none"),
        steps(plan + approve + "  - {id: m, title: M, apply: {plan: p}}\n  - {id: r, title: R, rollback: {run: m}}\n", 11, 33, "step 'r' changes positions, and nobody has agreed"),
        steps(plan + "  - {id: r, title: R, rollback: {run: p}}\n", 9, 39, "'run' names a step of kind 'apply' before this, and 'p' is none"),
    ]

    @Test(arguments: files + top + clustersAndRecovery + parameters + stepKeys + references + secrets + kinds + consent)
    func isSaid(_ mistake: Mistake) {
        let error = #expect(throws: RunbookUnreadable.self) { try Runbook(mistake.yaml, file: "f.yaml") }
        let fitting = error?.problems.filter { $0.message.contains(mistake.message) } ?? []
        #expect(fitting.contains { $0.line == mistake.line && $0.column == mistake.column }, "\(error?.description ?? "")")
    }

    /// What these are about is all that is wrong with them.
    @Test(arguments: (clustersAndRecovery + stepKeys + secrets + kinds).filter { !$0.message.contains("two") })
    func nothingElseIsSaid(_ mistake: Mistake) {
        let error = #expect(throws: RunbookUnreadable.self) { try Runbook(mistake.yaml, file: "f.yaml") }
        #expect(error?.problems.count == 1, "\(error?.description ?? "")")
    }

    @Test func allOfThemInTheOrderOfTheFile() {
        let yaml = """
            format-version: 3
            title: []
            purpose: P
            owners: O
            use-when: [x]
            parameters:
              p: {type: integer, description: d, default: x}
            steps:
              - id: A
                title: A
                note: ${parameters.q}
              - id: b
                title: B
                target: soon
                gate: {require: 1 +}
              - id: b
                title: C
                on-failure: shrug
                note: x
            """
        let error = #expect(throws: RunbookUnreadable.self) { try Runbook(yaml, file: "mine.yaml") }
        #expect(error?.problems.map { "\($0.line):\($0.column)" } == ["1:1", "1:17", "2:8", "4:1", "7:47", "9:9", "11:11", "14:13", "15:23", "16:9", "18:17"])
        let lines = error?.description.split(separator: "\n") ?? []
        #expect(lines.first == "mine.yaml:1:1: a runbook lacks 'owner'")
        #expect(lines.count == 11)
        #expect(lines.allSatisfy { $0.hasPrefix("mine.yaml:") })
    }

    /// What refers to a step with mistakes is told of those, and no other thing.
    @Test func aMistakeIsNotTakenForAnother() {
        let yaml = Self.head + Self.clusters + "steps:\n  - {id: a, title: A, plan: {assme: x}}\n  - {id: b, title: B, gate: {require: 1 +}}\n  - {id: c, title: C, note: '${b.outcome} ${a.mode}'}\n"
        let error = #expect(throws: RunbookUnreadable.self) { try Runbook(yaml, file: "f") }
        #expect(error?.problems.map(\.line) == [8, 9, 10])
        #expect(error?.problems.last?.message.contains("what the step 'b' finds is not known before its own mistakes are mended") == true)
    }

    /// And nothing is said of what is right.
    @Test func theFixtureIsRight() throws {
        #expect(try DocumentFixture.runbook().steps.count == 11)
    }
}
