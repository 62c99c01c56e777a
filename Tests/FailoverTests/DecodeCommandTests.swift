import Foundation
import KafkaClient
import OffsetTranslate
import Testing

/// The three commands that decode MM2's topics, against two clusters with records whose bytes and times are known.
@Suite(.serialized) struct DecodeCommandTests {
    private let folder: URL
    private let west: EmbeddedCluster
    private let east: EmbeddedCluster
    private let flow = ReplicationFlow(from: "west", to: "east", policy: DefaultReplicationPolicy(separator: "."), offsetSyncsLocation: .target)
    private let orders = [0, 1].map { TopicPartition(topic: "orders", partition: $0) }
    /// 2025-11-26T01:00:00Z
    private let start: Int64 = 1_764_118_800_000

    init() throws {
        folder = try Command.temporaryFolder()
        west = try EmbeddedCluster(name: "west")
        east = try EmbeddedCluster(name: "east")
        for topic in [flow.offsetSyncsTopic, flow.checkpointsTopic, flow.heartbeatsTopic] { try east.createTopic(topic, partitions: 1) }
        for topic in ["mm2-offset-syncs.east.internal", "east.checkpoints.internal", "heartbeats"] { try west.createTopic(topic, partitions: 1) }
    }

    private func failover(_ command: String, _ arguments: String...) throws -> Command.Running {
        try Command.start(
            [command, "--source", west.bootstrapServers, "--target", east.bootstrapServers, "--source-alias", "west", "--target-alias", "east"] + arguments,
            in: folder)
    }

    private func write(_ records: [Record], to topic: String, on cluster: EmbeddedCluster) async throws {
        let producer = try Producer(cluster: cluster.name, properties: cluster.properties)
        for record in records { _ = try await producer.send(record, to: TopicPartition(topic: topic, partition: 0)) }
    }

    /// - Parameter minute: After the start.
    private func sync(_ partition: Int, _ upstream: Int64, _ downstream: Int64, minute: Int64, strict: Bool = false) throws -> Record {
        let sync = OffsetSync(topicPartition: orders[partition], upstreamOffset: upstream, downstreamOffset: downstream)
        return Record(
            key: try sync.encodedKey(), value: sync.encodedValue(),
            headers: strict ? [Header(name: StrictMarker.headerName, value: StrictMarker(previous: nil).encoded())] : [],
            timestamp: start + minute * 60_000)
    }

    private func checkpoint(_ group: String, _ offset: Int64, minute: Int64, topic: String = "west.orders") throws -> Record {
        let checkpoint = Checkpoint(
            group: group, topicPartition: TopicPartition(topic: topic, partition: 0), upstreamOffset: offset, downstreamOffset: offset)
        return Record(key: try checkpoint.encodedKey(), value: try checkpoint.encodedValue(), timestamp: start + minute * 60_000)
    }

    private func objects(_ result: Command.Result) throws -> [NSDictionary] {
        try result.output.split(separator: "\n").map { try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? NSDictionary) }
    }

    @Test func syncsAreFilteredAndSummedUp() async throws {
        try await write(
            [
                sync(0, 0, 0, minute: 0, strict: true), sync(0, 100, 100, minute: 1, strict: true), sync(1, 7, 5, minute: 1),
                sync(0, 300, 290, minute: 2, strict: true), sync(0, 200, 400, minute: 3),
            ], to: flow.offsetSyncsTopic, on: east)
        let late = try await failover("syncs", "--on", "target", "--output", "jsonl", "--partition", "0", "--since", "2025-11-26T01:01:00Z", "--until", "2025-11-26T01:03:00Z").finish()
        #expect(late.status == 0 && late.errors.contains("2 shown"), "\(late.errors)")
        #expect(try objects(late).map { $0["upstreamOffset"] as? Int } == [100, 300])
        #expect(try objects(late).first == [
            "topic": "orders", "partition": 0, "upstreamOffset": 100, "downstreamOffset": 100, "strict": true, "offset": 1,
            "timestamp": start + 60_000,
        ])
        #expect(try objects(await failover("syncs", "--on", "target", "--output", "jsonl", "--topic", "others", "--topic", "orders", "--since", "2h").finish()).isEmpty)

        let stats = try objects(await failover("syncs", "--on", "target", "--stats", "--output", "jsonl").finish())
        #expect(stats.count == 2 && stats.first == [
            "topic": "orders", "partition": 0, "syncs": 4, "strictSyncs": 3, "runs": 3, "largestGap": 200, "density": 1000.0 * 2 / 300,
            "sourceReturns": 1, "targetReturns": 0, "oldestUpstreamOffset": 0, "oldestDownstreamOffset": 0, "oldestTimestamp": start,
            "newestUpstreamOffset": 200, "newestDownstreamOffset": 400, "newestTimestamp": start + 180_000,
        ])
        let csv = try await failover("syncs", "--on", "target", "--stats", "--output", "csv", "--partition", "1").finish()
        #expect(csv.output == """
            topic,partition,syncs,strictSyncs,runs,largestGap,density,sourceReturns,targetReturns,oldestUpstreamOffset,oldestDownstreamOffset,\
            oldestTimestamp,newestUpstreamOffset,newestDownstreamOffset,newestTimestamp
            orders,1,1,0,1,0,,0,0,7,5,\(start + 60_000),7,5,\(start + 60_000)

            """)
        let text = try await failover("syncs", "--on", "target", "--stats").finish()
        #expect(text.status == 0 && text.output.contains("LARGEST GAP") && text.output.contains("200 -> 400 ("), "\(text.output)")
    }

    @Test func eitherClusterCanBeRead() async throws {
        try await write([sync(0, 1, 1, minute: 0)], to: "mm2-offset-syncs.east.internal", on: west)
        try await write([sync(0, 2, 2, minute: 0)], to: flow.offsetSyncsTopic, on: east)
        try await write([checkpoint("home", 3, minute: 0)], to: "east.checkpoints.internal", on: west)
        try await write([checkpoint("away", 4, minute: 0)], to: flow.checkpointsTopic, on: east)
        func read(_ command: String, _ side: String, _ arguments: String...) async throws -> NSDictionary? {
            try objects(await Command.start(
                [command, "--source", west.bootstrapServers, "--target", east.bootstrapServers, "--source-alias", "west", "--target-alias", "east",
                 "--on", side, "--output", "jsonl"] + arguments, in: folder).finish()).first
        }
        #expect(try await read("syncs", "source")?["upstreamOffset"] as? Int == 1)
        #expect(try await read("syncs", "target")?["upstreamOffset"] as? Int == 2)
        #expect(try await read("checkpoints", "source")?["group"] as? String == "home")
        #expect(try await read("checkpoints", "target")?["group"] as? String == "away")
        #expect(try await read("checkpoints", "target", "--topic-name", flow.offsetSyncsTopic) == nil)
        let missing = try await failover("syncs", "--on", "source", "--topic-name", flow.checkpointsTopic).finish()
        #expect(missing.status == 1 && missing.errors.contains("no topic '\(flow.checkpointsTopic)' on cluster 'west'"), "\(missing.errors)")
    }

    @Test func checkpointsOfHostileGroups() async throws {
        let hostile = "a \"group\",\u{1B}[2J\nwith lines"
        try await write(
            [checkpoint("billing", 10, minute: 0), checkpoint(hostile, 5, minute: 1), checkpoint("billing", 8, minute: 2), checkpoint("search", 1, minute: 3)],
            to: flow.checkpointsTopic, on: east)
        let text = try await failover("checkpoints").finish()
        #expect(text.status == 0 && text.output.split(separator: "\n").count == 5 && !text.output.contains("\u{1B}"), "\(text.output)")
        #expect(text.output.contains(#"a "group",\u{1B}[2J\nwith lines  west.orders"#))
        let csv = try await failover("checkpoints", "--output", "csv", "--group", hostile).finish()
        #expect(csv.output == """
            group,topic,partition,upstreamOffset,downstreamOffset,exact,metadata,timestamp,offset
            "a ""group"",\u{1B}[2J
            with lines",west.orders,0,5,5,false,,\(start + 60_000),1

            """)
        let two = try objects(await failover("checkpoints", "--output", "jsonl", "--group", hostile, "--group", "search").finish())
        #expect(two.map { $0["group"] as? String } == [hostile, "search"])
        let stats = try objects(await failover("checkpoints", "--stats", "--output", "jsonl", "--group", "billing").finish())
        #expect(stats == [[
            "group": "billing", "partitions": 1, "checkpoints": 2, "exactCheckpoints": 0, "rewinds": 1, "oldestTimestamp": start,
            "newestTimestamp": start + 120_000,
        ]])
        #expect(try await failover("checkpoints", "--topic", "nothing", "--output", "csv", "--stats").finish().output.split(separator: "\n").count == 1)
    }

    @Test func heartbeatsAreSummedUp() async throws {
        let beats = try ([0, 1000, 31_000] as [Int64]).map { after in
            let beat = Heartbeat(sourceAlias: "west", targetAlias: "east", timestamp: start + after)
            return Record(key: try beat.encodedKey(), value: beat.encodedValue(), timestamp: start + after)
        }
        try await write(beats, to: flow.heartbeatsTopic, on: east)
        let stats = try objects(await failover("heartbeats", "--stats", "--output", "jsonl").finish())
        #expect(stats == [[
            "sourceAlias": "west", "targetAlias": "east", "heartbeats": 3, "largestGap": 30_000, "oldestHeartbeat": start,
            "newestHeartbeat": start + 31_000,
        ]])
        let late = try objects(await failover("heartbeats", "--output", "jsonl", "--since", "2025-11-26T01:00:30Z").finish())
        #expect(late == [["sourceAlias": "west", "targetAlias": "east", "heartbeat": start + 31_000, "timestamp": start + 31_000, "offset": 2]])
        #expect(try await failover("heartbeats", "--on", "source", "--output", "jsonl").finish().output.isEmpty)
    }

    /// Embedded brokers can't list theirs: nobody is left with a bare nought.
    @Test func noGroupsAreExplained() async throws {
        try await write([sync(0, 0, 0, minute: 0)], to: flow.offsetSyncsTopic, on: west)
        let result = try await failover("groups").finish()
        #expect(result.status == 0 && result.errors.contains("0 groups: ") && result.errors.contains("name one to look at it"), "\(result)")
    }

    @Test(arguments: [SIGTERM, SIGINT]) func whatComesIsShownUntilASignal(_ signal: Int32) async throws {
        try await write([checkpoint("billing", 10, minute: 0)], to: flow.checkpointsTopic, on: east)
        let following = try failover("checkpoints", "--follow", "--output", "csv", "--group", "billing", "--timeout", "3")
        defer { if following.process.isRunning { kill(following.process.processIdentifier, SIGKILL) } }
        func wait(for lines: Int) async throws {
            let deadline = ContinuousClock.now + .seconds(60)
            while try String(contentsOf: following.output, encoding: .utf8).split(separator: "\n").count < lines {
                try #require(ContinuousClock.now < deadline, "line \(lines) was not shown")
                try await Task.sleep(for: .milliseconds(50))
            }
        }
        func said(_ text: String) async throws {
            let deadline = ContinuousClock.now + .seconds(120)
            while try !String(contentsOf: following.errors, encoding: .utf8).contains(text) {
                try #require(ContinuousClock.now < deadline, "\(text) was not said")
                try await Task.sleep(for: .milliseconds(100))
            }
        }
        try await wait(for: 2)
        try await write([checkpoint("search", 5, minute: 1), checkpoint("billing", 12, minute: 2)], to: flow.checkpointsTopic, on: east)
        try await wait(for: 3)
        if signal == SIGTERM {
            // Just when the clusters are in trouble, somebody looks at this.
            east.goDown()
            try await said("trying on until it answers")
            east.comeUp()
            try await said("'east' answers again")
            try await write([checkpoint("search", 6, minute: 3)], to: flow.checkpointsTopic, on: east)
        }
        kill(following.process.processIdentifier, signal)
        let result = try await following.finish()
        let lines = result.output.split(separator: "\n")
        #expect(result.status == 0 && lines.count == 3 && !result.output.contains("search"), "\(result)")
        #expect(lines.first?.hasPrefix("group,") == true && lines.last == "billing,west.orders,0,12,12,false,,\(start + 120_000),2")
    }
}
