/// MM2's default: the copy of `orders` from the cluster `A` is `A.orders`
/// (`org.apache.kafka.connect.mirror.DefaultReplicationPolicy`, KIP-382).
///
/// Every local topic that has the separator in its name looks remote, as it does to stock: `team.orders` seems to come
/// from a cluster `team`.
public struct DefaultReplicationPolicy: ReplicationPolicy, Hashable {
    /// `replication.policy.separator`; may have more than one character.
    public let separator: String
    public let internalSeparator: String

    /// - Parameters:
    ///   - separator: `replication.policy.separator`.
    ///   - internalTopicSeparatorEnabled: `replication.policy.internal.topic.separator.enabled` (KIP-949): whether internal
    ///     topics have the separator in their names too, instead of ".".
    public init(separator: String = ".", internalTopicSeparatorEnabled: Bool = true) {
        self.separator = separator
        internalSeparator = internalTopicSeparatorEnabled ? separator : "."
    }

    public func remoteTopic(_ topic: String, from sourceAlias: String) -> String { sourceAlias + separator + topic }

    public func sourceAlias(ofRemoteTopic topic: String) -> String? {
        split(topic).map { String($0.source) }
    }

    public func upstreamTopic(of topic: String) -> String? {
        split(topic).map { String($0.upstream) }
    }

    /// Stock takes the first part of Java's `split`, which drops empty parts at the end: a name with nothing but
    /// separators after its first part is not remote, while one that starts with a separator comes from the cluster "".
    private func split(_ topic: String) -> (source: Substring, upstream: Substring)? {
        // By bytes: a plan asks this of each position, and comparing characters takes four times as long.
        let mark = separator.utf8
        guard let first = mark.first else {
            // Java splits between characters then.
            return topic.count < 2 ? nil : (topic.prefix(1), topic.dropFirst())
        }
        var rest = topic[...].utf8
        while let start = rest.firstIndex(of: first) {
            rest = rest[start...]
            guard rest.starts(with: mark) else {
                rest = rest.dropFirst()
                continue
            }
            let upstream = rest.dropFirst(mark.count)
            rest = upstream
            while rest.starts(with: mark) { rest = rest.dropFirst(mark.count) }
            return rest.isEmpty ? nil : (topic[..<start], Substring(upstream))
        }
        return nil
    }
}
