import ArgumentParser
import Foundation
import KafkaClient
import OffsetTranslate

struct HeartbeatsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "heartbeats", abstract: "Decode the heartbeats topic: when a flow last gave a sign of life.",
        discussion: """
            Read on the target, or --on source. --stats says for each flow how many beats there are, the longest silence between two, \
            and how old the last is.

            \(ExitStatus.help(of: "heartbeats"))
            """)
    @OptionGroup var flow: FlowOptions
    @Flag(help: "Only those of this flow: a cluster with several mirrors has all their heartbeats in one topic.") var thisFlow = false
    @OptionGroup var decode: DecodeOptions

    func run() async throws {
        let configuration = try flow.load()
        let (source, target) = (configuration.source.alias, configuration.target.alias)
        let isWanted: @Sendable (Heartbeat) -> Bool = { [thisFlow] in !thisFlow || $0.sourceAlias == source && $0.targetAlias == target }
        let topic = InternalTopic<Heartbeat>(
            try decode.topicName ?? ReplicationFlow(configuration).heartbeatsTopic,
            on: try decode.cluster(decode.on ?? .target, of: configuration, flow), progress: Console.progress)
        guard decode.stats else { return try await decode.list(topic, Self.columns, where: isWanted) }
        let statistics = try await decode.sum(topic, into: HeartbeatStatistics(), where: isWanted) { $0.insert($1) }
        let rows = statistics.flows.sorted { $0.key < $1.key }
        try await Listing(Self.statistics(now: Date.now.milliseconds), as: decode.output).add(rows.map { $0 })
    }

    private static let columns: [Column<Located<Heartbeat>>] = [
        .text("sourceAlias", "FROM") { $0.entry.sourceAlias },
        .text("targetAlias", "TO") { $0.entry.targetAlias },
        .time("heartbeat", "BEAT") { $0.entry.timestamp },
        .number("timestamp") { $0.timestamp },
        .number("offset", "OFFSET") { $0.offset },
    ]

    private static func statistics(now: Int64) -> [Column<(key: HeartbeatStatistics.Flow, value: HeartbeatStatistics.Beats)>] {
        [
            .text("sourceAlias", "FROM") { $0.key.sourceAlias },
            .text("targetAlias", "TO") { $0.key.targetAlias },
            .count("heartbeats", "BEATS") { $0.value.count },
            .number("largestGap", "LARGEST GAP, ms") { $0.value.largestGap },
            .time("oldestHeartbeat", "OLDEST", now: now) { $0.value.times.oldest },
            .time("newestHeartbeat", "NEWEST", now: now) { $0.value.times.newest },
        ]
    }
}
