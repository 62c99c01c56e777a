public import KafkaClient

/// Where a mirror in the opposite direction has to begin with a partition, so that nothing is copied twice and nothing left out.
///
/// Something for a mirror that has not written a sync of this partition yet; afterwards its own syncs tell.
public struct ReverseStart: Hashable, Sendable {
    /// On the reverse flow's source.
    public var partition: TopicPartition
    /// The first offset to be copied.
    public var offset: Int64
    /// On the reverse flow's target.
    public var target: TopicPartition
    /// Its log end when the plan was made: copies that a mirror has already made of what lies at or above ``offset`` lie there
    /// or above.
    public var targetOffset: Int64
    /// The last copy below ``offset`` and its original, which must be equal.
    public var lastCopy: CopyPair?

    public init(partition: TopicPartition, offset: Int64, target: TopicPartition, targetOffset: Int64, lastCopy: CopyPair?) {
        self.partition = partition
        self.offset = offset
        self.target = target
        self.targetOffset = targetOffset
        self.lastCopy = lastCopy
    }
}

/// A record and its copy.
public struct CopyPair: Hashable, Sendable, Codable {
    public var original: Int64
    public var copy: Int64

    public init(original: Int64, copy: Int64) {
        self.original = original
        self.copy = copy
    }
}
