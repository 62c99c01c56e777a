import KafkaClient
import OffsetTranslate

extension Translation {
    /// Takes a group's checkpoint into account.
    ///
    /// A checkpoint that our own mirror marked exact, of this very position, decides. Any other says less than the
    /// syncs and is only used where they say nothing: MM2 before 3.5 wrote checkpoints that could be too high
    /// (KAFKA-12468), so one is never allowed to raise a position.
    func refined(by checkpoint: Located<Checkpoint>, for upstream: Int64, target: LogBounds) -> Translation {
        let entry = checkpoint.entry
        guard entry.upstreamOffset == upstream, (target.start...target.end).contains(entry.downstreamOffset) else { return self }
        var refined = self
        if ExactCheckpointMarker.isPresent(checkpoint.marker), kind != .exact, isConsistent(with: entry.downstreamOffset) {
            refined.position = entry.downstreamOffset
            refined.kind = .exact
            refined.low = entry.downstreamOffset
            refined.high = entry.downstreamOffset
        } else if position == nil {
            refined.position = entry.downstreamOffset
            refined.kind = .bounded
            refined.low = entry.downstreamOffset
            refined.high = target.end
        }
        return refined
    }

    private func isConsistent(with position: Int64) -> Bool { position >= low ?? position && position <= high ?? position }
}
