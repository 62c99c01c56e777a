import KafkaClient
import OffsetTranslate

/// How much of its copy's retention time a partition's slowest group has used up: what it still wants is deleted at 100 %.
struct RetentionUse: Sendable {
    var partition: TopicPartition
    var group: String
    /// Of the oldest record that the group still wants.
    var age: Duration
    var retention: Duration

    var percent: Int64 { age.milliseconds * 100 / max(1, retention.milliseconds) }
}

extension Inspector {
    /// How many partitions are looked at, at the most: those with most records between the slowest group and the log's end.
    private static var mostRead: Int { 1000 }

    /// - Returns: `nil` where what is looked at is deleted time and again.
    /// - Throws: ``KafkaError``, also where the copies' settings can't be read.
    func retentionUse(_ groups: [GroupSituation]) async throws -> [RetentionUse]? {
        var slowest: [TopicPartition: (group: String, position: Int64, log: LogBounds)] = [:]
        for position in groups.lazy.flatMap(\.positions) {
            guard let wanted = position.translation?.position, let log = position.translation?.evidence.target, wanted < log.end else { continue }
            if let known = slowest[position.target], known.position <= wanted { continue }
            slowest[position.target] = (position.group, wanted, log)
        }
        let behind = slowest.sorted { $0.value.log.end - $0.value.position > $1.value.log.end - $1.value.position }.prefix(Self.mostRead)
        let settings = try await target.topicConfiguration(of: Set(behind.map(\.key.topic)).sorted())
        let expiring = behind.filter { settings[$0.key.topic]?.retention != nil }
        let ranges = expiring.map { LogRange($0.key, LogBounds(start: $0.value.position, end: min($0.value.log.end, $0.value.position.addingClamped(64)))) }
        guard let written = try await firstTimes(ranges, on: target) else { return nil }
        let time = now()
        return expiring.compactMap { partition, slowest in
            guard let retention = settings[partition.topic]?.retention, let written = written[partition], written >= 0 else { return nil }
            return RetentionUse(partition: partition, group: slowest.group, age: .milliseconds(max(0, time - written)), retention: retention)
        }
    }
}

extension [String: String] {
    /// After what time a topic's records are deleted; `nil` where they are not.
    fileprivate var retention: Duration? {
        guard self["cleanup.policy"]?.contains("delete") ?? true, let text = self["retention.ms"], let time = Int64(text), time > 0 else { return nil }
        return .milliseconds(time)
    }
}
