internal import Cutover
public import KafkaClient
internal import MirrorLoop
public import OffsetTranslate

/// Two embedded clusters and a flow between them: `west`, which will be lost, and `east`, which takes over.
///
/// The topics on `east` hold records from an earlier life, so offsets differ from the start.
public struct Estate: Sendable {
    public static let topics = ["orders": 3, "payments": 2, "inventory": 1]

    public let flow: ReplicationFlow
    /// The way home.
    public let reverseFlow: ReplicationFlow
    public let source: EmbeddedCluster
    public let target: EmbeddedCluster

    /// Starts both clusters and creates every topic: the embedded brokers answer no CreateTopics request.
    public init(policy: any ReplicationPolicy = IdentityReplicationPolicy(sourceAlias: "west"), brokers: Int = 3) throws {
        flow = ReplicationFlow(from: "west", to: "east", policy: policy, offsetSyncsLocation: .target)
        reverseFlow = ReplicationFlow(
            from: "east", to: "west", policy: policy is IdentityReplicationPolicy ? IdentityReplicationPolicy(sourceAlias: "east") : policy,
            offsetSyncsLocation: .target)
        source = try EmbeddedCluster(name: flow.sourceAlias, brokers: brokers)
        target = try EmbeddedCluster(name: flow.targetAlias, brokers: brokers)
        for (topic, partitions) in Self.topics {
            try source.createTopic(topic, partitions: partitions)
            try target.createTopic(flow.target(of: TopicPartition(topic: topic, partition: 0)).topic, partitions: partitions)
        }
        for (flow, cluster) in [(flow, target), (reverseFlow, source)] {
            let heartbeats = TopicPartition(topic: flow.heartbeatsTopic, partition: 0)
            for topic in [
                flow.offsetSyncsTopic, flow.checkpointsTopic, flow.heartbeatsTopic, flow.target(of: heartbeats).topic, flow.tasksTopic,
                RunLock.topic, JournalTopic.defaultName,
            ] { try cluster.createTopic(topic, partitions: 1) }
        }
    }

    /// Those that are written to all the time.
    static let livePartitions = partitions.filter { $0.topic != "inventory" }

    /// What the groups subscribe to.
    func topics(on side: ClusterSide) -> [String] {
        let names = Self.topics.keys.sorted()
        return side == .source ? names : names.map { flow.target(of: TopicPartition(topic: $0, partition: 0)).topic }
    }

    /// All source partitions.
    public static var partitions: [TopicPartition] {
        topics.flatMap { topic, count in (0..<Int32(count)).map { TopicPartition(topic: topic, partition: $0) } }.sorted()
    }

    public func openSource() throws -> LibrdkafkaCluster {
        try LibrdkafkaCluster(name: source.name, properties: source.properties)
    }

    public func openTarget() throws -> LibrdkafkaCluster {
        try LibrdkafkaCluster(name: target.name, properties: target.properties)
    }
}
