internal import Cutover
internal import Foundation
internal import KafkaClient

extension RunbookReport {
    /// - Parameters:
    ///   - history: Of a whole journal, whose chain was checked when it was read.
    ///   - runbook: As it was when the run began (``RunbookHistory/text``).
    public init(_ history: RunbookHistory, _ runbook: Runbook) {
        run = history.id
        self.runbook = Source(
            title: runbook.title, purpose: runbook.purpose, owner: runbook.owner, path: history.text.path,
            sha256: sha256(Data(history.text.text.utf8)))
        parameters = runbook.parameters.map { parameter in
            let value = history.parameters[parameter.name]
            return ParameterValue(name: parameter.name, type: parameter.kind.rawValue, value: value, shown: value.map(parameter.shown) ?? "not given")
        }
        (begun, latest, ending, rolledBackSince) = (history.begun, history.latest, history.ending, history.rolledBackSince)
        stoppedAt = history.obstacle
        seconds = history.elapsed(until: history.latest)
        parts = history.parts.map { Part(by: $0.by, time: $0.time, from: $0.from, ending: $0.ending, ended: $0.ended) }
        steps = runbook.steps.enumerated().map { StepReport($1, number: $0 + 1, history) }
        approvals = history.approvals(of: runbook)
        recovery = runbook.recovery.map { RecoveryReport($0, history) }
        timeline = history.events(of: runbook)
        // One that does not hold can't be read.
        journal = JournalReport(lines: history.lines, isChainIntact: true)
    }
}

extension RunbookReport.StepReport {
    fileprivate init(_ step: Step, number: Int, _ history: RunbookHistory) {
        self.init(
            number: number, id: step.id, title: step.title, kind: step.action.kind, state: history.state(of: step.id),
            targetSeconds: step.target?.seconds, attempts: history.reports(of: step.id, step.action, target: step.target))
        guard let undoing = step.compensation else { return }
        compensation = Compensation(
            title: undoing.title, state: history.state(of: step.id, undoes: true), attempts: history.reports(of: step.id, undoing.action, undoes: true))
    }
}

extension RunbookReport.AttemptReport {
    init(_ attempt: RunbookHistory.Attempt, question: String?, target: Duration?) {
        self.init(
            number: attempt.number, started: attempt.started, ended: attempt.ended, outcome: attempt.outcome, isSuperseded: attempt.isSuperseded,
            wasStarted: attempt.wasStarted, question: question, answers: attempt.answers.map { Answer(answer: $0.answer, by: $0.by, time: $0.time, isBeforehand: $0.isBeforehand) },
            message: attempt.message, seconds: attempt.seconds, command: attempt.command, cutover: attempt.child, found: attempt.found,
            evidence: attempt.evidence)
        if let target, let seconds, outcome == .done { isWithinTarget = seconds <= target.seconds }
    }
}

extension RunbookReport.RecoveryReport {
    fileprivate init(_ recovery: Runbook.Recovery, _ history: RunbookHistory) {
        self.init(from: recovery.from, to: recovery.to, targetSeconds: recovery.target?.seconds)
        let first = recovery.from.map { id in history.attempts.first { $0.id == id && !$0.undoes && $0.wasStarted } }
        start = first.map { $0?.started } ?? history.begun
        let last = history.latest(recovery.to)
        if start == nil, let from {
            problem = "the step '\(from)', from which it counts, was not begun"
        } else if last?.outcome != .done {
            problem = "the step '\(to)', to whose end it counts, is not done"
        } else if let since = history.rolledBackSince {
            problem = "the step '\(to)' was done, and the run undone from \(since.instant) on"
        } else if let start, let end = last?.ended {
            self.end = end
            seconds = start.seconds(until: end)
            if let seconds, let targetSeconds { isWithinTarget = seconds <= targetSeconds }
            if seconds == nil { problem = "the journal's times do not follow each other" }
        }
        lost = recovery.lost.map { Loss($0, target: recovery.lostTarget, history.scope()) }
    }
}

extension RunbookReport.RecoveryReport.Loss {
    fileprivate init(_ expression: Expression, target: Int?, _ scope: Scope) {
        self.init(expression: expression.text, target: target, unknown: [])
        if case .number(let number)? = expression.value(in: scope) {
            records = number
            isWithinTarget = target.map { number <= Double($0) }
        } else {
            unknown = expression.unknown(in: scope).map(\.description)
        }
    }
}
