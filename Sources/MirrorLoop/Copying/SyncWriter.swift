import OffsetTranslate
internal import Synchronization

/// Writes offset syncs behind the acknowledgements, each partition's in order; none is dropped or merged.
final class SyncWriter: Sendable {
    private struct State: Sendable {
        /// Those that wait for room in the producer's queue, in the order they were decided.
        var waiting: [(copy: PartitionCopy, emission: SyncEmitter.Emission)] = []
        var inFlight = 0
        /// In the log, where a transaction has still to be committed.
        var uncommitted: [(copy: PartitionCopy, emission: SyncEmitter.Emission)] = []
        var failure: MirrorError?
        var abandoned = false
    }
    private let state = Mutex(State())
    private let producer: Producer
    private let flow: ReplicationFlow
    private let topic: TopicPartition
    private let isTransactional: Bool

    init(producer: Producer, flow: ReplicationFlow, isTransactional: Bool) {
        self.producer = producer
        self.flow = flow
        self.isTransactional = isTransactional
        topic = TopicPartition(topic: flow.offsetSyncsTopic, partition: 0)
    }

    func add(_ emissions: [SyncEmitter.Emission], of copy: PartitionCopy) {
        guard !emissions.isEmpty else { return }
        state.withLock { state in state.waiting += emissions.map { (copy, $0) } }
    }

    /// Decided, and not in the log yet.
    var backlog: Int { state.withLock { $0.waiting.count + $0.inFlight } }

    /// Hands waiting syncs to the producer, as far as it has room.
    func drain() {
        state.withLock { state in
            guard !state.waiting.isEmpty, !state.abandoned, state.failure == nil else { return }
            var sent = 0
            for (copy, emission) in state.waiting {
                do {
                    try producer.produce(record(of: copy.source, emission), to: topic) { [self] in finish(copy, emission, $0) }
                } catch {
                    let error = error as? KafkaError
                    if error?.code != .queueFull {
                        state.failure = .syncNotWritten(copy.source, emission.pair.upstreamOffset, error ?? KafkaError(.invalidArgument, "encode an offset sync"))
                    }
                    break
                }
                sent += 1
                state.inFlight += 1
            }
            state.waiting.removeFirst(sent)
        }
    }

    private func finish(_ copy: PartitionCopy, _ emission: SyncEmitter.Emission, _ result: Result<Int64, KafkaError>) {
        let isWritten = state.withLock { state in
            state.inFlight -= 1
            guard !state.abandoned else { return false }
            switch result {
            case .failure(let error):
                state.failure = state.failure ?? .syncNotWritten(copy.source, emission.pair.upstreamOffset, error)
                return false
            case .success:
                if isTransactional { state.uncommitted.append((copy, emission)) }
                return !isTransactional
            }
        }
        if isWritten { copy.didWrite(emission) }
    }

    /// The transaction that the syncs so far belong to is committed.
    func didCommit() {
        let committed = state.withLock { state in
            defer { state.uncommitted = [] }
            return state.uncommitted
        }
        for (copy, emission) in committed { copy.didWrite(emission) }
    }

    /// Waits until every sync so far is acknowledged.
    func settle(within timeout: Duration) async throws {
        let deadline = ContinuousClock.now + timeout
        while true {
            try check()
            drain()
            if backlog == 0 { return }
            if ContinuousClock.now > deadline { throw MirrorError.syncsNotSettled(topic.topic, timeout) }
            try await Task.sleep(for: .milliseconds(2))
        }
    }

    func check() throws { if let failure = state.withLock({ $0.failure }) { throw failure } }

    /// From now on nothing is noted or written any more.
    func abandon() { state.withLock { $0.abandoned = true } }

    private func record(of partition: TopicPartition, _ emission: SyncEmitter.Emission) throws -> Record {
        let sync = OffsetSync(
            topicPartition: partition, upstreamOffset: emission.pair.upstreamOffset, downstreamOffset: emission.pair.downstreamOffset)
        return Record(
            key: try sync.encodedKey(), value: sync.encodedValue(),
            headers: [
                Header(name: StrictMarker.headerName, value: emission.marker.encoded()),
                Header(name: FlowMarker.headerName, value: FlowMarker.encoded(flow)),
            ])
    }
}
