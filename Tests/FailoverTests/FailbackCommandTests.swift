import Foundation
import KafkaClient
import MirrorLoop
import OffsetTranslate
import Testing

/// There and back over real sockets, with our mirror in both directions.
@Suite struct FailbackCommandTests {
    /// Two embedded clusters, as the command sees them.
    private struct Pair {
        let west: EmbeddedCluster, east: EmbeddedCluster
        let home: LibrdkafkaCluster, away: LibrdkafkaCluster
        let policy: String
        let folder: URL

        init(policy: String, topic: String, copy: String) throws {
            self.policy = policy
            folder = try Command.temporaryFolder()
            west = try EmbeddedCluster(name: "west")
            east = try EmbeddedCluster(name: "east")
            try west.createTopic(topic, partitions: 2)
            try east.createTopic(copy, partitions: 2)
            for (cluster, alias) in [(west, "east"), (east, "west")] {
                try cluster.createTopic("failover-lock.internal", partitions: 1)
                for name in ["mm2-offset-syncs.\(alias).internal", "\(alias).checkpoints.internal", "heartbeats", "\(alias).heartbeats", "failover-mirror.\(alias).internal"] {
                    try cluster.createTopic(name, partitions: 1)
                }
            }
            home = try LibrdkafkaCluster(name: "west", properties: west.properties)
            away = try LibrdkafkaCluster(name: "east", properties: east.properties)
        }

        var there: [String] {
            ["--source", west.bootstrapServers, "--target", east.bootstrapServers, "--source-alias", "west", "--target-alias", "east", "--policy", policy]
        }
        var back: [String] {
            ["--source", east.bootstrapServers, "--target", west.bootstrapServers, "--source-alias", "east", "--target-alias", "west", "--policy", policy]
        }

        /// Mirrors until the partitions' copies end there, and stops.
        func mirror(_ arguments: [String], until ends: [TopicPartition: Int64], on cluster: LibrdkafkaCluster) async throws -> String {
            let running = try Command.start(["mirror"] + arguments, in: folder)
            let deadline = ContinuousClock.now + .seconds(90)
            while try await cluster.logBounds(of: Array(ends.keys)).mapValues(\.end) != ends, running.process.isRunning, ContinuousClock.now < deadline {
                try await Task.sleep(for: .milliseconds(50))
            }
            if running.process.isRunning { kill(running.process.processIdentifier, SIGTERM) }
            let result = try await running.finish()
            #expect(result.status == 0, "\(result.errors)")
            return result.errors
        }
    }

    private static func write(_ values: Range<Int>, to partition: TopicPartition, of cluster: EmbeddedCluster, _ name: String) async throws {
        let producer = try Producer(cluster: name, properties: cluster.properties)
        for value in values { _ = try await producer.send(Record(value: Array("\(value)".utf8), timestamp: Int64(value)), to: partition) }
    }

    private static func values(_ partition: TopicPartition, of cluster: LibrdkafkaCluster) async throws -> [Int] {
        let bounds = try #require(try await cluster.logBounds(of: [partition])[partition])
        return try await cluster.scan([LogRange(partition, bounds)], into: []) { values, message in
            values.append(Int(String(decoding: message.value ?? UnsafeRawBufferPointer(start: nil, count: 0), as: UTF8.self)) ?? -1)
        }
    }

    @Test(arguments: ["identity", "default"]) func thereAndBack(_ policy: String) async throws {
        let orders = TopicPartition(topic: "orders", partition: 0), other = TopicPartition(topic: "orders", partition: 1)
        let copy = TopicPartition(topic: policy == "identity" ? "orders" : "west.orders", partition: 0)
        let otherCopy = TopicPartition(topic: copy.topic, partition: 1)
        let pair = try Pair(policy: policy, topic: "orders", copy: copy.topic)
        try await Self.write(0..<100, to: orders, of: pair.west, "west")
        try await Self.write(0..<10, to: other, of: pair.west, "west")
        _ = try await pair.mirror(pair.there, until: [copy: 100, otherCopy: 10], on: pair.away)
        // What never gets over, and what is written where the groups are.
        try await Self.write(100..<105, to: orders, of: pair.west, "west")
        try await Self.write(200..<230, to: copy, of: pair.east, "east")
        for (group, position) in [("slow", Int64(40)), ("at-the-fence", 100), ("busy", 120)] {
            _ = try await pair.away.commit([copy: CommittedOffset(offset: position, metadata: group)], for: group)
        }

        let groups = ["slow", "at-the-fence", "busy"].flatMap { ["--group", $0] }
        let first = try await Command.start(
            ["failback", "plan"] + pair.there + groups + ["--output", "json", "--starts", "starts.json", "--export-divergence", "never.jsonl"],
            in: pair.folder
        ).finish()
        // One has read what no mirror has brought home.
        #expect(first.status == 5, "\(first.errors)")
        let plan = try first.json()
        let partitions = try #require(plan["partitions"] as? [[String: Any]])
        let row = try #require(partitions.first { $0["topic"] as? String == copy.topic && $0["partition"] as? Int == 0 })
        #expect(row["copiesEnd"] as? Int == 100 && row["isExact"] as? Bool == true && row["homeOffset"] as? Int == 100, "\(row)")
        let divergence = try #require(row["divergence"] as? [String: Any])
        #expect(divergence["records"] as? Int == 5)
        #expect(Self.planned(plan) == ["slow": 40, "at-the-fence": 100], "\(plan)")
        let exported = try String(contentsOf: pair.folder.appendingPathComponent("never.jsonl"), encoding: .utf8).split(separator: "\n")
        #expect(exported.count == 5 && exported.first?.contains(#""offset":100"#) ?? false && exported.first?.contains(#""value":"MTAw""#) ?? false)

        let errors = try await pair.mirror(
            pair.back + ["--start-from", "starts.json"], until: [orders: 135, other: 10], on: pair.home)
        #expect(errors.contains("from source offset 100"), "\(errors)")
        #expect(try await Self.values(orders, of: pair.home) == Array(0..<105) + Array(200..<230))
        #expect(try await Self.values(other, of: pair.home) == Array(0..<10))

        let undecided = try await Command.start(["failback", "plan"] + pair.there + groups + ["--output", "json"], in: pair.folder).finish()
        let decided = Self.planned(try undecided.json())
        #expect(undecided.status == 5 && decided == ["slow": 40, "at-the-fence": 100])
        for (choice, position) in [("pass", 125), ("read", 100)] {
            let second = try await Command.start(
                ["failback", "plan"] + pair.there + groups + ["--output", "json", "--divergence", choice], in: pair.folder
            ).finish()
            #expect(second.status == 0, "\(second.errors)")
            let planned = Self.planned(try second.json())
            #expect(planned == ["slow": 40, "at-the-fence": 100, "busy": position])
        }

        try await goesHome(pair, groups, orders, copy)

        // Begun again, with the file or without, it goes on from its own syncs.
        try await Self.write(230..<233, to: copy, of: pair.east, "east")
        _ = try await pair.mirror(pair.back + ["--start-from", "starts.json"], until: [orders: 138, other: 10], on: pair.home)
        #expect(try await Self.values(orders, of: pair.home) == Array(0..<105) + Array(200..<233))
    }

    /// The plan kept, carried out and undone, as any other.
    private func goesHome(_ pair: Pair, _ groups: [String], _ orders: TopicPartition, _ copy: TopicPartition) async throws {
        let planned = try await Command.start(
            ["failback", "plan"] + pair.there + groups + ["--divergence", "read", "--out", "home.json"], in: pair.folder
        ).finish()
        #expect(planned.status == 0, "\(planned)")
        let names = ["slow", "at-the-fence", "busy"]
        func standing() async throws -> [Int64?] {
            var offsets: [Int64?] = []
            for name in names { offsets.append(try await pair.home.committedOffsets(of: name, for: [orders])[orders]?.offset) }
            return offsets
        }
        // One had been there before: it comes back to that.
        _ = try await pair.home.commit([orders: CommittedOffset(offset: 7, metadata: "before")], for: "slow")
        let stale = try await Command.start(["apply", "home.json", "--yes"] + pair.there, in: pair.folder).finish()
        #expect(stale.status == 4 && stale.errors.contains("was none and is 7 with metadata now"), "\(stale)")
        #expect(try await standing() == [7, nil, nil])
        _ = try await Command.start(
            ["failback", "plan"] + pair.there + groups + ["--divergence", "read", "--out", "home.json"], in: pair.folder
        ).finish()
        let applied = try await Command.start(["apply", "home.json", "--yes", "--journal", "home.jsonl"] + pair.there, in: pair.folder).finish()
        #expect(applied.status == 0, "\(applied)")
        #expect(try await standing() == [40, 100, 100])
        // What these brokers can't remove stays, wholly; what had a place before goes back.
        let back = try await Command.start(["rollback", "home.jsonl", "--yes"] + pair.there, in: pair.folder).finish()
        #expect(back.status == 5 && back.errors.contains("slow: put back and read back"), "\(back)")
        #expect(try await standing() == [7, 100, 100])
    }

    private static func planned(_ plan: [String: Any]) -> [String: Int] {
        let offsets = (plan["groups"] as? [String: Any])?["offsets"] as? [[String: Any]] ?? []
        return offsets.filter { $0["action"] as? String != "skip" }.reduce(into: [:]) { positions, offset in
            guard let group = offset["group"] as? String else { return }
            positions[group] = offset["plannedOffset"] as? Int
        }
    }

    /// A plan that the logs have left behind is refused for the partition, and nothing is written there.
    @Test func aStaleStartIsRefused() async throws {
        let pair = try Pair(policy: "identity", topic: "orders", copy: "orders")
        let orders = TopicPartition(topic: "orders", partition: 0)
        try await Self.write(0..<10, to: orders, of: pair.west, "west")
        try await Self.write(0..<9, to: orders, of: pair.east, "east")
        try #"{"formatVersion":1,"source":"east","target":"west","offsetSyncsLocation":"target","starts":[{"topic":"orders","partition":0,"offset":9,"targetTopic":"orders","targetOffset":10,"lastCopy":{"copy":8,"original":9}}]}"#
            .write(to: pair.folder.appendingPathComponent("starts.json"), atomically: true, encoding: .utf8)
        let running = try Command.start(["mirror"] + pair.back + ["--start-from", "starts.json", "--progress", "1"], in: pair.folder)
        let deadline = ContinuousClock.now + .seconds(90)
        while running.process.isRunning, ContinuousClock.now < deadline,
            try !String(contentsOf: running.errors, encoding: .utf8).contains("NOT MIRRORED: orders-0")
        {
            try await Task.sleep(for: .milliseconds(100))
        }
        if running.process.isRunning { kill(running.process.processIdentifier, SIGTERM) }
        let result = try await running.finish()
        #expect(result.status == 5 && result.errors.contains("is not the copy of"), "\(result.errors)")
        #expect(try await pair.home.logBounds(of: [orders])[orders]?.end == 10)
    }
}
