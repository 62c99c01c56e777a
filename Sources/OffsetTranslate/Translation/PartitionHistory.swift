/// Everything that a partition's offset syncs say, in the order of their log.
public struct PartitionHistory: Hashable, Sendable {
    /// What still holds.
    private(set) var line = SyncLine()
    /// From every time the mirror went back, until it has passed again what it may have reached before.
    private(set) var earlier: [EarlierCopies] = []
    /// The first sync since the target was (re-)created, overruled or not.
    private(set) var origin: SyncPoint?
    /// The last sync that showed that the mirror had gone back, if it may have gone back to below it.
    ///
    /// The first sync after a restart can be lost. So all that is known of a source offset below this one is that its
    /// latest copy is not above: it may be an old one, or one that the restart made.
    private(set) var comeback: SyncPoint?
    /// The target was re-created or truncated.
    private(set) var isTainted = false
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
            sourceWentBack(to: point, after: last, isChained: isChained, isMarked: isMarked)
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

    private mutating func sourceWentBack(to point: SyncPoint, after last: SyncPoint, isChained: Bool, isMarked: Bool) {
        if point.downstreamOffset > last.downstreamOffset + 1, !isChained {
            comeback = point
        } else if let earlier = comeback, earlier.upstreamOffset > point.upstreamOffset {
            comeback?.upstreamOffset = point.upstreamOffset
        }
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
