import KafkaClient
import OffsetTranslate

/// Finds the fence of one partition in the records of both logs, from some way below the newest offset sync on.
///
/// The mirror copies in order and leaves nothing out. So behind the newest sync's copy, a record that equals the next original is
/// its copy, until the first record that does not. Not certain is, and counts as written on the target:
/// - a copy whose original is not the only one with that content: what was written on the target may look the same,
/// - copies behind a record that is none, as a mirror that went back without a sync, or one that was still running, leaves them,
/// - as many records behind the last copy as the source has offsets without a record there: their originals may be compacted.
///
/// What was written on the target while the mirror was still running lies below the newest sync: in between copies that follow
/// each other, records that equal no original and for which the source has no offsets left over. Then the fence is below them.
/// It is looked for as far down as records were read.
struct FenceSearch {
    struct Original: Sendable {
        var offset: Int64
        var content: RecordFingerprint
        /// Of an aborted transaction: MM2 copies it, our own mirror does not.
        var isAborted = false
    }
    struct Copy: Sendable {
        var offset: Int64
        var content: RecordFingerprint
    }

    private let originals: [Original]
    private let copies: [Copy]
    /// The newest sync; `nil` compares from the beginning of both.
    private let anchor: CopyPair?
    /// Further pairs of a record and a copy of it, by the syncs.
    private let synced: [CopyPair]
    /// What was read of the source, and of the target.
    private let sourceRange: LogBounds, targetRange: LogBounds
    /// The source was read from its log start.
    private let isReadFromStart: Bool
    /// Of each copy, the only original that it equals, and whether there are several.
    private var only: [Int?] = []
    private var equalsSome: [Bool] = []
    private var keys: [RecordFingerprint] = [], copyKeys: [RecordFingerprint] = []
    /// Of each original, whether no other one equals it.
    private var uniques: [Bool] = []

    /// Copies above the newest sync whose originals are certain, in order.
    private(set) var pairs: [CopyPair] = []
    private var start: Int64 = 0
    private var home: Int64 = 0
    private var lastCopy: CopyPair?

    init(
        originals: [Original], copies: [Copy], anchor: CopyPair?, synced: [CopyPair], sourceRange: LogBounds,
        targetRange: LogBounds, isReadFromStart: Bool
    ) {
        self.originals = originals
        self.copies = copies
        self.anchor = anchor
        self.synced = synced
        self.sourceRange = sourceRange
        self.targetRange = targetRange
        self.isReadFromStart = isReadFromStart
        identify()
        lastCopy = anchor.flatMap { anchor in isEqual(anchor) == nil ? nil : anchor }
        start = max(targetRange.start, anchor.map { $0.copy + 1 } ?? targetRange.start)
        home = anchor.map { $0.original + 1 } ?? sourceRange.start
        if let own = writtenAmongCopies() { goBelow(own) } else { follow() }
    }

    private mutating func identify() {
        let keepsTimestamps = originals.allSatisfy { $0.content.timestamp != nil } && copies.allSatisfy { $0.content.timestamp != nil }
        func key(_ content: RecordFingerprint) -> RecordFingerprint {
            var key = content
            if !keepsTimestamps { key.timestamp = nil }
            return key
        }
        var places: [RecordFingerprint: (first: Int, isOnly: Bool)] = [:]
        for (index, original) in originals.enumerated() {
            let key = key(original.content)
            places[key] = places[key].map { ($0.first, false) } ?? (index, true)
        }
        for copy in copies {
            let place = places[key(copy.content)]
            equalsSome.append(place != nil)
            only.append(place.flatMap { $0.isOnly ? $0.first : nil })
        }
        uniques = originals.map { places[key($0.content)]?.isOnly ?? false }
        keys = originals.map { key($0.content) }
        copyKeys = copies.map { key($0.content) }
    }
    // MARK: Below the newest sync

    /// Whether there are records that the mirror can't have written, and the copy before them.
    private func writtenAmongCopies() -> CopyPair?? {
        guard let anchor else { return nil }
        var before: (index: Int, original: Int)?
        for index in copies.indices where copies[index].offset <= anchor.copy {
            guard let original = only[index], originals[original].offset <= anchor.original else { continue }
            let between = copies[((before?.index ?? -1) + 1)..<index].indices.count { !equalsSome[$0] }
            if between > 0, Int64(between) > room(between: before?.original, original) {
                return .some(before.map { CopyPair(original: originals[$0.original].offset, copy: copies[$0.index].offset) })
            }
            before = (index, original)
        }
        return nil
    }

    /// How many originals that are gone may have had copies between those of these two.
    private func room(between first: Int?, _ last: Int) -> Int64 {
        if let first, first < last { return originals[last].offset - originals[first].offset - Int64(last - first) }
        // Retention may have taken what lay below all that is there; below what was not read, the syncs say that there was none.
        let start = isReadFromStart ? 0 : sourceRange.start
        guard first != nil else { return originals[last].offset - start - Int64(last) }
        // A mirror that went back in between may have come from anywhere.
        return sourceRange.end - start - Int64(originals.count)
    }

    private mutating func goBelow(_ before: CopyPair?) {
        // What lies between the copy before them and them equals some original, and may be copies: they go back once more.
        start = before.map { $0.copy + 1 } ?? copies.first?.offset ?? targetRange.start
        home = before.map { $0.original + 1 } ?? sourceRange.start
        lastCopy = before
    }

    // MARK: Above it

    private mutating func follow() {
        var next = originals.partitioningIndex { $0.offset >= home }
        var index = copies.partitioningIndex { $0.offset >= start }
        if anchor == nil || anchor.map({ $0.copy < targetRange.start }) ?? false, index < copies.count, let first = only[index] {
            // What came before it is gone from the target.
            next = max(next, first)
        }
        var furthest = next
        var found: [CopyPair] = []
        var offset = start
        while index < copies.count {
            var candidate = next
            // A compacted copy leaves an offset, an original of an aborted transaction none.
            var gap = copies[index].offset - offset
            while candidate < originals.count, keys[candidate] != copyKeys[index], originals[candidate].isAborted || gap > 0 {
                if !originals[candidate].isAborted { gap -= 1 }
                candidate += 1
            }
            if candidate >= originals.count || keys[candidate] != copyKeys[index] {
                // Back again: it goes through what it has copied.
                guard let again = only[index], again < next else { break }
                candidate = again
            } else if candidate >= furthest {
                found.append(CopyPair(original: originals[candidate].offset, copy: copies[index].offset))
                if uniques[candidate] {
                    start = copies[index].offset + 1
                    home = originals[candidate].offset + 1
                    pairs = found
                    lastCopy = found.last
                }
            }
            next = candidate + 1
            furthest = max(furthest, next)
            offset = copies[index].offset + 1
            index += 1
        }
    }

    // MARK: What comes of it

    /// Whether a record and its copy are equal; `nil` where one of them is not there.
    private func isEqual(_ pair: CopyPair) -> Bool? {
        let original = originals.partitioningIndex { $0.offset >= pair.original }, copy = copies.partitioningIndex { $0.offset >= pair.copy }
        guard original < originals.count, originals[original].offset == pair.original, copy < copies.count,
            copies[copy].offset == pair.copy
        else { return nil }
        return keys[original] == copyKeys[copy]
    }

    /// The source's log, or the target's, is not the one that the syncs tell of.
    var isContradicted: Bool { anchor.flatMap(isEqual) == false || synced.contains { isEqual($0) == false } }

    /// Records show that these are the logs that the syncs tell of. Where they are all alike, they don't.
    var isVerified: Bool {
        guard let anchor, !isContradicted else { return false }
        return !pairs.isEmpty || ([anchor] + synced).contains { pair in
            isEqual(pair) == true && uniques[originals.partitioningIndex { $0.offset >= pair.original }]
        }
    }

    /// The last copy below the fence, and its original, where both were read.
    var last: CopyPair? { lastCopy }

    var fence: CopyFence {
        let first = copies.partitioningIndex { $0.offset >= start }
        let last = copies[first...].indices.last { equalsSome[$0] }
        var end = last.map { copies[$0].offset + 1 } ?? start
        // Originals that are gone may have had copies: those that followed the furthest one that has.
        let furthest = copies[first...].indices.compactMap { only[$0] }.max().map { originals[$0].offset }
        var room = missing(behind: furthest ?? (anchor == nil && pairs.isEmpty ? -1 : home - 1))
        for index in copies[(last.map { $0 + 1 } ?? first)...].indices where room > 0 {
            end = copies[index].offset + 1
            room -= 1
        }
        let isTold = anchor != nil || !pairs.isEmpty || originals.isEmpty || !equalsSome.contains(true)
        if !isTold { end = targetRange.end }
        return CopyFence(
            start: start, end: max(start, end), firstWritten: first < copies.count ? copies[first].offset : targetRange.end, home: home,
            basis: isTold ? .records : .nothing)
    }

    private func missing(behind offset: Int64) -> Int64 {
        let next = originals.partitioningIndex { $0.offset > offset }
        return max(0, (next < originals.count ? originals[next].offset : sourceRange.end) - offset - 1)
    }

    /// Originals above the fence that no record of the target equals, in ranges that hold nothing else.
    func divergence(of partition: TopicPartition) -> Divergence {
        let copied = Set(only.compactMap { $0 })
        var ranges: [LogBounds] = [], count: Int64 = 0, isOpen = false
        for index in originals.indices where originals[index].offset >= home {
            guard !originals[index].isAborted else { continue }
            guard !copied.contains(index) else {
                isOpen = false
                continue
            }
            if isOpen {
                ranges[ranges.count - 1].end = originals[index].offset + 1
            } else {
                ranges.append(LogBounds(start: originals[index].offset, end: originals[index].offset + 1))
            }
            isOpen = true
            count += 1
        }
        return Divergence(partition: partition, ranges: ranges, records: count, isCounted: true)
    }

    /// Where a group goes on at home that wants `offset` next, above the newest sync's copy and not above the fence.
    ///
    /// `nil` where it lies below that copy, and the syncs tell.
    func position(of offset: Int64) -> ClosedRange<Int64>? {
        guard offset <= start, offset > anchor?.copy ?? -1 else { return nil }
        if let given = pairs.last(where: { $0.copy < offset }) { return (given.original + 1)...(given.original + 1) }
        let low = anchor.map { $0.original + 1 } ?? sourceRange.start
        // What retention took from the target may have been copies of what follows.
        guard targetRange.start > anchor.map({ $0.copy + 1 }) ?? 0 else { return low...low }
        return low...max(low, pairs.first?.original ?? sourceRange.end)
    }
}
