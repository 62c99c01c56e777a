import Foundation
import KafkaClient
import MirrorLoop
import OffsetTranslate
import TestSupport
import Testing

/// Runs `org.apache.kafka.connect.mirror.MirrorMaker` with the properties file that it is given, in its own process.
private let stockMirror = ProcessInfo.processInfo.environment["FAILOVER_TEST_MM2"]

/// Records of years ago are deleted by retention, whenever the brokers come to look.


/// From stock MM2 to our mirror and back.
@Suite(
    .serialized,
    .enabled(if: RealClusters.present && stockMirror != nil, "needs two clusters and FAILOVER_TEST_MM2"))
struct RealHandoverTests {
    private func start(_ clusters: RealClusters) throws -> Process {
        let addresses = try #require(RealClusters.addresses), (source, target) = (clusters.flow.sourceAlias, clusters.flow.targetAlias)
        let factors = ["replication.factor"]
            + ["checkpoints.topic", "heartbeats.topic", "offset-syncs.topic", "offset.storage", "config.storage", "status.storage"]
                .map { "\($0).replication.factor" }
        let lines = [
            "clusters = \(source), \(target)", "\(source).bootstrap.servers = \(addresses.source)", "\(target).bootstrap.servers = \(addresses.target)",
            "\(source)->\(target).enabled = true", "\(source)->\(target).topics = \(clusters.topic)", "\(target)->\(source).enabled = false",
            "\(target)->\(source).emit.heartbeats.enabled = false", "sync.topic.acls.enabled = false",
        ] + factors.map { "\($0) = 1" }
        let file = scratch.appendingPathComponent("\(clusters.run).properties")
        try lines.joined(separator: "\n").write(to: file, atomically: true, encoding: .utf8)
        let process = Process()
        process.executableURL = URL(fileURLWithPath: stockMirror ?? "")
        process.arguments = [file.path]
        (process.standardInput, process.standardOutput, process.standardError) = (FileHandle.nullDevice, FileHandle.nullDevice, FileHandle.nullDevice)
        try process.run()
        return process
    }

    private func end(_ process: Process, _ signal: Int32) async throws {
        kill(process.processIdentifier, signal)
        try await eventually("MM2 to end") { !process.isRunning }
    }

    private func produce(_ numbers: Range<Int>, _ clusters: RealClusters) async throws {
        let producer = try Producer(cluster: clusters.source.name, properties: clusters.source.properties)
        for number in numbers {
            if number % 20_000 == 0 { #expect(await producer.flush(within: .seconds(60))) }
            try producer.produce(
                Record(value: Array("\(number)".utf8), timestamp: presentTime + Int64(number)), to: clusters.partitions[number % 3]) { _ in }
        }
        #expect(await producer.flush(within: .seconds(60)))
    }

    private func records(_ clusters: RealClusters, copies: Bool) async throws -> [[Record]] {
        var logs: [[Record]] = []
        for partition in clusters.partitions {
            logs.append(try await clusters.log(copies ? clusters.flow.target(of: partition) : partition, of: copies ? clusters.target : clusters.source).map(\.record))
        }
        return logs
    }

    private func copied(_ clusters: RealClusters) async throws -> Int64 {
        try await clusters.target.logBounds(of: clusters.partitions.map { clusters.flow.target(of: $0) }).values.reduce(0) { $0 + $1.end }
    }

    /// Connect's record of how far a partition was copied, where Connect keeps it already or anywhere.
    private func bringForward(_ clusters: RealClusters) async throws {
        let topic = "mm2-offsets.\(clusters.flow.sourceAlias).internal"
        let count = try #require(try await clusters.target.topics()[topic])
        let places = (0..<Int32(count)).map { TopicPartition(topic: topic, partition: $0) }
        let bounds = try await clusters.target.logBounds(of: places)
        let known = try await clusters.target.scan(bounds.map { LogRange($0, $1) }, into: [[UInt8]: Int32]()) { known, message in
            let record = message.copy()
            known[record.record.key ?? []] = message.partition
        }
        let producer = try Producer(cluster: clusters.target.name, properties: clusters.target.properties)
        let ends = try await clusters.source.logBounds(of: clusters.partitions)
        for partition in clusters.partitions {
            let key = Array("""
                ["MirrorSourceConnector",{"cluster":"\(clusters.flow.sourceAlias)","partition":\(partition.partition),"topic":"\(partition.topic)"}]
                """.utf8)
            let last = try #require(ends[partition]).end - 1
            _ = try await producer.send(
                Record(key: key, value: Array("{\"offset\":\(last)}".utf8)), to: TopicPartition(topic: topic, partition: known[key] ?? 0))
        }
    }

    @Test(arguments: [SIGTERM, SIGKILL]) func nothingIsLostOrDoubledThereAndBack(signal: Int32) async throws {
        let clusters = try await RealClusters()
        try await produce(0..<3000, clusters)
        let stock = try start(clusters)
        defer { if stock.isRunning { kill(stock.processIdentifier, SIGKILL) } }
        try await eventually("MM2 to mirror", within: 90) { try await copied(clusters) >= 3000 }
        async let more: Void = produce(3000..<200_000, clusters)
        try await eventually("more of it") { try await copied(clusters) > 3000 }
        try await end(stock, signal)
        try await more

        let mirror = try clusters.mirror()
        let running = Task { try await mirror.run() }
        let ends = try await clusters.source.logBounds(of: clusters.partitions).mapValues(\.end)
        try await eventually("our mirror to catch up") { mirror.status.positions == ends }
        running.cancel()
        try await running.value
        let originals = try await records(clusters, copies: false)
        #expect(originals.map(\.count).reduce(0, +) == 200_000)
        #expect(try await records(clusters, copies: true) == originals)

        try await bringForward(clusters)
        try await produce(200_000..<201_000, clusters)
        let again = try start(clusters)
        defer { if again.isRunning { kill(again.processIdentifier, SIGKILL) } }
        // After a kill Connect may wait for the lost worker (`scheduled.rebalance.max.delay.ms`, five minutes).
        try await eventually("MM2 to mirror again", within: 400) { try await copied(clusters) >= 201_000 }
        try await Task.sleep(for: .seconds(3))
        try await end(again, SIGTERM)
        #expect(try await records(clusters, copies: true) == records(clusters, copies: false))
    }
}
