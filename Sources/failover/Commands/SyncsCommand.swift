import ArgumentParser
import Foundation
import KafkaClient
import OffsetTranslate

struct SyncsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "syncs", abstract: "Decode the offset-syncs topic: which source offset became which target offset.",
        discussion: """
            Read where the topic is found, or --on a cluster, under the name that it has there. The jsonl output is what \
            'failover translate --syncs' takes, one offset sync a line, in log order. --stats says for each partition how many there \
            are, how far apart, and what went back.

            \(ExitStatus.help(of: "syncs"))
            """)
    @OptionGroup var flow: FlowOptions
    @OptionGroup var decode: DecodeOptions
    @Option(name: .customLong("topic"), help: ArgumentHelp("Only this source topic. Repeatable.", valueName: "name")) var topics: [String] = []
    @Option(help: ArgumentHelp("Only this partition.", valueName: "number")) var partition: Int32?

    func run() async throws {
        let topic = try await topic()
        let passes = { @Sendable [topics = Set(topics), partition] (sync: OffsetSync) in
            (topics.isEmpty || topics.contains(sync.topicPartition.topic)) && partition ?? sync.topicPartition.partition == sync.topicPartition.partition
        }
        guard decode.stats else { return try await decode.list(topic, Self.columns, where: passes) }
        let statistics = try await decode.sum(topic, into: SyncStatistics(), where: passes) { $0.insert($1) }
        let rows = statistics.partitions.sorted { $0.key < $1.key }
        try await Listing(Self.statistics(now: Date.now.milliseconds), as: decode.output).add(rows.map { $0 })
    }

    private func topic() async throws -> InternalTopic<OffsetSync> {
        let configuration = try flow.load()
        var flow: ReplicationFlow
        let cluster: LibrdkafkaCluster
        if let side = decode.on {
            flow = try ReplicationFlow(configuration)
            flow.offsetSyncsLocation = side == .source ? .source : .target
            cluster = try decode.cluster(side, of: configuration, self.flow)
        } else {
            let target = try decode.cluster(.target, of: configuration, self.flow), source = try decode.cluster(.source, of: configuration, self.flow)
            flow = try await ReplicationFlow(locating: configuration, source: source, target: target)
            cluster = flow.offsetSyncsLocation == .target ? target : source
        }
        return InternalTopic(decode.topicName ?? flow.offsetSyncsTopic, on: cluster, progress: Console.progress)
    }

    private static let columns: [Column<Located<OffsetSync>>] = [
        .text("topic", "TOPIC") { $0.entry.topicPartition.topic },
        .partition { $0.entry.topicPartition.partition },
        .number("upstreamOffset", "UPSTREAM") { $0.entry.upstreamOffset },
        .number("downstreamOffset", "DOWNSTREAM") { $0.entry.downstreamOffset },
        .flag("strict", "STRICT") { $0.strictMarker != nil },
        .number("previousUpstreamOffset") { $0.strictMarker?.previous?.upstreamOffset },
        .number("previousDownstreamOffset") { $0.strictMarker?.previous?.downstreamOffset },
        .time("timestamp", "WRITTEN") { $0.timestamp },
        .number("offset") { $0.offset },
    ]

    private static func statistics(now: Int64) -> [Column<(key: TopicPartition, value: SyncStatistics.Partition)>] {
        @Sendable func place(_ sync: SyncPoint) -> String {
            "\(sync.upstreamOffset.grouped) -> \(sync.downstreamOffset.grouped) (\(age(of: sync.timestamp, now: now)))"
        }
        return [
            .text("topic", "TOPIC") { $0.key.topic },
            .partition { $0.key.partition },
            .count("syncs", "SYNCS") { $0.value.syncs },
            .shown("STRICT") { row in
                let strict = row.value.strictSyncs
                return strict == 0 ? "no" : strict == row.value.syncs ? "yes" : strict.grouped
            },
            .count("strictSyncs") { $0.value.strictSyncs },
            .count("runs", "RUNS") { $0.value.runs },
            .number("largestGap", "LARGEST GAP") { $0.value.largestGap },
            .decimal("density", "PER 1,000") { $0.value.density },
            .count("sourceReturns", "WENT BACK") { $0.value.sourceReturns },
            .count("targetReturns", "TARGET BACK") { $0.value.targetReturns },
            .shown("OLDEST") { place($0.value.oldest) },
            .shown("NEWEST") { place($0.value.newest) },
            .number("oldestUpstreamOffset") { $0.value.oldest.upstreamOffset },
            .number("oldestDownstreamOffset") { $0.value.oldest.downstreamOffset },
            .number("oldestTimestamp") { $0.value.oldest.timestamp },
            .number("newestUpstreamOffset") { $0.value.newest.upstreamOffset },
            .number("newestDownstreamOffset") { $0.value.newest.downstreamOffset },
            .number("newestTimestamp") { $0.value.newest.timestamp },
        ]
    }
}
