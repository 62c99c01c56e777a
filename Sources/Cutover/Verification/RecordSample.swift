import KafkaClient
import OffsetTranslate

/// What is kept of a record to compare it, and to show where it is.
struct RecordSample: Sendable {
    typealias Entry = LogSamples<RecordSample>.Entry

    var fingerprint: RecordFingerprint
    var timestamp: Int64

    init(_ message: borrowing MessageView) {
        fingerprint = RecordFingerprint(message)
        timestamp = message.timestamp
    }
}

extension LogSamples<RecordSample>.Entry {
    var place: PositionFinding.Place { .init(offset: offset, timestamp: content.timestamp) }
}

/// The parts of a log that were read.
struct ReadParts: Sendable {
    /// Ascending, apart from each other.
    private(set) var parts: [LogBounds] = []

    init(_ ranges: some Sequence<LogBounds>) {
        for range in ranges.sorted(by: { $0.start < $1.start }) where !range.isEmpty {
            if let last = parts.last, range.start <= last.end {
                parts[parts.count - 1].end = max(last.end, range.end)
            } else {
                parts.append(range)
            }
        }
    }

    /// How many offsets.
    var width: Int64 { parts.reduce(0) { $0.addingClamped($1.end - $1.start) } }

    /// All of these offsets were read.
    func cover(_ range: LogBounds) -> Bool {
        range.isEmpty || parts.contains { $0.start <= range.start && range.end <= $0.end }
    }
}
