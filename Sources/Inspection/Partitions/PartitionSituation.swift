public import KafkaClient
public import OffsetTranslate

/// One partition that a flow copies: how far the copy has come.
public struct PartitionSituation: Sendable, Hashable {
    public var source: TopicPartition
    public var target: TopicPartition
    /// `nil` where the partition, or its cluster, is not there.
    public var sourceLog: LogBounds?
    public var targetLog: LogBounds?
    /// The newest offset sync.
    public var lastSync: SyncPoint?
    /// How far the copy is behind; `nil` where it can't be told.
    public var lag: Lag?

    public struct Lag: Sendable, Hashable {
        /// Offsets of the source that are not copied yet. Counted from the newest offset sync on, as if no offset between had been
        /// left out and nothing else lay in the copy: never too low for a strict mirror. A foreign one leaves some out without a sync, which
        /// makes it too high, and its transactions' markers, other writers, or records that it copied twice make it too low.
        public var offsets: Int64
        /// How long ago the oldest record among them was written, by its timestamp; zero where there is none.
        public var age: Duration?

        public init(offsets: Int64, age: Duration? = nil) {
            self.offsets = offsets
            self.age = age
        }
    }

    public init(source: TopicPartition, target: TopicPartition) {
        self.source = source
        self.target = target
    }
}

/// The flow's sign of life on the target.
public struct HeartbeatSituation: Sendable, Hashable {
    /// When this flow last beat, by its own clock, in milliseconds since the epoch; `nil` where it never did.
    public var newest: Int64?
    /// The beats of the opposite flow that came over with the records: when the newest of them was written on the source. It shows
    /// that records cross; `nil` where none are mirrored.
    public var newestMirrored: Int64?

    public init(newest: Int64? = nil, newestMirrored: Int64? = nil) {
        self.newest = newest
        self.newestMirrored = newestMirrored
    }
}
