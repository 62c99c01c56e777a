public import KafkaClient

/// One source partition's offset syncs, in the order of their log, as far as they still hold.
///
/// Later syncs overrule earlier ones:
/// - Upstream goes backwards, downstream forwards: the mirror restarted and copied again, or the source topic was
///   re-created. Everything at or above the new upstream offset is overruled, what is below still holds.
/// - Downstream goes backwards: the target topic was truncated or re-created. Everything before is dropped. It can't even
///   serve as a lower bound: a re-created topic may hold later records at lower offsets than the old copies had.
///
/// Bounds between two syncs come from neighbours *in the log*. Of two that became neighbours because one between them was
/// overruled, the distance proves nothing.
public struct PartitionHistory: Sendable {
    private typealias Pair = StrictMarker.Pair

    /// A sync, or a run of them: records `upstream ... upstream + length` were copied to `downstream ... downstream + length`.
    private struct Run: Sendable {
        var upstream: Int64
        var downstream: Int64
        var length: Int64 = 0
        /// The sync that followed in the log. It may have been overruled since.
        var successor: Pair?
        /// Our mirror vouches for what lies between the run and its successor.
        var isStrictToSuccessor = false
        /// Its end was overruled: whether its last offsets held records is not known.
        var isCut = false

        var upstreamEnd: Int64 { upstream + length }
        var downstreamEnd: Int64 { downstream + length }
    }

    /// Ascending in both offsets.
    private var runs: [Run] = []
    private var lastIsMarked = false
    private var newestTimestamp: Int64 = -1
    private var wasRecreated = false
    /// Something below the first run was overruled: more copies may lie before it than there are source records.
    private var firstWasOverruled = false

    public init() {}

    /// Takes in the next sync of the log. Amortised O(1), O(log n) where it overrules.
    public mutating func append(
        upstreamOffset: Int64, downstreamOffset: Int64, marker: StrictMarker? = nil, timestamp: Int64 = -1,
        logOffset: Int64 = -1
    ) {
        newestTimestamp = max(newestTimestamp, timestamp)
        let sync = Pair(upstreamOffset: upstreamOffset, downstreamOffset: downstreamOffset)
        let last = runs.last.map { Pair(upstreamOffset: $0.upstreamEnd, downstreamOffset: $0.downstreamEnd) }
        if let last {
            if sync == last { return }
            let isStrict = marker.map { $0.previous == last } ?? false
            if downstreamOffset <= last.downstreamOffset {
                runs.removeAll()
                (wasRecreated, firstWasOverruled) = (true, false)
            } else {
                let index = runs.count - 1
                if isStrict, !runs[index].isCut, upstreamOffset > last.upstreamOffset,
                    upstreamOffset - downstreamOffset == last.upstreamOffset - last.downstreamOffset
                {
                    runs[index].length = upstreamOffset - runs[index].upstream
                    lastIsMarked = true
                    return
                }
                runs[index].successor = sync
                runs[index].isStrictToSuccessor = isStrict
                if upstreamOffset <= last.upstreamOffset { overrule(from: upstreamOffset) }
            }
        }
        runs.append(Run(upstream: upstreamOffset, downstream: downstreamOffset))
        lastIsMarked = marker != nil
    }

    private mutating func overrule(from upstream: Int64) {
        let kept = runs.partitioningIndex { $0.upstream >= upstream }
        runs.removeSubrange(kept...)
        guard let index = runs.indices.last else { return firstWasOverruled = true }
        if runs[index].upstreamEnd >= upstream {
            runs[index].length = upstream - 1 - runs[index].upstream
            runs[index].isCut = true
        }
    }

    /// Translates the position of a group that wants source offset `upstreamOffset` next.
    ///
    /// O(log n). Never above the right position; exact where that is proven under the assumption.
    ///
    /// - Parameter target: The target partition's log, if known: bounds the ends of the history, and shows what has expired.
    public func translate(
        _ upstreamOffset: Int64, assuming assumption: Assumption = .nothing, target: LogBounds? = nil
    ) -> Translation {
        var evidence = Translation.Evidence()
        evidence.newestSyncAt = newestTimestamp
        evidence.targetLog = target
        let warnings: [Translation.Warning] = wasRecreated ? [.targetWasRecreated] : []
        guard let last = runs.last else { return Translation(unknown: .noSyncs, evidence: evidence) }
        if let target, last.downstreamEnd >= target.end {
            return Translation(
                unknown: .targetShorterThanSyncs(logEnd: target.end, newestSync: last.downstreamEnd), evidence: evidence)
        }
        let next = runs.partitioningIndex { $0.upstream >= upstreamOffset }
        let bounds: Bounds
        if next < runs.endIndex {
            evidence.above = Pair(upstreamOffset: runs[next].upstream, downstreamOffset: runs[next].downstream)
        }
        if next < runs.endIndex, runs[next].upstream == upstreamOffset {
            bounds = Bounds(low: runs[next].downstream, high: runs[next].downstream)
        } else if next == 0 {
            guard let target else { return Translation(unknown: .beforeFirstSync, evidence: evidence) }
            bounds = beforeFirst(upstreamOffset, assumption, target)
        } else {
            let run = runs[next - 1]
            let anchor = min(upstreamOffset, run.upstreamEnd)
            evidence.below = Pair(upstreamOffset: anchor, downstreamOffset: run.downstream + anchor - run.upstream)
            bounds = next < runs.endIndex
                ? between(run, runs[next], upstreamOffset, assumption) : afterLast(run, upstreamOffset, assumption, target)
        }
        evidence.isStrict = bounds.isStrict
        return Translation(low: bounds.low, high: bounds.high, isExact: bounds.isExact, evidence: evidence, warnings: warnings)
    }

    private struct Bounds {
        var low: Int64
        var high: Int64?
        var isExact = false
        var isStrict = false
    }

    private func beforeFirst(_ wanted: Int64, _ assumption: Assumption, _ target: LogBounds) -> Bounds {
        let first = runs[0]
        var low = min(target.start, first.downstream)
        // At most as many copies lie before the first sync as there are source offsets, unless some were copied twice.
        if assumption == .dense, !firstWasOverruled { low = max(low, first.downstream - (first.upstream - wanted)) }
        return Bounds(low: low, high: first.downstream)
    }

    private func between(_ run: Run, _ next: Run, _ wanted: Int64, _ assumption: Assumption) -> Bounds {
        if wanted <= run.upstreamEnd { return inside(run, wanted, next.downstream) }
        guard !run.isCut, let successor = run.successor else { return Bounds(low: run.downstreamEnd + 1, high: next.downstream) }
        let survives = successor.upstreamOffset == next.upstream && successor.downstreamOffset == next.downstream
        let along = run.downstreamEnd + (wanted - run.upstreamEnd)
        if run.isStrictToSuccessor || assumption == .strict {
            // Past the successor's place no copy of this run can lie: then the next sync that still holds is the answer.
            let position = along < successor.downstreamOffset ? along : next.downstream
            return Bounds(low: position, high: position, isExact: true, isStrict: run.isStrictToSuccessor)
        }
        guard assumption == .dense else { return Bounds(low: run.downstreamEnd + 1, high: next.downstream) }
        let back = successor.downstreamOffset - (successor.upstreamOffset - wanted)
        return Bounds(
            low: max(run.downstreamEnd + 1, back),
            // Where the successor was overruled, what it says of a hole right below it does not hold any more.
            high: survives ? min(next.downstream, along) : next.downstream)
    }

    /// Within a run our mirror vouches for every offset; where the run was cut, only for not being too high.
    private func inside(_ run: Run, _ wanted: Int64, _ nextDownstream: Int64?) -> Bounds {
        let position = run.downstream + (wanted - run.upstream)
        return run.isCut
            ? Bounds(low: position, high: nextDownstream) : Bounds(low: position, high: position, isExact: true, isStrict: true)
    }

    /// After the last sync nothing is exact without the target's log end, with one exception: our own mirror resumes
    /// without copying twice, so right behind its last sync lies the copy of whatever comes next.
    ///
    /// Further on, even a strict mirror's last run proves nothing: a copy may have been acknowledged after a break whose
    /// sync a crash swallowed.
    private func afterLast(_ run: Run, _ wanted: Int64, _ assumption: Assumption, _ target: LogBounds?) -> Bounds {
        if wanted <= run.upstreamEnd { return inside(run, wanted, target?.end) }
        let low = run.downstreamEnd + 1
        let isMarked = lastIsMarked || assumption == .strict
        if isMarked, wanted == run.upstreamEnd + 1 { return Bounds(low: low, high: low, isExact: true, isStrict: lastIsMarked) }
        if assumption == .dense {
            let along = run.downstreamEnd + (wanted - run.upstreamEnd)
            return Bounds(low: low, high: target.map { min($0.end, along) } ?? along)
        }
        return Bounds(low: low, high: target?.end)
    }
}

extension Array {
    /// The first index whose element matches, in an array where all that match come last. O(log n).
    func partitioningIndex(where matches: (Element) -> Bool) -> Int {
        var low = startIndex, high = endIndex
        while low < high {
            let middle = low + (high - low) / 2
            if matches(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
