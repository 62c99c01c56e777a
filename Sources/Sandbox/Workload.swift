import KafkaClient
import OffsetTranslate
internal import Synchronization

/// The applications that write to the source, and the one that also writes to the target.
final class Workload: Sendable {
    private struct State: Sendable {
        var next: [TopicPartition: Int64] = [:]
        var acknowledged: [TopicPartition: Set<Int64>] = [:]
        var refused = 0
        var foreign = 0
    }
    private let state = Mutex(State())
    private let estate: Estate
    private let producer: Producer
    private let targetProducer: Producer

    init(_ estate: Estate) throws {
        self.estate = estate
        producer = try Producer(
            cluster: estate.source.name,
            properties: estate.source.properties.merging(ClientProperties(["message.timeout.ms": "3000"])))
        targetProducer = try Producer(cluster: estate.target.name, properties: estate.target.properties)
    }

    /// Sequence numbers that the source, or the target, has acknowledged: what exists.
    var acknowledged: [TopicPartition: Set<Int64>] { state.withLock { $0.acknowledged } }
    var acknowledgedCount: Int { state.withLock { $0.acknowledged.values.reduce(0) { $0 + $1.count } } }
    var foreignCount: Int { state.withLock { $0.foreign } }
    /// Records that were not taken any more.
    var refusedCount: Int { state.withLock { $0.refused } }

    /// Writes the next `count` records of a partition, without waiting.
    func produce(_ count: Int, to partition: TopicPartition, on side: ClusterSide = .source) {
        let (producer, place) = side == .source ? (producer, partition) : (targetProducer, estate.flow.target(of: partition))
        for _ in 0..<count {
            let sequence = state.withLock { state in
                defer { state.next[partition, default: 0] += 1 }
                return state.next[partition, default: 0]
            }
            do throws(KafkaError) {
                try producer.produce(Sample.record(partition, sequence), to: place) { [self] result in
                    state.withLock {
                        if case .success = result {
                            $0.acknowledged[partition, default: []].insert(sequence)
                        } else {
                            $0.refused += 1
                        }
                    }
                }
            } catch {
                state.withLock { $0.refused += 1 }
            }
        }
    }

    /// Whether nothing is on its way any more.
    func flush(_ side: ClusterSide = .source) async -> Bool {
        await (side == .source ? producer : targetProducer).flush(within: .seconds(15))
    }

    /// Writes somebody else's records into a target topic.
    func writeForeign(_ count: Int, to source: TopicPartition) async throws {
        for _ in 0..<count {
            let number = state.withLock { state in
                state.foreign += 1
                return state.foreign
            }
            try targetProducer.produce(Sample.foreign(number), to: estate.flow.target(of: source)) { _ in }
        }
        guard await flush(.target) else { throw DemoError("the other writer's records were not taken") }
    }

    /// Writes to every live partition, a little at a time, until cancelled; and, beside the source's, now and then a stray record to the target.
    func run(recordsPerSecond rate: Int, to partitions: [TopicPartition], on side: ClusterSide = .source) async throws {
        let tick: Duration = .milliseconds(50)
        var random = SystemRandomNumberGenerator()
        var round = 0
        while true {
            for partition in partitions { produce(max(1, rate / 20 / partitions.count), to: partition, on: side) }
            round += 1
            if side == .source, round % 10 == 0, let partition = partitions.randomElement(using: &random) {
                try await writeForeign(Int.random(in: 1...3, using: &random), to: partition)
            }
            try await Task.sleep(for: tick)
        }
    }
}
