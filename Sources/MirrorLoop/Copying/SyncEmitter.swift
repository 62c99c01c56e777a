import OffsetTranslate

/// Decides, for one partition, which acknowledged records get an offset sync.
///
/// Strict: the first record of all, and the first record after every break in `upstream - downstream`, always get one,
/// so between two syncs that follow each other every offset translates exactly; the marker on each sync says so, and
/// names its predecessor. On top of that come the syncs that stock readers live by: one each `offset.lag.max` records
/// (`OffsetSyncWriter.PartitionState`).
struct SyncEmitter: Sendable {
    typealias Pair = StrictMarker.Pair

    /// A sync to be written, and the one that this mirror wrote before it.
    struct Emission: Hashable, Sendable {
        var pair: Pair
        var previous: Pair?

        /// The mark that the sync carries.
        var marker: StrictMarker { StrictMarker(previous: previous) }
    }

    let offsetLagMax: Int64
    /// The last pair that got a sync.
    private(set) var lastSync: Pair?
    /// The last pair acknowledged.
    private(set) var head: Pair?

    /// - Parameter resumingFrom: The last sync in the log, where everything after it has been compared record by record.
    init(offsetLagMax: Int64, resumingFrom lastSync: Pair? = nil) {
        self.offsetLagMax = offsetLagMax
        self.lastSync = lastSync
        head = lastSync
    }

    /// Takes note of an acknowledged record; acknowledgements come in the partition's order.
    mutating func acknowledge(_ pair: Pair) -> Emission? {
        let before = head
        head = pair
        guard let lastSync, let before else { return emit(pair) }
        let isBreak = pair.distance != before.distance
        let isDue = pair.downstreamOffset - (lastSync.downstreamOffset + 1) >= offsetLagMax
        return isBreak || isDue ? emit(pair) : nil
    }

    /// A sync for the last acknowledged record, where it has none yet: after it, groups at the head translate exactly.
    mutating func flush() -> Emission? {
        guard let head, head != lastSync else { return nil }
        return emit(head)
    }

    private mutating func emit(_ pair: Pair) -> Emission {
        defer { lastSync = pair }
        return Emission(pair: pair, previous: lastSync)
    }
}

extension StrictMarker.Pair {
    /// What stays the same from record to record until there is a break.
    fileprivate var distance: Int64 { upstreamOffset - downstreamOffset }
}
