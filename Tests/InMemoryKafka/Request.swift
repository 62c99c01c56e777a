public import KafkaClient

/// A request that an in-memory cluster got.
public struct Request: Hashable, Sendable, CustomStringConvertible {
    public enum Kind: String, CaseIterable, Sendable {
        case clusterID, topics, logBounds, offsetsAtTimestamps, scan
        case createTopics, createPartitions, topicSettings, alterTopicSettings
        case groups, group, groupsNamed, committedOffsets, commit, deleteOffsets
        case acls, createACLs, deleteACLs, tryAccess
    }

    /// Counted from 1, over all kinds.
    public var number: Int
    public var kind: Kind
    public var group: String?
    public var partitions: [TopicPartition]

    public var description: String { "#\(number) \(kind.rawValue)\(group.map { " of '\($0)'" } ?? "")" }
}
