extension Translation {
    /// What an operator should know before committing a translation.
    public enum Warning: Hashable, Sendable, Codable, CustomStringConvertible {
        /// Retention has deleted, on the target, up to `lost` offsets that the group still wanted.
        case expiredOnTarget(lost: Int64)
        /// The last sync points at `downstreamOffset`, at or beyond the target's log end: the target was re-created or
        /// truncated since, and none of the syncs can be relied on.
        case beyondTargetLogEnd(downstreamOffset: Int64)
        /// The target was re-created or truncated; the syncs from before say nothing any more.
        case historyTainted
        /// The offset is `by` above the last sync: records up to there may not have been copied yet.
        case aheadOfLastSync(by: Int64)
        /// The last sync, which the offset is far above, was written so many milliseconds before the flow's newest sync or
        /// checkpoint: nothing says that the partition was mirrored since. See ``Translation/noteStaleSync(newest:after:)``.
        case staleSync(olderBy: Int64)
        /// The mirror may have gone back without having come again to `upTo`, where it had been: records up to there may
        /// have their only copy before the place where it went back, so the position is from before that.
        /// If the source topic was re-created instead, the position is `otherwise`; see
        /// ``PartitionHistory/disregardEarlierCopies()``.
        case earlierCopies(upTo: Int64, otherwise: Int64?)
        /// On the way back: retention has deleted, on the source, up to `lost` offsets that the group still wanted.
        case expiredOnSource(lost: Int64)
        /// On the way back: the last sync comes from `upstreamOffset`, at or beyond the source's log end: the source was
        /// re-created, or has lost its newest records. If it was not re-created, `otherwise` is enough.
        case beyondSourceLogEnd(upstreamOffset: Int64, otherwise: Int64?)
        /// On the way back: the mirror went back later, because it had crashed or because the source topic was re-created.
        /// If it was not re-created, `otherwise` is enough.
        case wentBackSince(otherwise: Int64?)
        /// The target grew by `excess` offsets more than the source between the two syncs: it is not dense there.
        case notDense(excess: Int64)
        /// Up to `by` records or offsets below the one wanted have yet to be copied. What the mirror, or the link, copies of
        /// them later is read again.
        case notYetCopied(by: Int64)
        /// The source's retention has deleted what lies below `offset`. Whether a link preserved offsets there can't be
        /// compared; above, it did.
        case notComparable(below: Int64)

        public var description: String {
            switch self {
            case .expiredOnTarget(let lost):
                "the target's retention has deleted up to \(lost) of the offsets that the group still wanted"
            case .beyondTargetLogEnd(let offset):
                "the last offset sync points at \(offset), beyond the target's log end: the target was re-created or truncated"
            case .historyTainted:
                "the target was re-created or truncated: offset syncs from before are void"
            case .aheadOfLastSync(let by):
                "\(by) offset\(by == 1 ? "" : "s") above the last offset sync: records up to there may not have been copied yet"
            case .staleSync(let milliseconds):
                "the last offset sync is stale, \(milliseconds / 60_000) minutes older than the flow's newest sync or checkpoint: "
                    + "the partition may not have been mirrored since"
            case .earlierCopies(let upTo, let otherwise):
                "the mirror may have gone back and not yet come again to source offset \(upTo), where it had been: reading from its earlier copies"
                    + (otherwise.map { "; if the source topic was re-created, \($0) is enough" } ?? "")
            case .expiredOnSource(let lost):
                "the source's retention has deleted up to \(lost) of the offsets that the group still wanted"
            case .beyondSourceLogEnd(let offset, let otherwise):
                "the last offset sync comes from \(offset), beyond the source's log end: the source was re-created or has lost records"
                    + (otherwise.map { "; if it was not re-created, \($0) is enough" } ?? "")
            case .wentBackSince(let otherwise):
                "the mirror went back since, or the source topic was re-created: reading from its log start"
                    + (otherwise.map { "; if it was not re-created, \($0) is enough" } ?? "")
            case .notDense(let excess):
                "the target grew by \(excess) offsets more than the source here: it is not dense"
            case .notComparable(let offset):
                "the source's retention has deleted what lies below \(offset): that the link preserved offsets is shown only from there on"
            case .notYetCopied(let by):
                "the target lacks up to \(by) records that the group has read already: they may still be copied, and are read again then"
            }
        }
    }
}
