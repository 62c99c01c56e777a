internal import Cutover

/// What is left to do, and to undo, by what a journal says.
extension RunbookHistory {
    func recoveryBegan(in runbook: Runbook) -> String? {
        guard let recovery = runbook.recovery else { return begun }
        if latest(recovery.to)?.outcome == .done { return nil }
        guard let from = recovery.from else { return begun }
        return attempts.first { $0.id == from && !$0.undoes && !$0.isSuperseded }?.started
    }

    /// Nothing is left to do about it.
    func isSettled(_ step: Step) -> Bool {
        guard let last = latest(step.id) else { return false }
        switch last.outcome {
        case .done, .skipped: return true
        case .failed: return step.onFailure == .continue || last.decision == Answers.Failed.continue.rawValue
        case nil: return false
        }
    }

    /// Something of it may have been done.
    func isTouched(_ id: String) -> Bool { attempts.contains { $0.id == id && !$0.undoes && $0.wasStarted } }

    /// A failure that nobody has decided about, or that has to be undone: it is not simply tried again because a process has died in between.
    func openFailure(of step: Step) -> Attempt? {
        guard let last = attempts.last, last.id == step.id, !last.undoes, last.outcome == .failed, !last.isSuperseded else { return nil }
        switch step.onFailure {
        case .ask: return last.decision == nil || last.decision == Answers.Failed.rollback.rawValue ? last : nil
        // Who has said no may be asked again.
        case .rollback: if case .approve = step.action { return nil } else { return last }
        case .stop, .continue: return nil
        }
    }

    /// An attempt that has no end, or that was done before somebody went back to a step before it.
    func mayBeDone(_ id: String, undoes: Bool) -> Attempt? {
        guard let last = attempts.last(where: { $0.id == id && $0.undoes == undoes && $0.wasStarted }) else { return nil }
        return last.outcome == nil || (last.isSuperseded && last.outcome == .done) ? last : nil
    }

    func isUndone(_ id: String) -> Bool { latest(id, undoes: true)?.outcome.map { $0 != .failed } ?? false }

    func requireResumable(_ runbook: Runbook, from: String?, rollBack: Bool, _ journals: JournalFolder) throws(RunbookNotResumable) {
        func fail(_ reason: String) -> RunbookNotResumable { RunbookNotResumable(run: id, reason: reason) }
        if ending == .completed, !rollBack, from == nil { throw fail("is completed: there is nothing left to do") }
        if ending == .rolledBack { throw fail("has been rolled back: begin a new one") }
        guard let from else { return }
        if rolledBackSince != nil || rollBack { throw fail("is being rolled back, so it can't go back to a step") }
        guard let index = runbook.steps.firstIndex(where: { $0.id == from }) else {
            throw fail("has no step '\(from)': \(runbook.steps.map(\.id).joined(separator: ", "))")
        }
        // A second cutover beside one that has begun: neither could be undone by itself.
        if let moved = runbook.steps[index...].first(where: { children(of: $0.id).contains(where: journals.holdsAgreedRun) }) {
            throw fail("has begun to move groups in the step '\(moved.id)': go on with it, or --roll-back")
        }
    }
}

/// A run can't be taken up in this way.
public struct RunbookNotResumable: Error, CustomStringConvertible {
    public var run: String
    public var reason: String

    public var description: String { "run \(run) \(reason)." }
}
