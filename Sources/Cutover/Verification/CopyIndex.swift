import KafkaClient
import OffsetTranslate

/// The records that were read of a copy's log, found by their content.
struct CopyIndex: Sendable {
    let log: LogBounds
    let read: ReadParts
    let entries: [RecordSample.Entry]
    /// Timestamps tell records apart: the mirror and both topics keep them.
    let keepsTimestamps: Bool
    private var places: [RecordFingerprint: [Int64]] = [:]

    /// - Parameter keepsTimestamps: Of the originals.
    init(_ entries: [RecordSample.Entry], read: ReadParts, log: LogBounds, keepsTimestamps: Bool) {
        self.entries = entries
        self.read = read
        self.log = log
        self.keepsTimestamps = keepsTimestamps && entries.allSatisfy { $0.content.fingerprint.timestamp != nil }
        for entry in entries { places[key(entry), default: []].append(entry.offset) }
    }

    func key(_ entry: RecordSample.Entry) -> RecordFingerprint {
        var key = entry.content.fingerprint
        if !keepsTimestamps { key.timestamp = nil }
        return key
    }

    /// Where records of that content are, ascending.
    func places(of key: RecordFingerprint) -> [Int64] { places[key] ?? [] }

    /// How many records are in a range: counted, or at the most.
    func count(_ range: LogBounds) -> PositionFinding.Count {
        guard !range.isEmpty else { return .init(0) }
        guard read.cover(range) else { return .init(range.end - range.start, .atMost) }
        let first = entries.partitioningIndex { $0.offset >= range.start }
        return .init(Int64(entries.partitioningIndex { $0.offset >= range.end } - first))
    }

    /// The records at and above a position, as far as they were read without a break.
    func entries(from offset: Int64) -> ArraySlice<RecordSample.Entry> {
        guard let part = read.parts.first(where: { $0.start <= offset && offset < $0.end }) else { return [] }
        let first = entries.partitioningIndex { $0.offset >= offset }
        return entries[first..<max(first, entries.partitioningIndex { $0.offset >= part.end })]
    }

    /// The records next to a position, if what lies between was read.
    func neighbours(of offset: Int64) -> (before: RecordSample.Entry?, next: RecordSample.Entry?) {
        let index = entries.partitioningIndex { $0.offset >= offset }
        let before = index > 0 ? entries[index - 1] : nil, next = index < entries.count ? entries[index] : nil
        return (
            before.flatMap { read.cover(LogBounds(start: $0.offset, end: offset)) ? $0 : nil },
            next.flatMap { read.cover(LogBounds(start: offset, end: $0.offset)) ? $0 : nil }
        )
    }
}
