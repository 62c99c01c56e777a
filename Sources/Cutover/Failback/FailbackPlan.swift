public import KafkaClient
public import OffsetTranslate

/// The way home, as a plan: what the groups get, what a mirror in the opposite direction has to copy, and what the two clusters
/// don't have in common. Making one changes nothing.
///
/// In a failback the roles are swapped: groups stand on the flow's target, and their offsets are committed on its source.
public struct FailbackPlan: Sendable {
    /// For an ``Executor`` whose target is the cluster that the groups go home to. In each ``PlannedOffset``, `source` and
    /// `upstream` are where the group stands now, `target` and `current` are at home.
    public var groups: CutoverPlan
    public var partitions: [FailbackPartition]
    /// Where the reverse mirror has to keep its offset syncs, lest they mix with the flow's own.
    public var offsetSyncsLocation: OffsetSyncsLocation

    public init(groups: CutoverPlan, partitions: [FailbackPartition], offsetSyncsLocation: OffsetSyncsLocation) {
        self.groups = groups
        self.partitions = partitions
        self.offsetSyncsLocation = offsetSyncsLocation
    }

    /// For the reverse mirror: where it has to begin with each partition that it has not begun yet; and what the policy calls a cycle, which
    /// it takes only where it is told to, also when it goes on.
    public var starts: [ReverseStart] {
        partitions.compactMap {
            switch $0.reverse {
            case .start(let start): start
            case .begun(_, let cycle): cycle
            case .fromBeginning, .nothingWritten: nil
            }
        }
    }

    /// What the source has and the target never got.
    public var divergences: [Divergence] { partitions.compactMap(\.divergence).filter { $0.records > 0 } }
}

/// One partition on both clusters, on the way home.
public struct FailbackPartition: Sendable, Hashable {
    /// On the flow's target, where the groups stand.
    public var away: TopicPartition
    /// On the flow's source, where they go.
    public var home: TopicPartition
    public var awayLog: LogBounds
    /// `nil`: there is none yet.
    public var homeLog: LogBounds?
    public var origin: Origin
    public var fence: CopyFence
    /// `nil` where the source's log is not the one that was copied: what had never reached the target is lost with it.
    public var divergence: Divergence?
    public var reverse: Reverse
    /// What a person should know of it.
    public var warnings: [String] = []

    /// What the topic on the target is to the one at home.
    public enum Origin: String, Sendable, Hashable, Codable {
        /// A copy, and the source still has the log that was copied.
        case copy
        /// A copy of a log that the source does not have any more: its topic was re-created or is missing.
        case copyOfLostLog
        /// Not a copy: written on the target only.
        case local
    }

    /// What the reverse flow has to do, or has done.
    public enum Reverse: Sendable, Hashable {
        /// Begin right there.
        case start(ReverseStart)
        /// Begin with the log's first record, as every mirror does by itself.
        case fromBeginning
        /// It has begun; its first sync is of this offset. It finds its place by itself, where the policy calls it no cycle.
        case begun(first: Int64, cycle: ReverseStart? = nil)
        /// The replication policy calls it a cycle, and the target's own records have nowhere to go: nothing was written there.
        case nothingWritten
    }

    /// How many offsets of the target's log lie above the fence.
    public var written: Int64 { max(0, awayLog.end - fence.firstWritten) }
}

/// What is done about records that the source has and the target never got, where a group has passed the place in which it
/// would have read them.
public enum DivergenceHandling: String, Sendable, CaseIterable, Codable {
    /// Such a position is not planned.
    case undecided
    /// The group goes on behind them; they are exported and written anew, or given up.
    case passOver = "pass"
    /// The group goes on at the first of them, and reads again what it has read on the target since the cutover.
    case read
}
