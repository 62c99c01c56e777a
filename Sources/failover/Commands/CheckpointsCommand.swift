import ArgumentParser
import Foundation
import KafkaClient
import OffsetTranslate

struct CheckpointsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "checkpoints", abstract: "Decode the checkpoints topic: groups' positions, translated when they were written.",
        discussion: """
            A flow's checkpoints are on its target; --on source reads those of the opposite flow, which are there. --stats says for \
            each group how many there are, how old, and how often a position fell.

            \(ExitStatus.help(of: "checkpoints"))
            """)
    @OptionGroup var flow: FlowOptions
    @OptionGroup var decode: DecodeOptions
    @Option(name: .customLong("group"), help: ArgumentHelp("Only this group. Repeatable.", valueName: "name")) var groups: [String] = []
    @Option(name: .customLong("topic"), help: ArgumentHelp("Only this topic, as it is named where the group goes on. Repeatable.", valueName: "name"))
    var topics: [String] = []
    @Option(help: ArgumentHelp("Only this partition.", valueName: "number")) var partition: Int32?

    func run() async throws {
        let configuration = try flow.load(), side = decode.on ?? .target
        let policy = try ReplicationFlow(configuration).policy
        let name = policy.checkpointsTopic(sourceAlias: side == .target ? configuration.source.alias : configuration.target.alias)
        let topic = InternalTopic<Checkpoint>(
            decode.topicName ?? name, on: try decode.cluster(side, of: configuration, flow), progress: Console.progress)
        let passes = { @Sendable [groups = Set(groups), topics = Set(topics), partition] (checkpoint: Checkpoint) in
            let place = checkpoint.topicPartition
            return (groups.isEmpty || groups.contains(checkpoint.group)) && (topics.isEmpty || topics.contains(place.topic))
                && partition ?? place.partition == place.partition
        }
        guard decode.stats else { return try await decode.list(topic, Self.columns, where: passes) }
        let statistics = try await decode.sum(topic, into: CheckpointStatistics(), where: passes) { $0.insert($1) }
        let rows = statistics.groups.sorted { $0.key < $1.key }
        try await Listing(Self.statistics(now: Date.now.milliseconds), as: decode.output).add(rows.map { $0 })
    }

    private static let columns: [Column<Located<Checkpoint>>] = [
        .text("group", "GROUP") { $0.entry.group },
        .text("topic", "TOPIC") { $0.entry.topicPartition.topic },
        .partition { $0.entry.topicPartition.partition },
        .number("upstreamOffset", "UPSTREAM") { $0.entry.upstreamOffset },
        .number("downstreamOffset", "DOWNSTREAM") { $0.entry.downstreamOffset },
        .flag("exact", "EXACT") { ExactCheckpointMarker.isPresent($0.marker) },
        .text("metadata") { $0.entry.metadata },
        .time("timestamp", "WRITTEN") { $0.timestamp },
        .number("offset") { $0.offset },
    ]

    private static func statistics(now: Int64) -> [Column<(key: String, value: CheckpointStatistics.Group)>] {
        [
            .text("group", "GROUP") { $0.key },
            .count("partitions", "PARTITIONS") { $0.value.partitions },
            .count("checkpoints", "CHECKPOINTS") { $0.value.checkpoints },
            .count("exactCheckpoints", "EXACT") { $0.value.exactCheckpoints },
            .count("rewinds", "REWINDS") { $0.value.rewinds },
            .time("oldestTimestamp", "OLDEST", now: now) { $0.value.times.oldest },
            .time("newestTimestamp", "NEWEST", now: now) { $0.value.times.newest },
        ]
    }
}
