public import Cutover
public import KafkaClient
public import OffsetTranslate

/// One partition of one group: where it stands on the source, where that is on the target, and what would be left of it if the
/// source died now.
public struct PositionSituation: Sendable, Hashable {
    public var group: String
    /// On the source.
    public var source: TopicPartition
    /// Its copy on the target.
    public var target: TopicPartition
    /// The group's position on the source, and how it is known; `nil` where it has none.
    public var upstream: CommittedOffset?
    public var origin: PlannedOffset.Origin?
    /// Offsets between the group's commit and the source's log end; `nil` where the source can't be asked.
    public var lag: Int64?
    /// The source's log, where it can be asked.
    public var sourceLog: LogBounds?
    /// Where the position is on the target; `nil` where there is nothing to translate.
    public var translation: Translation?
    /// What MM2's own algorithm makes of the same offset syncs; `nil` where it has no position.
    public var stockPosition: Int64?
    /// What the group has committed on the target.
    public var current: CommittedOffset?
    /// The newest one.
    public var checkpoint: Checkpointed?
    /// The policy names the copies of several source partitions alike.
    public var isAmbiguous = false
    public var ifLost = IfLost()
    public var reason = SyncReason.neverCommitted

    public struct Checkpointed: Sendable, Hashable {
        public var upstreamOffset: Int64
        public var downstreamOffset: Int64
        /// Milliseconds since the epoch.
        public var writtenAt: Int64
    }

    /// What a failover would go by if the source died at this moment.
    public struct IfLost: Sendable, Hashable {
        /// `nil`: the group's consumers would start by their `auto.offset.reset`.
        public var position: Int64?
        public var origin: PlannedOffset.Origin?
        /// Records read again at the most, from where the group stands now; `nil` without a position or a bound.
        public var maxReplay: Int64?
        /// Records that the group wants next and would not be given, at the most: what is left on the target is ahead of it.
        public var maxSkipped: Int64 = 0

        public init(position: Int64? = nil, origin: PlannedOffset.Origin? = nil, maxReplay: Int64? = nil) {
            self.position = position
            self.origin = origin
            self.maxReplay = maxReplay
        }
    }

    public init(group: String, source: TopicPartition, target: TopicPartition) {
        self.group = group
        self.source = source
        self.target = target
    }

    /// From the translated position to the group's commit on the target: negative where that is behind.
    public var distance: Int64? {
        guard let current, let position = translation?.position else { return nil }
        let (distance, overflow) = current.offset.subtractingReportingOverflow(position)
        return overflow ? nil : distance
    }

    /// Its reasons have to be looked at before a failover.
    public var isProblem: Bool { reason.severity == .problem }

    /// What a failover is about: the group has a position, on one side or the other, of a topic that is mirrored.
    public var isPosition: Bool {
        switch reason {
        case .topicInternal, .topicFromTarget, .topicExcluded: false
        default: upstream != nil || checkpoint != nil
        }
    }
}
