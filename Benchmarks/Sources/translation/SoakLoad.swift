import Foundation
import KafkaClient

/// A topic that is written to at an even pace, and groups that commit behind it.
struct SoakLoad {
    let cluster: LibrdkafkaCluster
    let partitions: [TopicPartition]

    init(topic: String, partitions: Int, brokers: String) throws {
        cluster = try LibrdkafkaCluster(name: "cluster", properties: ClientProperties(["bootstrap.servers": brokers]), timeout: .seconds(30))
        self.partitions = (0..<partitions).map { TopicPartition(topic: topic, partition: Int32($0)) }
    }

    /// Creates the topic, so small that disks are not filled, and the groups: the mirror looks for new ones every ten minutes only.
    func prepare(_ groups: [String], createsTopic: Bool) async throws {
        if createsTopic {
            try await cluster.createTopics([NewTopic(
                name: partitions[0].topic, partitions: partitions.count,
                configuration: ["retention.bytes": "\(256 << 20)", "segment.bytes": "\(64 << 20)"])])
        }
        try await commit(groups)
    }

    /// At the ends of the logs.
    private func commit(_ groups: [String]) async throws {
        let ends = try await cluster.logBounds(of: partitions).mapValues { CommittedOffset(offset: $0.end) }
        for group in groups { _ = try await cluster.commit(ends, for: group) }
    }

    /// All that were ever written, deleted ones included.
    func records() async throws -> Int { try await cluster.logBounds(of: partitions).values.reduce(0) { $0 + Int($1.end) } }

    /// Writes until cancelled. Returns how many.
    func run(rate: Int, size: Int, groups: [String]) async throws -> Int {
        let committing = Task {
            while !Task.isCancelled {
                // Brokers may be away.
                try? await commit(groups)
                try? await Task.sleep(for: .seconds(5))
            }
        }
        defer { committing.cancel() }
        let producer = try Producer(cluster: "source", properties: cluster.producerProperties)
        var generator = SystemRandomNumberGenerator()
        let value = (0..<size).map { _ in UInt8.random(in: 32..<127, using: &generator) }
        let begun = ContinuousClock.now
        var count = 0
        while !Task.isCancelled {
            let due = Int((ContinuousClock.now - begun) / .seconds(1) * Double(rate))
            while count < due {
                let record = Record(key: nil, value: value, timestamp: Int64(Date().timeIntervalSince1970 * 1000))
                try hand(record, to: partitions[count % partitions.count], producer)
                count += 1
            }
            try? await Task.sleep(for: .milliseconds(10))
        }
        committing.cancel()
        await committing.value
        guard await producer.flush(within: .seconds(60)) else { throw Failure(description: "the source did not take the records") }
        return count
    }
}

/// Hands a record on, and waits where the producer has too many.
func hand(_ record: Record, to partition: TopicPartition, _ producer: Producer) throws(KafkaError) {
    while true {
        do throws(KafkaError) {
            return try producer.produce(record, to: partition) { _ in }
        } catch {
            if error.code != .queueFull { throw error }
            usleep(1_000)
        }
    }
}
