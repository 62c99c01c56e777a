import ArgumentParser
import Cutover
import Foundation
import KafkaClient
import OffsetTranslate

struct ResumeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "resume",
        abstract: "Go on with a run that was interrupted, by its journal.",
        discussion: """
            Looks at what is done, completes what was half done, and does the rest. Groups that have not been begun are looked at again as \
            'failover apply' does.

            \(ExitStatus.help(of: "resume"))
            """)

    @Argument(help: "The run, a beginning of its name, or its journal's path.", completion: .file()) var id: String
    @OptionGroup var flow: FlowOptions
    @OptionGroup(title: "Accepted hazards") var admitting: AdmissionOptions
    @OptionGroup var confirmation: ConfirmationOptions
    @OptionGroup var journaling: JournalOptions
    @Option(help: "text or json.") var output = OutputFormat.text

    func run() async throws {
        let (history, path) = try RunHistory.read(id, journaling.folder)
        guard let plan = history.plan else { return }
        let ground = try await PlanGround.of(plan, flow)
        let unfinished = history.unfinished
        Console.say("Run \(history.id) of \(history.begun): \(plan.groups.count - unfinished.count) of \(plan.groups.count) groups done; left: \(unfinished.isEmpty ? "none" : unfinished.joined(separator: ", ")).")
        let rest = plan.restricted(to: Set(unfinished))
        if !unfinished.isEmpty {
            let fresh = try await ground.lookAgain(at: rest)
            var admission = Admission(overrides: admitting.admission.overrides.union(history.approval?.overrides ?? []))
            if history.fence != nil, !history.isReplanned { admission.overrides.formUnion(Carrying.fenced) }
            _ = try admission.admit(rest.withChecks(of: fresh))
        }
        if let fence = history.fence { Console.say("Its fence is up: \(fence.text).") }
        if confirmation.dryRun { return }
        _ = try confirmation.confirm("go on with \(unfinished.count.grouped) groups", on: plan.targetAlias)
        try await confirmation.locked(plan, ground.target) { try await goOn(history, plan, path, ground) }
    }

    private func goOn(_ history: RunHistory, _ plan: CutoverPlan, _ path: String, _ ground: PlanGround) async throws {
        var run = try await CutoverRun.open(path, copy: { JournalTopic($0, on: ground.target) }, on: ground.target)
        if let record = history.fence, !history.isReplanned {
            // It may have been on its way up.
            let carrying = Carrying(
                plan: plan, admission: Admission(overrides: Set(history.approval?.overrides ?? [])), confirmation: confirmation,
                journaling: journaling, output: output, isFresh: false, ground: ground)
            try await run.raise(record.fence(on: ground.source), record)
            run = try await carrying.planBehindFence(run)
        }
        let report = RunReport(plan: run.plan, id: run.id, output: output)
        try await report.finish { [run] in try await run.resume(by: .current, progress: report.progress) }
    }
}

struct RollbackCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rollback",
        abstract: "Put the groups that a run has moved back to where they were, by its journal.",
        discussion: """
            A group goes back only if it stands where the run put it: one whose consumers have committed on the target since is left \
            alone, and named. Commits that did not exist before are removed. Running it again is safe.

            \(ExitStatus.help(of: "rollback"))
            """)

    @Argument(help: "The run, a beginning of its name, or its journal's path.", completion: .file()) var id: String
    @OptionGroup var flow: FlowOptions
    @OptionGroup var confirmation: ConfirmationOptions
    @OptionGroup var journaling: JournalOptions
    @Option(help: "text or json.") var output = OutputFormat.text

    func run() async throws {
        let (history, path) = try RunHistory.read(id, journaling.folder)
        guard let plan = history.plan else { return }
        let clusters = try flow.load(), isHomeward = plan.mode == .failback
        let target = try flow.open(isHomeward ? clusters.source : clusters.target)
        try await plan.require(target)
        let moves = history.undoing
        if output == .text || !confirmation.yes {
            let text = RollbackView(moves: moves).text
            if output == .text { Console.data(text) } else { Console.say(text) }
        }
        guard !moves.isEmpty || history.fence != nil else { return Console.say("Run \(history.id) has moved nothing: there is nothing to put back.") }
        if let fence = history.fence { Console.say("The fence on '\(plan.sourceAlias)' is taken down: \(fence.text).") }
        if confirmation.dryRun { return }
        _ = try confirmation.confirm("put \(moves.count.grouped) groups back", on: plan.targetAlias)
        try await confirmation.locked(plan, target) {
            try await goBack(history, plan, path, target, isHomeward ? clusters.target : clusters.source)
        }
    }

    private func goBack(
        _ history: RunHistory, _ plan: CutoverPlan, _ path: String, _ target: LibrdkafkaCluster, _ source: ClusterConfiguration
    ) async throws {
        let run = try await CutoverRun.open(path, copy: { JournalTopic($0, on: target) }, on: target)
        let report = RunReport(plan: plan, id: run.id, output: output, verb: "put back and read back", isRollback: true)
        let outcome = await Result(catching: { try await report.finish { try await run.rollBack(by: .current, progress: report.progress) } })
        // Producers may go on whatever became of the groups: what they write is still mirrored.
        if let record = history.fence {
            try await run.lift(record.fence(on: try flow.open(source)), record)
            Console.say("Fence down.")
        }
        try outcome.get()
    }
}

extension RunHistory {
    static func read(_ name: String, _ folder: JournalFolder) throws -> (RunHistory, path: String) {
        let path = try folder.find(name)
        do {
            return (try RunHistory(try Data(contentsOf: URL(fileURLWithPath: path))), path)
        } catch let damage as JournalDamage {
            Console.error("the journal '\(path)' is damaged: \(damage). Nothing was done by it; 'failover groups' shows where the groups stand.")
            throw ExitStatus.error
        }
    }
}

extension Result where Failure == any Error {
    fileprivate init(catching body: () async throws -> Success) async {
        do { self = .success(try await body()) } catch { self = .failure(error) }
    }
}
