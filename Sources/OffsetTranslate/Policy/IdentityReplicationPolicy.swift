/// Copies keep their names (`org.apache.kafka.connect.mirror.IdentityReplicationPolicy`, KAFKA-9726).
///
/// Every topic may be a copy, so cycles can't be seen: what is copied where must be made certain otherwise. Names that end
/// in `heartbeats` follow ``DefaultReplicationPolicy``, so that hops can still be counted.
public struct IdentityReplicationPolicy: ReplicationPolicy, Hashable {
    /// `source.cluster.alias`: where every topic is said to come from. `nil` if it isn't configured.
    public let sourceAlias: String?
    private let heartbeats: DefaultReplicationPolicy

    /// - Parameters:
    ///   - sourceAlias: `source.cluster.alias`.
    ///   - separator: `replication.policy.separator`, of heartbeats and internal topics.
    ///   - internalTopicSeparatorEnabled: See ``DefaultReplicationPolicy/init(separator:internalTopicSeparatorEnabled:)``.
    public init(sourceAlias: String? = nil, separator: String = ".", internalTopicSeparatorEnabled: Bool = true) {
        self.sourceAlias = sourceAlias
        heartbeats = DefaultReplicationPolicy(
            separator: separator, internalTopicSeparatorEnabled: internalTopicSeparatorEnabled)
    }

    public var separator: String { heartbeats.separator }
    public var internalSeparator: String { heartbeats.internalSeparator }

    public func remoteTopic(_ topic: String, from sourceAlias: String) -> String {
        looksLikeHeartbeats(topic) ? heartbeats.remoteTopic(topic, from: sourceAlias) : topic
    }

    public func sourceAlias(ofRemoteTopic topic: String) -> String? {
        looksLikeHeartbeats(topic) ? heartbeats.sourceAlias(ofRemoteTopic: topic) : sourceAlias
    }

    public func upstreamTopic(of topic: String) -> String? {
        looksLikeHeartbeats(topic) ? heartbeats.upstreamTopic(of: topic) : topic
    }

    /// Only ever true of heartbeats.
    ///
    /// Stock would call every topic a cycle if ``sourceAlias`` were the target's, which its own configuration rules out;
    /// here one policy may serve both directions of a pair.
    public func isCycle(topic: String, targetAlias: String) -> Bool {
        looksLikeHeartbeats(topic) && heartbeats.isCycle(topic: topic, targetAlias: targetAlias)
    }

    private func looksLikeHeartbeats(_ topic: String) -> Bool { topic.hasSuffix(heartbeatsTopic) }
}
