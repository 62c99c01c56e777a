extension SyncLine {
    /// What surrounds a source offset.
    enum Place {
        case empty
        case before(SyncReference)
        /// On a sync, or inside what a strict mirror vouches for; `above` is `nil` on a sync.
        case on(position: Int64, below: SyncReference, above: SyncReference?)
        /// `next` is the sync above in this line; in an interval that was cut, not the one that followed in the log.
        case between(SyncInterval, next: SyncReference, isCut: Bool)
        /// After the last sync, which carries a strict mirror's mark or not.
        case after(SyncReference, isMarked: Bool)
    }

    /// What surrounds an offset of either side; a ``Place/on(position:below:above:)``'s position is the other side's.
    ///
    /// Complexity: two searches, each near constant where syncs lie evenly, and logarithmic at worst.
    @inline(__always)
    func place(of offset: Int64, on side: Side = .upstream) -> Place {
        if isEmpty { return .empty }
        // Most are asked about what is newest.
        let above = open.first(side) > offset ? firstSealedRun(above: offset, side) : runCount
        guard above > 0 else { return .before(sync(0, 0)) }
        let index = above - 1
        let run = run(index)
        let distance = offset - run.first(side)
        if distance <= run.last - run.first { return run.isMarked ? within(index, run, distance, side) : among(index, run, distance, side) }
        guard above < runCount else { return .after(lastSync(index), isMarked: run.isMarked) }
        let next = sync(above, 0)
        if let cut = cut(at: index) {
            let followed = SyncReference(upstreamOffset: cut.next.upstreamOffset, downstreamOffset: cut.next.downstreamOffset)
            let interval = SyncInterval(below: lastSync(index), above: followed, isStrict: cut.isStrict)
            return .between(interval, next: next, isCut: true)
        }
        let interval = SyncInterval(below: lastSync(index), above: next, isStrict: self.run(above).isChained)
        return .between(interval, next: next, isCut: false)
    }

    private func firstSealedRun(above offset: Int64, _ side: Side) -> Int {
        guard let oldest = sealed.first?.first(side) else { return 0 }
        let density = Double(sealed.count) / Double(open.first(side) - oldest)
        // Where runs do not lie evenly, the second guess is far nearer.
        let guess = Int(min(max(Double(offset - oldest) * density, 0), Double(sealed.count - 1)))
        let better = Double(guess) + Double(offset - sealed[guess].first(side)) * density
        return sealed.indices.partitioningIndex(near: better) { sealed[$0].first(side) > offset }
    }

    @inline(__always)
    private func within(_ index: Int, _ run: SyncRun, _ distance: Int64, _ side: Side) -> Place {
        let isLast = run.first + distance == run.last
        let isOnSync = distance == 0 || isLast
        return .on(
            position: run.first(side.other) + distance, below: isLast ? lastSync(index) : sync(index, 0),
            above: isOnSync ? nil : lastSync(index))
    }

    private func among(_ index: Int, _ run: SyncRun, _ distance: Int64, _ side: Side) -> Place {
        if distance == 0 { return .on(position: run.first(side.other), below: sync(index, 0), above: nil) }
        let range = anchorRange(index)
        let guess = Double(distance) / Double(run.last - run.first) * Double(range.count)
        let found = range.partitioningIndex(near: guess) { Int64(anchors[$0]) >= distance }
        let number = found - range.lowerBound
        let anchor = Int64(anchors[found])
        let above = sync(index, anchor, anchor: number + 1)
        if anchor == distance { return .on(position: run.first(side.other) + anchor, below: above, above: nil) }
        let below = sync(index, number > 0 ? Int64(anchors[found - 1]) : 0, anchor: number)
        return .between(SyncInterval(below: below, above: above, isStrict: false), next: above, isCut: false)
    }

    /// An upper bound for the first record at or above a target offset; `nil` when there is none.
    func firstRecord(from downstream: Int64, assuming assumption: Assumption) -> Int64? {
        guard let last else { return nil }
        let index = runIndex { $0.lastDownstream >= downstream }
        guard index < runCount else {
            // The record after a strict mirror's last sync comes right after it.
            return assumption != .nothing || (open.isMarked && downstream == last.downstreamOffset + 1) ? downstream : nil
        }
        let run = run(index)
        // Nothing but copies there, in order?
        let isClosed: Bool
        if run.downstream <= downstream {
            let range = anchorRange(index), distance = downstream - run.downstream
            guard !run.isMarked, distance > 0 else { return downstream }
            let anchor = Int64(anchors[anchors[range].partitioningIndex { Int64($0) >= distance }])
            return anchor == distance || assumption != .nothing ? downstream : run.downstream + anchor
        } else if index == 0 {
            isClosed = assumption == .dense
        } else if cut(at: index - 1) != nil {
            isClosed = false
        } else {
            let interval = SyncInterval(below: lastSync(index - 1), above: sync(index, 0), isStrict: run.isChained)
            isClosed = interval.rule(assumption) != .interval
        }
        return isClosed ? downstream : run.downstream
    }

    /// The highest source offset that may have a copy below a target offset not above the last sync's.
    func highestCopy(below downstream: Int64) -> Int64? {
        let index = runIndex { $0.lastDownstream >= downstream }
        guard index < runCount else { return nil }
        let run = run(index), distance = downstream - run.downstream
        guard distance > 0 else { return run.first - 1 }
        guard !run.isMarked else { return run.first + distance - 1 }
        return run.first + Int64(anchors[anchors[anchorRange(index)].partitioningIndex { Int64($0) >= distance }]) - 1
    }
}

/// The two ends of a flow.
enum Side {
    case upstream, downstream

    var other: Side { self == .upstream ? .downstream : .upstream }
}

extension SyncRun {
    fileprivate func first(_ side: Side) -> Int64 { side == .upstream ? first : downstream }
}
