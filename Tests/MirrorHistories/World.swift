package import KafkaClient
package import OffsetTranslate
import TestSupport

/// One step in the life of a mirrored partition.
package enum Step: Hashable, Sendable {
    /// Records appended to the source.
    case produce(Int)
    /// Source offsets that hold no record: commit markers, aborted data.
    case hole(Int)
    /// About half of the source's records go.
    case compactSource(UInt64)
    case copy(Int)
    /// Offsets of the target that hold no mirrored record.
    case control(Int)
    case foreign(Int)
    /// MM2's periodic commit, which writes the syncs held back.
    case flush
    /// `unsynced` records are copied and acknowledged, no sync of them is written, and the mirror dies; the next one
    /// starts `back` records earlier (a strict mirror never does).
    case crash(unsynced: Int, back: Int)
    case recreateSource
    /// The target loses everything from `keep` on; the mirror goes on `back` records earlier.
    case truncateTarget(keep: Int64, back: Int)
    case expireTarget(Int)
    case compactTarget(UInt64)
}

package enum Emission: Hashable, Sendable {
    /// With marks; a sync at the first record after every break, and after `lag` records.
    case strict(lag: Int64)
    case mirrorMaker(lag: Int64)
    /// True pairs, but which ones is anybody's guess.
    case adversarial
}

package struct Scenario: Hashable, Sendable {
    package var seed: UInt64
    package var emission: Emission
    /// Of 100 syncs, how many are lost: never sent, coalesced, or compacted away.
    package var loss: UInt64
    package var steps: [Step]

    package init(seed: UInt64, emission: Emission, loss: UInt64, steps: [Step]) {
        self.seed = seed
        self.emission = emission
        self.loss = loss
        self.steps = steps
    }
}

package struct LoggedSync: Hashable {
    package var upstream: Int64
    package var downstream: Int64
    package var marker: StrictMarker?
}

/// Carries out a scenario, and knows the truth about every record.
package struct World {
    package struct Copy {
        package var epoch: Int
        package var upstream: Int64
        package var incarnation: Int
        package var isCompacted = false
    }

    package let scenario: Scenario
    package private(set) var syncs: [LoggedSync] = []
    package private(set) var source: [Int64] = []
    package private(set) var sourceEnd: Int64 = 0
    package private(set) var target: [Int64: Copy] = [:]
    package private(set) var bounds = LogBounds(start: 0, end: 0)

    // What the assumptions and the premises claim, as it really was.
    package private(set) var isDense = true
    /// Nothing but mirrored records on the target, if some of them twice.
    package private(set) var isMirrored = true
    package private(set) var isStrict = true
    package private(set) var hasForeign = false
    /// Target offsets that others wrote to.
    package private(set) var foreign: Set<Int64> = []
    package private(set) var wentBack = false
    package private(set) var wasTruncated = false
    private var lossless = true
    /// Where each record of the source was first copied to; one that a truncation took counts as copied, but nowhere.
    package private(set) var firstCopies: [Int64: Int64] = [:]

    package private(set) var epoch = 0
    package private(set) var wasCompacted = false
    private var incarnation = 0
    private var position: Int64 = 0
    private var chain: StrictMarker.Pair?
    private var hasSynced = false
    private var lastSyncDownstream: Int64 = 0
    private var previous: StrictMarker.Pair?
    private var delayed: StrictMarker.Pair?
    /// Per time the mirror went back: how many syncs were there, and to where.
    private var returns: [(syncs: Int, to: Int64, first: Int64?)] = []
    private var truncations: [(syncs: Int, keep: Int64)] = []

    package init(_ scenario: Scenario) {
        self.scenario = scenario
        if case .strict = scenario.emission {} else { isStrict = false }
        for step in scenario.steps { take(step) }
    }

    private func hash(_ a: Int64, _ b: Int64) -> UInt64 {
        SeededGenerator.mixed(scenario.seed ^ SeededGenerator.mixed(UInt64(bitPattern: a) &* 31 &+ UInt64(bitPattern: b)))
    }

    private mutating func take(_ step: Step) {
        switch step {
        case .produce(let count):
            for _ in 0..<count {
                source.append(sourceEnd)
                sourceEnd += 1
            }
        case .hole(let count): sourceEnd += Int64(count)
        case .compactSource(let salt):
            wasCompacted = true
            source = source.filter { hash($0, Int64(bitPattern: salt)) % 100 < 50 || $0 == sourceEnd - 1 }
        case .copy(let count): copy(count, synced: true)
        case .control(let count):
            bounds.end += Int64(count)
            if count > 0 {
                isDense = false
                isMirrored = false
            }
        case .foreign(let count):
            for offset in bounds.end..<(bounds.end + Int64(count)) { foreign.insert(offset) }
            bounds.end += Int64(count)
            if count > 0 {
                isDense = false
                isMirrored = false
                hasForeign = true
            }
        case .flush:
            if let delayed, case .mirrorMaker = scenario.emission { emit(delayed, marker: nil) }
            delayed = nil
        case .crash(let unsynced, let back): crash(unsynced, back)
        case .recreateSource:
            epoch += 1
            source = []
            sourceEnd = 0
            firstCopies = [:]
            returns.append((syncs.count, 0, nil))
            startOver(at: 0)
        case .truncateTarget(let keep, let back):
            let keep = min(bounds.end, max(bounds.start, keep))
            guard keep < bounds.end else { return }
            truncations.append((syncs.count, keep))
            for offset in keep..<bounds.end { target[offset] = nil }
            foreign = foreign.filter { $0 < keep }
            for (upstream, first) in firstCopies where first >= keep { firstCopies[upstream] = -1 }
            bounds.end = keep
            isDense = false
            isMirrored = false
            isStrict = false
            wasTruncated = true
            goBack(back)
        case .expireTarget(let count):
            let start = min(bounds.end, bounds.start + Int64(count))
            for offset in bounds.start..<start { target[offset] = nil }
            bounds.start = start
        case .compactTarget(let salt):
            wasCompacted = true
            // All copies of a record have its key: never the latest without the ones before it.
            for (offset, copy) in target where hash(copy.upstream, Int64(bitPattern: salt)) % 100 < 30 {
                target[offset]?.isCompacted = true
            }
            isDense = false
            isMirrored = false
        }
    }

    private mutating func crash(_ unsynced: Int, _ back: Int) {
        let before = chain
        var chainHolds = true
        for copied in copy(unsynced, synced: false) where before.map({
            $0.upstreamOffset - $0.downstreamOffset != copied.upstreamOffset - copied.downstreamOffset
        }) ?? true { chainHolds = false }
        if !chainHolds { isStrict = false }
        if case .strict = scenario.emission {
            incarnation += 1
            // It may go on with the chain only where it has made sure that the promise holds.
            chain = chainHolds && hash(Int64(unsynced), position) % 2 == 0 ? before : nil
            hasSynced = chain != nil
        } else {
            goBack(back)
        }
    }

    private mutating func goBack(_ back: Int) {
        let copied = source.filter { $0 < position }
        let to = back > 0 && !copied.isEmpty ? copied[max(0, copied.count - back)] : position
        if case .strict = scenario.emission { isStrict = isStrict && to == position }
        if to < position { returns.append((syncs.count, to, nil)) }
        startOver(at: to)
    }

    private mutating func startOver(at offset: Int64) {
        if offset < position || offset == 0 { wentBack = true; isDense = false }
        incarnation += 1
        position = offset
        chain = nil
        hasSynced = false
        previous = nil
        delayed = nil
    }

    @discardableResult
    private mutating func copy(_ count: Int, synced: Bool) -> [StrictMarker.Pair] {
        var copied: [StrictMarker.Pair] = []
        for offset in source.filter({ $0 >= position }).prefix(count) {
            let pair = StrictMarker.Pair(upstreamOffset: offset, downstreamOffset: bounds.end)
            target[bounds.end] = Copy(epoch: epoch, upstream: offset, incarnation: incarnation)
            if firstCopies[offset] ?? -1 < 0 { firstCopies[offset] = bounds.end }
            bounds.end += 1
            position = offset + 1
            if let last = returns.indices.last, returns[last].first == nil { returns[last].first = offset }
            copied.append(pair)
            if synced { offer(pair) }
        }
        return copied
    }

    private mutating func offer(_ pair: StrictMarker.Pair) {
        switch scenario.emission {
        case .strict(let lag):
            let isBreak = chain.map {
                pair.upstreamOffset - pair.downstreamOffset != $0.upstreamOffset - $0.downstreamOffset
                    || pair.downstreamOffset - $0.downstreamOffset >= lag
            } ?? true
            guard isBreak else { return }
            emit(pair, marker: StrictMarker(previous: chain))
            chain = pair
        case .mirrorMaker(let lag):
            let isDue = !hasSynced || pair.downstreamOffset - (lastSyncDownstream + 1) >= lag
                || (previous.map { pair.upstreamOffset - $0.upstreamOffset != 1 || pair.downstreamOffset < $0.downstreamOffset } ?? true)
            previous = pair
            guard isDue else {
                delayed = pair
                return
            }
            hasSynced = true
            lastSyncDownstream = pair.downstreamOffset
            delayed = nil
            emit(pair, marker: nil)
        case .adversarial:
            if hash(pair.downstreamOffset, pair.upstreamOffset) % 4 == 0 { emit(pair, marker: nil) }
        }
    }

    private mutating func emit(_ pair: StrictMarker.Pair, marker: StrictMarker?) {
        guard hash(pair.upstreamOffset, pair.downstreamOffset) % 100 >= scenario.loss else {
            lossless = false
            isStrict = false
            return
        }
        syncs.append(
            LoggedSync(upstream: pair.upstreamOffset, downstream: pair.downstreamOffset, marker: marker))
    }

    // MARK: The truth

    /// A record's latest copy.
    package struct Latest { package var upstream: Int64, downstream: Int64, incarnation: Int }

    /// The latest copy of each record, by source offset.
    ///
    /// - Parameter wanted: only of those that neither source nor target has compacted away.
    package func latest(wanted: Bool) -> [Latest] {
        let alive = Set(source)
        var latest: [Int64: Latest] = [:]
        for (offset, copy) in target where copy.epoch == epoch {
            if wanted, copy.isCompacted || !alive.contains(copy.upstream) { continue }
            if latest[copy.upstream].map({ $0.downstream < offset }) ?? true {
                latest[copy.upstream] = Latest(upstream: copy.upstream, downstream: offset, incarnation: copy.incarnation)
            }
        }
        return latest.values.sorted { $0.upstream < $1.upstream }
    }

    /// Target offsets of all copies of records that are still there on both sides.
    package var copies: [Int64] {
        let alive = Set(source)
        return target.filter { $0.value.epoch == epoch && !$0.value.isCompacted && alive.contains($0.value.upstream) }
            .map(\.key).sorted()
    }

    /// A truncation that grew over before a sync was written leaves no trace; nor does one above the last sync, where
    /// what it took can only matter to a record that has an older copy.
    package func truncationsShow(toOneWhoKnowsTheLogEnd knowsEnd: Bool) -> Bool {
        truncations.allSatisfy { truncation in
            guard let last = syncs[..<truncation.syncs].last, last.downstream >= truncation.keep else { return !wentBack }
            guard truncation.syncs < syncs.count else { return knowsEnd && last.downstream >= bounds.end }
            let next = syncs[truncation.syncs]
            // The same pair once more could as well have been sent twice.
            return next.downstream <= last.downstream && next.upstream != last.upstream
        }
    }

    /// A mirror that went back to a sync or below it has left a sync that says so.
    package var returnsShow: Bool {
        returns.allSatisfy { back in
            guard let last = syncs[..<back.syncs].map(\.upstream).max(), last >= back.to else { return true }
            return (max(1, back.syncs)..<max(1, max(back.syncs, syncs.count))).contains {
                syncs[$0].upstream <= syncs[$0 - 1].upstream
            }
        }
    }

    /// Dense, but for returns below the last sync whose first copies all have theirs.
    package var isDenseBetweenReturns: Bool {
        isMirrored && returns.allSatisfy { back in
            guard let first = back.first else { return true }
            guard back.syncs > 0, back.syncs < syncs.count else { return false }
            return syncs[back.syncs].upstream == first && first <= syncs[back.syncs - 1].upstream
        }
    }

    /// The mirror went back, and some records' only copies are still from before that.
    package var isMidway: Bool {
        latest(wanted: true).contains { $0.incarnation < incarnation && $0.upstream >= position }
    }

    /// Whatever has its only copy from before the mirror went back is within what the syncs around it leave room for.
    package var earlierCopiesShow: Bool {
        for record in latest(wanted: true) where record.incarnation < incarnation && record.upstream >= position {
            var isCovered = false
            // Syncs from before a truncation tell of another log.
            let standing = truncations.last?.syncs ?? 0
            guard standing < syncs.count else { return true }
            if record.downstream < syncs[standing].downstream { return false }
            for (index, sync) in syncs.enumerated() where index >= standing && sync.downstream <= record.downstream {
                guard index + 1 < syncs.count else { isCovered = true; break }
                let next = syncs[index + 1]
                let room = next.downstream - sync.downstream - 1
                if record.downstream < next.downstream,
                    record.upstream == sync.upstream || record.upstream <= sync.upstream + room {
                    isCovered = true
                }
            }
            if !isCovered { return false }
        }
        return true
    }
}
