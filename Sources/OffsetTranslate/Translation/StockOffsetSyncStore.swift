public import KafkaClient

/// The offset translation of stock MirrorMaker 2, answer for answer.
///
/// A port of the rules of `org.apache.kafka.connect.mirror.OffsetSyncStore` (KIP-382, with KAFKA-12468, KAFKA-14666
/// and KAFKA-15905): 64 slots for each partition, dense near the newest sync and exponentially sparser
/// towards older ones. It is here to say what a stock deployment answers, and by how much better answers differ.
///
/// It promises never to skip a record that was copied, if the syncs are true and arrive in the order of their topic.
/// It is not exact: a position between two surviving syncs translates to the offset after the older one.
public struct StockOffsetSyncStore: Sendable {
    /// What the store says about one upstream position.
    public enum Answer: Hashable, Sendable {
        /// Nothing: the syncs topic is not read to its end yet, or it holds no sync of this partition.
        case none
        /// The position is before the earliest sync that survived. Stock answers -1 and writes no checkpoint.
        case beforeEarliest
        /// The downstream offset at which to go on reading.
        case offset(Int64)
    }

    private let mustReadToEnd: Bool
    private var hasReadToEnd = false
    private var index = PartitionIndex()
    private var slots: [StockSyncSlots] = []

    /// An empty store at start-up.
    ///
    /// - Parameter mustReadToEnd: Forget all but the newest sync of each partition that was there at start-up. Stock
    ///   does so if it could *not* load the checkpoints it wrote before, lest it take one back (KAFKA-15905).
    public init(mustReadToEnd: Bool = false) { self.mustReadToEnd = mustReadToEnd }

    /// Takes in the next sync of a source partition, in the order of the syncs topic.
    ///
    /// An `upstreamOffset` lower than the one before it means that the topic was re-created or read again: all earlier
    /// syncs of the partition are forgotten.
    public mutating func append(_ partition: TopicPartition, upstreamOffset: Int64, downstreamOffset: Int64) {
        let sync = StockSyncSlots.Sync(upstreamOffset: upstreamOffset, downstreamOffset: downstreamOffset)
        append(sync, at: index.insert(partition))
    }

    /// Takes in a sync whose topic is still bytes; a new one's must be UTF-8.
    mutating func append(_ raw: RawOffsetSync) throws(WireError) {
        let sync = StockSyncSlots.Sync(upstreamOffset: raw.upstreamOffset, downstreamOffset: raw.downstreamOffset)
        if let known = index.number(topic: raw.topic, partition: raw.partition) { return append(sync, at: known) }
        append(sync, at: index.insert(try raw.topicPartition()))
    }

    private mutating func append(_ sync: StockSyncSlots.Sync, at number: Int) {
        if number == slots.count {
            slots.append(StockSyncSlots(sync))
        } else if !hasReadToEnd && mustReadToEnd {
            slots[number] = StockSyncSlots(sync)
        } else {
            slots[number].insert(sync)
        }
    }

    /// The slots of all partitions, for a snapshot.
    var contents: [(TopicPartition, StockSyncSlots)] { slots.enumerated().map { (index[$0], $1) } }

    /// Puts slots in the place of what is known of a partition.
    mutating func set(_ partition: TopicPartition, _ restored: StockSyncSlots) {
        let number = index.insert(partition)
        if number == slots.count { slots.append(restored) } else { slots[number] = restored }
    }

    /// Ends start-up: what is appended from here on is live, and positions get answers.
    public mutating func finishReadingToEnd() { hasReadToEnd = true }

    /// Where a group that wants `upstreamOffset` next has to go on reading downstream, as stock answers it.
    ///
    /// - Parameter partition: The source's, as in ``append(_:upstreamOffset:downstreamOffset:)``.
    public func translate(_ partition: TopicPartition, _ upstreamOffset: Int64) -> Answer {
        guard hasReadToEnd, let number = index.number(of: partition) else { return .none }
        guard let sync = slots[number].newest(notAfter: upstreamOffset) else { return .beforeEarliest }
        // Of the records after the sync it is not known which were copied, only that the copies come after its own.
        // Wraps like Java's addition: a sync with the last offset there is must not bring the reader down.
        return .offset(sync.upstreamOffset == upstreamOffset ? sync.downstreamOffset : sync.downstreamOffset &+ 1)
    }

    /// The distinct syncs that a source partition still has, newest first; empty if there are none.
    public func survivingSyncs(of partition: TopicPartition) -> [OffsetSync] {
        (index.number(of: partition).map { slots[$0].distinct } ?? []).map {
            OffsetSync(
                topicPartition: partition, upstreamOffset: $0.upstreamOffset, downstreamOffset: $0.downstreamOffset)
        }
    }
}
