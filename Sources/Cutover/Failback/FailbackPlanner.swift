internal import Foundation
public import KafkaClient
public import OffsetTranslate

/// Plans the way home: groups were moved from a flow's source to its target, and shall go back. Changes nothing.
///
/// ## Which topics there are, and how each goes home
/// - *A copy that nobody else writes to*. With the default policy, `A.orders` where producers write to B's own `orders`. All of it
///   is below the fence; positions go through the inverse of the flow's offset syncs.
/// - *A copy that is written on as well*. With the identity policy always: producers go on in `orders` itself. With the default
///   policy where producers were pointed at `A.orders`. Up to the fence it is as above; from there on, records come home by the
///   reverse flow, and positions above go through *its* syncs. MM2 does not carry `A.orders` home (`isCycle`); our own mirror
///   does from a ``ReverseStart``.
/// - *A topic of the target's own*. With the default policy B's `orders`, whose copy at home is `B.orders`. There is no fence;
///   positions go through the reverse flow's syncs, as in a cutover.
/// - *A copy of a log that the source has lost* (rebuilt empty). Everything goes back from the copy's beginning, and so do positions,
///   through the reverse flow's syncs alone.
///
/// ## What is committed
/// A position below or at the fence: the source offset of the first record that the group was not given. Behind it lie the rest of
/// the originals, what never reached the target, and what the reverse flow copies: nothing is skipped, nothing read twice. A
/// position above the fence: its place in the reverse copies. Between that and the originals lies what never reached the target
/// (``Divergence``), so unless the group has read it at home before, such a position takes a decision: ``DivergenceHandling``.
///
/// ## What it rests on
/// What ``PartitionHistory`` and ``CopyFence`` list, and that the reverse flow keeps its offset syncs on the same side as this flow
/// (on its target if this one keeps them on its own): otherwise both write to topics of the same name.
public struct FailbackPlanner: Sendable {
    /// The flow that the groups went with, `A->B`.
    public var flow: ReplicationFlow
    /// `B->A`.
    public var reverse: ReplicationFlow
    /// `A`.
    public var home: any KafkaCluster
    /// `B`.
    public var away: any KafkaCluster
    public var handling = DivergenceHandling.undecided
    /// How much may be read to compare records.
    public var limits = RecordProof.Limits()
    /// Looks whether anybody still writes where the groups stand, and whether all of that is home. `nil`: it is not looked at.
    public var checking: Planner.Checking?
    /// Which topics the flow mirrors, and the reverse flow of the target's own.
    public var includesTopic: @Sendable (String) -> Bool = { _ in true }
    public var progress: ReadingProgress.Handler = { _ in }

    /// - Parameter reversePolicy: Of the reverse flow.
    public init(flow: ReplicationFlow, reversePolicy: any ReplicationPolicy, home: any KafkaCluster, away: any KafkaCluster) {
        self.flow = flow
        self.home = home
        self.away = away
        reverse = ReplicationFlow(
            from: flow.targetAlias, to: flow.sourceAlias, policy: reversePolicy, offsetSyncsLocation: flow.offsetSyncsLocation)
    }

    /// - Throws: ``UnknownGroups``, ``KafkaError``.
    public func plan(_ selection: Planner.Selection) async throws -> FailbackPlan {
        var warnings: [String] = []
        let syncs = try await readSyncs(&warnings)
        let surveyed = try await survey(syncs, &warnings)
        let groups = try await select(selection)
        let positions = try await positions(of: groups, surveyed)
        if case .named(let names) = selection { try requireKnown(names, positions, listed: groups) }
        let offsets = try await planned(positions, surveyed, syncs, &warnings)
        let standing = Set(offsets.map(\.source))
        let partitions = surveyed.map(\.partition).filter { $0.origin != .local || includesTopic($0.away.topic) || standing.contains($0.away) }
        return FailbackPlan(
            groups: try await checked(offsets, partitions, warnings),
            partitions: partitions.sorted { $0.away < $1.away }, offsetSyncsLocation: reverse.offsetSyncsLocation)
    }

    // MARK: Groups

    private func select(_ selection: Planner.Selection) async throws -> [String] {
        switch selection {
        case .named(let names): Set(names).sorted()
        case .all(let includes): try await away.groups().map(\.name).filter(includes).sorted()
        }
    }

    private func requireKnown(_ names: [String], _ positions: [Standing], listed: [String]) throws {
        let found = Set(positions.map(\.group))
        let unknown = Set(names).subtracting(found).sorted()
        guard unknown.isEmpty else { throw NothingCommitted(groups: unknown, cluster: flow.targetAlias) }
    }

    /// The groups' part, with what speaks against it.
    private func checked(_ offsets: [PlannedOffset], _ partitions: [FailbackPartition], _ warnings: [String]) async throws -> CutoverPlan {
        var plan = CutoverPlan(
            mode: .failback, sourceAlias: reverse.sourceAlias, targetAlias: reverse.targetAlias, sourceClusterID: try await away.clusterID(),
            targetClusterID: try await home.clusterID(), createdAt: Int64(Date().timeIntervalSince1970 * 1000),
            offsets: Planner.withoutConflicts(offsets).sorted { ($0.group, $0.source) < ($1.group, $1.source) }, warnings: warnings)
        let states = try await home.listed(plan.groups)?.mapValues(\.state)
        plan.groupStates = states ?? [:]
        plan.checks = [plan.activeOnTarget(states), try await plan.activeOnSource(away)]
        if let checking {
            let topics = Set(offsets.map(\.source.topic)), read = partitions.filter { topics.contains($0.away.topic) }
            plan.checks.append(try await QuietSource(read.map(\.away), away, within: checking.quietTime).check())
            // Above a copy that nobody has written on may lie what never got over.
            let written = read.filter { $0.written > 0 && $0.homeLog != nil }
            let pairs = Dictionary(written.map { ($0.away, $0.home) }) { a, _ in a }
            plan.checks.append(try await SourceDrain(source: away, target: home, pairs: pairs).copied())
        }
        plan.checks += plan.checksOfPositions
        return plan
    }
}

/// Groups that were asked for by name and have committed nothing that could go home.
public struct NothingCommitted: Error, CustomStringConvertible {
    public var groups: [String]
    public var cluster: String

    public var description: String {
        """
        \(groups.count == 1 ? "group" : "groups") \(groups.map { "'\($0)'" }.joined(separator: ", ")) committed nothing on '\(cluster)' \
        for a topic that goes home.
          Check the spelling, and that the group reads topics of this flow there. Nothing was planned for the other groups either.
        """
    }
}
