internal import Cutover
internal import Foundation
internal import OffsetTranslate

/// One attempt at a step, or at undoing it, or several.
extension RunbookRun {
    /// A step's action, or what undoes it.
    struct Undertaking {
        var title: String
        var action: Action
        var undoes: Bool
        var retry: Step.Retry?

        init(_ step: Step) { (title, action, undoes, retry) = (step.title, step.action, false, step.retry) }
        init(_ step: Step, undoing: Step.Compensation) { (title, action, undoes, retry) = (undoing.title, undoing.action, true, nil) }

        func key(of step: Step) -> String { undoes ? Answers.undoing(step.id) : step.id }
        /// How a step is done is not how it is undone.
        func matter(of step: Step) -> Matter { undoes ? Matter(step: step.id, key: key(of: step), title: title) : Matter(step) }
    }

    enum Upshot {
        case done
        case failed(String)
        case declined, paused
    }

    mutating func attempt(_ step: Step, _ undertaking: Undertaking) async throws -> Upshot {
        if let last = history.mayBeDone(step.id, undoes: undertaking.undoes) {
            switch try await interrupted(step, undertaking, last) {
            case .again: break
            case .done:
                let when = last.outcome == nil ? "the interruption" : "somebody went back"
                try await end(step.id, undoes: undertaking.undoes, ActionRunner.Result(message: "said to have been done before \(when)", found: last.found))
                return .done
            case .stop: return .declined
            case nil: return .paused
            }
        }
        var tries = 0
        while true {
            let upshot = try await once(step, undertaking)
            guard case .failed(let message) = upshot, let retry = undertaking.retry, tries < retry.times else { return upshot }
            tries += 1
            world.tell(.waiting("\(retry.every.forPeople), then again (\(tries) of \(retry.times)): \(message)"))
            try await world.sleep(for: retry.every)
        }
    }

    /// What to do about an attempt whose end is not known, or that was done and gone back from. `nil`: nobody is there to say.
    private mutating func interrupted(_ step: Step, _ undertaking: Undertaking, _ last: RunbookHistory.Attempt) async throws -> Answers.Interrupted? {
        guard case .command(let command) = undertaking.action, !command.isRepeatable, !command.isReadOnly, !isAsked(undertaking.action) else { return .again }
        let text = last.outcome == nil
            ? "This was begun at \(last.started), and how it ended is not known. Was it done, or shall it be run again?"
            : "This was done at \(last.ended ?? last.started), before somebody went back. Does that stand, or shall it be run again?"
        return try await choose(Answers.Interrupted.self, answers.interrupted[undertaking.key(of: step)], undertaking.matter(of: step), text)
    }

    private mutating func once(_ step: Step, _ undertaking: Undertaking) async throws -> Upshot {
        // A question that is still open stays the same question.
        let open = history.latest(step.id, undoes: undertaking.undoes).flatMap { isAsked(undertaking.action) && $0.outcome == nil ? $0 : nil }
        let earlier = history.attempts.count { $0.id == step.id && $0.undoes == undertaking.undoes && $0.outcome != .skipped }
        var task = ActionRunner.Task(
            step: step.id, name: step.id + (undertaking.undoes ? ".undo" : ""), attempt: open?.number ?? earlier + 1, timeout: step.timeout, cutover: cutover,
            plans: plans)
        if case .operation(let operation) = undertaking.action, operation.kind == .apply {
            guard isApproved(operation, before: step) else { return try await refuse(step, "nobody has agreed to what it would do") }
            var run = cutover(step.id) ?? Operation.RunName(id: RunID.new().rawValue)
            run.approvedBy = approvers
            task.child = run
        }
        let runner = runner
        var entry = RunbookEntry(.started)
        (entry.id, entry.undoes, entry.attempt) = (step.id, undertaking.undoes ? true : nil, task.attempt)
        entry.command = runner.commandLine(of: undertaking.action, task)?.map(secrets.redact)
        entry.child = task.child?.id
        if open == nil { try await write(entry) }
        tell(undertaking, of: step, task.attempt, entry.command)
        let clock = ContinuousClock.now
        var asked: Asked?
        var result = ActionRunner.Result()
        do {
            asked = try await ask(undertaking.action, undertaking.matter(of: step))
            switch asked {
            case .answered(let found): result.found = found
            case .refused(let why): result = ActionRunner.Result(outcome: .failed, message: why)
            case .declined(let by): result = ActionRunner.Result(outcome: .failed, message: "\(by) said no")
            case .nobody: return .paused
            case nil:
                result = try await runner.run(undertaking.action, task)
                // It was ended because this was: how far it came is not known.
                if result.outcome == .failed { try Task.checkCancellation() }
            }
        } catch let error where !error.endsRun {
            result = ActionRunner.Result(outcome: .failed, message: secrets.redact("\(error)"))
        }
        try await end(step.id, undoes: undertaking.undoes, result, seconds: (ContinuousClock.now - clock).seconds)
        if case .declined = asked, case .approve = undertaking.action { return .declined }
        return result.outcome == .failed ? .failed(result.message ?? "") : .done
    }

    private mutating func refuse(_ step: Step, _ why: String) async throws -> Upshot {
        try await end(step.id, ActionRunner.Result(outcome: .failed, message: why))
        return .failed(why)
    }

    mutating func end(_ id: String, undoes: Bool = false, _ result: ActionRunner.Result, seconds: Double? = nil) async throws {
        var entry = RunbookEntry(.ended)
        (entry.id, entry.undoes, entry.outcome, entry.message) = (id, undoes ? true : nil, result.outcome, result.message)
        (entry.found, entry.seconds) = (result.found.isEmpty ? nil : result.found, seconds.map { ($0 * 1000).rounded() / 1000 })
        entry.evidence = result.evidence.isEmpty ? nil : result.evidence
        try await write(entry)
        world.tell(.ended(result.outcome, message: result.message, seconds: seconds))
    }

    private func tell(_ undertaking: Undertaking, of step: Step, _ attempt: Int, _ command: [String]?) {
        let undoes = undertaking.undoes, place = runbook.steps.firstIndex { $0.id == step.id } ?? 0
        world.tell(.step(StepNews(
            number: place + 1, count: runbook.steps.count, id: step.id, title: undertaking.title, why: undoes ? nil : step.why?.preview(in: scope),
            attempt: attempt, undoes: undoes, target: undoes ? nil : step.target, elapsed: elapsed, recoveryTarget: runbook.recovery?.target)))
        world.tell(command: command)
    }

    /// Of what counts as recovery, by the journal's clock: `nil` before it has begun, and once it is over.
    private var elapsed: Duration? {
        (history.recoveryBegan(in: runbook)?.instantDate).map { .seconds(max(0, Date.now.timeIntervalSince($0))) }
    }
}
