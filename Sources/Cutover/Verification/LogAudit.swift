import KafkaClient
import OffsetTranslate

/// Compares two logs, record by record, in one pass and in bounded memory.
///
/// It is fed the records of both in their order: originals while ``needsOriginals``, else a copy. A copy is held against the
/// originals within ``window`` of the highest one that was copied so far, below and above:
/// - one that equals an original without a copy is that one's: the lowest above the highest copied so far, else the lowest;
/// - one that equals only such as have theirs is doubled;
/// - one that equals none is foreign.
///
/// An original that falls out of the window below without a copy is missing. So a record that was moved by more than the window
/// counts as missing and foreign, and what a mirror copied again after going back by more counts as foreign. Of records that are alike
/// the numbers are right, the coordinates may be those of another.
///
/// Between the copies of two originals that follow each other, order tells more. As many records without a counterpart on either side:
/// *different*. A hole in the target's offsets that has room for the missing ones, which have keys: *compacted*, as far as can be told
/// (the markers of transactions leave holes too). The same with a hole of the source's and records that only the target has.
public struct LogAudit {
    /// How many coordinates of each kind are kept.
    public static let examples = 5

    /// Of those in a row; more are foreign, whatever is missing between their neighbours.
    private static let strangersKept = 20_000

    private struct Key: Hashable {
        var hash: Int
        var timestamp: Int64?
    }

    private enum Mark {
        case none, compacted
        case different(AuditFindings.Coordinates)
    }

    private struct Original {
        var offset: Int64
        var timestamp: Int64
        var hasKey: Bool
        var key: Key
        var isPaired = false
        var mark = Mark.none

        func coordinates(_ target: Int64? = nil) -> AuditFindings.Coordinates {
            .init(source: offset, target: target, timestamp: timestamp)
        }
    }

    /// The originals of one content.
    private struct Equals {
        /// Those without a copy, by number, ascending.
        var waiting: ArraySlice<Int> = []
        var paired = 0
        /// The last one that was paired.
        var last: Int64 = -1
    }

    private let window: Int
    private let keepsTimestamps: Bool
    private let beginsAtZero: Bool

    /// Of the window, and the number of its first one. Those below `first - base` are gone.
    private var originals: [Original] = []
    private var base = 0
    private var first = 0
    private var equals: [Key: Equals] = [:]
    /// The highest original with a copy, and where that is.
    private var highest = -1
    private var highestOffset: Int64 = -1
    private var copyOfHighest: Int64 = -1
    /// Copies since, and those that equal no original.
    private var since: Int64 = 0
    private var strangers: [(coordinates: AuditFindings.Coordinates, hasKey: Bool)] = []
    /// There were too many to keep.
    private var strangersWereDropped = false
    private var findings = AuditFindings()

    /// - Parameters:
    ///   - window: In records.
    ///   - keepsTimestamps: Both topics keep the records' own timestamps.
    ///   - beginsAtZero: What it is fed begins with both logs' very first records.
    public init(window: Int, keepsTimestamps: Bool, beginsAtZero: Bool) {
        self.window = max(1, window)
        self.keepsTimestamps = keepsTimestamps
        self.beginsAtZero = beginsAtZero
    }

    private var next: Int { base + originals.count }

    /// Originals have to come first, while there are any.
    public var needsOriginals: Bool { next - 1 - highest < window }

    /// How many copies in a row equalled no original.
    public var strangersInARow: Int { strangers.count }

    private func key(_ record: AuditRecord) -> Key {
        Key(hash: record.fingerprint.hash, timestamp: keepsTimestamps ? record.fingerprint.timestamp : nil)
    }

    // MARK: Feeding

    public mutating func original(_ record: AuditRecord) {
        findings.originals += 1
        let original = Original(offset: record.offset, timestamp: record.timestamp, hasKey: record.hasKey, key: key(record))
        equals[original.key, default: Equals()].waiting.append(next)
        originals.append(original)
    }

    public mutating func copy(_ record: AuditRecord) {
        findings.copies += 1
        let key = key(record)
        guard let found = equals[key] else {
            strangers.append((.init(target: record.offset, timestamp: record.timestamp), record.hasKey))
            if strangers.count > Self.strangersKept { dropStrangers() }
            since += 1
            return
        }
        guard !found.waiting.isEmpty else {
            findings.doubled.add(.init(source: found.last, target: record.offset, timestamp: record.timestamp))
            since += 1
            return
        }
        pair(takeWaiting(of: key), record)
    }

    /// The lowest above the highest copied so far, else the lowest.
    private mutating func takeWaiting(of key: Key) -> Int {
        var entry = equals[key] ?? Equals()
        // Nothing may hold a second reference while it is changed.
        equals[key] = nil
        let above = entry.waiting.partitioningIndex { $0 > highest }
        let index = above < entry.waiting.endIndex ? above : entry.waiting.startIndex
        let number = entry.waiting[index]
        // Those before it move up: there are few.
        for place in stride(from: index, to: entry.waiting.startIndex, by: -1) { entry.waiting[place] = entry.waiting[place - 1] }
        entry.waiting.removeFirst()
        entry.paired += 1
        entry.last = originals[number - base].offset
        equals[key] = entry
        return number
    }

    private mutating func pair(_ number: Int, _ record: AuditRecord) {
        let index = number - base, original = originals[index]
        // It was not altered, but came late: what stood in its place is somebody else's.
        if case .different(let stranger) = original.mark { findings.foreign.add(.init(target: stranger.target, timestamp: stranger.timestamp)) }
        originals[index].isPaired = true
        findings.matched += 1
        findings.compared = min(findings.compared?.lowerBound ?? original.offset, original.offset)...max(findings.compared?.upperBound ?? 0, original.offset)
        guard number > highest else {
            findings.outOfOrder.add(original.coordinates(record.offset))
            since += 1
            return
        }
        close(before: number, record.offset)
        highest = number
        highestOffset = original.offset
        copyOfHighest = record.offset
        since = 0
        evict(below: highest - window)
    }

    // MARK: Between two neighbours

    /// The originals after the highest copied one and before this, and what the target has between their copies.
    private mutating func close(before number: Int, _ copy: Int64) {
        let between = (highest + 1)..<number
        let missing = between.filter { !originals[$0 - base].isPaired }
        guard highest >= 0 || beginsAtZero else {
            findings.outsideOnSource += Int64(missing.count)
            findings.outsideOnTarget += Int64(strangers.count)
            strangers = []
            // They are told, and no more of interest.
            evict(below: number, telling: false)
            return
        }
        let holesOnTarget = copy - copyOfHighest - 1 - since
        let holesOnSource = originals[number - base].offset - highestOffset - 1 - Int64(between.count)
        let isCompacted = holesOnTarget >= Int64(missing.count) && missing.allSatisfy { originals[$0 - base].hasKey }
        let isCompactedOnSource = !strangersWereDropped && holesOnSource >= Int64(strangers.count) && strangers.allSatisfy(\.hasKey)
        if isCompacted {
            for number in missing { originals[number - base].mark = .compacted }
        } else if !isCompactedOnSource, !strangersWereDropped, missing.count == strangers.count {
            for (number, stranger) in zip(missing, strangers) { originals[number - base].mark = .different(stranger.coordinates) }
            strangers = []
        }
        for stranger in strangers {
            if isCompactedOnSource { findings.compactedOnSource.add(stranger.coordinates) } else { findings.foreign.add(stranger.coordinates) }
        }
        strangers = []
        strangersWereDropped = false
    }

    private mutating func dropStrangers() {
        if highest < 0, !beginsAtZero {
            findings.outsideOnTarget += Int64(strangers.count)
        } else {
            for stranger in strangers { findings.foreign.add(stranger.coordinates) }
            strangersWereDropped = true
        }
        strangers = []
    }

    /// Nothing below that number gets a copy any more.
    private mutating func evict(below end: Int, telling: Bool = true) {
        while first < end {
            let original = originals[first - base]
            first += 1
            if original.isPaired { equals[original.key]?.paired -= 1 } else { equals[original.key]?.waiting.removeFirst() }
            if let rest = equals[original.key], rest.waiting.isEmpty, rest.paired <= 0 { equals[original.key] = nil }
            guard telling, !original.isPaired else { continue }
            switch original.mark {
            case .none: findings.missing.add(original.coordinates())
            case .compacted: findings.compactedOnTarget.add(original.coordinates())
            case .different(let stranger): findings.different.add(original.coordinates(stranger.target))
            }
        }
        // Given back in large pieces.
        if first - base > window {
            originals.removeFirst(first - base)
            base = first
        }
    }

    // MARK: The end

    /// - Parameters:
    ///   - endsWithSource: The originals were read to their log's end.
    ///   - endsWithTarget: So were the copies.
    public consuming func finish(endsWithSource: Bool, endsWithTarget: Bool) -> AuditFindings {
        evict(below: highest + 1)
        let left = Int64(originals[(first - base)...].count { !$0.isPaired })
        if highest < 0 {
            findings.notYetCopied = endsWithTarget && findings.copies == 0 ? left : 0
            findings.outsideOnSource += left - findings.notYetCopied
            findings.outsideOnTarget += Int64(strangers.count)
            return findings
        }
        if endsWithSource, endsWithTarget { findings.notYetCopied = left } else { findings.outsideOnSource += left }
        if endsWithSource {
            for stranger in strangers { findings.foreign.add(stranger.coordinates) }
        } else {
            findings.outsideOnTarget += Int64(strangers.count)
        }
        return findings
    }
}
