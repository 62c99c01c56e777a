internal import Cutover
internal import Foundation
internal import OffsetTranslate

/// The command's own operations: each in a process of its own.
extension ActionRunner {
    func arguments(of operation: Operation, _ task: Task) throws(ValueUnfit) -> [String] {
        try operation.arguments(of: task.step, in: scope, Operation.Surroundings(
            clusters: clusters, journalFolder: journals.url.path,
            file: { [folder] step, suffix in folder.appendingPathComponent("\(step).\(suffix)").path },
            run: { $0 == task.step && task.child != nil ? task.child : task.cutover($0) }, isDryRun: isDryRun))
    }

    func run(_ operation: Operation, _ task: Task) async throws -> Result {
        var arguments = try arguments(of: operation, task)
        guard operation.kind == .apply, !isDryRun else { return try await run(operation, arguments, task) }
        if let child = task.child, child.isBegun {
            // By its own journal, which has the plan.
            try await awaitEnd(of: child.id, within: task.timeout ?? .seconds(600))
            arguments = try operation.resuming(child, arguments, clusters.arguments(in: scope, isHomeless: true))
        } else {
            let plan = operation.step("plan") ?? "", file = "\(plan).\(Operation.planSuffix)"
            guard let digest = task.plans[plan] else { return Result(outcome: .failed, message: "the step '\(plan)' has made no plan: plan again") }
            guard let data = FileManager.default.contents(atPath: folder.appendingPathComponent(file).path), sha256(data) == digest else {
                return Result(outcome: .failed, message: "the plan '\(file)' is not the one that was agreed to: plan again")
            }
        }
        return try await run(operation, arguments, task)
    }

    /// A cutover outlives a runbook's process that was killed.
    private func awaitEnd(of child: String, within time: Duration) async throws {
        let deadline = ContinuousClock.now + time
        while journals.isLive(RunID(rawValue: child)), ContinuousClock.now < deadline {
            world.tell(.waiting("run \(child), which was begun before, is still under way in another process"))
            try await world.sleep(for: .seconds(1))
        }
    }

    private func run(_ operation: Operation, _ arguments: [String], _ task: Task) async throws -> Result {
        var program = Program(executable: .failover, arguments: arguments, timeout: task.timeout ?? (operation.kind.isLong ? .seconds(3600) : .seconds(600)))
        // Groups under way are brought to their end.
        program.grace = operation.kind.changes ? .seconds(60) : .seconds(5)
        let end: ProgramEnd
        do { end = try await execute(program) } catch let error where !error.endsRun {
            return Result(outcome: .failed, message: "failover can't be run: \(error)")
        }
        var result = try Result(evidence: keep(end, task))
        judge(end, accepted: operation.accept, "failover \(operation.kind.words.joined(separator: " "))", &result, meanings: OperationKind.statuses)
        let file = folder.appendingPathComponent("\(task.step).\(Operation.planSuffix)")
        do {
            if operation.kind.makesPlan, end.status == 0 || operation.accept.contains(end.status) {
                let data = try Data(contentsOf: file)
                result.evidence.append(Evidence(file: file.lastPathComponent, data))
                result.found = try operation.kind.found(in: end.output, plan: try PlanFile.decode(data, name: file.path))
                result.found["file"] = .text(file.path)
                if operation.kind == .failback { result.found["starts"] = .text(folder.appendingPathComponent("\(task.step).\(Operation.startsSuffix)").path) }
            } else if !end.output.isEmpty, !isDryRun || !operation.kind.changes {
                result.found = try operation.kind.found(in: end.output, plan: nil)
            }
        } catch {
            guard result.outcome == .done else { return result }
            (result.outcome, result.message) = (.failed, "what it printed is not what was expected: \(error)")
        }
        result.found["status"] = .integer(end.status)
        return result
    }
}

extension JournalFolder {
    /// A cutover of this name got as far as being agreed to, so that it can be taken up; or its journal is there and can't be read, so that
    /// nobody may take it for one that has done nothing.
    func holdsAgreedRun(_ id: String) -> Bool {
        let path = path(of: RunID(rawValue: id))
        guard FileManager.default.fileExists(atPath: path) else { return false }
        guard let data = FileManager.default.contents(atPath: path) else { return true }
        // Killed before its first line was whole.
        guard data.contains(0x0A) else { return false }
        do { return try RunHistory(data).approval != nil } catch { return true }
    }
}

extension Operation {
    /// An `apply` that a crash cut short goes on by its own journal.
    fileprivate func resuming(_ child: RunName, _ applying: [String], _ clusters: [String]) -> [String] {
        let kept = applying.filter { option in
            ["--journal-folder=", "--approved-by="].contains { option.hasPrefix($0) } || Self.resumable.contains(option)
        }
        return ["resume"] + clusters + kept + ["--yes", "--output=json", "--", child.id]
    }

    private static let resumable: Set<String> = ["--allow-concurrent-runs"]
}

extension OperationKind {
    fileprivate var isLong: Bool { self == .apply || self == .drill || self == .audit }
}
