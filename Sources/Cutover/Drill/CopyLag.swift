internal import Foundation
public import KafkaClient
import OffsetTranslate

/// What of a source partition had not been copied: gone, if the source had died then.
public struct CopyLag: Sendable, Hashable {
    public var source: TopicPartition
    public var target: TopicPartition
    /// Records behind the last one that was copied; `nil` where that can't be told.
    public var records: Int64?
    /// Not all of it was read, or other records are alike: there may be more.
    public var isAtLeast = false
    /// How long before the look the oldest of them had been written, by its timestamp; zero where there is none.
    public var age: Duration?
    /// Why it can't be told.
    public var obstacle: String?

    public init(source: TopicPartition, target: TopicPartition) {
        self.source = source
        self.target = target
    }
}

/// Looks for the last record of each source partition that has a copy.
struct CopyLagMeter: Sendable {
    let source: any KafkaCluster
    let target: any KafkaCluster
    let limits: RecordProof.Limits
    /// How many offsets before both logs' ends are compared, until some record is found on both sides.
    var reaches: [Int64] = [1_000, 20_000, 200_000]

    func measure(_ pairs: [TopicPartition: TopicPartition]) async throws -> [CopyLag] {
        var lags: [TopicPartition: CopyLag] = [:]
        var open = pairs.sorted { $0.key < $1.key }
        for reach in reaches where !open.isEmpty {
            let auditor = LogAuditor(source: source, target: target, limits: limits)
            let found = try await auditor.audit(open.map { .init(source: $0.key, target: $0.value, stretch: .last(reach)) })
            let now = Int64(Date().timeIntervalSince1970 * 1000), bounds = try await source.logBounds(of: open.map(\.key))
            for (pair, findings) in zip(open, found) {
                lags[pair.key] = try await lag(pair.key, pair.value, findings, bounds[pair.key], reach, now)
            }
            open = open.filter { lags[$0.key]?.isAtLeast == true }
        }
        return lags.values.sorted { $0.source < $1.source }
    }

    private func lag(
        _ partition: TopicPartition, _ copy: TopicPartition, _ findings: AuditFindings, _ log: LogBounds?, _ reach: Int64, _ now: Int64
    ) async throws -> CopyLag {
        var lag = CopyLag(source: partition, target: copy)
        lag.obstacle = findings.obstacle
        guard findings.obstacle == nil, let log else { return lag }
        let first: Int64
        if let last = findings.compared?.upperBound {
            lag.records = findings.notYetCopied
            first = last.addingClamped(1)
        } else {
            lag.isAtLeast = log.end.subtractingReportingOverflow(log.start).partialValue > reach
            guard findings.copies == 0 || lag.isAtLeast || findings.originals == 0 else {
                lag.obstacle = "none of its records equals one of the copy"
                return lag
            }
            lag.records = findings.originals
            first = max(log.start, log.end - reach)
        }
        guard lag.records ?? 0 > 0 else {
            lag.age = .zero
            return lag
        }
        // The first few offsets may hold no record; later ones are younger, so this never says too much.
        let range = LogRange(partition, LogBounds(start: first, end: min(log.end, first.addingClamped(64))))
        let written = try await source.scan([range], isolation: .uncommitted, into: Int64?.none) { oldest, message in
            if oldest == nil, message.timestamp >= 0 { oldest = message.timestamp }
        }
        lag.age = written.map { .milliseconds(max(0, now - $0)) }
        return lag
    }
}
