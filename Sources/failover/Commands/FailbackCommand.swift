import ArgumentParser
import Cutover
import KafkaClient
import MirrorLoop
import OffsetTranslate

struct FailbackCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "failback",
        abstract: "Plan the way home: groups that were moved to the target go back to the source.",
        subcommands: [Plan.self])

    struct Plan: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Where the mirror's copies end, what never got over, where a mirror home begins, where each group goes on.",
            discussion: """
                --flow (or --source and --target) names the flow that the groups went with; both clusters have to answer. Reads offset \
                syncs of both directions, compares the records around the newest sync on both sides, and changes nothing.

                The first plan says from where the reverse mirror has to begin (--starts FILE, for 'failover mirror --start-from FILE'). Once \
                that has caught up, a second one has positions for the groups that have read what was written on the target; --out keeps them \
                for 'failover apply', which moves the groups home as a cutover moves them away.

                \(ExitStatus.help(of: "failback plan"))
                """)

        @OptionGroup var flow: FlowOptions
        @Option(name: .customLong("group"), help: "A group to plan. Repeatable; without it, all that pass the configuration's filter.")
        var groups: [String] = []
        @Option(help: """
            What is done about records that never reached the target, for groups that have passed them. undecided: such a position is not \
            planned. pass: the group leaves them out; export them, to be written anew. read: the group goes back to them, and reads again \
            what it has read on the target since.
            """)
        var divergence = DivergenceHandling.undecided
        @Option(help: ArgumentHelp("Write the records that never reached the target to this new file, as JSON lines.", valueName: "file"), completion: .file())
        var exportDivergence: String?
        @Option(help: ArgumentHelp("Write where the reverse mirror has to begin to this file.", valueName: "file"), completion: .file()) var starts: String?
        @Option(help: ArgumentHelp("Write the groups' part to this file, for 'failover apply'.", valueName: "file"), completion: .file()) var out: String?
        @Option(help: ArgumentHelp("MiB of records that may be read to compare each partition's two logs.", valueName: "MiB")) var proofLimit = 1024
        @Option(help: ArgumentHelp("Seconds that comparing one partition may take.", valueName: "seconds")) var proofTime = 60
        @Option(help: "text or json.") var output = OutputFormat.text

        func validate() throws {
            guard (1...1 << 20).contains(proofLimit), (1...86_400).contains(proofTime) else {
                throw ValidationError("--proof-limit takes 1 to 1048576 MiB, --proof-time 1 to 86400 seconds.")
            }
        }

        func run() async throws {
            let configuration = try flow.load()
            let home = try flow.open(configuration.source), away = try flow.open(configuration.target)
            for cluster in [home, away] { _ = try await cluster.clusterID() }
            var planner = try await FailbackPlanner(configuration, home: home, away: away)
            planner.handling = divergence
            planner.checking = .init()
            planner.limits = RecordProof.Limits(bytes: proofLimit << 20, time: .seconds(proofTime))
            let filter = configuration.groups
            let plan = try await planner.plan(groups.isEmpty ? .all { filter.matches($0) } : .named(groups))
            for warning in plan.groups.warnings { Console.warn(warning) }
            switch output {
            case .text: Console.data(FailbackView(plan: plan).text)
            case .json: try Console.json(FailbackView.Document(plan))
            }
            try await write(plan, from: home)
            if let out { try PlanFile.write(plan.groups, to: out) }
            if !plan.groups.skipped.isEmpty { throw ExitStatus.partial }
        }

        private func write(_ plan: FailbackPlan, from home: LibrdkafkaCluster) async throws {
            if let starts {
                try ReverseStartFile(plan).write(to: starts)
                Console.say("Where the reverse mirror begins: \(starts)")
            }
            guard let exportDivergence else { return }
            let outcome = try await DivergenceExport(of: home, to: exportDivergence).write(plan.divergences)
            let records = "\(outcome.records.grouped) record\(outcome.records == 1 ? "" : "s")"
            Console.say("\(records) that never reached '\(plan.groups.sourceAlias)': \(exportDivergence)")
            if outcome.gone > 0 { Console.warn("retention has deleted \(outcome.gone.grouped) offsets of them since the plan was made") }
        }
    }
}

extension MirrorConfiguration {
    /// Begins where a plan of the way home says, with the offset syncs where that wants them.
    mutating func begin(with file: ReverseStartFile, _ path: String, _ configuration: FlowConfiguration) throws {
        starts = try file.starts(of: flow, path)
        if configuration.offsetSyncsLocationIsGiven, flow.offsetSyncsLocation != file.offsetSyncsLocation {
            throw ReverseStartFileError(
                path: path,
                problem: "its offset syncs belong on the \(file.offsetSyncsLocation), apart from those of the opposite flow, and "
                    + "offset-syncs.topic.location says otherwise")
        }
        flow.offsetSyncsLocation = file.offsetSyncsLocation
    }
}

extension FailbackPlanner {
    /// - Parameters:
    ///   - home: The flow's source.
    ///   - away: Its target, where the groups are.
    init(_ configuration: FlowConfiguration, home: LibrdkafkaCluster, away: LibrdkafkaCluster) async throws {
        try await Self.requireClearSyncs(configuration, home: home, away: away)
        self.init(
            flow: try await ReplicationFlow(locating: configuration, source: home, target: away),
            reversePolicy: try configuration.replicationPolicy.policy(sourceAlias: configuration.target.alias), home: home, away: away)
        let topics = configuration.topics
        includesTopic = { topics.matches($0) }
        progress = Console.progress
    }

    /// Stock MM2's syncs on the source and our own on the target: each may be of either direction.
    private static func requireClearSyncs(
        _ configuration: FlowConfiguration, home: LibrdkafkaCluster, away: LibrdkafkaCluster
    ) async throws {
        guard !configuration.offsetSyncsLocationIsGiven else { return }
        var flow = try ReplicationFlow(configuration)
        flow.offsetSyncsLocation = .source
        let atHome = try await SyncsOrigin(of: flow.offsetSyncsTopic, on: home, for: flow)
        flow.offsetSyncsLocation = .target
        let topic = flow.offsetSyncsTopic
        guard atHome == .unmarked, try await SyncsOrigin(of: topic, on: away, for: flow) == .strictMirror else { return }
        Console.error("""
            both clusters hold offset syncs, and which are those of \(flow.sourceAlias)->\(flow.targetAlias) can't be told. Say where its mirror \
            kept them: --set offset-syncs.topic.location=source (MM2's default) or =target ('\(topic)').
            """)
        throw ExitStatus.refused
    }
}
