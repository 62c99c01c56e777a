internal import KafkaClient

/// Records of a source partition matched with their copies in a stretch of the target's log.
///
/// A copy equals its original in timestamp, key, value and headers, so a record of the target that equals no original at or
/// above a position is nothing that a group there still wants. What follows is built on that, and on the mirror's copying in
/// order:
/// - An original that no other one equals has its latest copy where its content stands last. (Where the mirror may be on its
///   way once more, a second place may be the copy of an equal original further below: then the first one counts.)
/// - Of originals that are equal, each one's copy lies behind the latest copy of every original before it, and before that of
///   every one behind it. Where that leaves several places, the lowest counts: that may read some again, and skips none.
/// - A record of the target that equals no original is the copy of one that the source has lost, or somebody else's. If an
///   original without any copy is wanted, it could also be that one's, altered on the way; then it is not passed over, unless
///   the copy of an original below the position lies behind it.
struct CopyMatch {
    typealias Entry = LogSamples<RecordFingerprint>.Entry

    /// Of each original: its offset; the lowest and highest place where its latest copy may be; whether it has none.
    private struct Original {
        var offset: Int64
        var low: Int64
        var high: Int64
        var isWithoutCopy: Bool
    }

    private static let nowhere = Int64.max

    /// Ascending in offset; `low` and `high` are the least of it and all after it.
    private var originals: [Original] = []
    /// For each original, the highest latest copy of those before it and it.
    private var copiedTo: [Int64] = []
    /// Target offsets whose records equal no original.
    private var unexplained: [Int64] = []
    /// Some record of the target equals an original.
    private(set) var hasMatches = false
    /// Where the reading of originals ended.
    private let readTo: Int64

    /// - Parameters:
    ///   - originals: Of the source: all that may have copies in the stretch, be they the latest or not.
    ///   - copies: All records of the stretch of the target.
    ///   - readTo: Where the reading of originals ended.
    ///   - isComplete: There is no original below those.
    ///   - end: Where the stretch ends.
    ///   - floor: The lowest target offset at which an original's latest copy may be, by the offset syncs.
    init(
        originals: ArraySlice<Entry>, copies: ArraySlice<Entry>, readTo: Int64, passage: ProofStretch.Passage, isComplete: Bool, end: Int64, floor: (Int64) -> Int64
    ) {
        self.readTo = readTo
        let keepsTimestamps = originals.allSatisfy { $0.content.timestamp != nil } && copies.allSatisfy { $0.content.timestamp != nil }
        func key(_ entry: Entry) -> RecordFingerprint {
            var key = entry.content
            if !keepsTimestamps { key.timestamp = nil }
            return key
        }
        var equals: [RecordFingerprint: Int] = [:]
        for original in originals { equals[key(original), default: 0] += 1 }
        var places: [RecordFingerprint: [Int64]] = [:]
        for copy in copies {
            if equals[key(copy)] == nil { unexplained.append(copy.offset) } else { places[key(copy), default: []].append(copy.offset) }
        }
        hasMatches = !places.isEmpty
        let unique = originals.map { original in equals[key(original)] == 1 ? places[key(original)]?.last : nil }
        let isSettled = switch passage {
        case .through: true
        // A mirror that went back has copied records again.
        case .openFromStart: places.allSatisfy { equals[$0] ?? 0 > 1 || $1.count == 1 }
        case .open, .onItsWayAgain: false
        }

        var before: Int64 = -1
        var lastBefore: [Int64] = []
        for place in unique {
            lastBefore.append(before)
            before = max(before, place ?? -1)
        }
        copiedTo = isSettled ? Array(lastBefore.dropFirst()) + (originals.isEmpty ? [] : [before]) : originals.map { _ in -1 }
        let floors = originals.map { floor($0.offset) }
        var behind = Self.nowhere
        var firstBehind: [Int64] = []
        for (place, floor) in zip(unique, floors).reversed() {
            firstBehind.append(behind)
            // One below its floor is not the latest.
            if let place, place >= floor { behind = min(behind, place) }
        }
        firstBehind.reverse()

        for (index, (original, floor)) in zip(originals, floors).enumerated() {
            let found = places[key(original)] ?? []
            var entry = Original(
                offset: original.offset, low: Self.nowhere, high: Self.nowhere, isWithoutCopy: found.isEmpty && floor < end)
            // What lies below its floor is not the latest: that is beyond the stretch then.
            let possible = found.drop { $0 < floor }
            if let place = unique[index], isSettled || isComplete {
                if place >= floor { (entry.low, entry.high) = (place, place) }
            } else if let first = possible.first {
                entry.low = isSettled ? possible.first { $0 > lastBefore[index] } ?? first : first
                // The mirror need not have come to this one of those that are equal, nor its copy be left.
                let isThere = (passage == .through || firstBehind[index] != Self.nowhere) && found.count >= equals[key(original)] ?? 0
                if isSettled, isThere, let last = possible.last(where: { $0 < firstBehind[index] }) { entry.high = max(entry.low, last) }
                if let place = unique[index], place >= floor { entry.high = place }
            }
            self.originals.append(entry)
        }
        for index in self.originals.indices.dropLast().reversed() {
            let next = self.originals[index + 1]
            self.originals[index].low = min(self.originals[index].low, next.low)
            self.originals[index].high = min(self.originals[index].high, next.high)
            self.originals[index].isWithoutCopy = self.originals[index].isWithoutCopy || next.isWithoutCopy
        }
    }

    /// Where a group goes on that wants `offset` next, inside what was known before.
    ///
    /// - Parameter mayMissOriginals: The source has lost records at or above `offset`, or was not read to its end.
    func position(of offset: Int64, within known: ClosedRange<Int64>, mayMissOriginals: Bool) -> ClosedRange<Int64> {
        let index = originals.partitioningIndex { $0.offset >= offset }
        let wanted = index < originals.count ? originals[index] : nil
        var low = min(wanted?.low ?? Self.nowhere, known.upperBound)
        let high = min(wanted?.high ?? Self.nowhere, known.upperBound)
        if mayMissOriginals || wanted?.isWithoutCopy ?? false {
            let passed = index > 0 ? copiedTo[index - 1] : -1
            let first = unexplained.partitioningIndex { $0 >= known.lowerBound && $0 > passed }
            if first < unexplained.count { low = min(low, unexplained[first]) }
        }
        low = max(low, known.lowerBound)
        return low...max(low, high)
    }

    /// How many of the originals right below an offset have not been copied yet; what was not read counts by its offsets.
    func uncopied(below offset: Int64) -> Int64 {
        let end = originals.partitioningIndex { $0.offset >= offset }
        let known = originals[..<end].reversed().prefix { $0.isWithoutCopy && $0.low == Self.nowhere }.count
        return Int64(known) + max(0, offset - readTo)
    }
}
