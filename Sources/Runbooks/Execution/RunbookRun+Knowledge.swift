internal import Cutover

/// What is known of it so far, by its journal.
extension RunbookRun {
    var scope: Scope { Scope(parameters: history.parameters, found: history.found) }

    var runner: ActionRunner {
        ActionRunner(
            world: world, scope: scope, secrets: secrets, clusters: runbook.clusters, journals: folder.journals, folder: folder.folder(of: id))
    }

    /// The cutover that a step has made: looked for where it is wanted, as its journal has to be read.
    var cutover: @Sendable (_ step: String) -> Operation.RunName? {
        { [history, journals = folder.journals] step in
            history.children(of: step).last(where: journals.holdsAgreedRun).map { Operation.RunName(id: $0, isBegun: true) }
        }
    }

    var plans: [String: String] {
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

    var approvers: String? {
        let names = approvals.map(\.by).eachOnce
        return names.isEmpty ? nil : names.joined(separator: ", ") + " (runbook run \(id))"
    }

    /// Who has approved in this run before.
    var earlierApprovers: [String] { approvals.map(\.by) }

    func isApproved(_ operation: Operation, before step: Step) -> Bool {
        let between = runbook.steps.drop { $0.id != operation.step("plan") }.prefix { $0.id != step.id }, given = Set(approvals.map(\.step))
        // Where two are asked, both have to agree.
        let asked = between.filter { if case .approve = $0.action { history.latest($0.id)?.outcome != .skipped } else { false } }
        return !asked.isEmpty && asked.allSatisfy { given.contains($0.id) }
    }
}
