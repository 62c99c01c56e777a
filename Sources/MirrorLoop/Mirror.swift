internal import Foundation
public import OffsetTranslate
internal import Synchronization

/// One flow's mirror: what MM2's source, checkpoint and heartbeat connectors do, in this process.
///
/// Data goes over with key, value, headers, timestamp and partition; offset syncs are strict (``StrictMarker``), so
/// every position that was mirrored translates exactly. Every record is delivered at least once and, as a restart
/// finds its place from the target's own log, not twice.
public final class Mirror: Sendable {
    let source: LibrdkafkaCluster
    let target: LibrdkafkaCluster
    let configuration: MirrorConfiguration
    let report: @Sendable (MirrorEvent) -> Void
    let replication: Replication
    let controlProducer: Producer
    private let dataProducer: Producer
    let counters = Mutex(Counters())

    struct Counters: Sendable {
        var checkpoints = 0
        var heartbeats = 0
        var checkpointedGroups: Set<String> = []
    }

    /// - Parameter report: Told what changes, from any thread.
    /// - Throws: ``KafkaError`` where librdkafka refuses a property. Nothing is connected yet.
    public init(
        source: LibrdkafkaCluster, target: LibrdkafkaCluster, configuration: MirrorConfiguration,
        report: @escaping @Sendable (MirrorEvent) -> Void = { _ in }
    ) throws(KafkaError) {
        self.source = source
        self.target = target
        self.configuration = configuration
        self.report = report
        dataProducer = try Producer(cluster: target.name, properties: .withoutGaps(target))
        controlProducer = try Producer(cluster: target.name, properties: .patient(target))
        replication = Replication(
            producer: dataProducer,
            syncProducer: configuration.flow.offsetSyncsLocation == .target
                ? controlProducer : try Producer(cluster: source.name, properties: .patient(source)),
            flow: configuration.flow)
    }

    /// What has been done so far.
    public var status: MirrorStatus {
        let partitions = replication.partitions
        return counters.withLock { counters in
            MirrorStatus(
                positions: partitions.mapValues(\.next), records: partitions.values.reduce(0) { $0 + $1.mirrored },
                bytes: partitions.values.reduce(0) { $0 + $1.bytes }, checkpoints: counters.checkpoints,
                heartbeats: counters.heartbeats, groups: counters.checkpointedGroups.count)
        }
    }

    /// Mirrors until the task is cancelled; then it drains: records in flight are acknowledged, their syncs written.
    ///
    /// - Throws: ``MirrorError`` or ``KafkaError`` where it can't go on without losing something.
    public func run() async throws {
        try await createSyncsTopic()
        let begun = try await readSyncs()
        try await createInternalTopics()
        do {
            try await withThrowingTaskGroup(of: Void.self) { [self] group in
                let reader = try LogReader(cluster: source.name, properties: source.consumerProperties)
                try await refresh(reader, begun)
                group.addTask { try await self.replicate(reader) }
                group.addTask { try await self.keepRefreshing(reader, begun) }
                if configuration.emitsCheckpoints { group.addTask { try await self.keepCheckpointing() } }
                if configuration.emitsHeartbeats { group.addTask { try await self.keepBeating() } }
                // The first to fail ends all.
                try await group.next()
                group.cancelAll()
                while try await group.next() != nil {}
            }
        } catch is CancellationError {
            guard !abandoned else { return }
            // A cancelled task can't wait any more, and this must.
            try await Task { try await self.drain() }.value
        }
    }

    private func drain() async throws {
        _ = await dataProducer.flush(within: target.timeout)
        try await replication.settleSyncs(within: target.timeout)
        _ = await controlProducer.flush(within: target.timeout)
    }

    private let abandonment = Atomic(false)
    private var abandoned: Bool { abandonment.load(ordering: .acquiring) }

    /// Ends as a killed process would: at once, nothing drained, nothing said to anybody. For rehearsals and tests.
    public func abandon() {
        abandonment.store(true, ordering: .releasing)
        replication.abandon()
        controlProducer.abandon()
    }

    private func replicate(_ reader: LogReader) async throws {
        try await withTaskCancellationHandler {
            while true {
                try replication.check()
                try Task.checkCancellation()
                let polled = try await reader.poll(timeout: .milliseconds(50)) { [replication] batch in
                    try batch.forEach { try replication.forward($0.copy()) }
                }
                replication.drainSyncs()
                for error in polled.errors {
                    guard error.isRetriable else { throw error }
                    report(.warning(error.description))
                }
            }
        } onCancel: {
            replication.stop()
        }
    }
}
