import Foundation
import KafkaClient
import MirrorLoop
import OffsetTranslate
import Testing

/// The built mirror, killed with SIGKILL again and again under load: every record is there once and in order.
///
/// A few lives of each kind here; `make crash` runs 200 (`FAILOVER_CRASHES`).
@Suite struct MirrorCrashTests {
    private static let lives = ProcessInfo.processInfo.environment["FAILOVER_CRASHES"].flatMap { Int($0) } ?? 3
    private static let partitions = 8
    private static let burst = 20

    enum Delivery: String, CaseIterable { case idempotent, exactlyOnce }

    private struct Clusters {
        let west: EmbeddedCluster
        let east: EmbeddedCluster
        let source: LibrdkafkaCluster
        let target: LibrdkafkaCluster
        let flow = ReplicationFlow(from: "west", to: "east", policy: DefaultReplicationPolicy(), offsetSyncsLocation: .target)
        let folder: URL

        init() throws {
            west = try EmbeddedCluster(name: "west", brokers: 2)
            east = try EmbeddedCluster(name: "east", brokers: 2)
            source = try LibrdkafkaCluster(name: "west", properties: west.properties)
            target = try LibrdkafkaCluster(name: "east", properties: east.properties)
            try west.createTopic("orders", partitions: MirrorCrashTests.partitions)
            try east.createTopic("west.orders", partitions: MirrorCrashTests.partitions)
            for topic in [flow.offsetSyncsTopic, flow.checkpointsTopic, flow.heartbeatsTopic, flow.tasksTopic] {
                try east.createTopic(topic, partitions: 1)
            }
            folder = try Command.temporaryFolder()
            // Embedded brokers wait 3 s for more members to join, and a session must last longer.
            try """
                clusters = west, east
                west.bootstrap.servers = \(west.bootstrapServers)
                east.bootstrap.servers = \(east.bootstrapServers)
                east.consumer.session.timeout.ms = 3500
                east.consumer.heartbeat.interval.ms = 300
                west->east.enabled = true
                west->east.topics = orders
                sync.topic.configs.enabled = false
                sync.topic.acls.enabled = false
                emit.checkpoints.enabled = false
                """.write(to: folder.appendingPathComponent("mm2.properties"), atomically: true, encoding: .utf8)
        }

        func start(_ delivery: Delivery) throws -> Command.Running {
            try Command.start(
                ["mirror", "--config", "mm2.properties", "--flow", "west->east", "--progress", "3600"]
                    + (delivery == .exactlyOnce ? ["--exactly-once"] : []), in: folder, environment: ["SWIFT_BACKTRACE": "enable=no"])
        }

        func log(_ topic: String, _ partition: Int32, of cluster: LibrdkafkaCluster) async throws -> [ConsumedRecord] {
            let place = TopicPartition(topic: topic, partition: partition)
            guard let bounds = try await cluster.logBounds(of: [place])[place] else { return [] }
            #expect(bounds.start == 0, "an embedded broker has dropped records: the test holds too many")
            return try await cluster.scan([LogRange(place, bounds)], into: []) { $0.append($1.copy()) }
        }

        /// Brokers down, leaders moved, requests that fail: all of it passes.
        func disturb() async throws {
            let partition = TopicPartition(topic: "west.orders", partition: Int32.random(in: 0..<Int32(MirrorCrashTests.partitions)))
            switch Int.random(in: 0..<6) {
            case 0: east.fail(next: .produce, with: [.notEnoughReplicas, .requestTimedOut, .notLeader])
            case 1: west.fail(next: .fetch, with: [.notLeader, .requestTimedOut])
            case 2: east.setLeader(of: partition, to: Int.random(in: 1...2))
            case 3:
                west.goDown(broker: 2)
                try await Task.sleep(for: .milliseconds(300))
                west.comeUp(broker: 2)
            case 4:
                east.goDown(broker: 2)
                try await Task.sleep(for: .milliseconds(300))
                east.comeUp(broker: 2)
            default: break
            }
        }
    }

    @Test(arguments: Delivery.allCases) func killedAgainAndAgain(_ delivery: Delivery) async throws {
        let clusters = try Clusters()
        let load = Task {
            let producer = try Producer(cluster: "west", properties: clusters.west.properties)
            var number = 0
            while !Task.isCancelled {
                // Embedded brokers hand out one batch of a partition at a time.
                for _ in 0..<Self.burst {
                    let record = Record(
                        key: number % 3 == 0 ? nil : Array("k\(number % 50)".utf8), value: Array("\(number)".utf8),
                        headers: number % 5 == 0 ? [Header(name: "n", value: Array("\(number)".utf8))] : [],
                        timestamp: 1_700_000_000_000 + Int64(number))
                    try producer.produce(record, to: TopicPartition(topic: "orders", partition: Int32(number / Self.burst % Self.partitions))) { _ in }
                    number += 1
                }
                try? await Task.sleep(for: .milliseconds(80))
            }
            #expect(await producer.flush(within: .seconds(60)))
            return number
        }
        var working = 0
        for _ in 0..<Self.lives {
            let mirror = try clusters.start(delivery)
            let life = Duration.milliseconds(Int.random(in: 0...1500))
            // Most of them while they work, some while they begin.
            if Int.random(in: 0..<5) > 0 {
                let deadline = ContinuousClock.now + .seconds(90)
                while true {
                    let said = try String(contentsOf: mirror.errors, encoding: .utf8)
                    if said.contains("mirroring orders-") { break }
                    try #require(ContinuousClock.now < deadline && mirror.process.isRunning, "it does not begin: \(said)")
                    try await Task.sleep(for: .milliseconds(20))
                }
                working += 1
            }
            try await clusters.disturb()
            try await Task.sleep(for: life)
            kill(mirror.process.processIdentifier, SIGKILL)
            mirror.process.waitUntilExit()
        }
        load.cancel()
        let produced = try await load.value

        let last = try clusters.start(delivery)
        let expected = Int64(produced)
        let deadline = ContinuousClock.now + .seconds(120)
        let copies = (0..<Int32(Self.partitions)).map { TopicPartition(topic: "west.orders", partition: $0) }
        while true {
            let ends = try await clusters.target.logBounds(of: copies).mapValues(\.end)
            let said = try String(contentsOf: last.errors, encoding: .utf8)
            // One that has not begun yet is ended by SIGTERM as any process is.
            if ends.values.reduce(0, +) >= expected, said.contains("mirroring orders-") { break }
            try #require(
                ContinuousClock.now < deadline && last.process.isRunning,
                "it does not catch up: \(produced) records, and the copies end at \(ends.sorted { $0.key < $1.key }): \(said)")
            try await Task.sleep(for: .milliseconds(50))
        }
        // A double would come late.
        try await Task.sleep(for: .milliseconds(500))
        kill(last.process.processIdentifier, SIGTERM)
        let result = try await last.finish(within: 90)
        #expect(result.status == 0, "\(result.errors)")

        var found = 0
        for partition in 0..<Int32(Self.partitions) {
            let originals = try await clusters.log("orders", partition, of: clusters.source)
            let mirrored = try await clusters.log("west.orders", partition, of: clusters.target)
            #expect(mirrored.count == originals.count, "\(delivery), partition \(partition): \(originals.count) records, \(mirrored.count) copies")
            #expect(zip(originals, mirrored).allSatisfy { $0.record == $1.record }, "\(delivery), partition \(partition)")
            found += originals.count
        }
        #expect(found == produced && working > 0)
        print("\(delivery.rawValue): \(Self.lives) kills, \(working) of them while it worked; \(produced) records, all there once and in order")
    }
}
