internal import Foundation
public import OffsetTranslate
internal import Synchronization

/// One process of a flow's mirror: what MM2's source, checkpoint and heartbeat connectors do.
///
/// Data goes over with key, value, headers, timestamp and partition; offset syncs are strict (``StrictMarker``), so every position that
/// was mirrored translates exactly. Every record is delivered at least once and, as each start finds its place from the target's own
/// log, not twice.
///
/// The flow's partitions are divided into tasks, which processes share as members of a consumer group on the target: each task is one
/// process's, a process too many stands by, and the tasks of one that dies go to others when its session has run out.
public final class Mirror: Sendable {
    let source: LibrdkafkaCluster
    let target: LibrdkafkaCluster
    let configuration: MirrorConfiguration
    let report: @Sendable (MirrorEvent) -> Void
    private let counters = MirrorCounters()
    private let refusals = Refusals()
    private let state = Mutex(State())

    private struct State: Sendable {
        var tenure: Tenure?
        var isAbandoned = false
    }

    /// - Parameter report: Told what changes, from any thread.
    /// - Throws: ``MirrorError/syncsOutsideTransaction``. Nothing is connected yet.
    public init(
        source: LibrdkafkaCluster, target: LibrdkafkaCluster, configuration: MirrorConfiguration,
        report: @escaping @Sendable (MirrorEvent) -> Void = { _ in }
    ) throws(MirrorError) {
        if configuration.isExactlyOnce, configuration.flow.offsetSyncsLocation != .target { throw .syncsOutsideTransaction }
        self.source = source
        self.target = target
        self.configuration = configuration
        self.report = report
    }

    /// What has been done so far.
    public var status: MirrorStatus { state.withLock { counters.status(with: $0.tenure?.copies ?? [:]) } }

    /// Mirrors until the task is cancelled; then it drains: records in flight are acknowledged, their syncs written.
    ///
    /// - Throws: ``MirrorError`` or ``KafkaError`` where it can't go on without losing something.
    public func run() async throws {
        let share = try await prepare()
        let membership = try GroupMembership(
            cluster: target.name, group: configuration.flow.mirrorGroup, topic: configuration.flow.tasksTopic,
            properties: target.consumerProperties)
        do {
            try await work(as: membership, share)
        } catch {
            if !isAbandoned { await Task { await membership.leave(within: .seconds(5)) }.value }
            if !(error is CancellationError) { throw error }
        }
    }

    private func work(as membership: GroupMembership, _ share: TaskShare) async throws {
        // Why the last tenure did not drain; until places are found anew, or others have all tasks.
        var undrained: (any Error)?
        do {
            while true {
                try Task.checkCancellation()
                guard !isAbandoned else { return }
                guard case .assigned(let partitions) = try await membership.next(within: .milliseconds(500)) else {
                    await membership.release()
                    continue
                }
                let numbers = partitions.map { Int($0.partition) }
                guard try await tasks() == share.count else { throw MirrorError.tasksChanged(configuration.flow.tasksTopic, from: share.count) }
                guard !numbers.isEmpty else {
                    undrained = nil
                    report(.standingBy(share.count))
                    continue
                }
                report(.tasksAssigned(numbers.sorted(), of: share.count))
                // Begun anew, as long as the tasks are ours, where what stopped it passes.
                while try await serve(numbers, share, membership, &undrained) == .mayGoOn {}
            }
        } catch is CancellationError {
            throw undrained ?? CancellationError()
        }
    }

    private enum Ending {
        case tasksRevoked, mayGoOn
    }

    /// One tenure: until the tasks are taken away, the mirror is stopped, or something can't be gone on with.
    private func serve(
        _ numbers: [Int], _ share: TaskShare, _ membership: GroupMembership, _ undrained: inout (any Error)?
    ) async throws -> Ending {
        let tenure = try Tenure(
            of: numbers, share: share, source: source, target: target, configuration: configuration, counters: counters,
            refusals: refusals, report: report)
        let isTooLate = state.withLock { state in
            state.tenure = tenure
            return state.isAbandoned
        }
        if isTooLate { tenure.abandon() }
        let end = TenureEnd()
        let working = Task { await end.note { try await tenure.run() } }
        do {
            let isLost = try await revocation(of: membership, during: end)
            if isLost { tenure.abandon() }
            working.cancel()
            await working.value
            if tenure.hasBegun { undrained = isLost ? tenure.isSettled ? nil : MirrorError.tasksLost : end.failure }
            await dismiss(tenure)
            await membership.release()
            // Whoever goes on finds the place from the logs all the same.
            if let failure = end.failure, !isLost { report(.warning("not drained: \(failure)")) }
            return .tasksRevoked
        } catch {
            if !(error is CancellationError) { tenure.abandon() }
            working.cancel()
            await working.value
            if tenure.hasBegun { undrained = error is CancellationError ? nil : error }
            await dismiss(tenure)
            if error is CancellationError {
                if let failure = end.failure { throw failure }
                throw error
            }
            guard tenure.hasBegun, refusals.note(error) || Self.passes(error) else { throw error }
            report(.startingAgain(error))
            guard case .revoked(let isLost)? = try await membership.next(within: .seconds(1)) else { return .mayGoOn }
            report(.tasksRevoked(isLost: isLost))
            await membership.release()
            return .tasksRevoked
        }
    }

    private func dismiss(_ tenure: Tenure) async {
        await tenure.settleMemory()
        // In one step, so that nothing is counted twice.
        state.withLock { state in
            counters.keep(tenure.copies)
            state.tenure = nil
        }
    }

    /// Waits until the tasks are taken away. Returns whether others may have them already.
    ///
    /// - Throws: What ended the tenure.
    private func revocation(of membership: GroupMembership, during end: TenureEnd) async throws -> Bool {
        var patience: ContinuousClock.Instant?
        while true {
            try Task.checkCancellation()
            if case .revoked(let isLost)? = try await membership.next(within: .milliseconds(200)) {
                report(.tasksRevoked(isLost: isLost))
                return isLost
            }
            guard let failure = end.failure else {
                // Abandoned.
                if end.isOver { throw CancellationError() }
                continue
            }
            // One that was held up for longer than its session is fenced first, and learns why a moment later.
            guard case MirrorError.fenced = failure else { throw failure }
            let limit = patience ?? .now + .seconds(15)
            patience = limit
            if ContinuousClock.now > limit { throw failure }
        }
    }

    /// Whether the cause of an error may be gone the next time.
    private static func passes(_ error: any Error) -> Bool {
        switch error {
        case let error as KafkaError: error.isRetriable
        case MirrorError.notDelivered(_, _, let error), MirrorError.syncNotWritten(_, _, let error):
            error.isRetriable || [.gaplessGuarantee, .purged].contains(error.code)
        case MirrorError.syncsNotSettled, MirrorError.transactionNotCompleted: true
        default: false
        }
    }

    /// Creates the internal topics. Returns how the flow is divided.
    private func prepare() async throws -> TaskShare {
        let flow = configuration.flow
        let syncs = NewTopic.offsetSyncs(flow.offsetSyncsTopic, replicationFactor: configuration.offsetSyncsReplicationFactor)
        var tasks = NewTopic.compacted(flow.tasksTopic, replicationFactor: configuration.offsetSyncsReplicationFactor)
        tasks.partitions = max(1, configuration.tasks)
        var topics = [tasks]
        if flow.offsetSyncsLocation == .target { topics.append(syncs) } else { try await create([syncs], on: source) }
        if configuration.emitsCheckpoints {
            topics.append(.compacted(flow.checkpointsTopic, replicationFactor: configuration.checkpointsReplicationFactor))
        }
        if configuration.emitsHeartbeats {
            topics.append(.compacted(flow.heartbeatsTopic, replicationFactor: configuration.heartbeatsReplicationFactor))
        }
        try await create(topics, on: target)
        let share = TaskShare(of: try await self.tasks() ?? 1)
        if share.count != configuration.tasks {
            report(.warning("""
                '\(flow.tasksTopic)' on '\(target.name)' divides the flow into \(share.count) task\(share.count == 1 ? "" : "s"), and that counts, \
                not tasks.max=\(configuration.tasks). To change it, stop all processes of this mirror and delete the topic.
                """))
        }
        return share
    }

    private func tasks() async throws -> Int? { try await target.topics()[configuration.flow.tasksTopic] }

    private func create(_ topics: [NewTopic], on cluster: LibrdkafkaCluster) async throws {
        for topic in try await cluster.createMissing(topics) { report(.topicCreated(topic.name, cluster: cluster.name)) }
    }

    private var isAbandoned: Bool { state.withLock { $0.isAbandoned } }

    /// Ends as a killed process would: at once, nothing drained, nothing said to anybody. For rehearsals and tests.
    public func abandon() {
        let tenure = state.withLock { state in
            state.isAbandoned = true
            return state.tenure
        }
        tenure?.abandon()
    }
}

/// How a tenure came to its end, as soon as it has.
private final class TenureEnd: Sendable {
    private let result = Mutex<Result<Void, any Error>?>(nil)

    func note(_ work: @Sendable () async throws -> Void) async {
        do {
            try await work()
            result.withLock { $0 = .success(()) }
        } catch {
            result.withLock { $0 = .failure(error) }
        }
    }

    var isOver: Bool { result.withLock { $0 != nil } }
    var failure: (any Error)? { result.withLock { if case .failure(let error) = $0 { error } else { nil } } }
}
