internal import Foundation

/// A runbook without its changes: what only looks is done, the rest is shown.
public struct RunbookRehearsal: Sendable {
    /// Gates and looks that would have stopped a run now, by their ids.
    public private(set) var stopping: [String] = []
    /// The same, of looks at what was only shown: they say little.
    public private(set) var inconclusive: [String] = []
    /// Steps that were only shown.
    public private(set) var shown: [String] = []
    private var isBehindChanges = false

    /// - Throws: ``ParameterError``, or where no place can be had for what looks make.
    public static func run(
        _ runbook: Runbook, _ parameters: [String: Value], in folder: RunbookFolder, world: any RunbookWorld
    ) async throws -> RunbookRehearsal {
        let place = FileManager.default.temporaryDirectory.appendingPathComponent("failover-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        defer { try? FileManager.default.removeItem(at: place) }
        var runner = ActionRunner(
            world: world, scope: Scope(parameters: parameters), secrets: try Secrets(runbook, parameters), clusters: runbook.clusters,
            journals: folder.journals, folder: place)
        runner.isDryRun = true
        var rehearsal = RunbookRehearsal()
        for (index, step) in runbook.steps.enumerated() {
            try Task.checkCancellation()
            try await rehearsal.take(step, number: index + 1, of: runbook, &runner)
        }
        return rehearsal
    }

    private mutating func take(_ step: Step, number: Int, of runbook: Runbook, _ runner: inout ActionRunner) async throws {
        let world = runner.world
        let task = ActionRunner.Task(step: step.id, name: step.id, attempt: 1, timeout: step.timeout)
        world.tell(.step(StepNews(
            number: number, count: runbook.steps.count, id: step.id, title: step.title, why: step.why?.preview(in: runner.scope), attempt: 1,
            undoes: false, target: step.target, elapsed: nil, recoveryTarget: nil)))
        if let when = step.when, when.value(in: runner.scope) != .boolean(true) {
            guard when.value(in: runner.scope) == nil else {
                runner.scope.found[step.id] = ["outcome": .text(StepOutcome.skipped.rawValue)]
                return world.tell(.ended(.skipped, message: "\(when.text): \(when.evidence(in: runner.scope))", seconds: nil))
            }
            shown.append(step.id)
            return world.tell(.note("would be done only where \(when.text); a dry run does not know"))
        }
        world.tell(command: runner.commandLine(of: step.action, task))
        guard step.action.isRehearsed, !step.action.isLeftToPeople(in: runner.scope) else {
            shown.append(step.id)
            if !step.action.isReadOnly { isBehindChanges = true }
            return world.tell(.note(step.action.description(in: runner.scope)))
        }
        let result: ActionRunner.Result
        do { result = try await runner.run(step.action, task) } catch let error as ValueUnfit {
            shown.append(step.id)
            return world.tell(.note("can't be told in a dry run: \(error)"))
        }
        // A gate over what was not done says nothing.
        if case .gate(let gate) = step.action, gate.require.value(in: runner.scope) == nil {
            shown.append(step.id)
            return world.tell(.note(result.message ?? ""))
        }
        runner.scope.found[step.id] = result.found.merging(["outcome": .text(result.outcome.rawValue)]) { a, _ in a }
        if result.outcome == .failed { if isBehindChanges { inconclusive.append(step.id) } else { stopping.append(step.id) } }
        if !step.action.isReadOnly { isBehindChanges = true }
        world.tell(.ended(result.outcome, message: result.message, seconds: nil))
    }
}

extension Action {
    /// Done in a dry run too, if need be with its own.
    fileprivate var isRehearsed: Bool {
        switch self {
        case .operation(let operation): operation.kind != .rollback
        case .mirror: false
        default: isReadOnly && !isAsked
        }
    }

    /// In this run.
    func isLeftToPeople(in scope: Scope) -> Bool {
        switch self {
        case .mirror(let mirror): (try? mirror.command.items(in: scope))?.isEmpty == true
        case .command(let command): command.question != nil && command.run.first?.items(in: scope)?.isEmpty == true
        default: isAsked
        }
    }

    fileprivate func description(in scope: Scope) -> String {
        switch self {
        case .command(let command) where isLeftToPeople(in: scope): "would ask: \(command.question?.preview(in: scope) ?? "")"
        case .manual(let manual): "would ask: \(manual.question.preview(in: scope))"
        case .approve(let approve): "would ask for approval: \(approve.question.preview(in: scope))"
        case .mirror(let mirror): "would have the mirror \(mirror.isStart ? "started" : "stopped"), and watch its heartbeats"
        default: "would be done"
        }
    }
}
