import ArgumentParser
import Cutover
import Foundation
import KafkaClient
import OffsetTranslate

struct DrillCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "drill",
        abstract: "Rehearse a cutover with shadows of the groups, and say how it would have gone. Disturbs nobody.",
        discussion: """
            Plans a failover as if the source were lost now, even while it lives; commits the positions to shadow groups \
            ('drill.ID.GROUP') on the target as a cutover would; joins each shadow group with a consumer and reads from there; holds the \
            positions against the records and the groups' commits on the source; and removes the shadow groups again, also after an \
            error or an interruption. The real groups are read, and never written to. The scorecard says: the time to recover and the records \
            lost (RTO and RPO, as measured), what would be read again, and what a cutover would have been refused for.

            \(ExitStatus.help(of: "drill"))
            """)

    @Argument(help: "Groups; without any, all that pass the configuration's filter.") var groups: [String] = []
    @OptionGroup var flow: FlowOptions
    @Flag(help: "Rehearse a planned move from a living source, instead of the loss of it.") var switchover = false
    @OptionGroup var planning: PlanOptions
    @Option(help: "How the shadow groups read: join (a consumer joins each group) or log (the logs are read from the committed positions).")
    var read = Reading.join
    @Option(help: ArgumentHelp("Fail where more records would be read again, over all groups.", valueName: "records")) var maxReRead: Int64?
    @Option(help: ArgumentHelp("Fail where plan, commit and the last group's first answer took longer.", valueName: "seconds")) var maxRto: Double?
    @Option(help: ArgumentHelp("Fail where more records of the source had not been copied.", valueName: "records")) var maxRpo: Int64?
    @Option(help: ArgumentHelp("Rehearse nothing; remove what that drill left, by its journal.", valueName: "drill")) var cleanUp: String?
    @Flag(name: [.customLong("dry-run"), .customShort("n")], help: "Show what would be rehearsed, and change nothing.") var dryRun = false
    @OptionGroup var journaling: JournalOptions
    @Option(help: "text or json.") var output = OutputFormat.text

    enum Reading: String, ExpressibleByArgument, CaseIterable { case join, log }

    func validate() throws {
        guard maxReRead ?? 0 >= 0, maxRpo ?? 0 >= 0 else { throw ValidationError("--max-re-read and --max-rpo are numbers of records: not below 0.") }
        guard (0.001...86_400).contains(maxRto ?? 1) else { throw ValidationError("--max-rto takes up to 86400 seconds, and more than 0.") }
        if switchover, planning.positions.sourceLost { throw ValidationError("--switchover rehearses with a living source; leave out --source-lost.") }
        if cleanUp != nil, !groups.isEmpty || dryRun { throw ValidationError("--clean-up takes a drill's name alone: its journal names the groups.") }
    }

    func run() async throws {
        if let cleanUp { return try await finish(cleanUp) }
        let open = try await planning.open(flow)
        let drill = try await drill(open), selection = try planning.selection(groups, nil, open.configuration.groups)
        let planned = try await drill.plan(selection)
        for warning in planned.plan.warnings { Console.warn(warning) }
        let id = RunID.new(), text = PlanView(plan: planned.plan).text
        if output == .text { Console.data(text) } else { Console.say(text) }
        Console.say("Drill \(id): these positions go to shadow groups on '\(open.target.name)', such as '\(ShadowGroups(of: id).name(of: planned.plan.groups.first ?? "GROUP"))', and are removed again. The groups themselves are left alone.")
        guard !dryRun else {
            if output == .json { try Console.json(PlanView.Document(planned.plan, run: nil, outcomes: nil)) }
            return
        }
        try await finishCrashed(open.target)
        let report = try await rehearse(drill, planned, selection, id, open.target)
        let view = DrillView(report: report, limits: limits)
        switch output {
        case .text: Console.data(view.text)
        case .json: try Console.json(DrillDocument(report, limits))
        }
        if let status = view.status { throw status }
    }

    private var limits: DrillLimits {
        DrillLimits(reRead: maxReRead, notCopied: maxRpo, recoveryTime: maxRto.map { .seconds($0) })
    }

    private func drill(_ open: OpenFlow) async throws -> Drill {
        var rehearsed = open, witness: Planner?
        if switchover {
            guard open.source != nil else {
                Console.error("--switchover rehearses with a living source, and '\(open.flow.sourceAlias)' does not answer: without it, a failover is rehearsed")
                throw ExitStatus.error
            }
        } else {
            rehearsed.source = nil
            // The offset syncs, too, have to be where they are still found then.
            rehearsed.flow = try await ReplicationFlow(locating: open.configuration, source: nil, target: open.target)
        }
        if open.source != nil {
            witness = planning.planner(open, proof: nil)
            witness?.snapshot = nil
        }
        let reader: any ShadowReader = switch read {
        case .join: JoiningReader(open.target)
        case .log: LogShadowReader(open.target)
        }
        var drill = Drill(
            planner: planning.planner(rehearsed, proof: planning.proof(on: rehearsed, preset: .records)), witness: witness, reader: reader)
        drill.limits = planning.limits
        return drill
    }

    /// An interruption ends the drill, and not its cleaning up.
    private func rehearse(
        _ drill: Drill, _ planned: (plan: CutoverPlan, time: Duration), _ selection: Planner.Selection, _ id: RunID, _ target: LibrdkafkaCluster
    ) async throws -> DrillReport {
        let (_, folder) = (try journaling.folder.newRun(), journaling.folder)
        let copy = journaling.journalTopic ? JournalTopic(on: target) : nil
        let running = Task {
            try await drill.rehearse(planned, selection, id: id, journal: folder.path(of: id), copy: copy, by: .current)
        }
        let signals = onTermination {
            Console.say("Interrupted: cleaning up.")
            running.cancel()
        }
        defer { signals.forEach { $0.cancel() } }
        return try await running.value
    }

    // MARK: What earlier drills left

    private func finish(_ name: String) async throws {
        let (history, path) = try RunHistory.read(name, journaling.folder)
        let target = try flow.open(try flow.load().target)
        guard let plan = history.plan, history.shadows != nil else { throw NotADrill(run: history.id) }
        try await plan.require(target)
        let cleaned = try await Drill.cleanUp(path, on: target)
        Console.say(DrillView.cleaning(cleaned, on: target.name))
        if cleaned.contains(where: { $0.problem != nil }) { throw ExitStatus.partial }
    }

    /// Drills that were killed could not clean up.
    private func finishCrashed(_ target: LibrdkafkaCluster) async throws {
        let cluster = try await target.clusterID()
        for id in journaling.folder.ids {
            let path = journaling.folder.path(of: id)
            guard let data = try? Data(contentsOf: URL(fileURLWithPath: path)), let history = try? RunHistory(data),
                history.isKilledDrill,
                history.plan?.targetAlias == target.name, history.plan?.targetClusterID == cluster
            else { continue }
            do {
                let cleaned = try await Drill.cleanUp(path, on: target)
                Console.say("Drill \(id) was killed. " + DrillView.cleaning(cleaned, on: target.name))
            } catch is JournalError {
                // It is live.
            }
        }
    }
}
