internal import Foundation
public import KafkaClient
import OffsetTranslate

/// A record that the target refused and the operator had left out.
public struct LeftOutRecord: Codable, Hashable, Sendable {
    public var topic: String
    public var partition: Int32
    public var offset: Int64
    public var reason: String
    /// Milliseconds since the epoch.
    public var time: Int64

    public init(_ partition: TopicPartition, offset: Int64, reason: String, time: Int64) {
        topic = partition.topic
        self.partition = partition.partition
        self.offset = offset
        self.reason = reason
        self.time = time
    }

    var topicPartition: TopicPartition { TopicPartition(topic: topic, partition: partition) }
}

/// What was left out, in the flow's tasks topic on the target, one key a record: a mirror that finds its place must not look for copies
/// of these, and whoever audits the flow finds them.
struct LeftOutLog: Sendable {
    let flow: ReplicationFlow
    let target: any KafkaCluster

    private var place: TopicPartition { TopicPartition(topic: flow.tasksTopic, partition: 0) }
    private static let prefix = "left-out "

    func read() async throws -> [TopicPartition: Set<Int64>] {
        guard let bounds = try await target.logBounds(of: [place])[place], !bounds.isEmpty else { return [:] }
        return try await target.scan([LogRange(place, bounds)], into: [:]) { found, message in
            guard let key = message.key, key.starts(with: Self.prefix.utf8), let value = message.value,
                let record = try? JSONDecoder().decode(LeftOutRecord.self, from: Data(value))
            else { return }
            found[record.topicPartition, default: []].insert(record.offset)
        }
    }

    /// Returns once it is in the log.
    func append(_ record: LeftOutRecord, by producer: Producer) async throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        let key = "\(Self.prefix)\(record.topic) \(record.partition) \(record.offset)"
        _ = try await producer.send(Record(key: Array(key.utf8), value: Array(try encoder.encode(record))), to: place)
    }
}
