import OffsetTranslate
internal import Synchronization

/// Records that the target has refused, as far as this process knows.
///
/// A refused batch does not say which of its records is meant, and ends the producer, so that nothing goes over behind it. Each tenure
/// after that has less of the partition under way at a time, until a record is refused that went alone: that is the one.
final class Refusals: Sendable {
    struct Refusal: Sendable {
        var offset: Int64
        var error: KafkaError
    }

    private struct State: Sendable {
        /// Bytes of a partition that may be under way, where that is less than usual; 0 is one record.
        var allowances: [TopicPartition: Int] = [:]
        var certain: [TopicPartition: Refusal] = [:]
    }
    private let state = Mutex(State())

    /// Bytes of the partition that may be under way at a time; one record always may.
    func allowance(of partition: TopicPartition) -> Int { state.withLock { $0.allowances[partition] ?? CopyLimits.batches } }

    /// The record that is known to be refused, where one is.
    func certain(in partition: TopicPartition) -> Refusal? { state.withLock { $0.certain[partition] } }

    /// Takes note of what a tenure ended with. False where it is none of this kind.
    func note(_ error: any Error) -> Bool {
        guard case MirrorError.refused(let partition, let offset, let cause, let wasAlone) = error else { return false }
        state.withLock { state in
            guard wasAlone else {
                let less = (state.allowances[partition] ?? CopyLimits.batches) / 8
                state.allowances[partition] = less < 1000 ? 0 : less
                return
            }
            state.certain[partition] = Refusal(offset: offset, error: cause)
            state.allowances[partition] = nil
        }
        return true
    }

    /// It is dealt with.
    func forget(_ partition: TopicPartition) { state.withLock { $0.certain[partition] = nil } }
}

extension KafkaError.Code {
    /// What is wrong is the record itself, or the batch it is in, and will be the next time.
    var isRefusalOfRecord: Bool {
        [.messageTooLarge, .recordListTooLarge, .invalidRecord, .invalidTimestamp, .policyViolation].contains(self)
    }
}
