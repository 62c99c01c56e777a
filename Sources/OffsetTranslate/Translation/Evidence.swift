public import KafkaClient

/// What a translation rests on.
public struct Evidence: Hashable, Sendable, Codable {
    /// The rule that gave the lower bound.
    public enum Rule: String, Hashable, Sendable, Codable, CaseIterable {
        /// Nothing applied: the translation is unknown.
        case none
        /// The offset is a sync's own.
        case onSync
        /// A strict mirror vouches that `upstream - downstream` did not change in between.
        case strictInterval
        /// Between two syncs, nothing assumed.
        case interval
        /// Between two syncs, the target taken to be dense.
        case denseInterval
        /// Between a sync and copies that a restart of the mirror has overruled.
        case overruledInterval
        /// Before the first sync.
        case beforeFirst
        /// After the last sync.
        case afterLast
        /// Copies made before the mirror went back, which it has not yet made again.
        case earlierCopies
        /// The extent of the target's log is all that still holds.
        case targetLog
        /// On the way back, the extent of the source's log is all that still holds.
        case sourceLog
        /// Records were compared; syncs, or timestamps, only narrowed the search.
        case records
        /// The target's records were counted, and no two are equal: each offset is a mirrored record, copied once, unless
        /// somebody else writes there.
        case targetRecords
        /// Timestamps were compared.
        case timestamps
    }

    public var rule: Rule
    /// The sync at or below the offset.
    public var below: SyncPoint?
    /// The sync above the offset.
    public var above: SyncPoint?
    /// The extent of the target partition's log that the bounds were held against; on the way back, the source's.
    public var target: LogBounds?
    public var assumption: Assumption

    public init(
        rule: Rule, below: SyncPoint? = nil, above: SyncPoint? = nil, target: LogBounds? = nil,
        assumption: Assumption = .nothing
    ) {
        self.rule = rule
        self.below = below
        self.above = above
        self.target = target
        self.assumption = assumption
    }
}
