internal import OffsetTranslate

extension RunbookPage {
    func step(_ step: Step, number: Int) -> [Block] {
        var before: [Block.Fact] = []
        if let why = step.why { before.append(.init("Why", why.prose(in: scope))) }
        if let when = step.when { before.append(.init("Only where", "\(when.sentence(in: scope)) (\(code: when.text)); else it is skipped")) }
        let done = (before.isEmpty ? [] : [.facts(before)]) + (step.description?.blocks(in: scope) ?? []) + does(step.action, step.id)
        return [.heading(3, "\(number.grouped). \(step.title) (\(code: step.id))")]
            + done.adding(limits(step))
            + (step.compensation.map { [.paragraph("\(strong: "Undone by:") \($0.title)")] + does($0.action, step.id) + undoneInPart($0) } ?? [])
            + (step.byHand.map { [.paragraph("\(strong: "By hand:")"), .code($0.shellPreview(in: scope).trimmed)] } ?? [])
    }

    private func limits(_ step: Step) -> [Block.Fact] {
        var facts: [Block.Fact] = []
        if let target = step.target { facts.append(.init("Ought to take", Prose(target.forPeople))) }
        if let timeout = step.timeout { facts.append(.init("Has failed after", Prose(timeout.forPeople))) }
        if let retry = step.retry {
            let often = retry.times == 1 ? "once, after" : "up to \(retry.times.grouped) times, each after"
            facts.append(.init("Tried again", "\(often) \(retry.every.forPeople)"))
        }
        let failure: Prose = switch step.onFailure {
        case .stop: "the run stops; \(code: "failover runbook resume") tries the step again"
        case .continue: "the run goes on with the next step"
        case .ask: "somebody decides: try again, go on, undo what was done, or stop"
        case .rollback: "what was done is undone, the last first\(undone(before: step))"
        }
        return facts + [.init("Where it fails", failure)]
    }

    private func undoneInPart(_ compensation: Step.Compensation) -> [Block] {
        switch compensation.onFailure {
        case .continue: [.facts([.init("Where it fails", "what was done before is undone all the same, and the run is rolled back in part")])]
        case .ask: [.facts([.init("Where it fails", "somebody decides: try again, undo the rest, or stop")])]
        case .stop, .rollback: []
        }
    }

    private func undone(before step: Step) -> Prose {
        let steps = runbook.steps.prefix { $0.id != step.id } + [step]
        let undone = steps.reversed().filter { $0.compensation != nil }.map { Prose.code($0.id) }
        return undone.isEmpty ? "; no step up to here needs it" : ": \(undone.joined(separator: ", "))"
    }

    // MARK: What is done

    func does(_ action: Action, _ id: String) -> [Block] {
        switch action {
        case .note(let text): text.blocks(in: scope)
        case .manual(let manual):
            [
                .paragraph("\(strong: "Somebody does this, and answers:") \(manual.question.prose(in: scope))"),
                .facts([.init("Answer", manual.accepted)]),
            ]
        case .approve(let approve): self.approve(approve)
        case .command(let command): self.command(command)
        case .http(let check): self.http(check)
        case .wait(let wait):
            [.paragraph("""
                \(strong: "Waits") until \(wait.until.sentence(in: scope)) (\(code: wait.until.text)). Looks every \(wait.every.forPeople), \
                as long as the step has time:
                """)] + does(wait.look, id)
        case .gate(let gate):
            [.paragraph("\(strong: "Goes on only if") \(gate.require.sentence(in: scope)). What is not known does not pass."), .code(gate.require.text)]
                + (gate.message.map { [.paragraph("Else it says: \($0.prose(in: scope))")] } ?? [])
        case .mirror(let mirror): self.mirror(mirror)
        case .operation(let operation): self.operation(operation, id)
        }
    }

    private func approve(_ approve: Action.Approve) -> [Block] {
        let names = (try? approve.by.items(in: scope)) ?? approve.by.map { $0.preview(in: scope) }
        return [
            .paragraph("\(strong: "Somebody has to agree:") \(approve.question.prose(in: scope))"),
            .facts([
                .init("Who may", names.isEmpty ? "anybody, by name" : names.map { .code($0) }.joined(separator: ", ")),
                .init("Four eyes", approve.needsFourEyes ? "yes: neither who runs this, nor who has agreed in it before" : "no"),
            ]),
        ]
    }

    private func command(_ command: Action.Command) -> [Block] {
        var facts: [Block.Fact] = []
        facts += settings("Environment", "=", command.environment)
        if let input = command.input { facts.append(.init("Is given on its input", .code(input.preview(in: scope)))) }
        if command.accept != [0] { facts.append(.init("Exit statuses that do", Prose(command.accept.list))) }
        let again = command.isReadOnly ? "changes nothing: a dry run runs it too" : command.isRepeatable
            ? "runs it again" : "somebody has to say whether it was done"
        facts.append(.init(command.isReadOnly ? "It" : "After an interruption", Prose(again)))
        let people: Prose = command.question.map { "Somebody does it, and answers: \($0.prose(in: scope))" } ?? "No program is given: the step fails."
        return program(command.run, "Runs one program, without a shell:", people) + [.facts(facts)]
    }

    private func program(_ run: [Template], _ text: String, _ none: Prose) -> [Block] {
        let words = CommandPreview(run, scope).words
        return words.isEmpty ? [.paragraph(none)] : [.paragraph("\(strong: text)"), .code(words.commandLine)]
    }

    private func http(_ check: Action.HTTPCheck) -> [Block] {
        var facts = settings("Header", ": ", check.headers)
        facts.append(.init("Statuses that do", Prose(check.accept.list)))
        if let contains = check.contains { facts.append(.init("The answer holds", .code(contains.preview(in: scope)))) }
        return [.paragraph("\(strong: "Asks") \(code: "\(check.method.rawValue) \(check.url.preview(in: scope))")"), .facts(facts)]
    }

    /// Secrets stand as where they are.
    private func settings(_ name: String, _ separator: String, _ settings: [String: Template]) -> [Block.Fact] {
        settings.sorted { $0.key < $1.key }.map { .init(name, .code("\($0.key)\(separator)\($0.value.preview(in: scope))")) }
    }

    private func mirror(_ mirror: Action.MirrorChange) -> [Block] {
        let verb = mirror.isStart ? "Starts the mirror" : "Stops the mirror"
        let sign = mirror.isStart ? "Then waits for a new heartbeat of the mirror on the target" : "Then looks whether its heartbeats on the target end"
        let flow: Prose = mirror.flow.map { " Its flow: \(code: $0.preview(in: scope))." } ?? ""
        return program(mirror.command, "\(verb):", "\(verb): somebody does it, and says so.") + [.paragraph("\(sign), \(mirror.watch.forPeople).\(flow)")]
    }

    private func operation(_ operation: Operation, _ id: String) -> [Block] {
        let preview = CommandPreview(operation, of: id, in: runbook, scope)
        var facts: [Block.Fact] = preview.conditions.map { .init("Besides", $0) }
        if operation.accept != [0] { facts.append(.init("Exit statuses that do", Prose(operation.accept.list))) }
        return [.paragraph("\(strong: operation.kind.sentence)"), .code(preview.words.commandLine)] + (facts.isEmpty ? [] : [.facts(facts)])
    }
}

extension Action.Manual {
    var accepted: Prose {
        switch answer {
        case .confirm: "yes or no; anything but yes fails the step"
        case .text: "some text"
        case .number: "a number"
        case .choice: "one of \(choices.map { .code($0) }.joined(separator: ", "))"
        }
    }
}

extension OperationKind {
    /// What it does, before its command line.
    var sentence: String {
        switch self {
        case .status: "Looks whether a failover would go well now. Changes nothing:"
        case .groups: "Looks at the groups on both sides. Changes nothing:"
        case .explain: "Says why a group's positions are where they are. Changes nothing:"
        case .plan: "Plans where each group goes on, and writes that into a file. Changes nothing on a cluster:"
        case .apply: "Moves the groups: commits the plan's positions on the target:"
        case .verify: "Holds each group's two positions against the records. Changes nothing:"
        case .audit: "Holds whole logs against their copies. Changes nothing:"
        case .rollback: "Puts the groups' positions back to what they were:"
        case .drill: "Rehearses with shadow groups, and removes them. Leaves real groups alone:"
        case .failback: "Plans the way home, and writes that into a file. Changes nothing on a cluster:"
        }
    }
}

extension [Block] {
    /// In the list that ends it, or in a new one.
    fileprivate func adding(_ facts: [Block.Fact]) -> [Block] {
        guard case .facts(let last)? = last else { return self + [.facts(facts)] }
        return dropLast() + [.facts(last + facts)]
    }
}

extension [Int] {
    var list: String { map(String.init).joined(separator: ", ") }
}
