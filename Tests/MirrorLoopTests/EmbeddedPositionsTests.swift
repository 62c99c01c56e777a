import KafkaClient
import MirrorLoop
import OffsetTranslate
import Synchronization
import Testing

/// Tier 3: brokers that can't tell a group's state.
@Suite(.serialized) struct EmbeddedPositionsTests {
    @Test func nothingIsCommittedWhereStatesAreUnknown() async throws {
        let west = try EmbeddedCluster(name: "west"), east = try EmbeddedCluster(name: "east")
        let flow = ReplicationFlow(from: "west", to: "east", policy: DefaultReplicationPolicy(), offsetSyncsLocation: .target)
        let orders = TopicPartition(topic: "orders", partition: 0), copy = flow.target(of: orders)
        try west.createTopic("orders", partitions: 1)
        for topic in [copy.topic, flow.offsetSyncsTopic, flow.checkpointsTopic, flow.heartbeatsTopic, flow.tasksTopic] { try east.createTopic(topic, partitions: 1) }
        let source = try LibrdkafkaCluster(name: "west", properties: west.properties)
        let target = try LibrdkafkaCluster(name: "east", properties: east.properties)
        let producer = try Producer(cluster: "west", properties: west.properties)
        for number in UInt8(0)..<9 { _ = try await producer.send(Record(value: [number]), to: orders) }
        _ = try await source.commit([orders: .init(offset: 5)], for: "g")

        let warnings = Mutex<[String]>([])
        var configuration = MirrorConfiguration(flow: flow)
        configuration.namedGroups = ["g"]
        configuration.checkpointInterval = .milliseconds(50)
        configuration.syncsGroupOffsets = true
        configuration.syncGroupOffsetsInterval = .milliseconds(50)
        let mirror = try Mirror(source: source, target: target, configuration: configuration) { event in
            if case .warning(let text) = event { warnings.withLock { $0.append(text) } }
        }
        let running = Task { try await mirror.run() }
        let deadline = ContinuousClock.now + .seconds(90)
        var checkpoints = 0
        // Checkpoints go on after that has been said.
        while checkpoints == 0 || mirror.status.checkpoints == checkpoints {
            try #require(ContinuousClock.now < deadline, "\(warnings.withLock { $0 })")
            if checkpoints == 0, mirror.status.checkpoints > 0, warnings.withLock({ $0.contains { $0.hasPrefix("group offsets not committed on 'east'") } }) {
                checkpoints = mirror.status.checkpoints
                _ = try await source.commit([orders: .init(offset: 6)], for: "g")
            }
            try await Task.sleep(for: .milliseconds(20))
        }
        running.cancel()
        try await running.value
        #expect(try await target.committedOffsets(of: "g", for: [copy]).isEmpty)
        #expect(warnings.withLock { $0.filter { $0.hasPrefix("group offsets not committed") }.count } == 1)
    }
}
