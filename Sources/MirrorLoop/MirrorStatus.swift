public import OffsetTranslate

/// How far a mirror has come.
public struct MirrorStatus: Sendable {
    /// The next upstream offset of each source partition, as far as acknowledged by the target.
    public var positions: [TopicPartition: Int64]
    public var records: Int
    /// Bytes of keys and values.
    public var bytes: Int
    public var checkpoints: Int
    public var heartbeats: Int
    /// Groups with at least one checkpoint from this mirror.
    public var groups: Int
}

/// What a mirror tells its operator.
public enum MirrorEvent: Sendable, CustomStringConvertible {
    case topicCreated(String, cluster: String)
    case partitionStarted(TopicPartition, target: TopicPartition, from: Int64, recovered: Int)
    /// The source deleted records before they were mirrored.
    case recordsGone(TopicPartition, from: Int64, to: Int64)
    case warning(String)

    public var description: String {
        switch self {
        case .topicCreated(let topic, let cluster): "created topic '\(topic)' on '\(cluster)'"
        case .partitionStarted(let source, let target, let from, let recovered):
            "mirroring \(source) -> \(target) from source offset \(from)"
                + (recovered > 0 ? " (\(recovered) copies past the last sync recognised)" : "")
        case .recordsGone(let partition, let from, let to):
            "WARNING: source records \(partition)@\(from)..<\(to) were deleted by retention before they were mirrored"
        case .warning(let text): "WARNING: \(text)"
        }
    }
}
