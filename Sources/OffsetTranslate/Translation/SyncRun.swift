/// Syncs that follow each other with the same `upstream - downstream`, in 24 bytes.
///
/// Of two kinds. Where a strict mirror vouches that the difference did not change in between (``isMarked``), the run is all
/// there is to know: every offset in it is exact. Otherwise each sync is an *anchor* of its own, kept by its distance from
/// the first in the ``SyncLine``'s list; nothing is known of the offsets between two of them but what any two syncs say.
struct SyncRun: Hashable, Sendable {
    /// The upstream offset of the first sync.
    var first: Int64
    /// Of the sync at `first`.
    var downstream: Int64
    private var length: UInt32
    private var packed: UInt32

    /// The furthest that a run's last sync can be from its first; a longer one is split.
    static let longest = Int64(UInt32.max)
    /// How many anchors a line can number.
    static let mostAnchors = Int(Self.anchorBits)

    private static let chained: UInt32 = 1 << 31
    private static let marked: UInt32 = 1 << 30
    private static let anchorBits: UInt32 = (1 << 30) - 1

    /// - Parameter anchors: How many anchors the runs before it have.
    init(first: Int64, downstream: Int64, anchors: Int, isChained: Bool, isMarked: Bool) {
        self.first = first
        self.downstream = downstream
        length = 0
        packed = (UInt32(truncatingIfNeeded: anchors) & Self.anchorBits) | (isChained ? Self.chained : 0)
            | (isMarked ? Self.marked : 0)
    }

    /// The upstream offset of the last sync.
    var last: Int64 {
        get { first + Int64(length) }
        set { length = UInt32(truncatingIfNeeded: newValue - first) }
    }

    /// Whether a run can reach as far as `offset`.
    func canReach(_ offset: Int64) -> Bool { offset - first <= Self.longest }

    /// Its first sync names the last one of the run before as the one before it in the log.
    var isChained: Bool { packed & Self.chained != 0 }

    /// Its last sync carries a strict mirror's mark.
    var isMarked: Bool {
        get { packed & Self.marked != 0 }
        set { packed = newValue ? packed | Self.marked : packed & ~Self.marked }
    }

    /// The index of its first anchor in the line's list.
    var anchorStart: Int {
        get { Int(packed & Self.anchorBits) }
        set { packed = (packed & ~Self.anchorBits) | (UInt32(truncatingIfNeeded: newValue) & Self.anchorBits) }
    }

    var difference: Int64 { first - downstream }
    var lastDownstream: Int64 { downstream + Int64(length) }
}
