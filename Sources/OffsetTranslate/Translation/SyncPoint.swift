/// One offset sync of a partition, as evidence: the pair, and when and where it was written.
public struct SyncPoint: Hashable, Sendable, Codable {
    public var upstreamOffset: Int64
    public var downstreamOffset: Int64
    /// When the sync was written, in milliseconds since the epoch; -1 when not known.
    public var timestamp: Int64
    /// The sync's own offset in the offset-syncs topic; -1 when not known.
    public var logOffset: Int64

    public init(upstreamOffset: Int64, downstreamOffset: Int64, timestamp: Int64 = -1, logOffset: Int64 = -1) {
        self.upstreamOffset = upstreamOffset
        self.downstreamOffset = downstreamOffset
        self.timestamp = timestamp
        self.logOffset = logOffset
    }

    var pair: StrictMarker.Pair {
        StrictMarker.Pair(upstreamOffset: upstreamOffset, downstreamOffset: downstreamOffset)
    }
}
