import OffsetTranslate
internal import Synchronization

/// Writes relayed syncs to the target's topic, and sees from the acknowledgements whether anybody else writes there.
///
/// In order, none doubled by a retry, and none behind one that could not be delivered.
final class SyncDelivery: Sendable {
    /// What went wrong, as an acknowledgement shows it.
    enum Failure: Sendable {
        case notDelivered(sourceOffset: Int64, KafkaError)
        /// This target offset was not taken by our record that was next.
        case foreign(Int64)
        /// Our record got an offset below the end that the log had.
        case cut(expected: Int64, end: Int64)
    }

    private struct State: Sendable {
        /// Where the target's log ends, if nobody else writes.
        var end: Int64 = 0
        var acknowledged = 0
        var failure: Failure?
    }

    private let state = Mutex(State())
    private let producer: Producer
    private let topic: TopicPartition

    init(_ topic: TopicPartition, on target: LibrdkafkaCluster) throws(KafkaError) {
        self.topic = topic
        producer = try Producer(cluster: target.name, properties: .withoutGaps(target))
    }

    func begin(at end: Int64) { state.withLock { $0.end = end } }

    var end: Int64 { state.withLock { $0.end } }
    var acknowledged: Int { state.withLock { $0.acknowledged } }
    var failure: Failure? { state.withLock { $0.failure } }
    var inFlight: Int { producer.inFlight }

    /// Hands one in; false where the producer has no room.
    func hand(_ record: Record, at sourceOffset: Int64) throws(KafkaError) -> Bool {
        do throws(KafkaError) {
            try producer.produce(record.captured(from: sourceOffset), to: topic) { [self] in acknowledge(sourceOffset, $0) }
            return true
        } catch {
            guard error.code == .queueFull else { throw error }
            return false
        }
    }

    private func acknowledge(_ sourceOffset: Int64, _ result: Result<Int64, KafkaError>) {
        state.withLock { state in
            guard state.failure == nil else { return }
            switch result {
            case .failure(let error): state.failure = .notDelivered(sourceOffset: sourceOffset, error)
            // A retry of what was there already has no offset; the next look at the log's end tells.
            case .success(let offset) where offset > state.end: state.failure = .foreign(state.end)
            case .success(let offset) where (0..<state.end).contains(offset):
                state.failure = .cut(expected: state.end, end: offset)
            case .success:
                state.end += 1
                state.acknowledged += 1
            }
        }
    }

    func abandon() { producer.abandon() }
}
