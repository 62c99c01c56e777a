internal import KafkaClient
internal import Synchronization

/// Where groups go on, on the target: what a round of checkpoints has found, whether or not it was due to be written.
struct TranslatedPositions: Hashable, Sendable {
    typealias ByGroup = [String: [TopicPartition: CommittedOffset]]

    /// By group and target partition; metadata is the source commit's.
    var groups: ByGroup = [:]
    /// Behind the newest copy that has a sync, by target partition: a log that ends before it is not the one that was written to.
    var ends: [TopicPartition: Int64] = [:]
}

/// The newest positions, from the round that finds them to the one that commits them.
final class LatestPositions: Sendable {
    private let positions = Mutex(TranslatedPositions())

    var value: TranslatedPositions {
        get { positions.withLock { $0 } }
        set { positions.withLock { $0 = newValue } }
    }
}
