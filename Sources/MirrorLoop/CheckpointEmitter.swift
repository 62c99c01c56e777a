import OffsetTranslate

/// Decides which checkpoints are due, by MM2's rules (`MirrorCheckpointTask.checkpointIsMoreRecent`): the first one;
/// when the group was rewound upstream; when the translated position moved forward. Never a downstream rewind otherwise.
struct CheckpointEmitter: Sendable {
    private struct Key: Hashable, Sendable {
        var group: String
        var partition: TopicPartition
    }
    private var last: [Key: Checkpoint] = [:]

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

    mutating func remember(_ checkpoint: Checkpoint) {
        last[Key(group: checkpoint.group, partition: checkpoint.topicPartition)] = checkpoint
    }

    /// - Parameter lastSync: The newest sync decided for the partition, written and acknowledged.
    func checkpoint(
        group: String, committed: CommittedOffset, target: TopicPartition, history: PartitionHistory,
        lastSync: SyncEmitter.Pair?
    ) -> Due? {
        guard let (downstream, isExact) = Self.translate(committed.offset, history, lastSync) else { return nil }
        if let previous = last[Key(group: group, partition: target)],
            committed.offset >= previous.upstreamOffset, downstream <= previous.downstreamOffset
        { return nil }
        return Due(
            checkpoint: Checkpoint(
                group: group, topicPartition: target, upstreamOffset: committed.offset, downstreamOffset: downstream,
                metadata: committed.metadata),
            isExact: isExact)
    }

    private static func translate(
        _ upstream: Int64, _ history: PartitionHistory, _ lastSync: SyncEmitter.Pair?
    ) -> (Int64, isExact: Bool)? {
        // Past the newest copy there is only the place right behind it: exact for the very next offset, and a safe lower
        // bound for a group that is ahead of the mirror.
        if let lastSync, upstream > lastSync.upstreamOffset { return (lastSync.downstreamOffset + 1, upstream == lastSync.upstreamOffset + 1) }
        let translation = history.translate(upstream)
        guard let position = translation.position else { return nil }
        return (position, translation.kind == .exact)
    }
}
