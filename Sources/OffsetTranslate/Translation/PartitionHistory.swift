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
    /// From every time the mirror went back, until it has passed again what it may have reached before.
    private(set) var earlier: [EarlierCopies] = []
    /// The first sync since the target was (re-)created, overruled or not.
    private(set) var origin: SyncPoint?
    /// The last sync that showed that the mirror had gone back.
    ///
    /// The first sync after a restart can be lost. So all that is known of a source offset below this one is that its
    /// latest copy is not above: it may be an old one, or one that the restart made.
    private(set) var comeback: SyncPoint?
    /// The target was re-created or truncated since the first sync: other positions from before, such as checkpoints', may
    /// point into another log.
    public private(set) var isTainted = false
    /// The highest source offset that may have been copied since the source was (re-)created.
    private var reach: Int64 = -1
    /// Copies may lie on the target in another order than ``line`` says.
    private var isDisturbed = false

    public init() {}

    public var isEmpty: Bool { line.runs.isEmpty }

    /// How many runs of syncs are kept: a measure of its size.
    public var runCount: Int { line.runs.count }

    /// The newest sync.
    public var last: SyncPoint? { line.last }

    /// Adds the next sync of the log. Negative offsets are no sync's and are passed over.
    public mutating func append(
        upstreamOffset: Int64, downstreamOffset: Int64, marker: StrictMarker? = nil, timestamp: Int64 = -1,
        logOffset: Int64 = -1
    ) {
        guard upstreamOffset >= 0, downstreamOffset >= 0 else { return }
        let point = SyncPoint(
            upstreamOffset: upstreamOffset, downstreamOffset: downstreamOffset, timestamp: timestamp, logOffset: logOffset)
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
            start(at: point, isMarked: isMarked)
            return
        }
        guard point.pair != last.pair else { return }
        if point.downstreamOffset <= last.downstreamOffset {
            targetWentBack(to: point, isMarked: isMarked)
        } else if point.upstreamOffset <= last.upstreamOffset {
            sourceWentBack(to: point, after: last, isMarked: isMarked)
        } else {
            // A strict mirror vouches that it copied nothing twice here.
            if !isChained { remember(line: SyncLine(endingWith: line), after: last, until: point, isShown: false) }
            line.extend(point, isChained: isChained, isMarked: isMarked)
        }
        copiedAgain(upTo: point.upstreamOffset)
    }

    private mutating func start(at point: SyncPoint, isMarked: Bool) {
        line = SyncLine()
        line.extend(point, isChained: false, isMarked: isMarked)
        origin = point
        reach = max(reach, point.upstreamOffset)
    }

    private mutating func sourceWentBack(to point: SyncPoint, after last: SyncPoint, isMarked: Bool) {
        comeback = point
        let removed = line.overrule(from: point.upstreamOffset)
        remember(line: removed, after: last, until: point, isShown: true)
        line.extend(point, isChained: false, isMarked: isMarked)
    }

    /// Between two syncs the target has room for copies of as many records above the first.
    private mutating func remember(line: SyncLine, after last: SyncPoint, until point: SyncPoint, isShown: Bool) {
        let room = point.downstreamOffset - last.downstreamOffset - 1
        let reach = last.upstreamOffset.addingClamped(room)
        self.reach = max(self.reach, reach)
        guard reach > point.upstreamOffset else { return }
        isDisturbed = true
        earlier.append(
            EarlierCopies(line: line, reach: reach, copiedAgain: point.upstreamOffset, isShown: isShown))
    }

    private mutating func copiedAgain(upTo offset: Int64) {
        reach = max(reach, offset)
        for index in earlier.indices { earlier[index].copiedAgain = max(earlier[index].copiedAgain, offset) }
        earlier.removeAll { $0.copiedAgain >= $0.reach }
    }

    private mutating func targetWentBack(to point: SyncPoint, isMarked: Bool) {
        let left = leftBelow(downstream: point.downstreamOffset)
        earlier = []
        if let left, left > point.upstreamOffset {
            earlier = [
                EarlierCopies(line: SyncLine(), reach: left, copiedAgain: point.upstreamOffset, isShown: true)
            ]
        }
        comeback = nil
        isTainted = true
        isDisturbed = true
        start(at: point, isMarked: isMarked)
    }

    /// The highest source offset that may have a copy below a target offset, which is not above the last sync's.
    private func leftBelow(downstream: Int64) -> Int64? {
        guard downstream > 0 else { return nil }
        guard !isDisturbed else { return reach }
        let index = line.runs.partitioningIndex { $0.lastDownstream >= downstream }
        guard index < line.runs.count else { return reach }
        let run = line.runs[index]
        return run.downstream >= downstream ? run.first - 1 : run.first + (downstream - run.downstream) - 1
    }

    /// Declares that copies from before the mirror last went back are of no concern: the source topic was re-created (its
    /// topic id says so), or the operator knows better.
    public mutating func disregardEarlierCopies() { earlier = [] }

    /// Declares that the target topic was re-created or truncated: nothing that is known so far holds any more.
    public mutating func targetWasReplaced() {
        let reach = reach
        self = PartitionHistory()
        self.reach = reach
        isTainted = true
        isDisturbed = true
    }
}

extension SyncLine {
    /// The last run of another line.
    fileprivate init(endingWith other: SyncLine) {
        self.init()
        if let run = other.runs.last { extend(run.lastPoint, isChained: false, isMarked: run.isMarked) }
    }
}
