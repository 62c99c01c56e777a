import ArgumentParser
import Cutover
import Foundation
import Inspection
import KafkaClient
import OffsetTranslate

/// Looks at many groups on both sides, next to nothing but the requests for their commits.
struct LookBenchmark: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "look", abstract: "Looks at many groups as 'failover groups' does, next to the bare requests for their commits.")

    @OptionGroup var options: ReportOptions

    @Option(help: "How many groups.") var groups = 10_000
    @Option(help: "Partitions that each of them has committed.") var partitions = 10

    private static let topic = "bench-look"

    func run() async throws {
        var report = Report(json: options.json)
        report.heading("bare requests")
        let environment = ProcessInfo.processInfo.environment
        if let source = environment["FAILOVER_TEST_SOURCE"], let target = environment["FAILOVER_TEST_TARGET"] {
            try await measure(ClientProperties(["bootstrap.servers": source]), ClientProperties(["bootstrap.servers": target]), "real brokers", &report)
        } else {
            let west = try EmbeddedCluster(name: "west", brokers: 3), east = try EmbeddedCluster(name: "east", brokers: 3)
            // They have no controller to ask.
            try west.createTopic(Self.topic, partitions: partitions)
            for topic in copies { try east.createTopic(topic.name, partitions: topic.partitions) }
            // They keep the newest few megabytes of a log.
            var few = self
            few.groups = min(groups, 2_000)
            try await few.measure(west.properties, east.properties, "embedded", &report)
        }
        try report.finish()
    }

    private var flow: ReplicationFlow { ReplicationFlow(from: "west", to: "east", policy: DefaultReplicationPolicy(), offsetSyncsLocation: .target) }
    private var originals: [TopicPartition] { (0..<partitions).map { TopicPartition(topic: Self.topic, partition: Int32($0)) } }
    private var names: [String] { (0..<groups).map { "bench-look-\($0)" } }
    private var copies: [NewTopic] {
        [(flow.target(of: originals[0]).topic, partitions), (flow.offsetSyncsTopic, 1), (flow.checkpointsTopic, 1)].map {
            NewTopic(name: $0.0, partitions: $0.1, replicationFactor: 1)
        }
    }

    private func measure(_ west: ClientProperties, _ east: ClientProperties, _ place: String, _ report: inout Report) async throws {
        try await prepare(west, east)
        var look = Double.infinity, bare = Double.infinity
        for _ in 0..<options.rounds {
            // Opening the clients counts.
            let (source, target) = (try cluster("west", west), try cluster("east", east))
            let inspector = try inspector(source, target)
            look = min(look, try await secondsAwaiting {
                let seen = try await inspector.groups(.named(names))
                guard seen.groups.count == groups, seen.groups.allSatisfy({ $0.positions.count == partitions && $0.maxReplayIfLost == 0 }) else {
                    throw Failure(description: "not all of the \(groups) groups are in step: \(seen.groups.count) seen")
                }
            })
            let (plainSource, plainTarget) = (try cluster("west", west), try cluster("east", east))
            bare = min(bare, try await secondsAwaiting {
                try await each(names) { _ = try await plainSource.committedOffsets(of: $0, for: originals) }
                let there = originals.map(flow.target(of:))
                try await each(names) { _ = try await plainTarget.committedOffsets(of: $0, for: there) }
            })
        }
        report.add("\(place): \(groups) groups of \(partitions) partitions", look, "s", baseline: bare)
    }

    private func inspector(_ source: LibrdkafkaCluster, _ target: LibrdkafkaCluster) throws -> Inspector {
        var warnings: [ConfigurationWarning] = []
        let configuration = try FlowConfiguration(
            sourceBootstrap: "unused:1", targetBootstrap: "unused:1", sourceAlias: "west", targetAlias: "east", warnings: &warnings)
        return Inspector(Planner(flow: flow, source: source, target: target, checking: nil), configuration)
    }

    private func cluster(_ name: String, _ properties: ClientProperties) throws -> LibrdkafkaCluster {
        try LibrdkafkaCluster(name: name, properties: properties, timeout: .seconds(60))
    }

    /// What a strict mirror would have left behind of groups that stand at 15.
    private func prepare(_ west: ClientProperties, _ east: ClientProperties) async throws {
        let source = try cluster("west", west), target = try cluster("east", east), copy = flow.target(of: originals[0])
        if try await source.topics()[Self.topic] == nil {
            try await source.createTopics([NewTopic(name: Self.topic, partitions: partitions, replicationFactor: 1)])
        }
        if try await target.topics()[copy.topic] == nil { try await target.createTopics(copies) }
        let commits = Dictionary(uniqueKeysWithValues: originals.map { ($0, CommittedOffset(offset: 15)) })
        try await each(names) { if let error = try await source.commit(commits, for: $0).values.first { throw error } }
        guard try await target.logBounds(of: [copy])[copy]?.end == 0 else { return }
        let originals = try Producer(cluster: "west", properties: west), producer = try Producer(cluster: "east", properties: east)
        for original in self.originals {
            for _ in 0..<20 {
                try originals.produce(Record(value: [1]), to: original) { _ in }
                try producer.produce(Record(value: [1]), to: flow.target(of: original)) { _ in }
            }
            for offset in [0, 15] as [Int64] {
                let sync = OffsetSync(topicPartition: original, upstreamOffset: offset, downstreamOffset: offset)
                try producer.produce(
                    Record(key: sync.encodedKey(), value: sync.encodedValue(), headers: [.init(name: StrictMarker.headerName, value: StrictMarker(previous: nil).encoded())]),
                    to: TopicPartition(topic: flow.offsetSyncsTopic, partition: 0)) { _ in }
            }
        }
        for name in names {
            for original in self.originals {
                let checkpoint = Checkpoint(group: name, topicPartition: flow.target(of: original), upstreamOffset: 15, downstreamOffset: 15, metadata: "")
                try producer.produce(
                    Record(key: checkpoint.encodedKey(), value: checkpoint.encodedValue()), to: TopicPartition(topic: flow.checkpointsTopic, partition: 0)) { _ in }
            }
            // A client holds so many records that are not acknowledged yet.
            if name.hasSuffix("00") { guard await producer.flush(within: .seconds(60)) else { throw Failure(description: "the records were not taken") } }
        }
        let all = (await originals.flush(within: .seconds(60)), await producer.flush(within: .seconds(60)))
        guard all == (true, true) else { throw Failure(description: "the records were not taken") }
    }
}
