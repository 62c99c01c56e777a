public import KafkaClient
import OffsetTranslate

/// Joins the group with a real consumer, which the brokers assign the partitions to and send on from its commits; and leaves.
///
/// A consumer that the brokers give another record first than the one at the committed position is a problem: then they did not
/// take the position for what it is.
public struct JoiningReader: ShadowReader {
    private let target: LibrdkafkaCluster
    private let limit: Int64
    /// Brokers let a new group wait for more members (`group.initial.rebalance.delay.ms`, 3 s by default).
    private let patience: Duration

    public init(_ target: LibrdkafkaCluster, limit: Int64 = 100, patience: Duration = .seconds(30)) {
        self.target = target
        self.limit = limit
        self.patience = patience
    }

    public func read(_ group: String, at positions: [TopicPartition: Int64]) async throws -> ShadowReading {
        var (reading, expected) = try await LogShadowReader(target, limit: limit).look(group, at: positions)
        guard reading.problems.isEmpty else { return reading }
        let consumer = try GroupConsumer(cluster: target.name, group: group, properties: properties)
        let begun = ContinuousClock.now
        do {
            reading = try await read(consumer, group, Set(positions.keys), expected, begun)
        } catch {
            await consumer.close()
            throw error
        }
        await consumer.close()
        return reading
    }

    private func read(
        _ consumer: GroupConsumer, _ group: String, _ partitions: Set<TopicPartition>, _ expected: [TopicPartition: Int64],
        _ begun: ContinuousClock.Instant
    ) async throws -> ShadowReading {
        var reading = ShadowReading(group: group), first: [TopicPartition: Int64] = [:], assigned: Set<TopicPartition> = []
        reading.joined = true
        reading.atEnd = partitions.count - expected.count
        try await consumer.subscribe(to: Set(partitions.map(\.topic)).sorted())
        while !(partitions.isSubset(of: assigned) && expected.keys.allSatisfy { first[$0] != nil }) {
            try Task.checkCancellation()
            guard ContinuousClock.now - begun < patience else {
                let silent = partitions.filter { !assigned.contains($0) || (expected[$0] != nil && first[$0] == nil) }.sorted()
                reading.problems.append(
                    "no answer within \(patience.components.seconds) s for \(silent.prefix(5).map(\.description).joined(separator: ", "))"
                        + (silent.count > 5 ? ", ..." : ""))
                return reading
            }
            for record in try await consumer.poll(max: Int(limit), timeout: .milliseconds(100)) where partitions.contains(record.topicPartition) {
                if reading.firstAnswer == nil { reading.firstAnswer = .now - begun }
                reading.records += 1
                if first[record.topicPartition] == nil { first[record.topicPartition] = record.offset }
            }
            assigned = Set(try await consumer.assignment())
        }
        if reading.firstAnswer == nil { reading.firstAnswer = .now - begun }
        reading.problems += expected.sorted { $0.key < $1.key }.compactMap { partition, offset in
            first[partition] == offset ? nil : "\(partition): the record at \(first[partition] ?? -1) came first, not the one at \(offset)"
        }
        return reading
    }

    private var properties: ClientProperties {
        var properties = target.consumerProperties
        // Nothing may be committed; a member that is killed is forgotten soon; and no more is fetched than is looked at.
        for (name, value) in [
            "enable.auto.commit": "false", "enable.auto.offset.store": "false", "session.timeout.ms": "6000",
            "heartbeat.interval.ms": "2000", "queued.min.messages": "\(limit)", "queued.max.messages.kbytes": "4096",
        ] { properties[name] = value }
        // A static member would not be gone when it leaves.
        properties["group.instance.id"] = nil
        return properties
    }
}
