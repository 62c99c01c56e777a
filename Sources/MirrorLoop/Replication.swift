internal import Foundation
public import OffsetTranslate
internal import Synchronization

/// The data path: records in from the source's reader, out through the producer, syncs behind the acknowledgements.
///
/// Nothing is dropped: a full producer queue makes the reader wait, and a record or sync that can't be delivered ends
/// the mirror with its coordinates. A restart finds its place from the target's log (``ResumePoint``).
final class Replication: Sendable {
    struct PartitionProgress: Sendable {
        var target: TopicPartition
        var emitter: SyncEmitter
        /// The next upstream offset to be mirrored, as far as acknowledged.
        var next: Int64
        var mirrored = 0
        var bytes = 0
        /// What this mirror knows, to the last acknowledged sync.
        var history: PartitionHistory
    }

    private struct State: Sendable {
        var partitions: [TopicPartition: PartitionProgress] = [:]
        /// Syncs that wait for room in the producer's queue, in the order they were decided.
        var waitingSyncs: [(partition: TopicPartition, emission: SyncEmitter.Emission)] = []
        var syncsInFlight = 0
        var failure: (any Error)?
        var stopping = false
        var abandoned = false
    }

    private let state = Mutex(State())
    private let producer: Producer
    private let syncProducer: Producer
    private let flow: ReplicationFlow
    private var syncsTopic: TopicPartition { TopicPartition(topic: flow.offsetSyncsTopic, partition: 0) }

    init(producer: Producer, syncProducer: Producer, flow: ReplicationFlow) {
        self.producer = producer
        self.syncProducer = syncProducer
        self.flow = flow
    }

    // MARK: Partitions

    func add(_ source: TopicPartition, _ progress: PartitionProgress, unwritten: [SyncEmitter.Emission]) {
        state.withLock {
            $0.partitions[source] = progress
            $0.waitingSyncs += unwritten.map { (source, $0) }
        }
        drainSyncs()
    }

    var partitions: [TopicPartition: PartitionProgress] { state.withLock { $0.partitions } }

    // MARK: Records

    /// Hands a source record on; blocks the reader's thread while the producer's queue is full. That is back-pressure.
    func forward(_ record: ConsumedRecord) throws {
        let source = record.topicPartition
        guard let target = state.withLock({ $0.partitions[source]?.target }) else { return }
        let size = (record.record.key?.count ?? 0) + (record.record.value?.count ?? 0)
        while true {
            try check()
            if state.withLock({ $0.stopping }) { throw CancellationError() }
            do throws(KafkaError) {
                return try producer.produce(record.record, to: target) { [self] result in
                    acknowledge(source, record.offset, size: size, result)
                }
            } catch {
                guard error.code == .queueFull else { throw MirrorError.notDelivered(source, record.offset, error) }
                drainSyncs()
                Thread.sleep(forTimeInterval: 0.001)
            }
        }
    }

    private func acknowledge(_ source: TopicPartition, _ upstream: Int64, size: Int, _ result: Result<Int64, KafkaError>) {
        state.withLock { state in
            // After a failure nothing more is taken note of: a sync for a record behind the missing one would hide it.
            guard !state.abandoned, state.failure == nil else { return }
            switch result {
            case .failure(let error):
                state.failure = MirrorError.notDelivered(source, upstream, error)
            case .success(let downstream):
                guard var progress = state.partitions[source] else { return }
                progress.next = upstream + 1
                progress.mirrored += 1
                progress.bytes += size
                if let emission = progress.emitter.acknowledge(.init(upstreamOffset: upstream, downstreamOffset: downstream)) {
                    state.waitingSyncs.append((source, emission))
                }
                state.partitions[source] = progress
            }
        }
    }

    // MARK: Syncs

    /// Hands waiting syncs to the producer, as far as it has room; each partition's in order.
    func drainSyncs() {
        state.withLock { state in
            var sent = 0
            for (partition, emission) in state.waitingSyncs {
                do {
                    let record = try Self.record(flow, partition, emission)
                    try syncProducer.produce(record, to: syncsTopic) { [self] in acknowledge(partition, emission, $0) }
                } catch {
                    if (error as? KafkaError)?.code != .queueFull { state.failure = state.failure ?? error }
                    break
                }
                sent += 1
                state.syncsInFlight += 1
            }
            state.waitingSyncs.removeFirst(sent)
        }
    }

    private func acknowledge(_ partition: TopicPartition, _ emission: SyncEmitter.Emission, _ result: Result<Int64, KafkaError>) {
        state.withLock { state in
            state.syncsInFlight -= 1
            guard !state.abandoned else { return }
            switch result {
            case .failure(let error):
                state.failure = state.failure ?? MirrorError.syncNotWritten(partition, emission.pair.upstreamOffset, error)
            case .success:
                state.partitions[partition]?.history.append(
                    upstreamOffset: emission.pair.upstreamOffset, downstreamOffset: emission.pair.downstreamOffset,
                    marker: emission.marker)
            }
        }
    }

    private static func record(_ flow: ReplicationFlow, _ partition: TopicPartition, _ emission: SyncEmitter.Emission) throws -> Record {
        let sync = OffsetSync(
            topicPartition: partition, upstreamOffset: emission.pair.upstreamOffset, downstreamOffset: emission.pair.downstreamOffset)
        return Record(
            key: try sync.encodedKey(), value: sync.encodedValue(),
            headers: [
                Header(name: StrictMarker.headerName, value: emission.marker.encoded()),
                Header(name: FlowMarker.headerName, value: FlowMarker.encoded(flow)),
            ])
    }

    /// Decides a sync for each partition's last acknowledged record, and waits until every sync so far is written.
    func settleSyncs(within timeout: Duration) async throws {
        state.withLock { state in
            for source in state.partitions.keys {
                if let emission = state.partitions[source]?.emitter.flush() { state.waitingSyncs.append((source, emission)) }
            }
        }
        let deadline = ContinuousClock.now + timeout
        while true {
            try check()
            drainSyncs()
            if state.withLock({ $0.waitingSyncs.isEmpty && $0.syncsInFlight == 0 }) { return }
            if ContinuousClock.now > deadline { throw MirrorError.syncsNotSettled(syncsTopic.topic, timeout) }
            try await Task.sleep(for: .milliseconds(2))
        }
    }

    // MARK: Ending

    /// Throws what has gone wrong in the background.
    func check() throws {
        try state.withLock {
            if let failure = $0.failure { throw failure }
            if $0.abandoned { throw CancellationError() }
        }
    }

    /// No further record is taken; what is in flight may still be acknowledged.
    func stop() { state.withLock { $0.stopping = true } }

    /// From now on nothing is noted or written any more, as if the process had been killed.
    func abandon() {
        state.withLock { $0.abandoned = true }
        producer.abandon()
        syncProducer.abandon()
    }
}

/// Why a mirror stopped. Nothing is skipped: it goes on from there once the cause is gone.
public enum MirrorError: Error, Sendable, CustomStringConvertible {
    case notDelivered(TopicPartition, Int64, KafkaError)
    case syncNotWritten(TopicPartition, Int64, KafkaError)
    case syncsNotSettled(String, Duration)
    case targetDiffers(TopicPartition, target: TopicPartition, upstream: Int64, downstream: Int64, String)
    case partitionMissing(TopicPartition, cluster: String)
    /// The topic for the offset syncs holds those of the opposite flow: the partition's, for one.
    case oppositeSyncs(topic: String, cluster: String, TopicPartition, flow: ReplicationFlow)
    case cannotBegin(TopicPartition, at: Int64, target: TopicPartition, String)
    case noPlaceToBegin(TopicPartition, target: TopicPartition)

    public var description: String {
        switch self {
        case .notDelivered(let partition, let offset, let error):
            "the mirror stopped: source record \(partition)@\(offset) was not delivered: \(error)"
        case .syncNotWritten(let partition, let offset, let error):
            "the mirror stopped: the offset sync of \(partition)@\(offset) was not written: \(error)"
        case .syncsNotSettled(let topic, let timeout):
            "offset syncs were not acknowledged in '\(topic)' within \(timeout): is the cluster that holds it reachable?"
        case .targetDiffers(let source, let target, let upstream, let downstream, let what):
            """
            \(source) is not mirrored: its offset syncs say that source offset \(upstream) is target offset \(downstream) of \
            \(target), but \(what).
              One of the two topics was truncated or re-created. Nothing was written. Delete the target topic and the \
            partition's syncs to mirror it anew, or leave it out of 'topics'.
            """
        case .cannotBegin(let partition, let offset, let target, let what):
            """
            \(partition) can't begin at offset \(offset) towards \(target), as the plan says: \(what).
              The logs have changed since it was made. Nothing was written for this partition: plan the way home again, and start from that.
            """
        case .noPlaceToBegin(let partition, let target):
            """
            \(partition) came from \(target) in the first place, and no plan says from where on it is to be brought home: copied from its \
            beginning, everything would be there twice. Plan the way home again, and start from that.
            """
        case .partitionMissing(let partition, let cluster):
            "\(partition) does not exist on cluster '\(cluster)': create the topic there with at least as many partitions"
        case .oppositeSyncs(let topic, let cluster, let partition, let flow):
            """
            '\(topic)' on '\(cluster)' holds the offset syncs of the opposite flow, \(flow.targetAlias)->\(flow.sourceAlias) (of its \
            \(partition), for one), and \(flow.sourceAlias)->\(flow.targetAlias) would keep its own in the same topic. Nothing was written.
              One of the two must keep them on the other cluster. For this one: \
            --set offset-syncs.topic.location=\(flow.offsetSyncsLocation == .target ? "source" : "target")
            """
        }
    }
}
