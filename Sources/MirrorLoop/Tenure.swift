internal import Foundation
import OffsetTranslate
internal import Synchronization

/// What a mirror process does from the moment it is given tasks until they are taken from it: it begins from nothing but the clusters'
/// logs, and leaves nothing behind but what is in them.
final class Tenure: Sendable {
    let source: LibrdkafkaCluster
    let target: LibrdkafkaCluster
    let configuration: MirrorConfiguration
    let share: TaskShare
    let tasks: [CopyTask]
    let controlProducer: Producer
    private let syncProducer: Producer
    let counters: MirrorCounters
    let refusals: Refusals
    let report: @Sendable (MirrorEvent) -> Void
    private let abandoned = Atomic(false)
    private let begun = Atomic(false)
    /// Whether places were found: the clusters could be reached, and had what it takes.
    var hasBegun: Bool { begun.load(ordering: .acquiring) }

    /// - Throws: ``KafkaError`` where librdkafka refuses a property. Nothing is connected yet.
    init(
        of numbers: [Int], share: TaskShare, source: LibrdkafkaCluster, target: LibrdkafkaCluster, configuration: MirrorConfiguration,
        counters: MirrorCounters, refusals: Refusals, report: @escaping @Sendable (MirrorEvent) -> Void
    ) throws(KafkaError) {
        self.source = source
        self.target = target
        self.configuration = configuration
        self.share = share
        self.counters = counters
        self.refusals = refusals
        self.report = report
        controlProducer = try Producer(cluster: target.name, properties: .patient(target))
        syncProducer = configuration.flow.offsetSyncsLocation == .target
            ? controlProducer : try Producer(cluster: source.name, properties: .patient(source))
        var tasks: [CopyTask] = []
        for number in numbers.sorted() {
            tasks.append(try CopyTask(
                number, source: source, target: target, configuration: configuration, syncProducer: syncProducer,
                limits: configuration.limits.divided(by: numbers.count), tell: report))
        }
        self.tasks = tasks
    }

    /// Everything of a flow that is there once, and not once a partition, is done where the first task is.
    var isFirst: Bool { tasks.contains { $0.number == 0 } }

    /// All partitions that are copied here.
    var copies: [TopicPartition: PartitionCopy] { tasks.reduce(into: [:]) { $0.merge($1.copies) { $1 } } }

    /// Works until cancelled; then it drains: records in flight are acknowledged, their syncs written.
    ///
    /// - Throws: ``MirrorError`` or ``KafkaError`` where it can't go on without losing something.
    func run() async throws {
        do {
            try await withThrowingTaskGroup(of: Void.self) { [self] group in
                if configuration.isExactlyOnce {
                    for task in tasks { try await task.takeOver() }
                }
                var said = SaidAtRefresh()
                try await refresh(&said)
                begun.store(true, ordering: .releasing)
                for task in tasks { group.addTask { try await task.run() } }
                group.addTask { [said] in try await self.keepRefreshing(said) }
                group.addTask { try await self.keepWatchingSources() }
                if isFirst {
                    if configuration.syncsTopicSettings { group.addTask { try await self.keepSyncingSettings() } }
                    if configuration.syncsAccess { group.addTask { try await self.keepSyncingAccess() } }
                }
                if configuration.findsPositions { group.addTask { try await self.keepCheckpointing() } }
                if configuration.emitsHeartbeats, isFirst { group.addTask { try await self.keepBeating() } }
                // The first to fail ends all.
                try await group.next()
                group.cancelAll()
                while try await group.next() != nil {}
            }
        } catch is CancellationError {
            guard !abandoned.load(ordering: .acquiring) else { return }
            // A cancelled task can't wait any more, and this must.
            try await Task { try await self.drain() }.value
        }
    }

    private func drain() async throws {
        for task in tasks { try await task.drain(within: target.timeout) }
        _ = await controlProducer.flush(within: target.timeout)
    }

    /// Whether everything that was read is in the target's log, and all of its syncs are written: what draining would come to.
    var isSettled: Bool { copies.values.allSatisfy(\.isSettled) }

    /// Ends as a killed process would: at once, nothing drained, nothing said to anybody.
    func abandon() {
        abandoned.store(true, ordering: .releasing)
        tasks.forEach { $0.abandon() }
        syncProducer.abandon()
        controlProducer.abandon()
    }

    /// After the end: lets go of what did not get over, and waits until nothing refers to the readers' memory any more.
    func settleMemory() async {
        abandon()
        for task in tasks { await task.settleMemory() }
    }

    /// Throws what has gone wrong in the background.
    func check() throws { for task in tasks { try task.check() } }

    /// Decides a sync for each partition's last acknowledged record, and waits until every sync so far is written.
    func settleSyncs(within timeout: Duration) async throws { for task in tasks { try await task.settleSyncs(within: timeout) } }
}
