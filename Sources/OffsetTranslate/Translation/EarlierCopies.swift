/// Copies that a mirror made before it went back, some of which may still be the only ones of their records.
struct EarlierCopies: Hashable, Sendable {
    /// Where they lie: the syncs from before. Empty when nothing but the target's log start bounds them.
    var line: SyncLine
    /// The highest source offset that may be among them.
    var reach: Int64
    /// The highest source offset that is known to have been copied again since.
    var copiedAgain: Int64
    /// The syncs show that the mirror went back; else it is only possible.
    var isShown: Bool

    /// The lowest target offset at which a record at or above `offset` may have its only copy among these;
    /// `nil` when only the target's log start bounds it.
    func low(_ offset: Int64, assuming assumption: Assumption) -> Int64? {
        let offset = max(offset, copiedAgain.addingClamped(1))
        return switch line.place(of: offset) {
        case .empty, .before: nil
        case .on(let position, _, _): position
        case .between(let interval, _, _): interval.low(offset, assuming: assumption)
        case .after(let last, _): last.downstreamOffset.addingClamped(1)
        }
    }
}
