/// Everything that a partition's offset syncs say, in the order of their log.
///
/// A sync is a proven pair: the record at a source offset was copied to a target offset. Between two syncs that follow
/// each other in the log, `(u0, d0)` and `(u1, d1)`, a source offset `s` with `u0 < s < u1` lies in `d0 + 1 ... d1`,
/// closer if more may be assumed (see ``Assumption``). Later syncs overrule earlier ones.
///
/// ## When the mirror goes back
/// A sync whose source offset falls shows that the mirror went back and copied records again, or that the source topic
/// was re-created.
/// - What is known at or above that offset is overruled.
/// - What is known below it still holds as a lower bound, taken from neighbours in the *log*: the sync below and the one
///   that followed it before it was overruled. It is no longer exact, not even on a sync. The first sync of a restart is
///   easily lost, so the mirror may have begun lower than its first sync that is left, and the latest copy of a record
///   may be one of the new ones; and if the source was re-created, what lies below never was this topic's.
/// - Until the mirror has passed again everything that it may have copied before, some records' only copies are the old
///   ones, and they lie *below* the new syncs. A position from a new sync would skip them if the mirror never gets there,
///   which is just what to expect when a dying source made it restart. So until then positions are taken from before the
///   return, with ``Translation/Warning/earlierCopies(upTo:otherwise:)``. How far the mirror may have got is bounded by the
///   room on the target between the last sync before the return and the first one after it. The same room may hide a
///   return that no sync shows, so it counts between any two syncs, unless a strict mirror vouches for them.
///
/// ## When the target goes back
/// A sync whose target offset falls, or one at or beyond the target's log end, shows that the target topic was re-created
/// or truncated, somewhere at or below that offset. Syncs from before then say nothing any more, not even those further
/// down: say the log was cut at 5 and the mirror went on with record 105. Target offset 10, once the copy of record 10,
/// now holds record 110, and committing it would skip 105 to 109. What is left is the target's log start.
///
/// ## When a strict mirror crashes
/// Between a record's acknowledgement and its sync, a crash leaves records on the target that no sync tells of, maybe
/// beyond a break in `upstream - downstream`.
/// - After the last sync `(u, d)` of a strict mirror, the next record copied has the next target offset, or there are
///   offsets without records in between, so `u + 1` is at `d + 1`, exactly. Anything above may lie beyond such a break,
///   and is only bounded.
/// - The mirror that takes over goes on after the last copied record, without copying any twice, but can't vouch for
///   what lies between the last sync and its first. It starts a new chain (a mark that names no sync before it), and
///   nothing is assumed of the interval before that. If it has made sure that no break lies there, it may name the last
///   sync and go on with the chain.
/// - A mark that names a sync that compaction has removed proves that sync as well; it counts as if it had been read. A
///   mark that names any other sync than the one before it vouches for nothing.
///
/// ## What this rests on
/// - One mirror at a time copies a partition, in order, and after a restart begins at or before the record after the last
///   one it copied.
/// - A return to or below a known sync leaves a sync that shows it, if not its first. A return that leaves none makes
///   upper bounds too low, and translations called exact that re-read; it makes no position skip a record.
/// - Where the mirror copied records past its last sync before a return, their source offsets are contiguous (MM2 and
///   strict mirrors emit a sync after every hole), or it has since passed them again.
/// - A target that was re-created or truncated shows it, by a sync or by its log end. Where a cluster's topic ids tell,
///   call ``targetWasReplaced()``.
public struct PartitionHistory: Hashable, Sendable {
    /// What still holds.
    private(set) var line = SyncLine()
    private var rare = Rare<Disturbance>()

    public init() {}

    init(line: SyncLine, disturbance: Disturbance?) {
        self.line = line
        rare.value = disturbance
    }

    public var isEmpty: Bool { line.isEmpty }

    /// How many runs of syncs are kept: a measure of its size, 24 bytes each.
    public var runCount: Int { line.runCount }

    /// How many syncs are kept inside runs, 4 bytes each.
    public var anchorCount: Int { line.anchors.count }

    /// The newest sync is one of our own mirror.
    public var isStrict: Bool { line.open.isMarked }

    /// The newest sync.
    public var last: SyncPoint? { line.last }

    /// The target was re-created or truncated since the first sync: other positions from before, such as checkpoints', may
    /// point into another log.
    public var isTainted: Bool { rare.value?.isTainted ?? false }

    /// So it is, or the mirror went back on the source: what was exact before need not be so any more.
    package var hasNewerCopies: Bool { isTainted || rare.value?.comeback != nil }

    /// What only a history has in which something went back, or may have.
    var disturbance: Disturbance? { rare.value }
    /// There is none; nothing is copied to tell.
    var isUndisturbed: Bool { rare.isEmpty }

    /// The first sync since the target was (re-)created, overruled or not.
    var origin: StrictMarker.Pair? { rare.value?.origin ?? (line.isEmpty ? nil : line.sync(0, 0).pair) }

    /// Adds the next sync of the log. Negative offsets are no sync's and are passed over.
    public mutating func append(
        upstreamOffset: Int64, downstreamOffset: Int64, marker: StrictMarker? = nil, timestamp: Int64 = -1
    ) {
        guard upstreamOffset >= 0, downstreamOffset >= 0 else { return }
        let point = SyncPoint(upstreamOffset: upstreamOffset, downstreamOffset: downstreamOffset, timestamp: timestamp)
        if let lost = lostPredecessor(of: point, marker: marker) { admit(lost, isChained: false, isMarked: true) }
        let isChained = marker?.previous.map { $0 == line.last?.pair } ?? false
        admit(point, isChained: isChained, isMarked: marker != nil)
    }

    /// Compaction removes syncs, but a mark still names the one before: a proven pair as good as any.
    private func lostPredecessor(of point: SyncPoint, marker: StrictMarker?) -> SyncPoint? {
        guard let previous = marker?.previous, previous.upstreamOffset >= 0, previous.downstreamOffset >= 0,
            previous.upstreamOffset < point.upstreamOffset, previous.downstreamOffset < point.downstreamOffset
        else { return nil }
        if let last = line.last {
            guard last.upstreamOffset < previous.upstreamOffset, last.downstreamOffset < previous.downstreamOffset else {
                return nil
            }
        }
        return SyncPoint(upstreamOffset: previous.upstreamOffset, downstreamOffset: previous.downstreamOffset)
    }

    private mutating func admit(_ point: SyncPoint, isChained: Bool, isMarked: Bool) {
        guard let last = line.last else {
            line.extend(point, isChained: false, isMarked: isMarked)
            copiedAgain(upTo: point.upstreamOffset)
            return
        }
        guard point.pair != last.pair else { return }
        if point.downstreamOffset <= last.downstreamOffset {
            targetWentBack(to: point, isMarked: isMarked)
        } else if point.upstreamOffset <= last.upstreamOffset {
            sourceWentBack(to: point, after: last, isMarked: isMarked)
        } else {
            // A strict mirror vouches that it copied nothing twice here.
            if !isChained { remember(after: last, until: point) }
            line.extend(point, isChained: isChained, isMarked: isMarked)
        }
        copiedAgain(upTo: point.upstreamOffset)
    }

    private mutating func sourceWentBack(to point: SyncPoint, after last: SyncPoint, isMarked: Bool) {
        let first = origin
        let reach = reach(after: last, until: point)
        let removed = line.overrule(from: point.upstreamOffset)
        rare.update(orFrom: Disturbance(reach: reach)) { disturbance in
            disturbance.origin = first
            disturbance.comeback = point.pair
            disturbance.mayHaveCopied(upTo: reach)
            disturbance.earlier.append(
                EarlierCopies(line: removed, reach: reach, copiedAgain: point.upstreamOffset, isShown: true))
        }
        line.extend(point, isChained: false, isMarked: isMarked)
    }

    /// Between two syncs the target may have room for copies of records above the second.
    private mutating func remember(after last: SyncPoint, until point: SyncPoint) {
        let reach = reach(after: last, until: point)
        guard reach > point.upstreamOffset else { return }
        let copies = EarlierCopies(line: line.ending, reach: reach, copiedAgain: point.upstreamOffset, isShown: false)
        rare.update(orFrom: Disturbance(reach: reach)) { disturbance in
            disturbance.mayHaveCopied(upTo: reach)
            disturbance.earlier.append(copies)
        }
    }

    /// The highest source offset of which the target has room for a copy between two syncs that follow each other.
    private func reach(after last: SyncPoint, until point: SyncPoint) -> Int64 {
        last.upstreamOffset.addingClamped(point.downstreamOffset - last.downstreamOffset - 1)
    }

    private mutating func copiedAgain(upTo offset: Int64) {
        rare.update { $0.copiedAgain(upTo: offset) }
    }

    private mutating func targetWentBack(to point: SyncPoint, isMarked: Bool) {
        let left = highestCopy(below: point.downstreamOffset)
        var disturbance = Disturbance(reach: reach)
        disturbance.isTainted = true
        disturbance.disorder = reach
        if let left, left > point.upstreamOffset {
            disturbance.earlier = [
                EarlierCopies(line: SyncLine(), reach: left, copiedAgain: point.upstreamOffset, isShown: true)
            ]
        }
        rare.value = disturbance
        line = SyncLine()
        line.extend(point, isChained: false, isMarked: isMarked)
    }

    /// The highest source offset that may have been copied since the source was (re-)created.
    private var reach: Int64 { max(rare.value?.reach ?? -1, line.last?.upstreamOffset ?? -1) }

    /// The highest source offset that may have a copy below a target offset, which is not above the last sync's.
    private func highestCopy(below downstream: Int64) -> Int64? {
        guard downstream > 0 else { return nil }
        return rare.value?.disorder == nil ? line.highestCopy(below: downstream) ?? reach : reach
    }

    /// Gives back what growing has left over.
    mutating func trim() { line.trim() }

    /// Declares that copies from before the mirror last went back are of no concern: the source topic was re-created (its
    /// topic id says so), or the operator knows better.
    public mutating func disregardEarlierCopies() { rare.update { $0.earlier = [] } }

    /// Declares that the target topic was re-created or truncated: nothing that is known so far holds any more.
    public mutating func targetWasReplaced() {
        var disturbance = Disturbance(reach: reach)
        disturbance.isTainted = true
        disturbance.disorder = reach
        self = PartitionHistory(line: SyncLine(), disturbance: disturbance)
    }
}
