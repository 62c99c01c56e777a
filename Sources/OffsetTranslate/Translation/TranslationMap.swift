public import KafkaClient

/// The translation of every partition of a flow, built from its offset syncs in log order.
public struct TranslationMap: Sendable {
    private var histories: [TopicPartition: PartitionHistory] = [:]

    public init() {}

    /// Takes in the next sync of the log.
    public mutating func append(_ sync: OffsetSync, marker: StrictMarker? = nil, timestamp: Int64 = -1, logOffset: Int64 = -1) {
        histories[sync.topicPartition, default: PartitionHistory()].append(
            upstreamOffset: sync.upstreamOffset, downstreamOffset: sync.downstreamOffset, marker: marker,
            timestamp: timestamp, logOffset: logOffset)
    }

    /// The history of a source partition.
    public subscript(partition: TopicPartition) -> PartitionHistory? { histories[partition] }

    /// All source partitions with at least one sync, in order.
    public var partitions: [TopicPartition] { histories.keys.sorted() }

    /// See ``PartitionHistory/translate(_:assuming:target:)``.
    public func translate(
        _ upstreamOffset: Int64, of partition: TopicPartition, assuming assumption: Assumption = .nothing,
        target: LogBounds? = nil
    ) -> Translation {
        (histories[partition] ?? PartitionHistory()).translate(upstreamOffset, assuming: assumption, target: target)
    }
}
