import Foundation
import KafkaClient
import MirrorLoop
import OffsetTranslate
import Testing

/// The capture as a command beside a mirror that keeps its offset syncs on the source.
@Suite(.serialized) struct CaptureCommandTests {
    private let folder: URL
    private let west: EmbeddedCluster
    private let east: EmbeddedCluster
    private let flow = ReplicationFlow(
        from: "west", to: "east", policy: IdentityReplicationPolicy(sourceAlias: "west"), offsetSyncsLocation: .source)
    private let orders = (0..<2).map { TopicPartition(topic: "orders", partition: $0) }
    private let copy = "mm2-offset-syncs.west.internal"

    init() throws {
        folder = try Command.temporaryFolder()
        west = try EmbeddedCluster(name: "west")
        east = try EmbeddedCluster(name: "east")
        for cluster in [west, east] { try cluster.createTopic("orders", partitions: 2) }
        try west.createTopic(flow.offsetSyncsTopic, partitions: 1)
        for topic in [copy, flow.capturedTopic, flow.checkpointsTopic, flow.heartbeatsTopic, flow.tasksTopic] { try east.createTopic(topic, partitions: 1) }
        try """
            clusters = west, east
            west.bootstrap.servers = \(west.bootstrapServers)
            east.bootstrap.servers = \(east.bootstrapServers)
            west->east.enabled = true
            replication.policy.class = org.apache.kafka.connect.mirror.IdentityReplicationPolicy
            offset-syncs.topic.location = source

            """.write(to: folder.appendingPathComponent("mm2.properties"), atomically: true, encoding: .utf8)
    }

    private func start(_ arguments: String...) throws -> Command.Running {
        try Command.start(
            arguments + ["--config", "mm2.properties", "--timeout", "10"], in: folder, environment: ["XDG_STATE_HOME": folder.path])
    }

    private func rows(_ result: Command.Result) throws -> [String: [String: Any]] {
        let json = try result.json()
        // Of a plan, or of a look at groups.
        let groups = (json["groups"] as? [[String: Any]])?.flatMap { $0["positions"] as? [[String: Any]] ?? [] }
        let offsets = try #require(json["offsets"] as? [[String: Any]] ?? groups, "\(result.errors)")
        return Dictionary(uniqueKeysWithValues: offsets.map { ("\($0["group"] ?? "")-\($0["partition"] ?? "")", $0) })
    }

    /// Mirrors what is there, with a sync every ten records, and ends.
    private func mirror() async throws {
        var configuration = MirrorConfiguration(flow: flow)
        configuration.offsetLagMax = 10
        configuration.emitsCheckpoints = false
        configuration.emitsHeartbeats = false
        let source = try LibrdkafkaCluster(name: "west", properties: west.properties)
        let mirror = try Mirror(
            source: source, target: LibrdkafkaCluster(name: "east", properties: east.properties), configuration: configuration)
        let ends = try await source.logBounds(of: orders)
        let running = Task { try await mirror.run() }
        let deadline = ContinuousClock.now + .seconds(90)
        while orders.contains(where: { mirror.status.positions[$0] != ends[$0]?.end }) {
            try #require(ContinuousClock.now < deadline, "the mirror did not come to the end")
            try await Task.sleep(for: .milliseconds(50))
        }
        running.cancel()
        try await running.value
    }

    private func produce(_ numbers: Range<Int>) async throws {
        let producer = try Producer(cluster: "west", properties: west.properties)
        let other = try Producer(cluster: "east", properties: east.properties)
        for number in numbers {
            for partition in orders { try producer.produce(Record(value: Array("\(number)".utf8)), to: partition) { _ in } }
        }
        // Somebody else's records make the offsets differ.
        for _ in 0..<7 { try other.produce(Record(value: [0]), to: orders[0]) { _ in } }
        let isWritten = await producer.flush(within: .seconds(60)), isOtherWritten = await other.flush(within: .seconds(10))
        try #require(isWritten && isOtherWritten)
    }

    @Test func positionsOutliveTheSource() async throws {
        try await produce(0..<300)
        try await mirror()
        let source = try LibrdkafkaCluster(name: "west", properties: west.properties)
        for (group, offset) in ["billing": 300, "search": 123, "reports": 4] as [String: Int64] {
            let positions = Dictionary(uniqueKeysWithValues: orders.map { ($0, CommittedOffset(offset: offset, metadata: group)) })
            _ = try await source.commit(positions, for: group)
        }
        let groups = ["billing", "search", "reports"]
        let alive = try rows(await start("groups", "billing", "search", "reports", "--output", "json").finish())
        #expect(alive.count == 6)

        let named = groups.flatMap { ["--group", $0] }
        func capture(_ more: String...) async throws -> Command.Result {
            try await Command.start(
                ["capture", "--config", "mm2.properties", "--once"] + named + more, in: folder).finish()
        }
        let dry = try await capture("--dry-run")
        #expect(dry.status == 0 && dry.output.contains("would write 6 positions") && dry.output.contains("offset syncs of 'mm2-offset-syncs.east.internal'"))
        #expect(try await start("checkpoints", "--topic-name", flow.capturedTopic, "--output", "jsonl").finish().output.isEmpty)
        // A copy that is behind is not read while the original can be: here it is still empty.
        let captured = try await capture()
        #expect(captured.status == 0 && captured.output.isEmpty && captured.errors.contains("done: "), "\(captured.errors)")
        try await produce(300..<350)
        try await mirror()
        let moved = Dictionary(uniqueKeysWithValues: orders.map { ($0, CommittedOffset(offset: 333, metadata: "billing")) })
        _ = try await source.commit(moved, for: "billing")
        let later = try rows(await start("groups", "billing", "--output", "json").finish())
        #expect(try await capture().errors.contains("2 positions of 3 groups written"))
        let again = try await capture()
        #expect(again.status == 0 && again.errors.contains("done: 0 offset syncs relayed"))

        west.goDown()
        let plan = try await start("cutover", "--source-lost", "--dry-run", "--output", "json").finish()
        #expect(plan.status == 0, "\(plan.errors)")
        let lost = try rows(plan)
        #expect(Set(lost.keys) == Set(alive.keys))
        for (key, row) in lost {
            let before = try #require(key.hasPrefix("billing") ? later[key] : alive[key])
            for field in ["upstreamOffset", "plannedOffset"] { #expect(row[field] as? Int == before[field] as? Int, "\(key) \(field)") }
            #expect(row["kind"] as? String == "exact" && before["kind"] as? String == "exact", "\(key)")
            #expect(row["origin"] as? String == "captured" && row["capturedAt"] is Int && row["maxReplay"] as? Int == 0)
        }
        let table = try await start("cutover", "--source-lost", "--dry-run").finish()
        #expect(table.output.contains("FROM") && table.output.contains("captured "))
        let done = try await start("cutover", "--source-lost", "--yes", "--allow-concurrent-runs").finish()
        #expect(done.status == 0 && done.output.contains("6 create"), "\(done.errors)")
    }

    @Test func itFollowsUntilToldToStopAndGoesOnAfterAKill() async throws {
        func waitFor(_ text: String, _ running: Command.Running) async throws {
            let deadline = ContinuousClock.now + .seconds(90)
            while try !String(contentsOf: running.errors, encoding: .utf8).contains(text) {
                try #require(ContinuousClock.now < deadline && running.process.isRunning, "no '\(text)'")
                try await Task.sleep(for: .milliseconds(100))
            }
        }
        try await produce(0..<100)
        try await mirror()
        let killed = try start("capture", "--interval", "1", "--progress", "1")
        let first = try await log(flow.offsetSyncsTopic, of: west).count
        try await waitFor("\(first) offset syncs relayed", killed)
        kill(killed.process.processIdentifier, SIGKILL)
        _ = try await killed.finish()

        try await produce(100..<200)
        try await mirror()
        let stopped = try start("capture", "--interval", "1", "--progress", "1")
        try await waitFor("going on at source offset \(first)", stopped)
        let second = try await log(flow.offsetSyncsTopic, of: west).count - first
        try await waitFor("\(second) offset syncs relayed", stopped)
        west.goDown()
        try await waitFor("'west' does not answer; trying on", stopped)
        west.comeUp()
        try await waitFor("'west' answers again", stopped)
        kill(stopped.process.processIdentifier, SIGTERM)
        let end = try await stopped.finish()
        #expect(end.status == 0 && end.errors.contains("stopped: "), "\(end.errors)")
        let original = try await log(flow.offsetSyncsTopic, of: west), relayed = try await log(copy, of: east)
        #expect(relayed.map { $0.record.headers.last?.name } == original.map { _ in CapturedMarker.headerName })
        #expect(relayed.map { Record(key: $0.record.key, value: $0.record.value, timestamp: $0.record.timestamp) }
            == original.map { Record(key: $0.record.key, value: $0.record.value, timestamp: $0.record.timestamp) })
    }

    private func log(_ topic: String, of cluster: EmbeddedCluster) async throws -> [ConsumedRecord] {
        let partition = TopicPartition(topic: topic, partition: 0)
        let client = try LibrdkafkaCluster(name: cluster.name, properties: cluster.properties)
        let bounds = try #require(try await client.logBounds(of: [partition])[partition])
        return try await client.scan([LogRange(partition, bounds)], into: []) { $0.append($1.copy()) }
    }

    @Test func syncsOnTheTargetNeedNoCapture() async throws {
        let configured = try await start("capture", "--once", "--set", "offset-syncs.topic.location=target").finish()
        #expect(configured.status == 3 && configured.errors.contains("nothing to capture"))
        let producer = try Producer(cluster: "east", properties: east.properties)
        let sync = OffsetSync(topicPartition: orders[0], upstreamOffset: 1, downstreamOffset: 1)
        _ = try await producer.send(
            Record(key: sync.encodedKey(), value: sync.encodedValue()), to: TopicPartition(topic: copy, partition: 0))
        let found = try await start("capture", "--once").finish()
        #expect(found.status == 3 && found.errors.contains("needless") && found.output.isEmpty)
    }
}
