/// Syncs with both offsets rising, and between them the places where overruled ones once stood.
///
/// The newest run lies in the line itself: a partition that a strict mirror keeps healthy needs no more than that.
struct SyncLine: Hashable, Sendable {
    /// The sync that followed a run in the log before a rewind overruled it.
    struct Cut: Hashable, Sendable {
        /// The index of the run.
        var run: Int
        var next: StrictMarker.Pair
        var isStrict: Bool
    }

    /// All runs but the newest.
    private(set) var sealed: [SyncRun] = []
    /// The newest; meaningless while the line is empty.
    private(set) var open = SyncRun(first: -1, downstream: -1, anchors: 0, isChained: false, isMarked: false)
    /// For each run that is not marked, its syncs after the first, as distances from the first.
    private(set) var anchors: [UInt32] = []
    private(set) var cuts: [Cut] = []
    var times = SyncTimes()

    var isEmpty: Bool { open.first < 0 }
    var runCount: Int { isEmpty ? 0 : sealed.count + 1 }
    /// How many syncs are told apart; a strict mirror's collapse into their run.
    var syncCount: Int { runCount + anchors.count }

    /// For `0 ..< runCount`.
    @inline(__always)
    func run(_ index: Int) -> SyncRun { index < sealed.count ? sealed[index] : open }

    /// Where a run's anchors lie in the list.
    @inline(__always)
    func anchorRange(_ index: Int) -> Range<Int> {
        let start = run(index).anchorStart
        return start..<max(start, index + 1 < runCount ? run(index + 1).anchorStart : anchors.count)
    }

    /// The newest sync.
    var last: SyncPoint? {
        isEmpty ? nil : SyncPoint(upstreamOffset: open.last, downstreamOffset: open.lastDownstream, timestamp: times.newest)
    }

    /// The newest sync's target offset, in a line that is not empty.
    var lastDownstream: Int64 { open.lastDownstream }

    /// The sync at a distance from its run's first.
    ///
    /// - Parameter anchor: How many of the run's anchors are at or below it.
    @inline(__always)
    func sync(_ index: Int, _ distance: Int64, anchor: Int = 0) -> SyncReference {
        let run = run(index)
        return SyncReference(
            upstreamOffset: run.first + distance, downstreamOffset: run.downstream + distance, number: index + run.anchorStart + anchor)
    }

    @inline(__always)
    func lastSync(_ index: Int) -> SyncReference {
        let run = run(index)
        return sync(index, run.last - run.first, anchor: anchorRange(index).count)
    }

    /// The sync with its time.
    @inline(__always)
    func point(_ sync: SyncReference?) -> SyncPoint? {
        guard let sync else { return nil }
        var timestamp: Int64 = -1
        if let number = sync.number { timestamp = sync.upstreamOffset == open.last ? times.newest : times[number] }
        return SyncPoint(upstreamOffset: sync.upstreamOffset, downstreamOffset: sync.downstreamOffset, timestamp: timestamp)
    }

    func cut(at run: Int) -> Cut? {
        let index = cuts.partitioningIndex { $0.run >= run }
        return index < cuts.count && cuts[index].run == run ? cuts[index] : nil
    }

    /// Adds a sync above all others.
    mutating func extend(_ point: SyncPoint, isChained: Bool, isMarked: Bool) {
        defer { times.append(point.timestamp, count: syncCount) }
        let upstream = point.upstreamOffset, downstream = point.downstreamOffset
        if !isEmpty {
            // Behind a cut, the next sync is a run of its own: it is not the one that followed in the log.
            if upstream - downstream == open.difference, open.canReach(upstream), cuts.last?.run != sealed.count {
                if isChained, open.isMarked || open.last == open.first {
                    open.last = upstream
                    open.isMarked = isMarked
                    return
                }
                if !isMarked, !open.isMarked, anchors.count < SyncRun.mostAnchors {
                    anchors.append(UInt32(truncatingIfNeeded: upstream - open.first))
                    open.last = upstream
                    return
                }
            }
            sealed.append(open)
        }
        open = SyncRun(
            first: upstream, downstream: downstream, anchors: anchors.count, isChained: isChained, isMarked: isMarked)
    }

    /// Takes off every sync at or above a source offset, and remembers what followed the last one that stays.
    ///
    /// - Returns: what was taken off, from the run on that holds the last sync that stays.
    mutating func overrule(from offset: Int64) -> SyncLine {
        let hit = runIndex { $0.last >= offset }
        guard hit < runCount else { return SyncLine() }
        let run = run(hit)
        let isSplit = run.first < offset
        let removed = suffix(from: isSplit ? hit : max(0, hit - 1))
        if isSplit {
            let range = anchorRange(hit)
            let kept = run.isMarked ? 0 : anchors[range].partitioningIndex { Int64($0) >= offset - run.first } - range.lowerBound
            let next = run.isMarked ? run.last : run.first + Int64(anchors[range.lowerBound + kept])
            keep(runs: hit + 1, anchors: range.lowerBound + kept)
            open.last = kept > 0 ? open.first + Int64(anchors[anchors.count - 1]) : open.first
            cuts.append(
                Cut(run: hit, next: .init(upstreamOffset: next, downstreamOffset: next - run.difference), isStrict: run.isMarked))
        } else if hit > 0 {
            let cut = cut(at: hit - 1)
                ?? Cut(
                    run: hit - 1, next: .init(upstreamOffset: run.first, downstreamOffset: run.downstream),
                    isStrict: run.isChained)
            keep(runs: hit, anchors: run.anchorStart)
            cuts.append(cut)
        } else {
            self = SyncLine()
        }
        return removed
    }

    /// What is left has no cut after its last run.
    private mutating func keep(runs count: Int, anchors anchorCount: Int) {
        open = run(count - 1)
        sealed.removeSubrange((count - 1)...)
        anchors.removeSubrange(anchorCount...)
        cuts.removeAll { $0.run >= count - 1 }
        times.keep(first: syncCount)
    }

    /// Gives back what growing has left over.
    mutating func trim() {
        sealed.trim()
        anchors.trim()
        times.trim()
    }

    private func suffix(from base: Int) -> SyncLine {
        var line = SyncLine()
        let anchorBase = run(base).anchorStart
        line.sealed = sealed[min(base, sealed.count)...].map { $0.moved(by: anchorBase) }
        line.open = open.moved(by: anchorBase)
        line.anchors = Array(anchors[anchorBase...])
        line.cuts = cuts.filter { $0.run >= base }.map { Cut(run: $0.run - base, next: $0.next, isStrict: $0.isStrict) }
        return line
    }

    // MARK: From a snapshot

    /// Adds a run above all others, as it was.
    ///
    /// - Returns: Whether it can be one.
    mutating func restore(
        _ first: StrictMarker.Pair, length: UInt32, anchors distances: [UInt32], isChained: Bool, isMarked: Bool
    ) -> Bool {
        let rises = zip(distances, distances.dropFirst()).allSatisfy { $0 < $1 }
        guard rises, distances.first != 0, isMarked ? distances.isEmpty : distances.last ?? 0 == length,
            max(first.upstreamOffset, first.downstreamOffset) <= .max - Int64(length),
            isEmpty || (first.upstreamOffset > open.last && first.downstreamOffset > open.lastDownstream),
            anchors.count + distances.count <= SyncRun.mostAnchors
        else { return false }
        if !isEmpty { sealed.append(open) }
        open = SyncRun(
            first: first.upstreamOffset, downstream: first.downstreamOffset, anchors: anchors.count, isChained: isChained,
            isMarked: isMarked)
        open.last = first.upstreamOffset + Int64(length)
        anchors += distances
        return true
    }

    /// Adds a cut after all others.
    mutating func restore(_ cut: Cut) -> Bool {
        guard cut.run > cuts.last?.run ?? -1, cut.run < runCount, cut.next.upstreamOffset > run(cut.run).last,
            cut.next.downstreamOffset > run(cut.run).lastDownstream,
            cut.run + 1 == runCount || run(cut.run + 1).first <= cut.next.upstreamOffset
        else { return false }
        cuts.append(cut)
        return true
    }

    /// The last sync alone.
    var ending: SyncLine {
        var line = SyncLine()
        if let last { line.extend(last, isChained: false, isMarked: open.isMarked) }
        return line
    }

    /// The first run that satisfies a predicate which no run before one satisfying it satisfies; `runCount` where none does.
    func runIndex(where predicate: (SyncRun) -> Bool) -> Int {
        if isEmpty { return 0 }
        // Most are asked about what is newest.
        guard predicate(open) else { return runCount }
        return sealed.partitioningIndex(where: predicate)
    }
}

extension SyncRun {
    fileprivate func moved(by anchors: Int) -> SyncRun {
        var run = self
        run.anchorStart = anchorStart - anchors
        return run
    }
}
