import KafkaClient
import MirrorHistories
import OffsetTranslate
import TestSupport
import Testing

/// What must hold of every translation, whatever happened to the mirror.
///
/// A number of each property names it in the messages: 1 nothing skipped, 2 bounds hold, 3 exact is exact, 4 monotone,
/// 5 more syncs never widen, 6 built in one go or step by step. 7 and 8 say that it isn't more careful than it need be.
@Suite struct TranslationPropertyTests {
    /// Raise it for a longer search.
    static let histories: UInt64 = 10_000
    static let firstSeed: UInt64 = 1

    @Test func propertiesOverRandomHistories() async {
        var failures = 0
        var tally: [String: Int] = [:]
        for seed in Self.firstSeed..<(Self.firstSeed + Self.histories) {
            let scenario = Scenario.random(seed: seed)
            guard Check(scenario).failure(counting: &tally) != nil else { continue }
            failures += 1
            guard failures <= 3 else { break }
            var ignored: [String: Int] = [:]
            let smallest = await scenario.shrunk { Check($0).failure(counting: &ignored) != nil }
            let failure = Check(smallest).failure(counting: &ignored)
            Issue.record("seed \(seed): \(failure ?? "?")\n  \(smallest)\n  \(World(smallest).syncs.map { "(\($0.upstream),\($0.downstream)\($0.marker.map { m in m.previous.map { " after \($0.upstreamOffset),\($0.downstreamOffset)" } ?? " starts" } ?? ""))" })")
        }
        // The properties must not hold just because nothing was looked at.
        for name in ["histories", "back", "back exact", "back dense", "back bounded", "1", "1 dense", "1 strict", "2", "3", "2 dense", "2 strict", "5", "7", "8", "wentBack", "midway", "truncated"] {
            #expect(tally[name, default: 0] >= Int(Self.histories) / 40, "\(name): \(tally)")
        }
    }

    /// Syncs that no mirror would write: nothing can be true of them, but nothing may trap or contradict itself either.
    @Test func hostileSyncs() {
        var generator = SeededGenerator(seed: 7)
        let offsets: [Int64] = [0, 1, 2, 3, 5, 8, 13, 100, .max - 1, .max]
        func offset() -> Int64 { offsets.randomElement(using: &generator)! }
        for _ in 0..<3_000 {
            var history = PartitionHistory()
            for _ in 0..<Int.random(in: 0...8, using: &generator) {
                let previous = StrictMarker.Pair(upstreamOffset: offset(), downstreamOffset: offset())
                let marker: StrictMarker? =
                    Bool.random(using: &generator) ? nil : StrictMarker(previous: Bool.random(using: &generator) ? previous : nil)
                history.append(upstreamOffset: offset(), downstreamOffset: offset(), marker: marker)
            }
            let ends = [offset(), offset()].sorted()
            for target in [nil, LogBounds(start: ends[0], end: ends[1])] {
                for assumption in Assumption.allCases {
                    var before: Translation?
                    for offset in [.min, -1] + offsets {
                        let translation = history.translate(offset, assuming: assumption, target: target)
                        if let failure = Check.coherence(translation, after: before, target) {
                            Issue.record("\(failure): \(translation)\n after \(String(describing: before))\n\(history)")
                            return
                        }
                        #expect(Check.agreement(history, offset, assumption, target, translation) == nil, "\(translation)\n\(history)")
                        before = translation
                    }
                }
            }
        }
    }
}

/// The properties, over one scenario.
struct Check {
    private let world: World
    private let history: PartitionHistory
    private let wanted: [World.Latest]
    private let mapped: [World.Latest]
    private let copies: [Int64]

    init(_ scenario: Scenario) {
        var world = World(scenario)
        if !world.earlierCopiesShow { world = World(scenario.drained) }
        self.world = world
        history = Self.history(world.syncs)
        wanted = world.latest(wanted: true)
        mapped = world.latest(wanted: false)
        copies = world.copies
    }

    private static func history(_ syncs: [LoggedSync]) -> PartitionHistory {
        var history = PartitionHistory()
        for sync in syncs {
            history.append(upstreamOffset: sync.upstream, downstreamOffset: sync.downstream, marker: sync.marker)
        }
        return history
    }

    private var offsets: ClosedRange<Int64> { 0...(max(world.sourceEnd, world.syncs.map(\.upstream).max() ?? 0) + 3) }

    func failure(counting tally: inout [String: Int]) -> String? {
        tally["histories", default: 0] += 1
        guard world.truncationsShow(toOneWhoKnowsTheLogEnd: true), world.earlierCopiesShow else { return nil }
        if world.wentBack { tally["wentBack", default: 0] += 1 }
        if world.isMidway { tally["midway", default: 0] += 1 }
        if world.wasTruncated { tally["truncated", default: 0] += 1 }
        for target in [world.bounds, nil] where world.truncationsShow(toOneWhoKnowsTheLogEnd: target != nil) {
            for assumption in Assumption.allCases {
                if let failure = failure(assumption, target, &tally) {
                    return "\(failure), assuming \(assumption), target \(target.map(\.description) ?? "not known")"
                }
            }
        }
        return back(&tally) ?? widening(&tally) ?? increments()
    }

    private func failure(_ assumption: Assumption, _ target: LogBounds?, _ tally: inout [String: Int]) -> String? {
        let isTrue =
            switch assumption {
            case .nothing: true
            case .dense: world.isDense
            case .strict: world.isStrict
            }
        // Who does not know that records were deleted can't say where the first that is left lies.
        let isBounded = isTrue && world.returnsShow && (target != nil || world.bounds.start == 0)
        let isSafe = isTrue || (assumption == .dense && world.isDenseBetweenReturns)
        if isSafe { tally[assumption == .nothing ? "1" : "1 \(assumption)", default: 0] += 1 }
        if isBounded { tally[assumption == .nothing ? "2" : "2 \(assumption)", default: 0] += 1 }

        // The highest position that skips nothing, and where the mirror put what a compaction has removed since.
        let safe = positions(of: wanted)
        let right = positions(of: mapped)
        var before: Translation?
        for offset in offsets {
            let translation = history.translate(offset, assuming: assumption, target: target)
            func fails(_ text: String) -> String { "\(text) at \(offset), wanted \(safe[Int(offset)]): \(translation)" }
            if let failure = Self.coherence(translation, after: before, target) { return fails(failure) }
            if let failure = Self.agreement(history, offset, assumption, target, translation) { return fails(failure) }
            before = translation
            if target != nil, !history.isEmpty, translation.position == nil { return fails("no position") }
            guard isSafe, let position = translation.position, let low = translation.low else { continue }
            if position > safe[Int(offset)], skips(offset, at: position) { return fails("1: skips") }
            if low > safe[Int(offset)], skips(offset, at: low) { return fails("2: low is too high") }
            let truth = right[Int(offset)]
            guard isBounded else { continue }
            if let high = translation.high, hasCopies(in: high..<max(high, truth)) { return fails("2: high is too low") }
            if translation.kind == .exact {
                tally["3", default: 0] += 1
                if hasCopies(in: position..<max(position, truth)) { return fails("3: not exact") }
            }
            if let failure = needlessCare(translation, offset, assumption, &tally) { return fails(failure) }
        }
        return nil
    }

    /// The way home: nothing that was not given to the group is skipped, and bounds hold.
    private func back(_ tally: inout [String: Int]) -> String? {
        guard world.returnsShow, world.truncationsShow(toOneWhoKnowsTheLogEnd: false) else { return nil }
        let source = LogBounds(start: world.source.first ?? world.sourceEnd, end: world.sourceEnd)
        for assumption in Assumption.allCases {
            guard assumption == .nothing || (assumption == .dense ? world.isDense : world.isStrict) else { continue }
            for bounds in [source, nil] {
                var before: Translation?
                for offset in 0...(world.bounds.end + 2) {
                    let translation = history.translateBack(offset, assuming: assumption, source: bounds)
                    func fails(_ text: String) -> String { "back: \(text) at \(offset), \(assumption), source \(source): \(translation)" }
                    if let failure = Self.coherence(translation, after: before, bounds) { return fails(failure) }
                    before = translation
                    guard let position = translation.position else { continue }
                    tally[assumption == .nothing ? "back" : "back \(assumption)", default: 0] += 1
                    // Records that were given to the group, and those that were not.
                    let isGiven = { (upstream: Int64) in world.firstCopies[upstream].map { $0 < offset } ?? false }
                    if let skipped = world.source.first(where: { $0 < position && !isGiven($0) }) { return fails("skips \(skipped)") }
                    guard !world.wentBack, !world.wasTruncated else { continue }
                    let right = world.source.first { !isGiven($0) } ?? world.sourceEnd
                    if let high = translation.high {
                        tally["back bounded", default: 0] += 1
                        if let again = world.source.first(where: { $0 >= high && $0 < right }) { return fails("high is too low for \(again)") }
                    }
                    if translation.kind == .exact { tally["back exact", default: 0] += 1 }
                }
            }
        }
        return nil
    }

    /// For each source offset, the lowest copy at or after it.
    private func positions(of latest: [World.Latest]) -> [Int64] {
        var positions: [Int64] = []
        var position = world.bounds.end
        var rest = latest[...]
        for offset in offsets.reversed() {
            while let last = rest.last, last.upstream >= offset {
                position = min(position, last.downstream)
                rest.removeLast()
            }
            positions.append(position)
        }
        return positions.reversed()
    }

    /// Whether a group that wants `offset` never gets to see some record from `position` on.
    private func skips(_ offset: Int64, at position: Int64) -> Bool {
        wanted.contains { $0.upstream >= offset && $0.downstream < position }
    }

    private func hasCopies(in range: Range<Int64>) -> Bool {
        !range.isEmpty && copies.contains { range.contains($0) }
    }

    /// The look-up without evidence says the same.
    static func agreement(
        _ history: PartitionHistory, _ offset: Int64, _ assumption: Assumption, _ target: LogBounds?, _ translation: Translation
    ) -> String? {
        let bounds = history.bounds(of: offset, assuming: assumption, target: target)
        let isSame = bounds?.low == translation.position && bounds?.low == translation.low && bounds?.high == translation.high
        return isSame && bounds?.isExact ?? false == translation.isExact ? nil : "bounds are \(String(describing: bounds))"
    }

    /// What must hold of a translation whatever the truth is, and of one after another.
    static func coherence(_ translation: Translation, after before: Translation?, _ target: LogBounds?) -> String? {
        if case .unknown = translation.kind { return translation.position == nil && translation.low == nil ? nil : "unknown, yet known" }
        guard let position = translation.position, let low = translation.low else { return "no position" }
        if position != low { return "position is not the lower bound" }
        if let high = translation.high, low > high { return "crossed bounds" }
        if (translation.kind == .exact) != (low == translation.high) { return "kind contradicts bounds" }
        if let target, position < target.start || position > max(target.start, target.end) { return "outside the target's log" }
        guard let before, let lowBefore = before.low else { return nil }
        if low < lowBefore { return "4: low falls" }
        if let high = translation.high {
            guard let highBefore = before.high else { return "4: high appears" }
            if high < highBefore { return "4: high falls" }
        }
        return nil
    }

    /// Never worse than the nearest sync, and exact all along an unbroken strict chain.
    private func needlessCare(
        _ translation: Translation, _ offset: Int64, _ assumption: Assumption, _ tally: inout [String: Int]
    ) -> String? {
        guard !world.wentBack, !world.wasTruncated, let low = translation.low else { return nil }
        let syncs = world.syncs
        guard let first = syncs.first, let last = syncs.last, offset >= first.upstream else { return nil }
        let isStrict = world.isStrict && (assumption == .strict || syncs.dropFirst().allSatisfy { $0.marker?.previous != nil })
        if isStrict, offset <= last.upstream + 1, last.downstream >= world.bounds.start {
            tally["8", default: 0] += 1
            if translation.kind != .exact { return "8: a strict chain must be exact" }
        }
        // Room for unseen copies near the end is a reason to be careful.
        guard !translation.warnings.contains(where: { if case .earlierCopies = $0 { true } else { false } }) else { return nil }
        guard let nearest = syncs.last(where: { $0.upstream <= offset }) else { return nil }
        tally["7", default: 0] += 1
        if low < nearest.downstream + (nearest.upstream == offset ? 0 : 1) { return "7: worse than the nearest sync" }
        return nil
    }

    private func widening(_ tally: inout [String: Int]) -> String? {
        guard !world.wentBack, !world.wasTruncated, world.syncs.count > 1 else { return nil }
        tally["5", default: 0] += 1
        let lost = Int(world.scenario.seed % UInt64(world.syncs.count))
        var fewer = world.syncs
        fewer.remove(at: lost)
        let poorer = Self.history(fewer)
        for assumption in Assumption.allCases where assumption == .nothing || (assumption == .dense && world.isDense) {
            for offset in offsets {
                let more = history.translate(offset, assuming: assumption, target: world.bounds)
                let less = poorer.translate(offset, assuming: assumption, target: world.bounds)
                // The room around a lost sync may look like a mirror's that went back.
                if more.warnings.contains(where: { if case .earlierCopies = $0 { true } else { false } }) { continue }
                guard let low = less.low, let high = less.high else { continue }
                // A strict mirror's last sync speaks for the record after it; a new chain's first takes that back.
                let isLast = poorer.last.map {
                    offset == $0.upstreamOffset + 1 || world.bounds.start == $0.downstreamOffset + 1
                } ?? false
                guard let newLow = more.low, let newHigh = more.high, newLow >= low, isLast || newHigh <= high else {
                    return "5: without sync \(lost) it was \(less), with it it is \(more), at \(offset), \(assumption)"
                }
            }
        }
        return nil
    }

    private func increments() -> String? {
        var map = TranslationMap()
        var resumed = SyncHistory()
        let partition = TopicPartition(topic: "t", partition: 1)
        let other = TopicPartition(topic: "t", partition: 2)
        for (index, sync) in world.syncs.enumerated() {
            map.append(
                OffsetSync(topicPartition: partition, upstreamOffset: sync.upstream, downstreamOffset: sync.downstream),
                marker: sync.marker)
            map.append(OffsetSync(topicPartition: other, upstreamOffset: Int64(index), downstreamOffset: 0))
            if let failure = resume(&resumed, sync, partition, index) { return failure }
            if index % 3 == 0, Self.history(Array(world.syncs[...index])) != map[partition] { return "6: differs after \(index)" }
        }
        guard !world.syncs.isEmpty else { return nil }
        return map[partition] == history && resumed.map[partition] == history ? nil : "6: differs"
    }

    /// Takes in one sync as a record, and now and then goes on from a snapshot.
    private func resume(_ resumed: inout SyncHistory, _ sync: LoggedSync, _ partition: TopicPartition, _ index: Int) -> String? {
        do {
            try resumed.append(sync, of: partition, at: Int64(index))
            guard index % 4 == 1 else { return nil }
            let bytes = try TranslationSnapshot(clusterID: "c", topic: "syncs", next: Int64(index + 1), history: resumed).encoded()
            resumed = try bytes.withUnsafeBytes { try TranslationSnapshot.decode($0) }.history
            return nil
        } catch {
            return "6: a snapshot does not come back: \(error)"
        }
    }
}

extension SyncHistory {
    /// Takes in a sync as the record that it would be.
    mutating func append(_ sync: LoggedSync, of partition: TopicPartition, at offset: Int64) throws {
        let entry = OffsetSync(topicPartition: partition, upstreamOffset: sync.upstream, downstreamOffset: sync.downstream)
        let headers = sync.marker.map { [Header(name: StrictMarker.headerName, value: $0.encoded())] } ?? []
        let record = Record(key: try entry.encodedKey(), value: entry.encodedValue(), headers: headers)
        let place = TopicPartition(topic: "syncs", partition: 0)
        var history = self
        try MessageView.lend(ConsumedRecord(topicPartition: place, offset: offset, record: record)) { try history.append($0) }
        self = history
    }
}
