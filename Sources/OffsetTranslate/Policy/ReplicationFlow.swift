public import KafkaClient

/// One direction of replication: which cluster is copied to which, how topics are renamed on the way, and where MM2's
/// internal topics of that direction are.
public struct ReplicationFlow: Sendable {
    public var sourceAlias: String
    public var targetAlias: String
    public var policy: any ReplicationPolicy
    /// `offset-syncs.topic.location`.
    public var offsetSyncsLocation: OffsetSyncsLocation

    public init(
        from sourceAlias: String, to targetAlias: String, policy: any ReplicationPolicy,
        offsetSyncsLocation: OffsetSyncsLocation = .source
    ) {
        self.sourceAlias = sourceAlias
        self.targetAlias = targetAlias
        self.policy = policy
        self.offsetSyncsLocation = offsetSyncsLocation
    }

    public var offsetSyncsTopic: String {
        policy.offsetSyncsTopic(location: offsetSyncsLocation, sourceAlias: sourceAlias, targetAlias: targetAlias)
    }
    /// On the target.
    public var checkpointsTopic: String { policy.checkpointsTopic(sourceAlias: sourceAlias) }
    /// On the target: positions that `failover capture` wrote.
    public var capturedTopic: String { policy.capturedTopic(sourceAlias: sourceAlias) }
    /// On the target.
    public var heartbeatsTopic: String { policy.heartbeatsTopic }

    /// Where a source partition is copied to.
    public func target(of source: TopicPartition) -> TopicPartition {
        TopicPartition(
            topic: policy.targetTopic(forSource: source.topic, sourceAlias: sourceAlias, targetAlias: targetAlias),
            partition: source.partition)
    }

    /// What a target partition is a copy of; `nil` where it is not this flow's.
    public func source(of target: TopicPartition) -> TopicPartition? {
        policy.sourceTopic(forTarget: target.topic, sourceAlias: sourceAlias, targetAlias: targetAlias)
            .map { TopicPartition(topic: $0, partition: target.partition) }
    }

    /// Whether a source topic may be copied at all: not internal, not on its way back
    /// (`MirrorSourceConnector.shouldReplicateTopic`, `isCycle`).
    public func mayMirror(_ topic: String) -> Bool {
        !policy.isInternal(topic) && !policy.isCycle(topic: topic, targetAlias: targetAlias)
    }
}
