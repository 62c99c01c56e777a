import ArgumentParser
import Foundation
import KafkaClient
import OffsetTranslate

/// What the three commands that decode an internal topic share.
struct DecodeOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Read this topic instead of the one the configuration implies.", valueName: "name")) var topicName: String?
    @Flag(help: "Go on with what is written from now on, until interrupted.") var follow = false
    @Option(help: "text or jsonl.") var output = OutputFormat.text

    enum OutputFormat: String, ExpressibleByArgument, CaseIterable { case text, jsonl }

    /// Reads the topic and prints the rows that pass, in log order.
    func run<Entry: InternalTopicEntry>(
        _ topic: InternalTopic<Entry>, _ columns: [(String, Table.Alignment)],
        row: @escaping @Sendable (Located<Entry>) -> DecodedRow?
    ) async throws {
        try await topic.follow { entries, reading in
            let rows = entries.compactMap(row)
            try print(rows, columns)
            if let warning = reading.warning { Console.warn(warning) }
            if !follow {
                Console.say("\(reading.decoded.grouped) records in '\(reading.topic)' on '\(reading.cluster)' (offsets \(reading.bounds)), \(rows.count.grouped) shown")
            }
            return follow
        }
    }

    private func print(_ rows: [DecodedRow], _ columns: [(String, Table.Alignment)]) throws {
        switch output {
        case .jsonl:
            for row in rows { try Console.jsonLine(row.json) }
        case .text:
            guard !rows.isEmpty || !follow else { return }
            var table = Table(columns)
            for row in rows { table.add(row.cells) }
            Console.data(table.text)
        }
    }
}

/// One decoded record: for people, and for programs.
struct DecodedRow: Sendable {
    var cells: [String]
    var json: Fields

    struct Fields: Encodable, Sendable {
        var group: String?
        var topic: String?
        var partition: Int32?
        var upstreamOffset: Int64?
        var downstreamOffset: Int64?
        var metadata: String?
        var sourceAlias: String?
        var targetAlias: String?
        var heartbeat: Int64?
        /// Written by our own mirror, with its promise.
        var strict: Bool?
        /// The sync that this promise is about, where it is not the first of a chain.
        var previousUpstreamOffset: Int64?
        var previousDownstreamOffset: Int64?
        var exact: Bool?
        /// Of the record in the internal topic.
        var offset: Int64
        var timestamp: Int64
    }
}

private func time(_ milliseconds: Int64) -> String {
    milliseconds < 0 ? "-" : Date(timeIntervalSince1970: Double(milliseconds) / 1000).ISO8601Format()
}

struct SyncsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "syncs", abstract: "Decode the offset-syncs topic: which source offset became which target offset.",
        discussion: "The jsonl output is what 'failover translate --syncs' takes, one offset sync a line, in log order.")
    @OptionGroup var flow: FlowOptions
    @OptionGroup var decode: DecodeOptions
    @Option(help: "Only this source topic.") var topic: String?
    @Option(help: "Only this partition.") var partition: Int32?

    func run() async throws {
        let configuration = try flow.load()
        let target = try flow.open(configuration.target), source = try flow.open(configuration.source)
        let located = try await ReplicationFlow(locating: configuration, source: source, target: target)
        let cluster = located.offsetSyncsLocation == .target ? target : source
        let columns: [(String, Table.Alignment)] = [
            ("TOPIC", .left), ("PART", .right), ("UPSTREAM", .right), ("DOWNSTREAM", .right), ("STRICT", .left), ("WRITTEN", .left),
        ]
        try await decode.run(InternalTopic<OffsetSync>(decode.topicName ?? located.offsetSyncsTopic, on: cluster, progress: Console.progress), columns) {
            [topic, partition] located in
            let sync = located.entry
            guard topic ?? sync.topicPartition.topic == sync.topicPartition.topic,
                partition ?? sync.topicPartition.partition == sync.topicPartition.partition
            else { return nil }
            let marker = located.strictMarker, strict = marker != nil
            return DecodedRow(
                cells: [
                    sync.topicPartition.topic, "\(sync.topicPartition.partition)", sync.upstreamOffset.grouped,
                    sync.downstreamOffset.grouped, strict ? "yes" : "", time(located.timestamp),
                ],
                json: .init(
                    topic: sync.topicPartition.topic, partition: sync.topicPartition.partition,
                    upstreamOffset: sync.upstreamOffset, downstreamOffset: sync.downstreamOffset, strict: strict,
                    previousUpstreamOffset: marker?.previous?.upstreamOffset,
                    previousDownstreamOffset: marker?.previous?.downstreamOffset, offset: located.offset, timestamp: located.timestamp))
        }
    }
}

struct CheckpointsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "checkpoints", abstract: "Decode the checkpoints topic: groups' positions, translated when they were written.")
    @OptionGroup var flow: FlowOptions
    @OptionGroup var decode: DecodeOptions
    @Option(help: "Only this group.") var group: String?
    @Option(help: "Only this target topic.") var topic: String?

    func run() async throws {
        let configuration = try flow.load()
        let target = try flow.open(configuration.target)
        let columns: [(String, Table.Alignment)] = [
            ("GROUP", .left), ("TOPIC", .left), ("PART", .right), ("UPSTREAM", .right), ("DOWNSTREAM", .right), ("EXACT", .left),
            ("WRITTEN", .left),
        ]
        let name = try decode.topicName ?? ReplicationFlow(configuration).checkpointsTopic
        try await decode.run(InternalTopic<Checkpoint>(name, on: target, progress: Console.progress), columns) { [group, topic] located in
            let checkpoint = located.entry
            guard group ?? checkpoint.group == checkpoint.group, topic ?? checkpoint.topicPartition.topic == checkpoint.topicPartition.topic
            else { return nil }
            let exact = ExactCheckpointMarker.isPresent(located.marker)
            return DecodedRow(
                cells: [
                    checkpoint.group, checkpoint.topicPartition.topic, "\(checkpoint.topicPartition.partition)",
                    checkpoint.upstreamOffset.grouped, checkpoint.downstreamOffset.grouped, exact ? "yes" : "", time(located.timestamp),
                ],
                json: .init(
                    group: checkpoint.group, topic: checkpoint.topicPartition.topic, partition: checkpoint.topicPartition.partition,
                    upstreamOffset: checkpoint.upstreamOffset, downstreamOffset: checkpoint.downstreamOffset,
                    metadata: checkpoint.metadata, exact: exact, offset: located.offset, timestamp: located.timestamp))
        }
    }
}

struct HeartbeatsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "heartbeats", abstract: "Decode the heartbeats topic: when a flow last gave a sign of life.")
    @OptionGroup var flow: FlowOptions
    @OptionGroup var decode: DecodeOptions

    func run() async throws {
        let configuration = try flow.load()
        let target = try flow.open(configuration.target)
        let columns: [(String, Table.Alignment)] = [("FROM", .left), ("TO", .left), ("BEAT", .left), ("OFFSET", .right)]
        let name = try decode.topicName ?? ReplicationFlow(configuration).heartbeatsTopic
        try await decode.run(InternalTopic<Heartbeat>(name, on: target, progress: Console.progress), columns) { located in
            let heartbeat = located.entry
            return DecodedRow(
                cells: [heartbeat.sourceAlias, heartbeat.targetAlias, time(heartbeat.timestamp), located.offset.grouped],
                json: .init(
                    sourceAlias: heartbeat.sourceAlias, targetAlias: heartbeat.targetAlias, heartbeat: heartbeat.timestamp,
                    offset: located.offset, timestamp: located.timestamp))
        }
    }
}
