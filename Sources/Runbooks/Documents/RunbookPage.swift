internal import OffsetTranslate

/// A runbook for people: what it is for, what it needs, and each step so that a newcomer can do it by hand.
public struct RunbookPage: Sendable {
    let runbook: Runbook
    let scope: Scope

    /// - Parameter parameters: Those that are known; of the rest the defaults are shown, or that they have to be given.
    public init(_ runbook: Runbook, parameters: [String: Value]) {
        self.runbook = runbook
        let presets = runbook.parameters.compactMap { parameter in parameter.defaultValue.map { (parameter.name, $0) } }
        scope = Scope(parameters: Dictionary(presets) { a, _ in a }.merging(parameters) { $1 })
    }

    /// CommonMark. Values are escaped: none adds a heading, a link or a line.
    public var markdown: String { blocks.markdown }
    /// Without markup, in 100 columns.
    public var text: String { blocks.text() }

    private var blocks: [Block] {
        [.heading(1, Prose(runbook.title)), .paragraph(Prose(authored: runbook.purpose)), .facts([.init("Owner", Prose(authored: runbook.owner))])]
            + section("When to use it", runbook.useWhen) + section("When not", runbook.notWhen) + section("What is needed", runbook.needs)
            + parameters + clusters + recovery + steps
    }

    private func section(_ title: String, _ items: [String]) -> [Block] { section(title, .list(items.map { Prose(authored: $0) }), isEmpty: items.isEmpty) }

    private func section(_ title: String, _ block: Block, isEmpty: Bool) -> [Block] { isEmpty ? [] : [.heading(2, Prose(title)), block] }

    private var parameters: [Block] {
        section("Parameters", .list(runbook.parameters.map { parameter in
            let value = scope.parameters[parameter.name], isDefault = value == parameter.defaultValue
            let shown: Prose = value.map { "\(parameter.shown($0))\(isDefault ? " (default)" : "")" } ?? .badge("to be given", .notice)
            return "\(code: parameter.name) (\(parameter.accepted)): \(Prose(authored: parameter.description)) Value: \(shown)"
        }), isEmpty: runbook.parameters.isEmpty)
    }

    private var clusters: [Block] {
        let clusters = runbook.clusters
        var facts: [Block.Fact] = []
        func add(_ name: String, _ templates: [Template]) {
            guard !templates.isEmpty else { return }
            facts.append(.init(name, templates.map { .code($0.preview(in: scope)) }.joined(separator: ", ")))
        }
        add("Configuration", clusters.config)
        for (name, template) in [
            ("Source", clusters.source), ("Target", clusters.target), ("Source's alias", clusters.sourceAlias),
            ("Target's alias", clusters.targetAlias), ("Replication policy", clusters.policy), ("Flow", clusters.flow),
        ] { add(name, template.map { [$0] } ?? []) }
        add("Settings", clusters.set)
        if let timeout = clusters.timeout { facts.append(.init("Time for an answer", Prose(timeout.forPeople))) }
        if let lost = clusters.sourceLost {
            let isLost: Prose = lost.references.isEmpty ? "\(lost.value(in: scope) == .boolean(true) ? "yes" : "no")" : lost.sentence(in: scope)
            facts.append(.init("Source taken for lost, and not asked", isLost))
        }
        return section("Clusters", .facts(facts), isEmpty: facts.isEmpty)
    }

    private var recovery: [Block] {
        guard let recovery = runbook.recovery else { return [] }
        let from: Prose = recovery.from.map { "from the beginning of the step \(code: $0)" } ?? "from the beginning of the run"
        let target = recovery.target.map { "at most \($0.forPeople)" } ?? "measured, without a target"
        var facts = [Block.Fact("Time", "\(target), \(from) to the end of the step \(code: recovery.to)")]
        if let lost = recovery.lost {
            facts.append(.init("Records lost", "\(recovery.lostTarget.map { "at most \($0.grouped)" } ?? "counted, without a target"): \(code: lost.text)"))
        }
        return section("Recovery", .facts(facts), isEmpty: false)
    }

    private var steps: [Block] {
        [
            .heading(2, "Steps"),
            .paragraph("""
                \(code: "failover runbook run") takes them one after the other, and asks where a step says so. By hand: command lines are those that a run \
                carries out, without what only a run needs; what stands as \(code: "‹step.field›") is known when that step is done.
                """),
        ] + runbook.steps.enumerated().flatMap { step($1, number: $0 + 1) }
    }
}

extension Parameter {
    /// What it takes.
    var accepted: String {
        switch kind {
        case .text: (isMultiline ? "text of several lines" : "text") + (pattern.map { " that matches \($0)" } ?? "")
        case .file: "a file's path"
        case .integer:
            switch (minimum, maximum) {
            case (let minimum?, let maximum?): "a whole number from \(minimum.grouped) to \(maximum.grouped)"
            case (let minimum?, nil): "a whole number, at least \(minimum.grouped)"
            case (nil, let maximum?): "a whole number, at most \(maximum.grouped)"
            case (nil, nil): "a whole number"
            }
        case .boolean: "true or false"
        case .choice: "one of \(choices.joined(separator: ", "))"
        case .list: "a list"
        case .command: "a program and its arguments; where empty, people do it"
        case .secret: "where a secret is"
        }
    }

    /// A value for people; of a secret where it is.
    func shown(_ value: Value) -> Prose {
        switch (kind, value) {
        case (.secret, .text(let text)):
            switch SecretReference(text) {
            case .environment(let name): "in the environment variable \(code: name)"
            case .file(let path): "in the file \(code: path)"
            case nil: text.isEmpty ? "none" : "not shown"
            }
        case (.secret, _): "not shown"
        case (_, .list([])): "empty"
        case (.command, .list(let words)): .code(words.map(\.quotedForShell).joined(separator: " "))
        case (_, .list(let items)): items.map { .code($0) }.joined(separator: ", ")
        case (_, .text("")): "empty"
        case (_, .text(let text)): .code(text)
        case (_, .number), (_, .boolean): .code(value.description)
        }
    }
}
