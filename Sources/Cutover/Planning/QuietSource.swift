internal import OffsetTranslate
import KafkaClient

/// Whether anybody still writes to a source: its log ends, looked at twice.
struct QuietSource: Sendable {
    private let source: (any KafkaCluster)?
    private let partitions: [TopicPartition]
    private let before: [TopicPartition: LogBounds]
    private let since = ContinuousClock.now
    private let quietTime: Duration

    /// Looks a first time. Without a source, nothing is looked at.
    init(_ partitions: [TopicPartition], _ source: (any KafkaCluster)?, within quietTime: Duration) async throws {
        self.source = source
        self.partitions = Set(partitions).sorted()
        self.quietTime = quietTime
        before = try await source?.logBounds(of: self.partitions) ?? [:]
    }

    /// Looks again, once the quiet time has passed, and says which logs have grown.
    func check() async throws -> Check {
        guard let source else { return Check(.sourceTakesWrites, unknown: "there is no source to watch") }
        try await Task.sleep(until: since + quietTime)
        let after = try await source.logBounds(of: partitions)
        let findings = partitions.compactMap { partition -> Check.Finding? in
            guard let then = before[partition]?.end, let now = after[partition]?.end, then != now else { return nil }
            return Check.Finding(partition: partition, detail: "its log ended at \(then.grouped) and ends at \(now.grouped) now")
        }
        let time = (ContinuousClock.now - since).milliseconds
        return Check(
            .sourceTakesWrites, evidence: "log ends of \(counted(partitions.count, "partition")) on '\(source.name)' watched for \(time) ms",
            findings: findings)
    }
}
