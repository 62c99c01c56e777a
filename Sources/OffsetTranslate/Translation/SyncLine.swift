/// Syncs with both offsets rising, and between them the places where overruled ones once stood.
struct SyncLine: Hashable, Sendable {
    /// The sync that followed a run in the log before a rewind overruled it.
    struct Cut: Hashable, Sendable {
        /// The index of the run.
        var run: Int
        var next: SyncPoint
        var isStrict: Bool
    }

    /// What surrounds an offset.
    enum Place {
        case empty
        case before(SyncRun)
        case within(SyncRun)
        /// `next` is the sync above in this line; in an interval that was cut, not the one that followed in the log.
        case between(SyncInterval, next: SyncPoint, isCut: Bool)
        case after(SyncRun)
    }

    private(set) var runs: [SyncRun] = []
    private(set) var cuts: [Cut] = []

    /// The newest sync.
    var last: SyncPoint? { runs.last?.lastPoint }

    func place(of offset: Int64) -> Place {
        guard let first = runs.first else { return .empty }
        let above = runs.partitioningIndex { $0.first > offset }
        guard above > 0 else { return .before(first) }
        let run = runs[above - 1]
        if offset <= run.last { return .within(run) }
        guard above < runs.count else { return .after(run) }
        let next = runs[above].firstPoint
        guard let cut = cut(at: above - 1) else {
            let interval = SyncInterval(below: run.lastPoint, above: next, isStrict: runs[above].isChained)
            return .between(interval, next: next, isCut: false)
        }
        return .between(
            SyncInterval(below: run.lastPoint, above: cut.next, isStrict: cut.isStrict), next: next, isCut: true)
    }

    private func cut(at run: Int) -> Cut? {
        let index = cuts.partitioningIndex { $0.run >= run }
        return index < cuts.count && cuts[index].run == run ? cuts[index] : nil
    }

    /// An upper bound for the first record at or above a target offset; `nil` when there is none.
    func firstRecord(from downstream: Int64, assuming assumption: Assumption) -> Int64? {
        let index = runs.partitioningIndex { $0.lastDownstream >= downstream }
        guard index < runs.count else {
            guard let last = runs.last else { return nil }
            // The record after a strict mirror's last sync comes right after it.
            return assumption != .nothing || (last.isMarked && downstream == last.lastDownstream + 1) ? downstream : nil
        }
        let run = runs[index]
        guard run.downstream > downstream else { return downstream }
        guard index > 0 else { return assumption == .dense ? downstream : run.downstream }
        guard cut(at: index - 1) == nil else { return run.downstream }
        let interval = SyncInterval(below: runs[index - 1].lastPoint, above: run.firstPoint, isStrict: run.isChained)
        // Nothing but copies there, in order.
        return interval.rule(assumption) == .interval ? run.downstream : downstream
    }

    /// Adds a sync above all others.
    mutating func extend(_ point: SyncPoint, isChained: Bool, isMarked: Bool) {
        if isChained, let end = runs.last,
            point.upstreamOffset - end.last == point.downstreamOffset - end.lastDownstream {
            let index = runs.count - 1
            runs[index].last = point.upstreamOffset
            runs[index].timestamp = point.timestamp
            runs[index].logOffset = point.logOffset
            runs[index].isMarked = isMarked
        } else {
            runs.append(SyncRun(point, isChained: isChained, isMarked: isMarked))
        }
    }

    /// Takes off every sync at or above a source offset, and remembers what followed the last one that stays.
    ///
    /// - Returns: what was taken off, from the last sync on that stays.
    mutating func overrule(from offset: Int64) -> SyncLine {
        let hit = runs.partitioningIndex { $0.last >= offset }
        guard hit < runs.count else { return SyncLine() }
        let isSplit = runs[hit].first < offset
        let kept = isSplit ? hit + 1 : hit
        let base = max(0, kept - 1)
        var removed = SyncLine()
        removed.runs = Array(runs[base...])
        removed.cuts = cuts.filter { $0.run >= base }.map { Cut(run: $0.run - base, next: $0.next, isStrict: $0.isStrict) }

        if kept > 0 {
            let end = kept - 1
            let cut =
                if isSplit {
                    Cut(run: end, next: runs[hit].lastPoint, isStrict: true)
                } else {
                    self.cut(at: end) ?? Cut(run: end, next: runs[kept].firstPoint, isStrict: runs[kept].isChained)
                }
            cuts.removeAll { $0.run >= end }
            cuts.append(cut)
            if isSplit {
                runs[hit].last = runs[hit].first
                runs[hit].timestamp = -1
                runs[hit].logOffset = -1
            }
        } else {
            cuts = []
        }
        runs.removeSubrange(kept...)
        return removed
    }
}

extension Array {
    /// The first index whose element satisfies a predicate that no element before one satisfying it satisfies.
    func partitioningIndex(where predicate: (Element) -> Bool) -> Int {
        var low = 0
        var high = count
        while low < high {
            let middle = low + (high - low) / 2
            if predicate(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
