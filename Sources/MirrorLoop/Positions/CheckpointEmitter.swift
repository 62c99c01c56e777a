public import OffsetTranslate

/// What checkpoints are about, one after the other.
public struct GroupPartition: Hashable, Sendable {
    public var group: String
    /// Of the target.
    public var partition: TopicPartition

    public init(group: String, partition: TopicPartition) {
        self.group = group
        self.partition = partition
    }

    init(_ checkpoint: Checkpoint) { self.init(group: checkpoint.group, partition: checkpoint.topicPartition) }
}

/// Decides which checkpoints are due, by MM2's rules (`MirrorCheckpointTask.checkpointIsMoreRecent`): the first one;
/// when the group was rewound upstream; when the translated position moved forward. Never a downstream rewind otherwise.
struct CheckpointEmitter: Sendable {
    private var last: [GroupPartition: Checkpoint] = [:]

    struct Due: Sendable {
        var checkpoint: Checkpoint
        /// Rests on offset syncs alone: later readers may take it as exact.
        var isExact: Bool

        func record() throws(WireError) -> Record {
            Record(
                key: try checkpoint.encodedKey(), value: try checkpoint.encodedValue(),
                headers: isExact ? [Header(name: ExactCheckpointMarker.headerName, value: ExactCheckpointMarker.encoded())] : [])
        }
    }

    /// Where the checkpoints that are remembered lead, by group and target partition.
    var downstreamOffsets: [String: [TopicPartition: Int64]] {
        last.values.reduce(into: [:]) { $0[$1.group, default: [:]][$1.topicPartition] = $1.downstreamOffset }
    }

    mutating func remember(_ checkpoint: Checkpoint) {
        last[GroupPartition(checkpoint)] = checkpoint
    }

    /// - Parameter lastSync: The newest sync decided for the partition, written and acknowledged.
    func checkpoint(
        group: String, committed: CommittedOffset, target: TopicPartition, history: PartitionHistory,
        lastSync: SyncEmitter.Pair?
    ) -> Due? {
        Self.translate(committed.offset, history, lastSync).flatMap {
            checkpoint(group: group, committed: committed, target: target, $0)
        }
    }

    func checkpoint(group: String, committed: CommittedOffset, target: TopicPartition, _ position: Position) -> Due? {
        if let previous = last[GroupPartition(group: group, partition: target)],
            committed.offset >= previous.upstreamOffset, position.offset <= previous.downstreamOffset
        { return nil }
        return Due(
            checkpoint: Checkpoint(
                group: group, topicPartition: target, upstreamOffset: committed.offset, downstreamOffset: position.offset,
                metadata: committed.metadata),
            isExact: position.isExact)
    }

    /// A target offset below which nothing is that the group has not had yet.
    struct Position: Hashable, Sendable {
        var offset: Int64
        var isExact: Bool
    }

    static func translate(_ upstream: Int64, _ history: PartitionHistory, _ lastSync: SyncEmitter.Pair?) -> Position? {
        // Past the newest copy there is only the place right behind it: exact for the very next offset, and a safe lower
        // bound for a group that is ahead of the mirror.
        if let lastSync, upstream > lastSync.upstreamOffset {
            return Position(offset: lastSync.downstreamOffset + 1, isExact: upstream == lastSync.upstreamOffset + 1)
        }
        let translation = history.translate(upstream)
        return translation.position.map { Position(offset: $0, isExact: translation.kind == .exact) }
    }
}
