internal import KafkaClient

/// What a stretch of a checkpoints topic amounts to, group by group.
///
/// Folded checkpoint by checkpoint in the order of the log, in constant memory for each group and partition.
public struct CheckpointStatistics: Hashable, Sendable {
    public private(set) var groups: [String: Group] = [:]

    public init() {}

    public mutating func insert(_ checkpoint: Located<Checkpoint>) {
        groups[checkpoint.entry.group, default: Group()].insert(checkpoint)
    }

    public struct Group: Hashable, Sendable {
        public private(set) var checkpoints = 0
        /// Those that our own mirror vouches for.
        public private(set) var exactCheckpoints = 0
        /// How often a partition's downstream offset fell.
        public private(set) var rewinds = 0
        /// When they were written.
        public private(set) var times = TimeSpan()

        private var newest: [TopicPartition: Int64] = [:]

        /// How many target partitions they are of.
        public var partitions: Int { newest.count }

        fileprivate mutating func insert(_ checkpoint: Located<Checkpoint>) {
            checkpoints += 1
            exactCheckpoints += ExactCheckpointMarker.isPresent(checkpoint.marker) ? 1 : 0
            times.insert(checkpoint.timestamp)
            let before = newest.updateValue(checkpoint.entry.downstreamOffset, forKey: checkpoint.entry.topicPartition)
            if let before, checkpoint.entry.downstreamOffset < before { rewinds += 1 }
        }
    }
}
