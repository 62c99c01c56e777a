/// A sync that stands in a line, or did: its time has yet to be looked up, which only evidence needs.
struct SyncReference {
    var upstreamOffset: Int64
    var downstreamOffset: Int64
    /// Where in the line; `nil` where it does not stand there any more.
    var number: Int?
}

/// Two syncs that follow each other in the log, and what they say about the source offsets between them.
struct SyncInterval {
    /// Below the offset asked for.
    var below: SyncReference
    /// Above it; both of its offsets are the larger ones.
    var above: SyncReference
    /// A strict mirror vouches that nothing between the two changed `upstream - downstream`.
    var isStrict: Bool

    /// By how much more the target grew than the source.
    var excess: Int64 {
        (above.downstreamOffset - below.downstreamOffset) - (above.upstreamOffset - below.upstreamOffset)
    }

    private func isStrict(_ assumption: Assumption) -> Bool { isStrict || assumption == .strict }

    private func isDense(_ assumption: Assumption) -> Bool { assumption == .dense && excess <= 0 }

    func rule(_ assumption: Assumption) -> Evidence.Rule {
        if isStrict(assumption) { return .strictInterval }
        return isDense(assumption) ? .denseInterval : .interval
    }

    /// For `below < offset < above`.
    func low(_ offset: Int64, assuming assumption: Assumption) -> Int64 {
        if isStrict(assumption) { return ascended(offset) }
        let low = below.downstreamOffset + 1
        guard isDense(assumption) else { return low }
        return max(low, above.downstreamOffset - (above.upstreamOffset - offset))
    }

    /// For `below < offset < above`.
    func high(_ offset: Int64, assuming assumption: Assumption) -> Int64 {
        isStrict(assumption) || isDense(assumption) ? ascended(offset) : above.downstreamOffset
    }

    /// The lowest source offset whose first copy may lie at or above a target offset, for `below < downstream < above`.
    func lowBack(_ downstream: Int64, assuming assumption: Assumption) -> Int64 {
        // Of the records above the lower sync's, those copied before `downstream` fill the offsets in between, if dense.
        isStrict(assumption) || isDense(assumption) ? descended(downstream) : below.upstreamOffset + 1
    }

    /// That offset at the most, for `below < downstream < above`.
    func highBack(_ downstream: Int64, assuming assumption: Assumption) -> Int64 {
        if isStrict(assumption) || downstream == below.downstreamOffset + 1 { return lowBack(downstream, assuming: assumption) }
        guard isDense(assumption) else { return above.upstreamOffset }
        return above.upstreamOffset - (above.downstreamOffset - downstream)
    }

    private func descended(_ downstream: Int64) -> Int64 {
        min(above.upstreamOffset, below.upstreamOffset.addingClamped(downstream - below.downstreamOffset))
    }

    /// Record for record from the lower sync, but not past the upper one.
    private func ascended(_ offset: Int64) -> Int64 {
        min(above.downstreamOffset, below.downstreamOffset.addingClamped(offset - below.upstreamOffset))
    }
}
