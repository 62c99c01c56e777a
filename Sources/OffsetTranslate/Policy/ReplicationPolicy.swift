/// How the topics of a flow are named on its two sides.
///
/// The rules of MM2's `org.apache.kafka.connect.mirror.ReplicationPolicy` (KIP-382; the internal topics' names: KIP-690
/// and KIP-949). A *remote* topic is one that was copied from another cluster, in this or an earlier hop.
///
/// The first four requirements tell policies apart; the rest have defaults that a policy may replace, as in Java.
/// Names are taken as they are: nothing here asks a cluster whether a topic exists.
public protocol ReplicationPolicy: Sendable {
    /// The name of the copy of `topic` from the cluster `sourceAlias` (`formatRemoteTopic`).
    func remoteTopic(_ topic: String, from sourceAlias: String) -> String

    /// The cluster that a remote topic was copied from, in the last hop (`topicSource`).
    ///
    /// - Returns: `nil` if the topic is not remote.
    func sourceAlias(ofRemoteTopic topic: String) -> String?

    /// What a remote topic is called on the cluster that it was copied from, in the last hop (`upstreamTopic`).
    ///
    /// - Returns: `nil` if the topic is not remote. The topic itself, if copies keep their names.
    func upstreamTopic(of topic: String) -> String?

    /// The separator of internal topics' names: "." or the policy's own
    /// (`replication.policy.internal.topic.separator.enabled`, KIP-949).
    var internalSeparator: String { get }

    /// The name that a topic has where it was not copied to, any number of hops upstream (`originalTopic`).
    ///
    /// By default it follows ``upstreamTopic(of:)`` until there is none or the name stays the same; a policy whose names
    /// may go round in circles must replace it.
    ///
    /// - Returns: The topic itself if it is not remote.
    func originalTopic(of topic: String) -> String

    /// Whether copying `topic` to the cluster `targetAlias` would bring it back to where it has been
    /// (`MirrorSourceConnector.isCycle`).
    func isCycle(topic: String, targetAlias: String) -> Bool

    // MARK: Internal topics

    /// `mm2-offset-syncs.<alias>.internal`; the alias is that of the *other* cluster, not of the one that has the topic.
    func offsetSyncsTopic(otherAlias: String) -> String
    /// `<source>.checkpoints.internal`, on the target.
    func checkpointsTopic(sourceAlias: String) -> String
    /// `failover-captured.<source>.internal`, on the target: groups' positions on the source as `failover capture` saw
    /// them. Not a topic of MM2's.
    func capturedTopic(sourceAlias: String) -> String
    /// `heartbeats`, whatever the separator; its copies are remote topics.
    var heartbeatsTopic: String { get }

    /// Never copied by MM2: its own topics, Kafka's (`__...`), hidden ones (`.name`) and Connect's (`...-internal`,
    /// `....internal`). Heartbeats are not among them.
    func isInternal(_ topic: String) -> Bool
    func isOffsetSyncsTopic(_ topic: String) -> Bool
    func isCheckpointsTopic(_ topic: String) -> Bool
    /// Whether it is a heartbeats topic: a cluster's own or a copy, any number of hops away.
    func isHeartbeatsTopic(_ topic: String) -> Bool
}

extension ReplicationPolicy {
    public func originalTopic(of topic: String) -> String {
        var topic = topic
        while let upstream = upstreamTopic(of: topic), upstream != topic { topic = upstream }
        return topic
    }

    public func isCycle(topic: String, targetAlias: String) -> Bool {
        var topic = topic
        while let source = sourceAlias(ofRemoteTopic: topic) {
            if source == targetAlias { return true }
            guard let upstream = upstreamTopic(of: topic), upstream != topic else { return false }
            topic = upstream
        }
        return false
    }
}
