public import KafkaClient

/// The histories of all partitions of a flow, by *source* partition.
public struct TranslationMap: Sendable {
    private var histories: [TopicPartition: PartitionHistory] = [:]

    public init() {}

    /// Adds the next sync of the log.
    public mutating func append(
        _ sync: OffsetSync, marker: StrictMarker? = nil, timestamp: Int64 = -1, logOffset: Int64 = -1
    ) {
        histories[sync.topicPartition, default: PartitionHistory()].append(
            upstreamOffset: sync.upstreamOffset, downstreamOffset: sync.downstreamOffset, marker: marker,
            timestamp: timestamp, logOffset: logOffset)
    }

    public subscript(partition: TopicPartition) -> PartitionHistory? { histories[partition] }

    /// Those with a sync, in order.
    public var partitions: [TopicPartition] { histories.keys.sorted() }

    /// Translates a committed offset of a source partition; see ``PartitionHistory/translate(_:assuming:target:)``.
    public func translate(
        _ upstreamOffset: Int64, of partition: TopicPartition, assuming assumption: Assumption = .nothing,
        target: LogBounds? = nil
    ) -> Translation {
        (histories[partition] ?? PartitionHistory()).translate(upstreamOffset, assuming: assumption, target: target)
    }

    /// See ``PartitionHistory/disregardEarlierCopies()``.
    public mutating func disregardEarlierCopies(of partition: TopicPartition) {
        histories[partition]?.disregardEarlierCopies()
    }

    /// See ``PartitionHistory/targetWasReplaced()``.
    public mutating func targetWasReplaced(for partition: TopicPartition) {
        histories[partition]?.targetWasReplaced()
    }
}
