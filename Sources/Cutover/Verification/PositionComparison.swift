import KafkaClient
import OffsetTranslate

/// Holds positions against a stretch of the source's log and the parts of the target's that were read.
///
/// A group that wants source offset `s` goes on rightly where the first copy of a record at or above `s` lies (of a record that was
/// copied twice, its latest copy). Above that, records are skipped; below it, some are read again.
struct PositionComparison: Sendable {
    /// All records of ``stretch``.
    let originals: [RecordSample.Entry]
    let stretch: LogBounds
    let log: LogBounds
    let copies: CopyIndex
    private let places: CopyPlaces

    init(_ originals: [RecordSample.Entry], stretch: LogBounds, log: LogBounds, copies: CopyIndex) {
        self.originals = originals
        self.stretch = stretch
        self.log = log
        self.copies = copies
        places = CopyPlaces(
            originals, in: copies, isCompleteBelow: stretch.start <= 0 && copies.log.start <= 0, isCompleteAbove: stretch.end >= log.end)
    }

    /// Everything that both logs hold was read.
    private var isComplete: Bool { stretch.start <= log.start && stretch.end >= log.end && copies.read.cover(copies.log) }

    /// - Parameters:
    ///   - source: In ``stretch``, or its end.
    ///   - target: In the target's log, or its end.
    ///   - isLast: No more will be read.
    /// - Returns: `nil` where more has to be read.
    func verdict(_ source: Int64, _ target: Int64, isLast: Bool) -> (PositionFinding.Verdict, PositionFinding.Evidence)? {
        let index = originals.partitioningIndex { $0.offset >= source }
        let isFinal = isLast || isComplete
        var evidence = evidence(index, target)
        // Content alone, and of one record only, may stand anywhere.
        let isEnough = copies.keepsTimestamps || places.anchors > 1 || isComplete
        if isEnough, let found = decide(index, target, isFinal: isFinal, &evidence) { return (found, evidence) }
        guard isFinal else { return nil }
        if originals.isEmpty || copies.entries.isEmpty { return (.notReadable(.noRecords), evidence) }
        let alike = places.places.compactMap { $0 }
        if let low = alike.map(\.low).min(), let high = alike.map(\.high).max(), places.anchors < 2 {
            return (.ambiguous(within(low, high)), evidence)
        }
        return (.notMatched(.noCopyNearby), evidence)
    }

    private func decide(
        _ index: Int, _ target: Int64, isFinal: Bool, _ evidence: inout PositionFinding.Evidence
    ) -> PositionFinding.Verdict? {
        if index < originals.count, let first = places.first[index] {
            evidence.uncopied = places.places[index...].prefix { $0 == nil }.count
            if first.low == first.high { evidence.copy = first.low }
            return compared(first, index, target, isFinal: isFinal)
        }
        // Nothing at or above the position was found. If nothing is there, what lies before it decides.
        let isAtEnd = index == originals.count && stretch.end >= log.end
        guard index > 0, let last = places.last[index - 1], last.low != .min, last.high != .max else { return nil }
        let isUncopied = copies.read.cover(LogBounds(start: min(target, last.low), end: copies.log.end))
        // What lies in between may be copies of originals further up, where one right above the position was lost.
        let isAllKnown = stretch.end >= log.end || target <= last.high || copies.count(LogBounds(start: last.high + 1, end: target)) == .init(0)
        guard isAtEnd || (isUncopied && isAllKnown) else { return nil }
        // The copies of the newest originals may lie further up than was read.
        let isNewestFound = isUncopied || places.places[index - 1] != nil
        guard isNewestFound || isFinal else { return nil }
        evidence.uncopied = originals.count - index
        if target > last.high { return .matched }
        if target <= last.low {
            let count = copies.count(LogBounds(start: target, end: last.low + 1))
            return .behind(last.low == last.high && isNewestFound ? count : atLeast(count))
        }
        return .ambiguous(within(last.low + 1, last.high + 1))
    }

    /// - Parameter first: Where the first copy of what the group wants lies.
    private func compared(_ first: CopyPlaces.Place, _ index: Int, _ target: Int64, isFinal: Bool) -> PositionFinding.Verdict? {
        // Or else the copies of the very first may lie below what was read.
        let isWhole = places.places[index] != nil || (index > 0 && places.last[index - 1].map { isRead($0, upTo: target) } ?? false)
            || copies.read.cover(LogBounds(start: copies.log.start, end: target))
        if target > first.high { return further(index, target, isWhole: isWhole, isFinal: isFinal) }
        guard isWhole else { return nil }
        let isExact = first.low == first.high
        let count = copies.count(LogBounds(start: min(target, first.low), end: first.low))
        if count.records > 0 { return .behind(isExact ? count : atLeast(count)) }
        return isExact ? .matched : .ambiguous(within(first.low, first.high))
    }

    private func isRead(_ place: CopyPlaces.Place, upTo target: Int64) -> Bool {
        place.low != .min && copies.read.cover(LogBounds(start: min(place.low, target), end: target))
    }

    /// Something that the group wants was copied below its position. Whether it comes again above, only the records there tell: a
    /// mirror goes on in order from the first of them, whatever it had copied before.
    private func further(_ index: Int, _ target: Int64, isWhole: Bool, isFinal: Bool) -> PositionFinding.Verdict? {
        guard isWhole || isFinal else { return nil }
        var skipped = places.places.indices[index...].filter { places.places[$0].map { $0.high < target } ?? false }
        let isAll = copies.read.cover(LogBounds(start: target, end: copies.log.end))
        let above = copies.entries(from: target), numbers = above.map { places.number(of: copies.key($0)) }
        let next = numbers.compactMap { $0 }.first, wanted = numbers.firstIndex { $0 ?? -1 >= index }
        if !isAll {
            guard let next else { return nil }
            // One that went back may still be below what it had copied before: the copies up to the log's end tell.
            let again = wanted.flatMap { numbers[$0] }
            guard isFinal || again.map({ again in !skipped.contains { $0 > again } }) ?? false else { return nil }
            skipped.removeAll { $0 >= next }
        }
        if let last = skipped.last {
            let isOver = stretch.end >= log.end || places.places[last...].contains { $0.map { $0.low >= target } ?? false }
            return .ahead(.init(Int64(skipped.count), isWhole && isOver ? .exact : .atLeast))
        }
        guard let wanted else { return .behind(.init(Int64(above.count), .atLeast)) }
        return wanted == 0 ? .matched : .behind(.init(Int64(wanted)))
    }

    private func atLeast(_ count: PositionFinding.Count) -> PositionFinding.Count {
        // What was counted by offsets may hold fewer: one record at least is there.
        count.precision == .exact ? .init(count.records, .atLeast) : .init(1, .atLeast)
    }

    private func within(_ low: Int64, _ high: Int64) -> ClosedRange<Int64> {
        let low = min(max(low, copies.log.start), copies.log.end)
        return low...max(low, min(high, copies.log.end))
    }

    private func evidence(_ index: Int, _ target: Int64) -> PositionFinding.Evidence {
        var evidence = PositionFinding.Evidence()
        if index > 0 { evidence.sourceBefore = originals[index - 1].place }
        if index < originals.count { evidence.sourceNext = originals[index].place }
        let (before, next) = copies.neighbours(of: target)
        evidence.targetBefore = before?.place
        evidence.targetNext = next?.place
        return evidence
    }
}
