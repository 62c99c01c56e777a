import KafkaClient
import OffsetTranslate

/// A stretch of a log, read piece by piece.
struct AuditFeed: Sendable {
    let partition: TopicPartition
    let range: LogBounds
    let log: LogBounds
    /// Where the next piece begins that is to be read.
    private var next: Int64
    /// It comes once more, before that.
    private var held: Piece?
    private let cluster: any KafkaCluster
    private let isolation: Isolation
    private let meter: ReadingMeter
    private let progress: ReadingProgress.Handler

    struct Piece: Sendable {
        var end: Int64
        /// None at the end, and in a stretch without records.
        var records: [AuditRecord]
    }

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

    var isDone: Bool { held == nil && next >= range.end }
    var endsWithLog: Bool { isDone && range.end >= log.end }
    var beginsAtZero: Bool { range.start == 0 }

    /// Goes on with a piece that was read already.
    mutating func goBack(to piece: Piece) {
        held = piece
        next = piece.end
    }

    mutating func piece() async throws -> Piece {
        if let piece = held {
            held = nil
            return piece
        }
        guard !isDone else { return Piece(end: next, records: []) }
        let bounds = LogBounds(start: next, end: min(range.end, next.addingClamped(LogAuditor.chunk)))
        let records = try await read(bounds)
        next = bounds.end
        progress(ReadingProgress(topic: partition.description, cluster: cluster.name, offset: next, range: range))
        return Piece(end: next, records: records)
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
