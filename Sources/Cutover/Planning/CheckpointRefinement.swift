import KafkaClient
import OffsetTranslate

extension Translation {
    /// Takes a group's checkpoint into account.
    ///
    /// A checkpoint that our own mirror marked exact, of this very position, decides. Any other says less than the
    /// syncs and is only used where there are none: MM2 before 3.5 wrote checkpoints that could be too high
    /// (KAFKA-12468), so one is never allowed to raise a position.
    ///
    /// Where the target was truncated or re-created, a checkpoint from before points into another log; where the mirror went back, or
    /// the source was re-created, before copies that have come since.
    /// - Parameter mayBeOfAnotherLog: One of these happened since the first sync: the checkpoint may be from before.
    func refined(
        by checkpoint: Located<Checkpoint>, for upstream: Int64, target: LogBounds, mayBeOfAnotherLog: Bool
    ) -> Translation {
        let entry = checkpoint.entry, hasSyncs = kind != .unknown(.noSyncs)
        guard entry.upstreamOffset == upstream, !isExact, position != nil || !hasSyncs else { return self }
        if ExactCheckpointMarker.isPresent(checkpoint.marker), (target.start...target.end).contains(entry.downstreamOffset),
            isConsistent(with: entry.downstreamOffset), !mayBeOfAnotherLog, !warnings.contains(.historyTainted)
        {
            return between(entry.downstreamOffset, entry.downstreamOffset)
        }
        return hasSyncs ? self : bounded(by: entry.downstreamOffset, target)
    }

    /// A checkpoint alone: the right position is there or above. Retention may have deleted what lay there.
    private func bounded(by downstream: Int64, _ target: LogBounds) -> Translation {
        guard downstream <= target.end else {
            // As with syncs that point there: only the whole log is sure to skip nothing.
            var refined = between(target.start, target.end)
            refined.warnings += [.beyondTargetLogEnd(downstreamOffset: downstream), .historyTainted]
            return refined
        }
        var refined = between(max(downstream, target.start), target.end)
        if downstream < target.start { refined.warnings.append(.expiredOnTarget(lost: target.start - max(0, downstream))) }
        return refined
    }

    /// Where nothing says anything and the target's log is empty, its only position is the right one: whatever is still
    /// to come will come after it. A group left without a commit there might start at the latest record, and skip.
    func withNothingCopied(to target: LogBounds) -> Translation {
        kind == .unknown(.noSyncs) && target.isEmpty ? between(target.end, target.end) : self
    }

    private func between(_ low: Int64, _ high: Int64) -> Translation {
        var refined = self
        refined.position = low
        refined.low = low
        refined.high = high
        refined.kind = low == high ? .exact : .bounded
        return refined
    }

    private func isConsistent(with position: Int64) -> Bool { position >= low ?? position && position <= high ?? position }
}
