import Cutover
import Foundation
import KafkaClient
import OffsetTranslate

/// A plan, from being shown to being carried out.
struct Carrying: Sendable {
    var plan: CutoverPlan
    var admission: Admission
    var confirmation: ConfirmationOptions
    var journaling: JournalOptions
    /// Where the journal goes, instead of the folder.
    var journal: String?
    /// `nil`: one is made up.
    var runName: RunID?
    var output: OutputFormat
    /// It was made by this very command.
    var isFresh: Bool
    var ground: PlanGround
    var fence: (any SourceFence)?
    var fenceTime: Duration = .seconds(120)

    func run() async throws {
        let view = PlanView(plan: plan)
        if output == .text { Console.data(view.text) }
        guard plan.changes > 0 else {
            if output == .json { try Console.json(PlanView.Document(plan, run: nil, outcomes: nil)) }
            Console.say("Nothing to commit.")
            if !plan.skipped.isEmpty, !confirmation.dryRun { throw ExitStatus.partial }
            return
        }
        if confirmation.dryRun {
            if !isFresh { _ = try await lookAgain() }
            if output == .json { try Console.json(PlanView.Document(plan, run: nil, outcomes: nil)) }
            do { _ = try admissionBefore.admit(plan) } catch { Console.warn("without --dry-run, this would be \(error)") }
            return
        }
        // Who is asked has to see what about.
        if output == .json, !confirmation.yes { Console.say(view.text) }
        let (admitted, _) = try admissionBefore.admit(plan)
        if let fence {
            let record = try await fence.prepare(for: Set(admitted.offsets.map(\.source.topic)).sorted())
            Console.say("First, a fence on '\(plan.sourceAlias)': \(record.text).")
        }
        let manner = try confirmation.confirm("commit \(admitted.changes.grouped) positions of \(admitted.groups.count.grouped) groups", on: plan.targetAlias)
        try await confirmation.locked(plan, ground.target) { try await carryOut(manner) }
    }

    private func carryOut(_ manner: String) async throws {
        // Somebody had to be asked, or another run to be waited for.
        let (admitted, leftOut) = try admissionBefore.admit(isFresh && confirmation.yes ? plan : try await lookAgain())
        if !leftOut.isEmpty { Console.warn("left out: \(leftOut.joined(separator: ", "))") }
        let approval = Approval(manner: manner, overrides: admission.overrides.sorted { $0.rawValue < $1.rawValue }, leftOut: leftOut)
        let (id, path) = try journal.map { (RunID.new(), $0) } ?? journaling.folder.newRun(runName)
        var run = try await CutoverRun.begin(admitted, approval, by: .current, id: id, journal: path,
            copy: journaling.journalTopic ? JournalTopic(on: ground.target) : nil, on: ground.target)
        Console.say("Run \(id), journal \(path)")
        if let fence { run = try await self.fence(fence, run) }
        let report = RunReport(plan: run.plan, id: id, output: output)
        try await report.finish { [run] in try await run.apply(progress: report.progress) }
        if !run.plan.skipped.isEmpty || !leftOut.isEmpty { throw ExitStatus.partial }
    }

    /// What has to be admitted before a fence stands, if there is to be one.
    private var admissionBefore: Admission {
        guard fence != nil else { return admission }
        return Admission(overrides: admission.overrides.union(Self.fenced), onlySafeGroups: admission.onlySafeGroups)
    }

    /// The plan with the checks as they are now.
    ///
    /// - Throws: ``PlanStale``.
    private func lookAgain() async throws -> CutoverPlan { plan.withChecks(of: try await ground.lookAgain(at: plan)) }
}

/// Tells people, and programs, what a run does.
struct RunReport: Sendable {
    var plan: CutoverPlan
    var id: RunID
    var output: OutputFormat
    var verb = "committed and read back"
    var isRollback = false

    func progress(_ outcome: Outcome) {
        // What was removed is not among a rollback's positions.
        let positions = isRollback ? "" : "\(outcome.committed.count.grouped) position\(outcome.committed.count == 1 ? "" : "s") "
        if outcome.succeeded { Console.say("  \(outcome.group): \(positions)\(verb)") }
        for failure in outcome.failures { Console.error("\(outcome.group): \(failure)") }
    }

    /// Does it, prints what came of it, and throws the exit status where it is not 0.
    ///
    /// SIGINT and SIGTERM end it after the groups that are under way.
    func finish(_ work: @escaping @Sendable () async throws -> [Outcome]) async throws {
        let outcomes: [Outcome]
        let working = Task { try await work() }
        let signals = onTermination {
            Console.say("Stopping: the groups under way are brought to an end.")
            working.cancel()
        }
        defer { signals.forEach { $0.cancel() } }
        do {
            outcomes = try await withTaskCancellationHandler { try await working.value } onCancel: { working.cancel() }
        } catch let interrupted as CutoverInterrupted {
            Console.error("\(interrupted)")
            hint()
            if output == .json { try Console.json(PlanView.Document(plan, run: id, outcomes: interrupted.outcomes)) }
            throw interrupted.outcomes.contains { !$0.isUntouched } ? ExitStatus.partial : ExitStatus.error
        }
        if output == .json { try Console.json(PlanView.Document(plan, run: id, outcomes: outcomes)) }
        guard outcomes.allSatisfy(\.succeeded) else {
            hint()
            throw outcomes.contains { !$0.isUntouched } ? ExitStatus.partial : ExitStatus.refused
        }
    }
}

extension RunReport {
    private func hint() {
        Console.say(
            isRollback ? "failover rollback \(id) tries again what was left."
                : "failover resume \(id) tries the rest again; failover rollback \(id) goes back.")
    }
}

extension PlanFile {
    static func write(_ plan: CutoverPlan, to path: String) throws {
        do {
            try encode(plan).write(to: URL(fileURLWithPath: path), options: .atomic)
        } catch {
            Console.error("the plan can't be written to '\(path)': \(error.localizedDescription)")
            throw ExitStatus.error
        }
        Console.say("Plan: \(path). Carry it out with: failover apply \(path) and the same clusters.")
    }

    static func read(_ path: String) throws -> CutoverPlan {
        let data: Data
        do {
            data = try path == "-" ? FileHandle.standardInput.readToEnd() ?? Data() : Data(contentsOf: URL(fileURLWithPath: path))
        } catch {
            throw PlanFileError(file: path, problem: "can't be read: \(error.localizedDescription)")
        }
        return try decode(data, name: path)
    }
}
