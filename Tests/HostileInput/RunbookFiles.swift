import Cutover
import Foundation
import OffsetTranslate
import Runbooks

extension HostileInput {
    static let runbook = HostileInput("runbook", words: yaml + expressions) {
        [text, "a: &a [*a]", "? [a]\n: b", "{\"format-version\": 1, \"title\": x}"].map { Data($0.utf8) }
    } read: { data in
        guard let text = String(data: data, encoding: .utf8), let runbook = try attempt(RunbookUnreadable.self, { try Runbook(text, file: "r.yaml") }) else { return false }
        try requirePage(RunbookPage(runbook, parameters: [:]), runbook)
        let texts = ParameterTexts()
        _ = try attempt(ParameterErrors.self) { try texts.values(of: runbook) }
        if let values = try attempt(ParameterErrors.self, { try texts.values(of: runbook, allowingMissing: true) }) {
            try requirePage(RunbookPage(runbook, parameters: values), runbook)
        }
        return true
    }

    static let runbookValues = HostileInput("runbook-values", words: yaml + ["answers:", "approvals:", "interrupted:", "failures:", "limit:", "group:", "word:", "stop:", "go.undo:"]) {
        ["limit: 5\ngroup: billing\nword: a\nstop: [a, b]\n", "answers:\n  ask: yes\napprovals:\n  go: jane\ninterrupted:\n  move: again\nfailures:\n  move: retry\n", "{\"limit\": \"7\"}"]
            .map { Data($0.utf8) }
    } read: { data in
        guard let text = String(data: data, encoding: .utf8), let runbook = known else { return false }
        let answers = try attempt(RunbookUnreadable.self) { try Answers(text, file: "a.yaml", for: runbook) }
        var texts = ParameterTexts()
        guard try attempt(RunbookUnreadable.self, { try texts.add(file: text, name: "p.yaml") }) != nil else { return answers != nil }
        let values = try attempt(ParameterErrors.self) { try texts.values(of: runbook, allowingMissing: true) }
        if let values { try requirePage(RunbookPage(runbook, parameters: values), runbook) }
        return true
    }

    static let expression = HostileInput("expression", words: expressions) {
        [
            "plan.maxReplay <= 1500 and not (\"rewind\" in plan.failedChecks)", "a.text == 'it''s' or a.flag is known", "a.list == [\"x\", \"y\"]", "Move ${plan.maxReplay} of ${a.text}, $${x}",
            "not not not a.flag", "1.5e3", "-0.5 < 00012",
        ].map { Data($0.utf8) }
    } read: { data in
        guard let text = String(data: data, encoding: .utf8) else { return false }
        let template = try attempt(ExpressionError.self) { try Template(text) }
        if let template {
            try requireShowable("x" + Value.text(template.preview(in: Known())).description.prefix(1_000))
            _ = (template.references, template.string(in: Known()), template.items(in: Known()))
        }
        guard let expression = try attempt(ExpressionError.self, { try Expression(text) }) else { return template != nil }
        _ = (expression.references, expression.unknown(in: Known()))
        try requireShowable("evidence: " + expression.evidence(in: Known()))
        let value = expression.value(in: Known())
        guard let type = try attempt(ExpressionError.self, { try expression.type(in: Known()) }) else { return true }
        try require(value.map { $0.type == type } ?? true, "\(text) was to be a \(type), and is \(String(describing: value))")
        return true
    }

    static let runbookJournal = HostileInput(
        "runbook-journal",
        words: ["\"step\":\"", "started", "ended", "answered", "resume", "rollback", "\"outcome\":\"failed\"", "\"found\":{", "\"seconds\":1e308", "\"id\":\"move\"", "\n", "<script>", "\u{202E}", "\"undoes\":true", "null"]
    ) {
        func journal(endedIn year: String, of runbook: RunbookText) throws -> Data {
            let runbook = String(decoding: try JSONEncoder.sorted().encode(runbook), as: UTF8.self)
            return Data(("""
            {"step":"begin","time":"2026-03-01T10:00:00.000Z","run":"20260301T100000-abcd","by":{"user":"j","host":"o","process":1},"parameters":{"limit":5,"group":"g"},"runbook":\(runbook)}
            {"step":"ended","time":"2026-03-01T10:00:01.000Z","id":"tell","outcome":"skipped","message":"limit = 5"}
            {"step":"started","time":"2026-03-01T10:00:02.000Z","id":"plan","attempt":1,"command":["failover","plan"]}
            {"step":"ended","time":"2026-03-01T10:00:03.000Z","id":"plan","outcome":"done","seconds":1.5,"found":{"maxReplay":7,"failedChecks":[],"mode":"x"},"evidence":[{"file":"e/1","bytes":2,"sha256":"ab"}]}
            {"step":"started","time":"2026-03-01T10:00:04.000Z","id":"go","attempt":1}
            {"step":"answered","time":"2026-03-01T10:00:05.000Z","id":"go","answer":"yes","answeredBy":"jane"}
            {"step":"ended","time":"2026-03-01T10:00:06.000Z","id":"go","outcome":"done","found":{"by":"jane"}}
            {"step":"resume","time":"2026-03-01T10:00:07.000Z","by":{"user":"k","host":"o","process":2},"from":"plan"}
            {"step":"started","time":"2026-03-01T10:00:08.000Z","id":"move","attempt":1,"child":"c1"}
            {"step":"ended","time":"2026-03-01T10:00:09.000Z","id":"move","outcome":"failed","message":"no"}
            {"step":"rollback","time":"2026-03-01T10:00:10.000Z"}
            {"step":"end","time":"\(year)-03-01T10:00:11.000Z","ending":"rolledBack"}

            """).utf8)
        }
        let runbook = RunbookText(path: "r.yaml", text: text)
        // A run may be left for longer than fits in milliseconds of 32 bits, and a path may hold anything.
        return [
            try journal(endedIn: "2026", of: runbook), try journal(endedIn: "2027", of: runbook),
            try journal(endedIn: "2026", of: RunbookText(path: "r\u{7F}.yaml", text: "a: b: c")),
        ]
    } read: { data in
        func history(_ data: Data) throws -> RunbookHistory? { try withFile(data) { path in try attempt(JournalDamage.self) { try RunbookHistory(journal: path) } } }
        _ = try history(data)
        guard let history = try history(chained(data)) else { return false }
        guard let runbook = try attempt(RunbookUnreadable.self, { try Runbook(history.text.text, file: history.text.path) }) else { return true }
        let report = RunbookReport(history, runbook)
        _ = try JSONEncoder.sorted().encode(report)
        try requireInert(report.html)
        try require(!report.markdown.unicodeScalars.contains { $0 != "\n" && $0 != "\t" && $0.properties.generalCategory == .control }, "control characters in a report")
        return true
    }

    private static func requirePage(_ page: RunbookPage, _ runbook: Runbook) throws {
        try require(!page.text.isEmpty && !page.markdown.isEmpty, "an empty page of \(runbook.title)")
    }

    /// Nothing that a browser would run.
    private static func requireInert(_ html: String) throws {
        let body = html.lowercased()
        for tag in ["<script", "<img", "<iframe", "<a "] { try require(!body.contains(tag), "\(tag) in a report") }
    }

    private static let expressions = ["plan.maxReplay", "a.text", "a.flag", "a.list", "unknown.n", " is known", " is unknown", " and ", " or ", "not ", " in ", "(", ")", "[", "]", "==", "<=", "\"x\"", "${", "}", "$${", "1e9"]
    private static let yaml = [": ", "- ", "\n  ", "\n", "&a ", "*a", "<<: ", "|\n", ">-\n", "\"", "'", "[", "]", "{", "}", "? ", "!!str ", "%YAML 1.1\n", "---\n", "...\n", "~", "steps:", "id: ", "when: ", "type: ", "pattern: ", "(?<x>", "{9,}", "(a+)+$"]

    /// Read once: it takes longer than what is read for it.
    private static let known = try? Runbook(text, file: "r.yaml")

    /// Something of each kind.
    private static let text = """
        format-version: 1
        title: Move
        purpose: Move `it`.
        use-when: [always]
        owner: us
        parameters:
          limit: {type: integer, description: d, default: 1000, minimum: 0, maximum: 9999}
          group: {type: text, description: d, default: billing, pattern: "[a-z]+"}
          word: {type: choice, description: d, choices: [a, b], default: a}
          token: {type: secret, description: d, default: "${env:TOKEN}"}
          stop: {type: command, description: d, default: []}
          list: {type: list, description: d, default: [x]}
        clusters: {source: "a:1", target: "b:1", source-lost: "false"}
        recovery: {from: plan, to: move, target: 30 min, lost: plan.maxReplay, lost-target: 0}
        steps:
          - {id: tell, title: T, when: parameters.limit > 5000, note: "Now `${parameters.group}`."}
          - {id: ask, title: T, manual: {question: Sure?, answer: choice, choices: [x, y]}}
          - {id: stop-mirror, title: T, mirror: {do: stop, command: "${parameters.stop}"}}
          - {id: plan, title: T, target: 10 s, plan: {}, by-hand: "do ${parameters.group}"}
          - id: small
            title: T
            gate: {require: 'plan.maxReplay <= parameters.limit and not ("rewind" in plan.failedChecks)', message: "${plan.maxReplay}"}
            on-failure: rollback
          - {id: go, title: T, approve: {question: "Move ${plan.groups}?", four-eyes: true}}
          - {id: move, title: T, apply: {plan: plan}, compensation: {title: B, rollback: {run: move}}}
          - {id: page, title: T, http: {url: "https://x/${parameters.group}"}, retry: {times: 2, every: 5 s}, on-failure: continue}
          - {id: read, title: T, timeout: 5 min, wait: {until: this.lag == 0, every: 10 s, groups: {}}}
          - {id: hook, title: T, command: {run: [./hook, "${plan.groups}"], environment: {T: "${parameters.token}"}}}
        """

    /// What expressions may look at.
    private struct Known: ReferenceValues, ReferenceTypes {
        static let values: [String: Value] = [
            "plan.maxReplay": .number(1_500), "plan.failedChecks": .list(["rewind"]), "a.text": .text("it's\u{1B}[2J"), "a.flag": .boolean(true), "a.list": .list(["x", "y"]),
        ]

        func value(of reference: Reference) -> Value? { Self.values["\(reference)"] }
        func type(of reference: Reference) throws(ExpressionError) -> ValueType {
            guard let type = value(of: reference)?.type ?? (reference.scope == "unknown" ? .number : nil) else { throw ExpressionError(message: "there is no \(reference)") }
            return type
        }
    }
}
