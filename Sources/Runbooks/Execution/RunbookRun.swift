public import Cutover
internal import Foundation
internal import OffsetTranslate

/// A runbook being carried out: begun, or taken up after whatever stopped it. Everything goes through its journal, and what is known of it is
/// what its journal says.
public struct RunbookRun: Sendable {
    public let id: String
    public let runbook: Runbook
    public private(set) var history: RunbookHistory
    private let journal: Journal
    private let folder: RunbookFolder
    private let secrets: Secrets
    let answers: Answers
    let world: any RunbookWorld
    let by: Operator
    /// Steps that were tried again because of a failure, in this part of the run.
    private var retried: Set<String> = []

    /// Begins a run: writes down of what, with what and by whom. Nothing is done yet.
    ///
    /// - Parameter parameters: Of all that the runbook has (``ParameterTexts/values(of:)``).
    /// - Throws: ``JournalError``, ``ParameterError``.
    public static func begin(
        _ runbook: Runbook, _ text: RunbookText, _ parameters: [String: Value], answers: Answers, by: Operator, in folder: RunbookFolder,
        world: any RunbookWorld
    ) async throws -> RunbookRun {
        let secrets = try Secrets(runbook, parameters), id = RunID.new().rawValue
        try folder.make(id)
        var run = RunbookRun(
            id: id, runbook: runbook, history: RunbookHistory(), journal: try await Journal.create(folder.journal(of: id)), folder: folder,
            secrets: secrets, answers: answers, world: world, by: by)
        var entry = RunbookEntry(.begin)
        (entry.run, entry.by, entry.runbook, entry.parameters) = (id, by, text, parameters)
        try await run.write(entry)
        return run
    }

    /// Takes a run up where its journal ends.
    ///
    /// - Parameters:
    ///   - answers: Made of the runbook as it was when the run began.
    ///   - from: Goes back to this step.
    ///   - rollBack: Undoes what was done, instead of going on.
    /// - Throws: ``JournalDamage``, ``JournalError`` (also where another process is at it), ``RunbookNotResumable``.
    public static func resume(
        _ id: String, from: String? = nil, rollBack: Bool = false, answers: (Runbook) throws -> Answers, by: Operator, in folder: RunbookFolder,
        world: any RunbookWorld
    ) async throws -> RunbookRun {
        var history = RunbookHistory()
        let journal = try await Journal.open(folder.journal(of: id)) { (entry: RunbookEntry) throws(JournalDamage) in history.take(entry) }
        let runbook = try Runbook(history.text.text, file: history.text.path)
        try history.requireResumable(runbook, from: from, rollBack: rollBack, folder.journals)
        var run = RunbookRun(
            id: id, runbook: runbook, history: history, journal: journal, folder: folder, secrets: try Secrets(runbook, history.parameters),
            answers: try answers(runbook), world: world, by: by)
        var entry = RunbookEntry(.resume)
        (entry.run, entry.by, entry.from) = (id, by, from)
        try await run.write(entry)
        if rollBack, history.rolledBackSince == nil { try await run.write(RunbookEntry(.rollback)) }
        return run
    }

    private init(
        id: String, runbook: Runbook, history: RunbookHistory, journal: Journal, folder: RunbookFolder, secrets: Secrets, answers: Answers,
        world: any RunbookWorld, by: Operator
    ) {
        (self.id, self.runbook, self.history, self.journal, self.folder) = (id, runbook, history, journal, folder)
        (self.secrets, self.answers, self.world, self.by) = (secrets, answers, world, by)
    }

    mutating func write(_ entry: RunbookEntry) async throws(JournalError) { history.take(try await journal.append(entry)) }

    // MARK: Forward

    /// Goes through the steps that are left, to the end or to whatever stops it.
    ///
    /// A cancelled task ends it after the step that is under way.
    /// - Throws: ``JournalError``; what is done is in the journal.
    public mutating func go() async throws -> RunbookEnding {
        let ending: RunbookEnding
        do {
            ending = try await history.rolledBackSince == nil ? forward() : back()
        } catch is CancellationError {
            ending = .interrupted
        }
        var entry = RunbookEntry(.end)
        entry.ending = ending
        try await write(entry)
        return ending
    }

    private mutating func forward() async throws -> RunbookEnding {
        for (index, step) in runbook.steps.enumerated() {
            if history.isSettled(step) { continue }
            try Task.checkCancellation()
            switch try await carryOut(step, number: index + 1) {
            case .settled: continue
            case .stop(let ending): return ending
            case .rollBack:
                try await write(RunbookEntry(.rollback))
                return try await back()
            }
        }
        return .completed
    }

    private enum Turn {
        case settled
        case stop(RunbookEnding)
        case rollBack
    }

    private mutating func carryOut(_ step: Step, number: Int, isRetry: Bool = false) async throws -> Turn {
        if let when = step.when {
            switch when.value(in: scope) {
            case .boolean(true)?: break
            case nil:
                let message = "\(NotKnownYet(when.unknown(in: scope))); so whether it is to be done (\(when.text)) can't be told"
                try await end(step.id, ActionRunner.Result(outcome: .failed, message: message))
                return try await failed(step, message)
            default:
                try await end(step.id, ActionRunner.Result(outcome: .skipped, message: "\(when.text): \(when.evidence(in: scope))"))
                return .settled
            }
        }
        // What is to become of it was still to be decided, or done, when the run ended.
        if !isRetry, let last = history.openFailure(of: step) {
            return last.decision == nil ? try await failed(step, last.message ?? "") : .rollBack
        }
        switch try await attempt(step, Undertaking(step), number) {
        case .done: return .settled
        case .failed(let message): return try await failed(step, message)
        case .declined: return .stop(.declined)
        case .paused: return .stop(.paused)
        }
    }

    private mutating func failed(_ step: Step, _ message: String) async throws -> Turn {
        try Task.checkCancellation()
        switch step.onFailure {
        case .stop: return .stop(.stopped)
        case .continue: return .settled
        case .rollback: return .rollBack
        case .ask:
            switch try await choose(Answers.Failed.self, decided(step.id), Matter(step), "This has failed: \(message) What now?") {
            case nil: return .stop(.paused)
            case .retry:
                retried.insert(step.id)
                return try await carryOut(step, number: (runbook.steps.firstIndex { $0.id == step.id } ?? 0) + 1, isRetry: true)
            case .continue: return .settled
            case .rollback: return .rollBack
            case .stop: return .stop(.stopped)
            }
        }
    }

    /// What was written beforehand about a failure. It is tried again once: then somebody has to look.
    private func decided(_ key: String) -> String? {
        answers.failures[key].flatMap { $0 == Answers.Failed.retry.rawValue && retried.contains(key) ? nil : $0 }
    }

    // MARK: Back

    /// Undoes what was done, the last first.
    private mutating func back() async throws -> RunbookEnding {
        world.tell(.rollingBack)
        var isWhole = true
        for (index, step) in runbook.steps.enumerated().reversed() {
            guard let compensation = step.compensation, history.isTouched(step.id), !history.isUndone(step.id) else { continue }
            try Task.checkCancellation()
            let undertaking = Undertaking(step, undoing: compensation)
            if case .operation(let operation) = compensation.action, operation.kind == .rollback, let applied = operation.step("run"),
                !history.children(of: applied).contains(where: folder.journals.holdsAgreedRun) {
                try await end(step.id, undoes: true, ActionRunner.Result(outcome: .skipped, message: "no group was moved: there is nothing to put back"))
                continue
            }
            switch try await undo(step, undertaking, compensation.onFailure, index + 1) {
            case .done: continue
            case .failed: isWhole = false
            case .declined: return .rolledBackInPart
            case .paused: return .paused
            }
        }
        return isWhole ? .rolledBack : .rolledBackInPart
    }

    /// `failed`: and the others are undone all the same.
    private mutating func undo(_ step: Step, _ undertaking: Undertaking, _ onFailure: Step.OnFailure, _ number: Int) async throws -> Upshot {
        let upshot = try await attempt(step, undertaking, number)
        guard case .failed(let message) = upshot else { return upshot }
        try Task.checkCancellation()
        switch onFailure {
        case .continue: return upshot
        case .stop, .rollback: return .declined
        case .ask:
            let text = "This could not be undone: \(message) What now? (continue: undo the rest)"
            switch try await choose(Answers.Unundone.self, decided(undertaking.key(of: step)), undertaking.matter(of: step), text) {
            case nil: return .paused
            case .retry:
                retried.insert(undertaking.key(of: step))
                return try await undo(step, undertaking, onFailure, number)
            case .continue: return upshot
            case .stop: return .declined
            }
        }
    }

    // MARK: One attempt, or several

    /// A step's action, or what undoes it.
    private struct Undertaking {
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

    private enum Upshot {
        case done
        case failed(String)
        case declined, paused
    }

    private mutating func attempt(_ step: Step, _ undertaking: Undertaking, _ number: Int) async throws -> Upshot {
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
            let upshot = try await once(step, undertaking, number)
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

    private mutating func once(_ step: Step, _ undertaking: Undertaking, _ number: Int) async throws -> Upshot {
        // A question that is still open stays the same question.
        let open = history.latest(step.id, undoes: undertaking.undoes).flatMap { isAsked(undertaking.action) && $0.outcome == nil ? $0 : nil }
        let earlier = history.attempts.count { $0.id == step.id && $0.undoes == undertaking.undoes && $0.outcome != .skipped }
        var task = ActionRunner.Task(
            step: step.id, name: step.id + (undertaking.undoes ? ".undo" : ""), attempt: open?.number ?? earlier + 1, timeout: step.timeout, children: children,
            plans: plans)
        if case .operation(let operation) = undertaking.action, operation.kind == .apply {
            guard isApproved(operation, before: step) else { return try await refuse(step, "nobody has agreed to what it would do") }
            let begun = history.children(of: step.id).last(where: folder.journals.holdsAgreedRun)
            task.child = Operation.RunName(id: begun ?? RunID.new().rawValue, approvedBy: approvers)
        }
        let runner = runner
        var entry = RunbookEntry(.started)
        (entry.id, entry.undoes, entry.attempt) = (step.id, undertaking.undoes ? true : nil, task.attempt)
        entry.command = runner.commandLine(of: undertaking.action, task)?.map(secrets.redact)
        entry.child = task.child?.id
        if open == nil { try await write(entry) }
        tell(undertaking, of: step, number, task.attempt, entry.command)
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
        } catch let error as NotKnownYet {
            result = ActionRunner.Result(outcome: .failed, message: "\(error)")
        } catch let error where !error.endsRun {
            result = ActionRunner.Result(outcome: .failed, message: secrets.redact("\(error)"))
        }
        try await end(step.id, undoes: undertaking.undoes, result, seconds: (ContinuousClock.now - clock).inSeconds)
        if case .declined = asked, case .approve = undertaking.action { return .declined }
        return result.outcome == .failed ? .failed(result.message ?? "") : .done
    }

    private mutating func refuse(_ step: Step, _ why: String) async throws -> Upshot {
        try await end(step.id, ActionRunner.Result(outcome: .failed, message: why))
        return .failed(why)
    }

    private mutating func end(_ id: String, undoes: Bool = false, _ result: ActionRunner.Result, seconds: Double? = nil) async throws {
        var entry = RunbookEntry(.ended)
        (entry.id, entry.undoes, entry.outcome, entry.message) = (id, undoes ? true : nil, result.outcome, result.message)
        (entry.found, entry.seconds) = (result.found.isEmpty ? nil : result.found, seconds.map { ($0 * 1000).rounded() / 1000 })
        entry.evidence = result.evidence.isEmpty ? nil : result.evidence
        try await write(entry)
        world.tell(.ended(result.outcome, message: result.message, seconds: seconds))
    }

    private func tell(_ undertaking: Undertaking, of step: Step, _ number: Int, _ attempt: Int, _ command: [String]?) {
        let undoes = undertaking.undoes
        world.tell(.step(StepNews(
            number: number, count: runbook.steps.count, id: step.id, title: undertaking.title, why: undoes ? nil : step.why?.preview(in: scope),
            attempt: attempt, undoes: undoes, target: undoes ? nil : step.target, elapsed: elapsed, recoveryTarget: runbook.recovery?.target)))
        if let command, !command.isEmpty { world.tell(.command(command.map(\.quotedForShell).joined(separator: " "))) }
    }

    /// Of what counts as recovery, by the journal's clock: `nil` before it has begun, and once it is over.
    private var elapsed: Duration? {
        guard let start = history.recoveryBegan(in: runbook),
            let start = try? Date(start, strategy: Date.ISO8601FormatStyle(includingFractionalSeconds: true))
        else { return nil }
        return .seconds(max(0, Date.now.timeIntervalSince(start)))
    }

    // MARK: What is known

    var scope: Scope { Scope(parameters: history.parameters, found: history.found) }

    private var runner: ActionRunner {
        ActionRunner(
            world: world, scope: scope, secrets: secrets, clusters: runbook.clusters, journals: folder.journals, folder: folder.folder(of: id))
    }

    /// The cutover that each step has made.
    private var children: [String: Operation.RunName] {
        runbook.steps.reduce(into: [:]) { children, step in
            guard let child = history.children(of: step.id).last(where: folder.journals.holdsAgreedRun) else { return }
            children[step.id] = Operation.RunName(id: child)
        }
    }

    private var plans: [String: String] {
        runbook.steps.reduce(into: [:]) { plans, step in
            plans[step.id] = history.latest(step.id)?.evidence.first { $0.file == "\(step.id).\(Operation.planSuffix)" }?.sha256
        }
    }

    private var approvals: [(step: String, by: String)] {
        runbook.steps.compactMap { step in
            guard case .approve = step.action, let attempt = history.latest(step.id), attempt.outcome == .done,
                case .text(let by)? = attempt.found["by"]
            else { return nil }
            return (step.id, by)
        }
    }

    private var approvers: String? {
        let names = approvals.map(\.by).eachOnce
        return names.isEmpty ? nil : names.joined(separator: ", ") + " (runbook run \(id))"
    }

    /// Who has approved in this run before.
    var earlierApprovers: [String] { approvals.map(\.by) }

    private func isApproved(_ operation: Operation, before step: Step) -> Bool {
        let between = runbook.steps.drop { $0.id != operation.step("plan") }.prefix { $0.id != step.id }, given = Set(approvals.map(\.step))
        // Where two are asked, both have to agree.
        let asked = between.filter { if case .approve = $0.action { history.latest($0.id)?.outcome != .skipped } else { false } }
        return !asked.isEmpty && asked.allSatisfy { given.contains($0.id) }
    }
}

extension RunbookHistory {
    fileprivate func recoveryBegan(in runbook: Runbook) -> String? {
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

    fileprivate func requireResumable(_ runbook: Runbook, from: String?, rollBack: Bool, _ journals: JournalFolder) throws(RunbookNotResumable) {
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
