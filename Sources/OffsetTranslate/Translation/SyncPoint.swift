/// One offset sync of a partition, as evidence: the pair, and when it was written.
public struct SyncPoint: Hashable, Sendable, Codable {
    public var upstreamOffset: Int64
    public var downstreamOffset: Int64
    /// When the sync was written, in milliseconds since the epoch; -1 when not known.
    ///
    /// Exact for a partition's newest sync. Of the others every 64th is remembered: a sync then counts as written when
    /// the remembered one at or before it was, so its age is never understated.
    public var timestamp: Int64

    public init(upstreamOffset: Int64, downstreamOffset: Int64, timestamp: Int64 = -1) {
        self.upstreamOffset = upstreamOffset
        self.downstreamOffset = downstreamOffset
        self.timestamp = timestamp
    }

    var pair: StrictMarker.Pair {
        StrictMarker.Pair(upstreamOffset: upstreamOffset, downstreamOffset: downstreamOffset)
    }
}

extension SyncReference {
    var pair: StrictMarker.Pair {
        StrictMarker.Pair(upstreamOffset: upstreamOffset, downstreamOffset: downstreamOffset)
    }
}
