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
        guard isAtEnd || isUncopied else { return nil }
        evidence.uncopied = originals.count - index
        if target > last.high { return .matched }
        if target <= last.low {
            let count = copies.count(LogBounds(start: target, end: last.low + 1))
            return .behind(last.low == last.high ? count : atLeast(count))
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
        let above = copies.entries(from: target)
        let isAll = copies.read.cover(LogBounds(start: target, end: copies.log.end))
        let known = above.firstIndex { places.number(of: copies.key($0)) != nil }
        let number = known.flatMap { places.number(of: copies.key(above[$0])) }
        guard let known, let number, number >= index || !isAll || above.contains(where: { places.number(of: copies.key($0)) ?? -1 >= index })
        else {
            // Nothing of it comes again.
            guard isAll || isFinal, isWhole || isFinal else { return nil }
            return ahead(index..<places.places.count, target, isAll && isWhole && stretch.end >= log.end ? .exact : .atLeast)
        }
        if number >= index {
            guard isWhole || isFinal else { return nil }
            if let verdict = ahead(index..<number, target, isWhole ? .exact : .atLeast) { return verdict }
            return known == above.startIndex ? .matched : .behind(.init(Int64(known - above.startIndex)))
        }
        // It is on its way there.
        guard let again = above.firstIndex(where: { places.number(of: copies.key($0)) ?? -1 >= index }) else {
            return isFinal ? .behind(.init(Int64(above.count), .atLeast)) : nil
        }
        return .behind(.init(Int64(again - above.startIndex)))
    }

    /// Those whose copies all lie below.
    private func ahead(
        _ skipped: Range<Int>, _ target: Int64, _ precision: PositionFinding.Count.Precision
    ) -> PositionFinding.Verdict? {
        let count = places.places[skipped].count { $0.map { $0.high < target } ?? false }
        return count == 0 ? nil : .ahead(.init(Int64(count), precision))
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
