internal import Foundation
public import OffsetTranslate
internal import Synchronization

/// One flow's mirror: what MM2's source, checkpoint and heartbeat connectors do, in this process.
///
/// Data goes over with key, value, headers, timestamp and partition; offset syncs are strict (``StrictMarker``), so
/// every position that was mirrored translates exactly. Every record is delivered at least once and, as a restart
/// finds its place from the target's own log, not twice.
public final class Mirror: Sendable {
    private let source: LibrdkafkaCluster
    private let target: LibrdkafkaCluster
    private let configuration: MirrorConfiguration
    private let report: @Sendable (MirrorEvent) -> Void
    private let replication: Replication
    private let controlProducer: Producer
    private let dataProducer: Producer
    private let counters = Mutex(Counters())

    private struct Counters: Sendable {
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
        // Idempotent and patient: an outage of the target delays the mirror, and loses nothing.
        let patience = ClientProperties([
            "message.timeout.ms": "0", "queue.buffering.max.kbytes": "65536", "message.max.bytes": "10000000",
        ])
        dataProducer = try Producer(cluster: target.name, properties: patience.merging(target.producerProperties))
        controlProducer = try Producer(cluster: target.name, properties: patience.merging(target.producerProperties))
        replication = Replication(
            producer: dataProducer,
            syncProducer: configuration.flow.offsetSyncsLocation == .target
                ? controlProducer : try Producer(cluster: source.name, properties: patience.merging(source.producerProperties)),
            syncsTopic: configuration.flow.offsetSyncsTopic)
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
        try await createInternalTopics()
        let begun = try await readSyncs()
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

    // MARK: Topics and partitions

    private var syncsCluster: LibrdkafkaCluster { configuration.flow.offsetSyncsLocation == .target ? target : source }

    private func createInternalTopics() async throws {
        var needed = [(syncsCluster, configuration.flow.offsetSyncsTopic)]
        if configuration.emitsCheckpoints { needed.append((target, configuration.flow.checkpointsTopic)) }
        if configuration.emitsHeartbeats { needed.append((target, configuration.flow.heartbeatsTopic)) }
        for (cluster, topic) in needed where try await cluster.topics()[topic] == nil {
            try await cluster.createTopics([
                NewTopic(
                    name: topic, partitions: 1, replicationFactor: configuration.internalReplicationFactor,
                    configuration: ["cleanup.policy": "compact"])
            ])
            report(.topicCreated(topic, cluster: cluster.name))
        }
    }

    private struct KnownSyncs: Sendable {
        var last: [TopicPartition: SyncEmitter.Pair] = [:]
        var histories = TranslationMap()
    }

    private func readSyncs() async throws -> KnownSyncs {
        let topic = InternalTopic<OffsetSync>(configuration.flow.offsetSyncsTopic, on: syncsCluster)
        let (known, reading) = try await topic.read(into: KnownSyncs()) { known, sync in
            known.last[sync.entry.topicPartition] = .init(
                upstream: sync.entry.upstreamOffset, downstream: sync.entry.downstreamOffset)
            known.histories.append(sync)
        }
        if let warning = reading.warning { report(.warning(warning)) }
        return known
    }

    private func keepRefreshing(_ reader: LogReader, _ known: KnownSyncs) async throws {
        while true {
            try await Task.sleep(for: configuration.refreshTopicsInterval)
            do {
                try await refresh(reader, known)
            } catch let error as KafkaError where error.isRetriable {
                report(.warning("topics not refreshed: \(error)"))
            }
        }
    }

    /// Starts on every source partition that is to be mirrored and is not yet.
    private func refresh(_ reader: LogReader, _ known: KnownSyncs) async throws {
        let mirrored = Set(replication.partitions.keys)
        let topics = try await source.topics().filter { configuration.mirrors($0.key) }
        let fresh = topics.flatMap { topic, count in (0..<Int32(count)).map { TopicPartition(topic: topic, partition: $0) } }
            .filter { !mirrored.contains($0) }.sorted()
        guard !fresh.isEmpty else { return }
        try await createTargets(topics.filter { topic, _ in fresh.contains { $0.topic == topic } })
        let targets = Dictionary(uniqueKeysWithValues: fresh.map { ($0, configuration.flow.target(of: $0)) })
        let sourceBounds = try await source.logBounds(of: fresh)
        let places = try await resumePoints(of: targets, sourceBounds, known)
        for partition in fresh {
            guard let copy = targets[partition], let here = sourceBounds[partition], let place = places[partition] else { continue }
            if place.next < here.start { report(.recordsGone(partition, from: place.next, to: here.start)) }
            let next = max(place.next, here.start)
            replication.add(
                partition,
                .init(target: copy, emitter: place.emitter, next: next, history: known.histories[partition] ?? PartitionHistory()),
                unwritten: place.unwritten)
            try await reader.start(partition, at: next)
            report(.partitionStarted(partition, target: copy, from: next, recovered: place.recovered))
        }
    }

    /// Finds each partition's place, and looks again after a moment: requests of a mirror that was just killed may still
    /// arrive at the target.
    private func resumePoints(
        of targets: [TopicPartition: TopicPartition], _ sourceBounds: [TopicPartition: LogBounds], _ known: KnownSyncs
    ) async throws -> [TopicPartition: ResumePoint] {
        var places: [TopicPartition: ResumePoint] = [:]
        var seen: [TopicPartition: LogBounds] = [:]
        for round in 0..<4 {
            if round > 0 { try await Task.sleep(for: .milliseconds(250)) }
            let bounds = try await target.logBounds(of: Array(targets.values))
            let moved = targets.filter { places[$0.key] == nil || bounds[$0.value] != seen[$0.value] }
            if moved.isEmpty { break }
            for (partition, copy) in moved {
                guard let here = sourceBounds[partition] else { continue }
                guard let there = bounds[copy] else { throw MirrorError.partitionMissing(copy, cluster: target.name) }
                places[partition] = try await ResumePoint.find(
                    partition, in: source, sourceBounds: here, copy, in: target, targetBounds: there,
                    lastSync: known.last[partition], offsetLagMax: configuration.offsetLagMax)
            }
            seen = bounds
        }
        return places
    }

    private func createTargets(_ topics: [String: Int]) async throws {
        let existing = try await target.topics()
        for (topic, partitions) in topics.sorted(by: { $0.key < $1.key }) {
            let name = configuration.flow.target(of: TopicPartition(topic: topic, partition: 0)).topic
            guard existing[name] == nil else { continue }
            try await target.createTopics([
                NewTopic(name: name, partitions: partitions, replicationFactor: configuration.replicationFactor)
            ])
            report(.topicCreated(name, cluster: target.name))
        }
    }

    // MARK: Loops

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
                    guard error.isRetriable || error.code == .resolve else { throw error }
                    report(.warning(error.description))
                }
            }
        } onCancel: {
            replication.stop()
        }
    }

    private func keepCheckpointing() async throws {
        var emitter = CheckpointEmitter()
        let topic = InternalTopic<Checkpoint>(configuration.flow.checkpointsTopic, on: target)
        (emitter, _) = try await topic.read(into: emitter) { $0.remember($1.entry) }
        while true {
            do {
                try await replication.settleSyncs(within: target.timeout)
                for group in try await groups() { try await checkpoint(group, &emitter) }
            } catch let error as KafkaError {
                report(.warning("checkpoints not emitted: \(error)"))
            } catch let error as MirrorError {
                guard case .syncsNotSettled = error else { throw error }
                report(.warning("checkpoints not emitted: \(error)"))
            }
            try await Task.sleep(for: configuration.checkpointInterval)
        }
    }

    private func groups() async throws -> [String] {
        let listed: [String]
        do {
            listed = try await source.groups().map(\.name)
        } catch let error as KafkaError where error.code == .unsupportedFeature {
            listed = configuration.namedGroups
        }
        return listed.filter(configuration.includesGroup).sorted()
    }

    private func checkpoint(_ group: String, _ emitter: inout CheckpointEmitter) async throws {
        let partitions = replication.partitions
        let committed = try await source.committedOffsets(of: group, for: Array(partitions.keys))
        for (partition, offset) in committed.sorted(by: { $0.key < $1.key }) {
            guard let progress = partitions[partition],
                let due = emitter.checkpoint(
                    group: group, committed: offset, target: progress.target, history: progress.history,
                    lastSync: progress.emitter.lastSync)
            else { continue }
            try replication.check()
            let record = Record(
                key: try due.checkpoint.encodedKey(), value: try due.checkpoint.encodedValue(),
                headers: due.isExact ? [Header(name: ExactCheckpointMarker.headerName, value: ExactCheckpointMarker.encoded())] : [])
            _ = try await controlProducer.send(record, to: TopicPartition(topic: configuration.flow.checkpointsTopic, partition: 0))
            emitter.remember(due.checkpoint)
            counters.withLock {
                $0.checkpoints += 1
                $0.checkpointedGroups.insert(group)
            }
        }
    }

    private func keepBeating() async throws {
        while true {
            try replication.check()
            let now = ContinuousClock.now
            let heartbeat = Heartbeat(
                sourceAlias: configuration.flow.sourceAlias, targetAlias: configuration.flow.targetAlias, timestamp: Int64(Date().timeIntervalSince1970 * 1000))
            let partition = TopicPartition(topic: configuration.flow.heartbeatsTopic, partition: 0)
            _ = try await controlProducer.send(
                Record(key: try heartbeat.encodedKey(), value: heartbeat.encodedValue()), to: partition)
            counters.withLock { $0.heartbeats += 1 }
            try await Task.sleep(until: now + configuration.heartbeatInterval)
        }
    }
}

/// How far a mirror has come.
public struct MirrorStatus: Sendable {
    /// The next upstream offset of each source partition, as far as acknowledged by the target.
    public var positions: [TopicPartition: Int64]
    public var records: Int
    /// Bytes of keys and values.
    public var bytes: Int
    public var checkpoints: Int
    public var heartbeats: Int
    /// Groups with at least one checkpoint from this mirror.
    public var groups: Int
}

/// What a mirror tells its operator.
public enum MirrorEvent: Sendable, CustomStringConvertible {
    case topicCreated(String, cluster: String)
    case partitionStarted(TopicPartition, target: TopicPartition, from: Int64, recovered: Int)
    /// The source deleted records before they were mirrored.
    case recordsGone(TopicPartition, from: Int64, to: Int64)
    case warning(String)

    public var description: String {
        switch self {
        case .topicCreated(let topic, let cluster): "created topic '\(topic)' on '\(cluster)'"
        case .partitionStarted(let source, let target, let from, let recovered):
            "mirroring \(source) -> \(target) from source offset \(from)"
                + (recovered > 0 ? " (\(recovered) copies past the last sync recognised)" : "")
        case .recordsGone(let partition, let from, let to):
            "WARNING: source records \(partition)@\(from)..<\(to) were deleted by retention before they were mirrored"
        case .warning(let text): "WARNING: \(text)"
        }
    }
}
