import ArgumentParser
import Foundation
import OffsetTranslate

struct TranslateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "translate",
        abstract: "Translate positions, with or without clusters. Changes nothing.",
        discussion: """
            From files alone (--syncs): the offset syncs that 'failover syncs --output jsonl' printed, or Kafka's \
            OffsetSyncFormatter, and positions as {"topic","partition","offset"} a line. Answers come in the order of the \
            positions. With clusters: the positions of groups, or those of --offsets.

            Strategies: exact (the whole history of offset syncs), mm2 (what stock MirrorMaker 2 commits, for comparison), \
            timestamp (an estimate), identity (the same offset, proven by comparing records). The last two ask both clusters.

            csv is what 'kafka-consumer-groups --reset-offsets --from-file' takes: what is unknown is left out and said.

            \(ExitStatus.help(of: "translate"))
            """)

    @Argument(help: "Groups; without any, all that pass the configuration's filter.") var groups: [String] = []
    @Option(help: ArgumentHelp("Offset syncs in the order of their log, instead of clusters; '-' is stdin.", valueName: "file"), completion: .file())
    var syncs: String?
    @Option(help: ArgumentHelp("Positions to translate, instead of groups; '-' is stdin.", valueName: "file"), completion: .file())
    var offsets: String?
    @Option(help: ArgumentHelp("With --syncs: extents of the target's logs, {\"topic\",\"partition\",\"logStart\",\"logEnd\"} a line.", valueName: "file"), completion: .file())
    var ends: String?
    @Option(help: "exact, mm2, timestamp or identity.") var strategy = StrategyName.exact
    @OptionGroup var planning: PlanOptions
    @Option(help: "text, json, jsonl or csv.") var output = OutputFormat.text
    @OptionGroup var flow: FlowOptions

    enum StrategyName: String, ExpressibleByArgument, CaseIterable {
        case exact, mm2, timestamp, identity

        /// Whether records are read on both sides.
        var asksBothClusters: Bool { self == .timestamp || self == .identity }
    }
    enum OutputFormat: String, ExpressibleByArgument, CaseIterable { case text, json, jsonl, csv }

    func validate() throws {
        guard offsets == nil || groups.isEmpty else { throw ValidationError("Name groups or give --offsets, not both.") }
        if syncs == nil {
            guard ends == nil else { throw ValidationError("--ends goes with --syncs; clusters are asked for their log ends.") }
            guard !(planning.positions.sourceLost && strategy.asksBothClusters) else {
                throw ValidationError("--strategy \(strategy.rawValue) reads the source's records; with --source-lost only exact and mm2 are to be had.")
            }
            return
        }
        guard flow.namesNoCluster else { throw ValidationError("--syncs is for work without clusters; leave out --config, --source and --target.") }
        guard groups.isEmpty, offsets != nil else { throw ValidationError("--syncs needs the positions in a file: --offsets FILE.") }
        guard !strategy.asksBothClusters else {
            throw ValidationError("--strategy \(strategy.rawValue) reads records on both clusters; from files only exact and mm2 are to be had.")
        }
        guard [syncs, offsets, ends].count(where: { $0 == "-" }) < 2 else {
            throw ValidationError("Only one of --syncs, --offsets and --ends can be '-': there is one stdin.")
        }
    }

    func run() async throws {
        let view: TranslationView
        if let syncs, let offsets {
            view = TranslationView(strategy: strategy, positions: try await translate(offsets, with: syncs))
        } else {
            let open = try await planning.open(flow)
            view = TranslationView(
                source: open.flow.sourceAlias, target: open.flow.targetAlias, strategy: strategy,
                positions: try await translate(on: open))
        }
        try view.print(as: output)
        if view.unknown > 0 { throw ExitStatus.partial }
    }
}

/// A position and where it lies on the target.
struct TranslatedPosition {
    var group: String?
    /// On the source.
    var source: TopicPartition
    /// On the target; `nil` without clusters, where no policy says how copies are named.
    var target: TopicPartition?
    var offset: Int64
    var translation: Translation
}
