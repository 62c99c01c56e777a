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
    let folder: RunbookFolder
    let secrets: Secrets
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
        for step in runbook.steps where !history.isSettled(step) {
            try Task.checkCancellation()
            switch try await carryOut(step) {
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

    private mutating func carryOut(_ step: Step, isRetry: Bool = false) async throws -> Turn {
        if let when = step.when {
            switch when.value(in: scope) {
            case .boolean(true)?: break
            case nil:
                let message = "\(ValueUnfit.notKnown(when.unknown(in: scope))); so whether it is to be done (\(when.text)) can't be told"
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
        switch try await attempt(step, Undertaking(step)) {
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
                return try await carryOut(step, isRetry: true)
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
        for step in runbook.steps.reversed() {
            guard let compensation = step.compensation, history.isTouched(step.id), !history.isUndone(step.id) else { continue }
            try Task.checkCancellation()
            let undertaking = Undertaking(step, undoing: compensation)
            if case .operation(let operation) = compensation.action, operation.kind == .rollback, let applied = operation.step("run"),
                cutover(applied) == nil {
                try await end(step.id, undoes: true, ActionRunner.Result(outcome: .skipped, message: "no group was moved: there is nothing to put back"))
                continue
            }
            switch try await undo(step, undertaking, compensation.onFailure) {
            case .done: continue
            case .failed: isWhole = false
            case .declined: return .rolledBackInPart
            case .paused: return .paused
            }
        }
        return isWhole ? .rolledBack : .rolledBackInPart
    }

    /// `failed`: and the others are undone all the same.
    private mutating func undo(_ step: Step, _ undertaking: Undertaking, _ onFailure: Step.OnFailure) async throws -> Upshot {
        let upshot = try await attempt(step, undertaking)
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
                return try await undo(step, undertaking, onFailure)
            case .continue: return upshot
            case .stop: return .declined
            }
        }
    }

}
