public import KafkaClient
public import OffsetTranslate

/// What a cutover does with one partition of one group.
public struct PlannedOffset: Sendable, Hashable {
    public var group: String
    /// On the source.
    public var source: TopicPartition
    /// On the target.
    public var target: TopicPartition
    /// The group's position on the source, and how it is known.
    public var upstream: CommittedOffset
    public var origin: Origin
    /// What the group has committed on the target so far.
    public var current: CommittedOffset?
    public var translation: Translation
    /// What MM2's own algorithm makes of the same syncs: `nil` where it has no position at all.
    public var stockPosition: Int64?
    public var action: Action

    public enum Origin: Sendable, Hashable {
        case sourceCommit
        /// Read from the checkpoints topic; written at that time, in milliseconds since the epoch.
        case checkpoint(writtenAt: Int64)
        /// Read from what `failover capture` wrote when it saw the position change on the source, at that time.
        case captured(writtenAt: Int64)
    }

    public enum Action: Sendable, Hashable {
        /// The group has no position there yet.
        case create
        case advance
        /// The group would read again what it has read on the target.
        case rewind
        /// It stands where it should already.
        case keep
        case skip(SkipReason)

        public var name: String {
            switch self {
            case .create: "create"
            case .advance: "advance"
            case .rewind: "rewind"
            case .keep: "keep"
            case .skip: "skip"
            }
        }
    }

    public enum SkipReason: Sendable, Hashable, CustomStringConvertible {
        case positionUnknown(String)
        case targetPartitionMissing
        case rewindNotAllowed
        /// The replication policy names the copies of several source partitions alike.
        case severalSources([TopicPartition])

        public var description: String {
            switch self {
            case .positionUnknown(let why): why
            case .targetPartitionMissing: "the target has no such partition"
            case .rewindNotAllowed: "the target's commit is ahead; --allow-rewind would move it back"
            case .severalSources(let sources):
                "copies of \(sources.map(\.description).joined(separator: " and ")) have the same name"
            }
        }
    }

    /// What is to be committed; `nil` where nothing is.
    public var commit: CommittedOffset? {
        switch action {
        case .create, .advance, .rewind:
            translation.position.map { CommittedOffset(offset: $0, metadata: upstream.metadata) }
        case .keep, .skip: nil
        }
    }
}
