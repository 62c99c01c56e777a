public import Foundation
public import KafkaClient
internal import Synchronization

/// A copy of runs' journals in a topic on the target cluster: it outlives the operator's machine.
///
/// A record a line, keyed by the run, in the topic's partition 0, each acknowledged by all in-sync replicas before the next step.
public struct JournalTopic: Sendable {
    public static let defaultName = "failover-journal.internal"
    public let name: String
    private let cluster: LibrdkafkaCluster
    private var partition: TopicPartition { TopicPartition(topic: name, partition: 0) }

    public init(_ name: String = defaultName, on cluster: LibrdkafkaCluster) {
        self.name = name
        self.cluster = cluster
    }

    /// Makes the topic where it is missing: one partition, kept for good.
    ///
    /// - Parameter written: What the run's journal holds already. A crash may have kept its last lines from getting here: they follow.
    /// - Throws: ``JournalError`` where the run has gone on elsewhere, by this copy.
    func sink(for id: RunID, after written: Data = Data(), of path: String = "") async throws -> any JournalSink {
        try await cluster.createMissingTopic(NewTopic(
            name: name, partitions: 1, configuration: ["cleanup.policy": "delete", "retention.ms": "-1", "retention.bytes": "-1"]))
        let sink = Sink(producer: try cluster.recordKeeper(), partition: partition, key: Array(id.rawValue.utf8))
        guard !written.isEmpty else { return sink }
        let copied = try await journal(of: id)
        guard written.starts(with: copied) else { throw JournalError(path: path, otherThan: name, id) }
        try await sink.write([written.dropFirst(copied.count)])
        return sink
    }

    private struct Sink: JournalSink {
        let producer: Producer
        let partition: TopicPartition
        let key: [UInt8]

        /// All at once: the producer keeps them in order.
        func write(_ lines: [Data]) async throws {
            let failure = Failure()
            for line in lines.flatMap({ $0.split(separator: 0x0A) }) {
                try await enqueue(Record(key: key, value: Array(line)), failure)
            }
            // Each is answered within its own time-out.
            while !(await producer.flush(within: .seconds(1))) {}
            if let error = failure.first { throw error }
        }

        private func enqueue(_ record: Record, _ failure: Failure) async throws {
            while true {
                do throws(KafkaError) {
                    return try producer.produce(record, to: partition) { if case .failure(let error) = $0 { failure.note(error) } }
                } catch {
                    guard error.code == .queueFull else { throw error }
                    try await Task.sleep(for: .milliseconds(5))
                }
            }
        }
    }

    private final class Failure: Sendable {
        private let value = Mutex<KafkaError?>(nil)
        var first: KafkaError? { value.withLock { $0 } }
        func note(_ error: KafkaError) { value.withLock { $0 = $0 ?? error } }
    }

    /// A run's journal, as it was written there.
    public func journal(of id: RunID) async throws -> Data {
        try await lines { $0.elementsEqual(id.rawValue.utf8) }[id] ?? Data()
    }

    /// The runs that it holds lines of.
    public func runs() async throws -> [RunID: Data] { try await lines { _ in true } }

    private func lines(_ includes: @escaping @Sendable (UnsafeRawBufferPointer) -> Bool) async throws -> [RunID: Data] {
        guard let bounds = try await cluster.logBounds(of: [partition])[partition] else { return [:] }
        return try await cluster.scan([LogRange(partition, bounds)], into: [RunID: Data]()) { runs, message in
            guard let key = message.key, let value = message.value, includes(key) else { return }
            runs[RunID(rawValue: String(decoding: key, as: UTF8.self)), default: Data()] += Data(value) + [0x0A]
        }
    }
}
