public import KafkaClient

extension TranslationMap {
    /// Takes in an offset sync as it was read, with our own mirror's mark where it has one.
    public mutating func append(_ sync: Located<OffsetSync>) {
        append(sync.entry, marker: sync.strictMarker, timestamp: sync.timestamp)
    }
}

/// The newest checkpoint of each group and target partition.
public struct CheckpointTable: Sendable {
    public private(set) var groups: [String: [TopicPartition: Located<Checkpoint>]] = [:]

    public init() {}

    public mutating func insert(_ checkpoint: Located<Checkpoint>) {
        groups[checkpoint.entry.group, default: [:]][checkpoint.entry.topicPartition] = checkpoint
    }
}
