import Cutover
internal import Foundation
import KafkaClient
import MirrorLoop
public import OffsetTranslate
internal import Synchronization

/// A cluster dies, and its consumer groups go on in the other one: the whole of it, in this process, over real sockets.
public struct Demo: Sendable {
    /// Records in each partition before anything else happens.
    public var backlog = 6000
    /// Written by the live producers, all partitions together.
    public var recordsPerSecond = 3000
    public var liveTime: Duration = .seconds(5)
    public var policy: any ReplicationPolicy = IdentityReplicationPolicy(sourceAlias: "west")

    public init() {}

    private static let topics = Estate.topics.keys.sorted()

    /// - Parameter tell: Told each step as it happens.
    /// - Throws: ``DemoError``, ``KafkaError`` or ``MirrorError`` where a step fails; the audit's verdict is in the report.
    public func run(_ tell: @escaping @Sendable (String) -> Void) async throws -> DemoReport {
        let begun = ContinuousClock.now
        let estate = try Estate(policy: policy)
        let source = try estate.openSource(), target = try estate.openTarget()
        tell("Two clusters of three brokers: west (\(estate.source.bootstrapServers)) and east (\(estate.target.bootstrapServers)).")

        let workload = try Workload(estate)
        for (index, partition) in Estate.partitions.enumerated() {
            try await workload.writeForeign(37 + 41 * index, to: partition)
            workload.produce(backlog, to: partition)
        }
        guard await workload.flush() else { throw DemoError("the backlog could not be written") }
        tell("\(workload.acknowledgedCount) records in \(Estate.partitions.count) partitions on west; east's topics have a past of their own, so offsets differ.")

        let groups = DemoGroups.make(estate, backlog: Int64(backlog), areMembers: true)
        let mirror = try mirror(estate, source, target, groups)
        let mirrorFailure = FirstFailure()
        let mirroring = Task { await mirrorFailure.watch { try await mirror.run() } }
        tell("The mirror runs west -> east: data, strict offset syncs, checkpoints, heartbeats.")

        let producing = Task { [recordsPerSecond] in
            try await workload.run(recordsPerSecond: recordsPerSecond, to: Estate.livePartitions)
        }
        let consuming = groups.map { group in Task { try await group.read(on: .source) } }
        tell("\(groups.count) groups read from west while \(recordsPerSecond) records/s are written; somebody also writes into east's topics.")
        try await Task.sleep(for: liveTime + .seconds(3))
        try await wait("groups to get where they should be", mirrorFailure) {
            groups.allSatisfy { $0.seenCount > 0 } && groups[0].seenCount > (backlog * Estate.partitions.count)
        }
        groups[0].stop()
        for task in consuming { try await task.value }
        for group in groups { tell("  \(group.group): \(group.seenCount) records read, committed on west") }

        let committed = groups.reduce(into: [:]) { $0[$1.group] = $1.committed }
        try await wait("checkpoints of the last commits", mirrorFailure) { try await Self.covers(committed, estate, target) }
        // A last burst, so that the source goes down in mid-flow.
        for partition in Estate.livePartitions { workload.produce(1500, to: partition) }
        try await Task.sleep(for: .milliseconds(60))

        estate.source.goDown()
        mirror.abandon()
        let killed = ContinuousClock.now
        tell("west is dead: all its brokers are down, in mid-flow, and the mirror died with it.")
        producing.cancel()
        mirroring.cancel()
        _ = try? await producing.value
        await mirroring.value

        let plan = try await Planner(flow: estate.flow, source: nil, target: target).plan(.all { _ in true })
        tell("Plan from what east holds: \(plan.changes) positions of \(plan.groups.count) groups, at most \(plan.maxReplay.map(String.init) ?? "?") records to be read again.")
        let run = try await CutoverRun.begin(
            plan, Approval(manner: "demonstration"), by: Operator(user: "demo", host: "localhost", process: 0), id: .new(),
            journal: NSTemporaryDirectory() + "failover-demo-\(UUID().uuidString).journal.jsonl", on: target)
        let outcomes = try await run.apply()
        if let failure = outcomes.flatMap(\.failures).first { throw DemoError("the cutover failed: \(failure)") }
        tell("Cutover done: committed on east, read back (journal: \(run.journal.path)).")

        let targets = Estate.partitions.map(estate.flow.target(of:))
        let bounds = try await target.logBounds(of: targets)
        let ends = bounds.mapValues(\.end)
        let successors = groups.map { GroupApplication($0.group, estate: estate) }
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            for group in successors {
                let positions = outcomes.first { $0.group == group.group }?.committed ?? [:]
                tasks.addTask { try await group.readTarget(topics: Set(targets.map(\.topic)).sorted(), to: ends, from: positions) }
            }
            try await tasks.waitForAll()
        }
        let resumed = successors.compactMap(\.resumed).max() ?? .now
        tell("All groups go on against east and have read it to its end.")
        _ = await workload.flush()

        let copies = try await Self.copies(estate, target, bounds)
        let audit = Audit(
            produced: workload.acknowledged, replicated: copies.mapValues { Set($0.map(\.sequence)) })
        let results = zip(groups, successors).map { before, after in
            DemoReport.Group(
                name: before.group,
                audit.examine(topics: Set(Self.topics), before: before.seen, after: after.seen),
                stock: Self.stock(plan.offsets.filter { $0.group == before.group }, copies))
        }
        withExtendedLifetime(estate) {}
        return DemoReport(
            groups: results, plan: plan,
            produced: audit.produced.values.reduce(0) { $0 + $1.count },
            replicated: audit.replicated.values.reduce(0) { $0 + $1.count },
            foreign: workload.foreignCount, refused: workload.refusedCount,
            recoveryTime: resumed - killed, elapsed: .now - begun)
    }

    // MARK: Parts

    private func mirror(
        _ estate: Estate, _ source: LibrdkafkaCluster, _ target: LibrdkafkaCluster, _ groups: [GroupApplication]
    ) throws -> Mirror {
        var configuration = MirrorConfiguration(flow: estate.flow)
        configuration.namedGroups = groups.map(\.group)
        configuration.checkpointInterval = .milliseconds(500)
        return try Mirror(source: source, target: target, configuration: configuration)
    }

    private func wait(
        _ what: String, _ failure: FirstFailure, until condition: () async throws -> Bool
    ) async throws {
        let deadline = ContinuousClock.now + .seconds(60)
        while try await !condition() {
            try failure.check()
            guard ContinuousClock.now < deadline else { throw DemoError("gave up waiting for \(what) after a minute") }
            try await Task.sleep(for: .milliseconds(100))
        }
    }

    private static func covers(
        _ committed: [String: [TopicPartition: Int64]], _ estate: Estate, _ target: LibrdkafkaCluster
    ) async throws -> Bool {
        let topic = InternalTopic<Checkpoint>(estate.flow.checkpointsTopic, on: target)
        let (table, _) = try await topic.read(into: CheckpointTable()) { $0.insert($1) }
        return committed.allSatisfy { group, positions in
            positions.allSatisfy { partition, offset in
                table.groups[group]?[estate.flow.target(of: partition)]?.entry.upstreamOffset == offset
            }
        }
    }

    /// What lies on the target, by source partition: offset and sequence number of each copy.
    private static func copies(
        _ estate: Estate, _ target: LibrdkafkaCluster, _ bounds: [TopicPartition: LogBounds]
    ) async throws -> [TopicPartition: [(offset: Int64, sequence: Int64)]] {
        try await target.scan(bounds.map { LogRange($0.key, $0.value) }, into: [:]) { copies, message in
            let record = message.copy()
            guard let sequence = Sample.sequence(of: record.record), let partition = estate.flow.source(of: record.topicPartition)
            else { return }
            copies[partition, default: []].append((record.offset, sequence))
        }
    }

    /// What MM2's own algorithm would have had the group read again, from the same topics.
    private static func stock(
        _ offsets: [PlannedOffset], _ copies: [TopicPartition: [(offset: Int64, sequence: Int64)]]
    ) -> DemoReport.Stock {
        offsets.reduce(into: DemoReport.Stock()) { stock, offset in
            if offset.stockPosition == nil { stock.missing += 1 }
            let from = offset.stockPosition ?? 0, to = offset.translation.position ?? 0
            stock.reread += copies[offset.source]?.count { $0.offset >= from && $0.offset < to } ?? 0
        }
    }
}

/// Keeps what a background task died of, for those who wait for its work.
private final class FirstFailure: Sendable {
    private let failure = Mutex<(any Error)?>(nil)

    func watch(_ work: () async throws -> Void) async {
        do { try await work() } catch { failure.withLock { $0 = error } }
    }

    func check() throws {
        if let failure = failure.withLock({ $0 }) { throw failure }
    }
}
