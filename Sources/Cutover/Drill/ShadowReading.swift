public import KafkaClient
import OffsetTranslate

/// What a shadow group was given when it went on from its positions.
public struct ShadowReading: Sendable, Hashable {
    /// The real one.
    public var group: String
    /// Until the first record was there; where there was none to read, until the brokers had answered for every partition.
    public var firstAnswer: Duration?
    public var records = 0
    /// Partitions with nothing at or behind the position yet.
    public var atEnd = 0
    /// A consumer was a member of the group; else the logs were read from its committed positions.
    public var joined = false
    public var problems: [String] = []

    public init(group: String) { self.group = group }
}

/// Reads what a group is given at its committed positions. Commits nothing.
public protocol ShadowReader: Sendable {
    /// - Parameters:
    ///   - group: Which has no members.
    ///   - positions: Where its commits were read back.
    /// - Throws: ``KafkaError``, `CancellationError`.
    func read(_ group: String, at positions: [TopicPartition: Int64]) async throws -> ShadowReading
}

/// Asks for the group's commits, and reads the logs from there.
public struct LogShadowReader: ShadowReader {
    let target: any KafkaCluster
    /// Offsets of each partition, at the most.
    let limit: Int64

    public init(_ target: any KafkaCluster, limit: Int64 = 100) {
        self.target = target
        self.limit = limit
    }

    public func read(_ group: String, at positions: [TopicPartition: Int64]) async throws -> ShadowReading {
        try await look(group, at: positions).reading
    }

    /// The first record of each partition, too.
    func look(
        _ group: String, at positions: [TopicPartition: Int64]
    ) async throws -> (reading: ShadowReading, first: [TopicPartition: Int64]) {
        struct Found: Sendable {
            var first: [TopicPartition: Int64] = [:]
            var records = 0
            var at: ContinuousClock.Instant?
        }
        var reading = ShadowReading(group: group)
        let begun = ContinuousClock.now, partitions = positions.keys.sorted()
        let commits = try await target.committedOffsets(of: group, for: partitions)
        let logs = try await target.logBounds(of: partitions)
        var ranges: [LogRange] = []
        for partition in partitions {
            guard let offset = commits[partition]?.offset, offset == positions[partition] else {
                reading.problems.append("\(partition): committed at \(positions[partition] ?? -1), and \(text(commits[partition])) now")
                continue
            }
            guard let log = logs[partition], log.start <= offset, offset <= log.end else {
                reading.problems.append("\(partition): position \(offset) is outside of its log (\(logs[partition]?.description ?? "there is none"))")
                continue
            }
            ranges.append(LogRange(partition, LogBounds(start: offset, end: min(log.end, offset.addingClamped(limit)))))
        }
        let found = try await target.scan(ranges, into: Found()) { found, message in
            if found.at == nil { found.at = .now }
            found.records += 1
            let partition = TopicPartition(topic: message.topic, partition: message.partition)
            if found.first[partition] == nil { found.first[partition] = message.offset }
        }
        reading.records = found.records
        reading.atEnd = ranges.count - found.first.count
        reading.firstAnswer = (found.at ?? .now) - begun
        return (reading, found.first)
    }
}
