public import KafkaClient

/// Where a group that wants source offset `s` next has to go on in the target, how sure that is, and why.
///
/// The right position `f(s)` is the offset of the first copy of a record at or above `s` (the latest copy, where a record
/// was copied twice), or the target's log end where there is none. Above it records would be skipped; each mirrored record
/// between a position and `f(s)` is read again.
public struct Translation: Hashable, Sendable {
    public enum Kind: Hashable, Sendable {
        /// No mirrored record lies between ``Translation/position`` and `f(s)`.
        case exact
        /// Exact, shown by reading records.
        case exactByProof
        /// `f(s)` is one of ``Translation/low`` ... ``Translation/high``.
        case bounded
        /// From timestamps: likely, not proven.
        case estimate
        case unknown(Reason)
    }

    /// Why there is no position.
    public enum Reason: Hashable, Sendable, CustomStringConvertible {
        case noSyncs
        /// The position lies before the first sync, and the target's log start is not known.
        case beforeFirstSync
        /// The target's log ends before what the syncs point at: it was truncated or re-created, and what the syncs say
        /// can't be relied on.
        case targetShorterThanSyncs(logEnd: Int64, newestSync: Int64)

        public var description: String {
            switch self {
            case .noSyncs: "no offset sync and no checkpoint of this partition"
            case .beforeFirstSync: "before the first offset sync, and the target's log start is not known"
            case .targetShorterThanSyncs(let end, let newest):
                "the target's log ends at \(end), but its newest offset sync points at \(newest): truncated or re-created"
            }
        }
    }

    public enum Warning: Hashable, Sendable, CustomStringConvertible {
        /// Retention on the target has deleted what the group wants next: up to that many records are lost to it.
        case expiredOnTarget(atMost: Int64)
        /// An earlier part of the history was void, because the target was truncated or re-created.
        case targetWasRecreated

        public var description: String {
            switch self {
            case .expiredOnTarget(let count): "deleted on the target by retention: up to \(count) records are lost to this group"
            case .targetWasRecreated: "the target topic was truncated or re-created since the mirror began; only what came after counts"
            }
        }
    }

    /// What to commit: never above `f(s)`, never outside the target's log. `nil` when unknown.
    public var position: Int64?
    public var kind: Kind
    /// Bounds of `f(s)`; `high` is `nil` where the target's log end is not known and nothing else bounds it.
    public var low: Int64?
    public var high: Int64?
    /// Records read again at the most; `nil` without an upper bound.
    public var maxReplay: Int64?
    public var evidence: Evidence
    public var warnings: [Warning]

    /// The syncs that an answer rests on.
    public struct Evidence: Hashable, Sendable {
        /// The nearest sync at or below `s`, and the one above it.
        public var below: StrictMarker.Pair?
        public var above: StrictMarker.Pair?
        /// Our own mirror vouches for what lies between them.
        public var isStrict = false
        /// When the newest sync of the partition was written, in milliseconds since the epoch; -1 if not known.
        public var newestSyncAt: Int64 = -1
        public var targetLog: LogBounds?

        public init() {}
    }

    /// An answer between bounds, clamped to the target's log; exact where they meet or where `isExact` says so.
    init(low: Int64, high: Int64?, isExact: Bool = false, evidence: Evidence, warnings: [Warning] = []) {
        let log = evidence.targetLog
        let position = max(low, log?.start ?? low)
        self.low = low
        self.high = high
        self.evidence = evidence
        self.warnings = warnings
        self.position = position
        kind = isExact || low == high ? .exact : .bounded
        maxReplay = isExact ? 0 : high.map { max(0, $0 - position) }
        if position > low { self.warnings.append(.expiredOnTarget(atMost: position - low)) }
    }

    init(unknown reason: Reason, evidence: Evidence) {
        position = nil
        kind = .unknown(reason)
        (low, high, maxReplay) = (nil, nil, nil)
        self.evidence = evidence
        warnings = []
    }
}
