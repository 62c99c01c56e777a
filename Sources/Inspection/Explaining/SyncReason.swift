/// Why a partition of a group is in step with the target, or is not: one reason each, from a closed list.
///
/// Where several hold, the one that has to be seen to first is given: the declarations are in that order, the good ends last.
/// ``name`` is stable.
public enum SyncReason: Hashable, Sendable {
    // MARK: Not this flow's business
    /// `__consumer_offsets`, MM2's own topics and the like are never copied (`ReplicationPolicy.isInternalTopic`).
    case topicInternal
    /// The topic is itself a copy of one of the target's (`MirrorSourceConnector.isCycle`).
    case topicFromTarget
    /// `topics` leaves it out, or `topics.exclude` names it.
    case topicExcluded
    /// The group reads the topic and has no commit on the source for this partition.
    case neverCommitted
    /// It has a checkpoint, and no commit on the source any more.
    case commitGone
    /// `groups` leaves it out, or `groups.exclude` names it.
    case groupExcluded

    // MARK: The copy
    /// The copy, or this partition of it, is not there.
    case copyMissing
    /// The policy names the copies of several source partitions alike.
    case severalSources
    /// The group's commit lies beyond the source's log end: the topic was re-created or truncated under it.
    case sourceRecreated(logEnd: Int64)
    /// The target's copy was re-created or truncated: offset syncs from before are void.
    case targetRecreated
    /// Retention has deleted on the source what the group wants next.
    case expiredOnSource(lost: Int64)
    /// Retention has deleted on the target what the group wants next.
    case expiredOnTarget(lost: Int64)
    /// No offset sync of the partition is known.
    case noSyncs
    /// The group's position lies before the first offset sync.
    case beforeFirstSync(upstreamOffset: Int64)
    /// The mirror has not yet copied what the group has read already.
    case aheadOfMirror(by: Int64)

    // MARK: The group on the target
    /// The group has members there: nothing is committed for it from outside.
    case targetGroupActive
    /// The group's commit on the target is ahead of its translated position.
    case targetAhead(by: Int64)

    // MARK: The checkpoint
    /// What would be gone by if the source died is ahead of the group: it was reset on the source, or the copy is another log since, or the
    /// mirror went back and has yet to come again to where it had been.
    case checkpointAhead(by: Int64)
    /// MM2's store no longer reaches back to the group's position: it writes no checkpoint (`OffsetSyncStore`).
    case syncsForgotten
    /// What would be written is behind the last checkpoint: it is left out (`MirrorCheckpointTask.checkpointIsMoreRecent`).
    case checkpointWouldRewind(downstreamOffset: Int64)
    /// There is no checkpoint of it yet.
    case noCheckpoint
    /// Its last checkpoint is of an older position, and no checkpoint has been written for some time.
    case checkpointsStopped(milliseconds: Int64)

    // MARK: In step
    /// The source can't be asked: in step with what was last known of it.
    case sourceLost(maxReplay: Int64?)
    /// If the source died now, the group would read so many records again, at the most.
    case syncedWithin(records: Int64)
    /// If the source died now, the group would go on exactly where it has to.
    case syncedExactly
}

extension SyncReason {
    /// What it is to somebody who watches.
    public enum Severity: String, Sendable, Hashable, Codable, CaseIterable, Comparable {
        case good
        /// Meant to be so, or passes by itself.
        case notice
        /// Somebody has to do something, or know it before a failover.
        case problem

        public static func < (a: Self, b: Self) -> Bool { a.rank < b.rank }
        /// 0 for the best.
        public var rank: Int64 {
            switch self {
            case .good: 0
            case .notice: 1
            case .problem: 2
            }
        }
    }

    public var severity: Severity {
        switch self {
        case .syncedExactly, .syncedWithin: .good
        case .topicInternal, .topicFromTarget, .topicExcluded, .neverCommitted, .groupExcluded, .noCheckpoint, .sourceLost: .notice
        case .commitGone, .copyMissing, .severalSources, .sourceRecreated, .targetRecreated, .expiredOnSource, .expiredOnTarget, .noSyncs,
            .beforeFirstSync, .aheadOfMirror, .targetGroupActive, .targetAhead, .checkpointAhead, .syncsForgotten, .checkpointWouldRewind,
            .checkpointsStopped: .problem
        }
    }

    /// All names, in the order in which things have to be seen to.
    public static let names = [
        "topicInternal", "topicFromTarget", "topicExcluded", "neverCommitted", "commitGone", "groupExcluded",
        "copyMissing", "severalSources", "sourceRecreated", "targetRecreated", "expiredOnSource", "expiredOnTarget",
        "noSyncs", "beforeFirstSync", "aheadOfMirror", "targetGroupActive", "targetAhead", "checkpointAhead",
        "syncsForgotten", "checkpointWouldRewind", "noCheckpoint", "checkpointsStopped", "sourceLost", "syncedWithin",
        "syncedExactly",
    ]

    /// Its place in the order of the declarations: the smaller, the sooner it has to be seen to.
    var place: Int { Self.names.firstIndex(of: name) ?? Self.names.count }

    /// The stable name, such as `syncedExactly`; ``names`` has all.
    public var name: String {
        switch self {
        case .topicInternal: "topicInternal"
        case .topicFromTarget: "topicFromTarget"
        case .topicExcluded: "topicExcluded"
        case .neverCommitted: "neverCommitted"
        case .commitGone: "commitGone"
        case .groupExcluded: "groupExcluded"
        case .copyMissing: "copyMissing"
        case .severalSources: "severalSources"
        case .sourceRecreated: "sourceRecreated"
        case .targetRecreated: "targetRecreated"
        case .expiredOnSource: "expiredOnSource"
        case .expiredOnTarget: "expiredOnTarget"
        case .noSyncs: "noSyncs"
        case .beforeFirstSync: "beforeFirstSync"
        case .aheadOfMirror: "aheadOfMirror"
        case .targetGroupActive: "targetGroupActive"
        case .targetAhead: "targetAhead"
        case .checkpointAhead: "checkpointAhead"
        case .syncsForgotten: "syncsForgotten"
        case .checkpointWouldRewind: "checkpointWouldRewind"
        case .noCheckpoint: "noCheckpoint"
        case .checkpointsStopped: "checkpointsStopped"
        case .sourceLost: "sourceLost"
        case .syncedWithin: "syncedWithin"
        case .syncedExactly: "syncedExactly"
        }
    }
}
