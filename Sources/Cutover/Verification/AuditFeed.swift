import KafkaClient
import OffsetTranslate

/// A stretch of a log, read piece by piece.
struct AuditFeed: Sendable {
    let partition: TopicPartition
    let range: LogBounds
    let log: LogBounds
    /// Where the next piece begins.
    private(set) var next: Int64
    private let cluster: any KafkaCluster
    private let isolation: Isolation
    private let meter: ReadingMeter
    private let progress: ReadingProgress.Handler

    init(
        _ partition: TopicPartition, _ range: LogBounds, log: LogBounds, _ cluster: any KafkaCluster, _ isolation: Isolation,
        _ meter: ReadingMeter, _ progress: @escaping ReadingProgress.Handler
    ) {
        self.partition = partition
        self.range = range
        self.log = log
        self.cluster = cluster
        self.isolation = isolation
        self.meter = meter
        self.progress = progress
        next = range.start
    }

    var isDone: Bool { next >= range.end }
    var endsWithLog: Bool { isDone && range.end >= log.end }
    var beginsAtZero: Bool { range.start == 0 }

    /// Goes on there.
    mutating func seek(_ offset: Int64) { next = min(max(range.start, offset), range.end) }

    /// - Returns: None at the end, and in a stretch without records.
    mutating func piece() async throws -> [AuditRecord] {
        guard !isDone else { return [] }
        let bounds = LogBounds(start: next, end: min(range.end, next.addingClamped(LogAuditor.chunk)))
        let records = try await read(bounds)
        next = bounds.end
        progress(ReadingProgress(topic: partition.description, cluster: cluster.name, offset: next, range: range))
        return records
    }

    /// The last few records of the stretch.
    func last() async throws -> [AuditRecord] {
        try await read(LogBounds(start: max(range.start, range.end - 64), end: range.end))
    }

    private func read(_ bounds: LogBounds) async throws -> [AuditRecord] {
        try await cluster.scan([LogRange(partition, bounds)], isolation: isolation, into: [AuditRecord]()) { [meter] records, message in
            _ = try meter.note(message)
            records.append(AuditRecord(message))
        }
    }
}
