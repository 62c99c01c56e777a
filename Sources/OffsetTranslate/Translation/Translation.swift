/// Where a committed source offset lies on the target: the position to commit, how sure it is, and why.
///
/// For a source offset `s`, the next record its group wants, `f(s)` is the smallest target offset at which the *latest*
/// copy of a record at or after `s` lies, or the target's log end when there is none. It is the highest position that
/// skips no record; every offset below it is read again. `position <= f(s)` always; see ``PartitionHistory`` for what
/// that rests on.
public struct Translation: Hashable, Sendable {
    public enum Kind: Hashable, Sendable {
        /// The syncs (and the target's log) leave one position only.
        case exact
        /// Records were compared and one position was left.
        case exactByProof
        /// Somewhere in `low ... high`.
        case bounded
        /// From timestamps; no bound is proven.
        case estimate
        case unknown(Reason)
    }

    /// What to commit: the lower bound, held inside the target's log. `nil` when unknown.
    public var position: Int64?
    public var kind: Kind
    /// `f(s)` is not below this.
    public var low: Int64?
    /// `f(s)` is not above this; `nil` when nothing bounds it.
    public var high: Int64?
    public var evidence: Evidence
    public var warnings: [Warning]

    public init(
        position: Int64?, kind: Kind, low: Int64? = nil, high: Int64? = nil, evidence: Evidence, warnings: [Warning] = []
    ) {
        self.position = position
        self.kind = kind
        self.low = low
        self.high = high
        self.evidence = evidence
        self.warnings = warnings
    }

    /// The most records that a group which commits ``position`` can read again; `nil` when nothing bounds it.
    public var maxReplay: Int64? {
        guard let position, let high else { return nil }
        return max(0, high - position)
    }

    /// Whether the position is the right one, not just a safe one.
    public var isExact: Bool { kind == .exact || kind == .exactByProof }

    /// Why there is no position.
    public var reason: Reason? {
        if case .unknown(let reason) = kind { reason } else { nil }
    }
}
