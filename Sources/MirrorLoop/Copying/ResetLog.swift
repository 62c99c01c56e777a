internal import Foundation
import OffsetTranslate

/// A source partition that was found to be another one than the one that was mirrored.
struct SourceReset: Codable, Hashable, Sendable {
    var topic: String
    var partition: Int32
    /// What the target's log held then lies below this offset; copies of what the source holds now come behind it.
    var targetEnd: Int64
    var reason: String

    var topicPartition: TopicPartition { TopicPartition(topic: topic, partition: partition) }
}

/// Resets that were noticed, in the flow's tasks topic on the target, the last one of each partition.
///
/// The offset syncs don't tell: what was mirrored between a reset and its discovery has syncs that look right.
struct ResetLog: Sendable {
    let flow: ReplicationFlow
    let target: any KafkaCluster

    private var place: TopicPartition { TopicPartition(topic: flow.tasksTopic, partition: 0) }
    private static let prefix = "source-reset "

    func read() async throws -> [TopicPartition: SourceReset] {
        guard let bounds = try await target.logBounds(of: [place])[place], !bounds.isEmpty else { return [:] }
        return try await target.scan([LogRange(place, bounds)], into: [:]) { found, message in
            guard let key = message.key, key.starts(with: Self.prefix.utf8), let value = message.value,
                let reset = try? JSONDecoder().decode(SourceReset.self, from: Data(value))
            else { return }
            found[reset.topicPartition] = reset
        }
    }

    /// Returns once it is in the log.
    func append(_ reset: SourceReset, by producer: Producer) async throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        let key = "\(Self.prefix)\(reset.topic) \(reset.partition)"
        _ = try await producer.send(Record(key: Array(key.utf8), value: Array(try encoder.encode(reset))), to: place)
    }
}
