extension Translation {
    /// How far MM2 lets a partition move on without a sync: `MirrorSourceConfig.OFFSET_LAG_MAX_DEFAULT`.
    private static var usualLag: Int64 { 100 }

    /// Adds a warning where the group is further ahead of the last sync than a mirror that keeps up would leave it, and
    /// that sync is old next to what else the flow wrote: this partition's syncs have stopped, and its records may have, too.
    ///
    /// A quiet partition has an old sync as well, but no group far ahead of it.
    /// - Parameters:
    ///   - newest: When the flow's newest sync or checkpoint was written, in milliseconds since the epoch.
    ///   - limit: The age from which on a sync is stale.
    public mutating func noteStaleSync(newest: Int64, after limit: Duration = .seconds(600)) {
        let isFarAhead = warnings.contains { if case .aheadOfLastSync(let by) = $0 { by > Self.usualLag } else { false } }
        guard isFarAhead, let written = evidence.below?.timestamp, written >= 0, newest > written,
            .milliseconds(newest - written) > limit
        else { return }
        warnings.append(.staleSync(olderBy: newest - written))
    }
}
