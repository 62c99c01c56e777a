import Foundation
import KafkaClient
import MirrorLoop
import OffsetTranslate
import Testing

/// The mirror as a command, as an operator sees it.
@Suite(.serialized) struct MirrorCommandTests {
    private let folder: URL
    private let west: EmbeddedCluster
    private let east: EmbeddedCluster
    private let flow = ReplicationFlow(
        from: "west", to: "east", policy: IdentityReplicationPolicy(sourceAlias: "west"), offsetSyncsLocation: .target)
    private let orders = (0..<2).map { TopicPartition(topic: "orders", partition: $0) }

    init() throws {
        folder = try Command.temporaryFolder()
        west = try EmbeddedCluster(name: "west")
        east = try EmbeddedCluster(name: "east")
        for cluster in [west, east] { try cluster.createTopic("orders", partitions: 2) }
        for topic in [flow.offsetSyncsTopic, flow.checkpointsTopic, flow.heartbeatsTopic, flow.tasksTopic] { try east.createTopic(topic, partitions: 1) }
        try """
            clusters = west, east
            west.bootstrap.servers = \(west.bootstrapServers)
            east.bootstrap.servers = \(east.bootstrapServers)
            west->east.enabled = true
            replication.policy.class = org.apache.kafka.connect.mirror.IdentityReplicationPolicy
            # The embedded brokers have no controller to ask: each of these would wait for one, and whoever stops the mirror with it.
            sync.topic.configs.enabled = false
            sync.topic.acls.enabled = false

            """.write(to: folder.appendingPathComponent("mm2.properties"), atomically: true, encoding: .utf8)
    }

    private func start(_ arguments: String...) throws -> Command.Running { try start(arguments) }

    private func start(_ arguments: [String]) throws -> Command.Running {
        try Command.start(["mirror", "--config", "mm2.properties", "--timeout", "10", "--progress", "1"] + arguments, in: folder)
    }

    /// Whoever left the group is waited for by the embedded brokers until the session, 10 s, is over; and the machine may be busy.
    private let patience = Duration.seconds(90)

    private func waitFor(_ text: String, _ running: Command.Running) async throws {
        let deadline = ContinuousClock.now + patience
        while try !String(contentsOf: running.errors, encoding: .utf8).contains(text) {
            try #require(
                ContinuousClock.now < deadline && running.process.isRunning,
                "no '\(text)' in: \((try? String(contentsOf: running.errors, encoding: .utf8)) ?? "")")
            try await Task.sleep(for: .milliseconds(100))
        }
    }

    private func stop(_ running: Command.Running) async throws -> Command.Result {
        kill(running.process.processIdentifier, SIGTERM)
        return try await running.finish(within: 90)
    }

    private func produce(_ count: Int) async throws {
        let producer = try Producer(cluster: "west", properties: west.properties)
        let now = Int64(Date().timeIntervalSince1970 * 1000)
        for number in 0..<count {
            for partition in orders {
                try producer.produce(Record(key: [1], value: Array("v\(number % 10)".utf8), timestamp: now), to: partition) { _ in }
            }
        }
        let isWritten = await producer.flush(within: .seconds(60))
        try #require(isWritten)
    }

    private func metrics(_ result: Command.Result) throws -> [[String: Any]] {
        try result.output.split(separator: "\n").map { line in
            try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
        }
    }

    /// The extremes of one that has values.
    private func measure(_ name: String, _ members: [String: Any]) throws -> (low: Int, high: Int) {
        let last = try #require(members[name] as? Int)
        let (low, high) = (try #require(members[name + "-min"] as? Int), try #require(members[name + "-max"] as? Int))
        #expect(low <= last && last <= high && low >= 0)
        return (low, high)
    }

    @Test(arguments: [[], ["--exactly-once"]]) func progressAndMetricsSayHowFarItIs(_ delivery: [String]) async throws {
        try await produce(300)
        let group = try LibrdkafkaCluster(name: "west", properties: west.properties)
        _ = try await group.commit([orders[1]: .init(offset: 77)], for: "billing")
        let running = try start(["--metrics", "jsonl", "--group", "billing", "--set", "emit.checkpoints.interval.seconds=1"] + delivery)
        try await waitFor("600 records mirrored", running)
        try await waitFor("in all 1 of 1 group", running)
        try await waitFor("; 0 records behind", running)
        let result = try await stop(running)
        #expect(result.status == 0 && result.errors.contains("stopped: 600 records mirrored, all acknowledged and synced"), "\(result.errors)")
        #expect(result.errors.contains(" ms on average, at most ") && !result.errors.contains("NOT MIRRORED"))
        let documents = try metrics(result)
        for document in documents {
            #expect(document["formatVersion"] as? Int == 1 && document["source"] as? String == "west" && document["target"] as? String == "east")
            #expect(try #require(document["seconds"] as? Double) > 0 && document["standingBy"] as? Bool == false)
        }
        // When all has been given back, nobody asks how far it is.
        let last = try #require(documents.last { "\($0)".contains("record-lag") })
        #expect(last["tasks"] as? [Int] == [0] && last["taskCount"] as? Int == 1)
        let partitions = try #require(last["partitions"] as? [[String: Any]])
        #expect(partitions.map { $0["partition"] as? Int } == [0, 1])
        for partition in partitions {
            #expect(partition["topic"] as? String == "orders" && partition["targetTopic"] as? String == "orders")
            #expect(partition["record-count"] as? Int == 300 && partition["byte-count"] as? Int == 900 && partition["position"] as? Int == 300)
            #expect(partition["record-lag"] as? Int == 0 && partition["halted"] == nil)
            let latency = try measure("replication-latency-ms", partition), age = try measure("record-age-ms", partition)
            #expect(0 <= age.low && age.low <= latency.low && age.high <= latency.high)
        }
        let checkpointed = documents.flatMap { $0["checkpointed"] as? [[String: Any]] ?? [] }
        #expect(!checkpointed.isEmpty)
        for entry in checkpointed {
            #expect(entry["group"] as? String == "billing" && entry["partition"] as? Int == 1 && entry["targetTopic"] as? String == "orders")
            let average = try #require(entry["checkpoint-latency-ms-avg"] as? NSNumber).doubleValue, all = try measure("checkpoint-latency-ms", entry)
            #expect(Double(all.low) <= average && average <= Double(all.high))
        }
        // What was copied in an interval is counted in that interval's rates, and only there.
        let copied = try documents.reduce(0) { sum, document in
            let rates = (document["partitions"] as? [[String: Any]] ?? []).compactMap { $0["record-rate"] as? Double }
            return try sum + rates.reduce(0, +) * #require(document["seconds"] as? Double)
        }
        #expect(abs(copied - 600) < 5, "\(copied)")
        // Looked for on the wrong side, syncs are found on the other, and that is said.
        let elsewhere = try await Command.start(
            ["syncs", "--config", "mm2.properties", "--set", "offset-syncs.topic.location=source", "--output", "jsonl"], in: folder
        ).finish()
        #expect(elsewhere.status == 0 && elsewhere.output.contains(#""topic":"orders""#) && elsewhere.errors.contains("mm2-offset-syncs.west.internal"))
    }

    @Test func aPartitionThatIsNotMirroredIsSaidAgainAndAgainAndInTheStatus() async throws {
        try await produce(100)
        // Of a copy that is not there any more.
        let sync = OffsetSync(topicPartition: orders[1], upstreamOffset: 50, downstreamOffset: 50)
        _ = try await Producer(cluster: "east", properties: east.properties).send(
            Record(key: sync.encodedKey(), value: sync.encodedValue(), headers: [.init(name: FlowMarker.headerName, value: FlowMarker.encoded(flow))]),
            to: TopicPartition(topic: flow.offsetSyncsTopic, partition: 0))
        let running = try start("--metrics", "jsonl")
        try await waitFor("100 records mirrored", running)
        try await waitFor("not counting 1 partition", running)
        let result = try await stop(running)
        #expect(result.status == 5, "\(result.errors)")
        #expect(result.errors.components(separatedBy: "NOT MIRRORED: orders-1: orders-1 is not mirrored").count > 2, "\(result.errors)")
        let end = try #require(result.errors.components(separatedBy: "stopped: ").last)
        #expect(end.contains("but not of 1 partition:\nNOT MIRRORED: orders-1"))
        let documents = try metrics(result).compactMap { $0["partitions"] as? [[String: Any]] }
        #expect(documents.contains { $0.map { $0["halted"] == nil } == [true, false] && $0.map { $0["record-lag"] as? Int } == [0, nil] })
        #expect(documents.last?.last?["halted"] is String)
    }

    @Test func aSecondProcessStandsByAndTakesOver() async throws {
        try await produce(10)
        let both = [try start(), try start()]
        // The brokers choose.
        let standsBy = "standing by: no task is this process's", copied = "20 records mirrored"
        let deadline = ContinuousClock.now + patience
        var spare: Command.Running?, active: Command.Running?
        while spare == nil || active == nil {
            try #require(ContinuousClock.now < deadline)
            try await Task.sleep(for: .milliseconds(100))
            let texts = try both.map { try String(contentsOf: $0.errors, encoding: .utf8) }
            func isLast(_ text: String, _ said: String) -> Bool { said.split(separator: "\n").last?.contains(text) == true }
            spare = zip(both, texts).first { isLast(standsBy, $1) }?.0
            active = zip(both, texts).first { isLast(copied, $1) }?.0
        }
        let (stopped, left) = (try #require(active), try #require(spare))
        #expect(try await stop(stopped).status == 0)
        try await produce(10)
        try await waitFor(copied, left)
        let result = try await stop(left)
        #expect(result.status == 0 && result.errors.contains("stopped: 20 records mirrored, all acknowledged"), "\(result.errors)")
    }

    @Test func flagsCountMoreThanTheConfiguration() async throws {
        let once = try await start("--exactly-once", "--set", "offset-syncs.topic.location=source").finish()
        #expect(once.status == 1 && once.errors.contains("Set offset-syncs.topic.location=target"), "\(once.errors)")
        let divided = try start("--tasks", "3", "--set", "tasks.max=2")
        try await waitFor("not tasks.max=3", divided)
        #expect(try await stop(divided).status == 0)
    }
}
