/// One or more syncs with the same `upstream - downstream`, every record between them copied at that distance.
///
/// A sync that no strict mirror vouches for is a run of its own: `first == last`.
struct SyncRun: Hashable, Sendable {
    var first: Int64
    var last: Int64
    /// Of `first`.
    var downstream: Int64
    /// Of the sync at `last`.
    var timestamp: Int64
    /// Of the sync at `last`.
    var logOffset: Int64
    /// Its first sync names the last one of the run before as the one before it in the log.
    var isChained: Bool
    /// Its last sync carries a strict mirror's mark.
    var isMarked: Bool

    init(_ point: SyncPoint, isChained: Bool, isMarked: Bool) {
        first = point.upstreamOffset
        last = point.upstreamOffset
        downstream = point.downstreamOffset
        timestamp = point.timestamp
        logOffset = point.logOffset
        self.isChained = isChained
        self.isMarked = isMarked
    }

    var lastDownstream: Int64 { downstream + (last - first) }

    var firstPoint: SyncPoint {
        first == last ? lastPoint : SyncPoint(upstreamOffset: first, downstreamOffset: downstream)
    }

    var lastPoint: SyncPoint {
        SyncPoint(upstreamOffset: last, downstreamOffset: lastDownstream, timestamp: timestamp, logOffset: logOffset)
    }
}
