internal import Foundation
public import KafkaClient
public import OffsetTranslate

/// Reads what a flow left behind and plans each group's positions on the target. Changes nothing.
public struct Planner: Sendable {
    public var flow: ReplicationFlow
    /// `nil` when the source is lost: positions then come from the checkpoints, and from what was captured.
    public var source: (any KafkaCluster)?
    public var target: any KafkaCluster
    public var assumption: Assumption
    /// Where the sync history is kept between plans; `nil` reads it all each time.
    public var snapshot: SnapshotFile?
    /// Decides by reading records what syncs leave open; `nil` reads none.
    public var proof: RecordProof?
    /// What is looked at besides positions; without, the plan has no ``CutoverPlan/checks``.
    public var checking: Checking?
    /// How many groups are asked for at the same time, at the most.
    public var parallelism = 32
    public var progress: ReadingProgress.Handler
    /// Told how many groups have been asked on a cluster, and of how many.
    public var groupProgress: @Sendable (_ cluster: String, _ done: Int, _ all: Int) -> Void = { _, _, _ in }

    /// How a plan's checks are made.
    public struct Checking: Sendable, Hashable {
        /// How long the source's log ends have to stand still.
        public var quietTime: Duration

        public init(quietTime: Duration = .seconds(2)) { self.quietTime = quietTime }
    }

    /// - Parameter progress: Told how far the reading of internal topics has come.
    public init(
        flow: ReplicationFlow, source: (any KafkaCluster)?, target: any KafkaCluster, assumption: Assumption = .nothing,
        checking: Checking? = Checking(), progress: @escaping ReadingProgress.Handler = { _ in }
    ) {
        self.progress = progress
        self.flow = flow
        self.source = source
        self.target = target
        self.assumption = assumption
        self.checking = checking
    }

    /// Which groups are planned.
    public enum Selection: Sendable {
        case named([String])
        /// All that have checkpoints or captured positions (or, with the source alive, are listed there) and pass the filter.
        case all(@Sendable (String) -> Bool)
    }

    /// - Throws: ``NothingToPlan`` where neither syncs nor checkpoints are left, ``UnknownGroups``, ``KafkaError``.
    public func plan(_ selection: Selection) async throws -> CutoverPlan {
        let ids = (source: try await source?.clusterID(), target: try await target.clusterID())
        let evidence = try await gather(captures: source == nil)
        if evidence.isEmpty { throw NothingToPlan(flow: "\(flow.sourceAlias)->\(flow.targetAlias)", details: evidence.warnings) }
        let groups = try await select(selection, evidence)
        let (positions, notCommitted) = try await positions(of: groups, evidence)
        if case .named = selection { try await requireKnown(groups, positions, evidence) }
        var quiet: QuietSource?
        if let checking { quiet = try await QuietSource(positions.map(\.source), source, within: checking.quietTime) }
        let bounds = try await target.logBounds(of: Set(positions.map(\.target)).sorted())

        let current = try await current(positions, bounds)
        let (states, stateWarning) = try await targetStates(of: groups)
        let (offsets, proofWarnings) = try await planned(positions, evidence, bounds, current)
        var plan = CutoverPlan(
            mode: source == nil ? .failover : .switchover, sourceAlias: flow.sourceAlias, targetAlias: flow.targetAlias,
            sourceClusterID: ids.source, targetClusterID: ids.target, createdAt: Int64(Date().timeIntervalSince1970 * 1000),
            assumption: assumption, offsets: offsets, groupStates: states ?? [:],
            warnings: evidence.warnings + notCommitted + stateWarning + proofWarnings)
        if let quiet {
            let estimates = try await ReplayEstimate.estimate(plan.offsets.compactMap(\.replayed), in: target)
            for index in plan.offsets.indices { plan.offsets[index].replay = plan.offsets[index].replayed.flatMap { estimates[$0] } }
            plan.checks = try await checks(of: plan, states, quiet)
        }
        return plan
    }

    /// What the groups have committed on the target so far.
    func current(
        _ positions: [Position], _ bounds: [TopicPartition: LogBounds]
    ) async throws -> [String: [TopicPartition: CommittedOffset]] {
        let wanted = Dictionary(grouping: positions, by: \.group)
            .mapValues { Set($0.map(\.target)).filter { bounds[$0] != nil }.sorted() }
        let found = try await concurrently(
            wanted.sorted { $0.key < $1.key }, atMost: parallelism, progress: { groupProgress(target.name, $0, wanted.count) }
        ) { [target] group, partitions in
            (group, try await target.committedOffsets(of: group, for: partitions))
        }
        return Dictionary(uniqueKeysWithValues: found)
    }
}
