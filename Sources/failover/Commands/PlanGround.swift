import ArgumentParser
import Cutover
import KafkaClient
import OffsetTranslate

/// What a plan stands on: its clusters, and the way in which it would be made again.
struct PlanGround: Sendable {
    /// Where the groups stand; `nil` where it is lost.
    var source: LibrdkafkaCluster?
    /// Where their offsets are committed.
    var target: LibrdkafkaCluster
    /// Makes the plan again for these groups; by reading records too, if it is to be carried out itself.
    var plan: @Sendable (_ groups: [String], _ withProof: Bool) async throws -> CutoverPlan
    var quietTime: Duration

    init(_ open: OpenFlow, _ planning: PlanOptions) {
        source = open.source
        target = open.target
        quietTime = .seconds(planning.quietTime)
        plan = { groups, withProof in
            try await planning.planner(open, proof: withProof ? planning.proof(on: open, preset: .records) : nil).plan(.named(groups))
        }
    }

    /// Makes a plan again.
    ///
    /// - Throws: ``PlanStale`` where what it stands on has changed since.
    func lookAgain(at plan: CutoverPlan, withProof: Bool = false) async throws -> CutoverPlan {
        let fresh = try await self.plan(plan.groups, withProof)
        let changes = plan.changes(in: fresh)
        guard changes.isEmpty else { throw PlanStale(changes: changes) }
        return fresh
    }

    private init(
        source: LibrdkafkaCluster, target: LibrdkafkaCluster, quietTime: Duration,
        plan: @escaping @Sendable (_ groups: [String], _ withProof: Bool) async throws -> CutoverPlan
    ) {
        self.source = source
        self.target = target
        self.quietTime = quietTime
        self.plan = plan
    }

    /// Of a plan that was made before.
    static func of(_ plan: CutoverPlan, _ flow: FlowOptions) async throws -> PlanGround {
        var planning = try PlanOptions.parse([])
        planning.positions.sourceLost = plan.mode == .failover
        planning.positions.assume = plan.assumption
        let ground = plan.mode == .failback
            ? try await homeward(flow, quietTime: .seconds(planning.quietTime)) : PlanGround(try await planning.open(flow), planning)
        try await plan.require(ground.target)
        return ground
    }

    private static func homeward(_ flow: FlowOptions, quietTime: Duration) async throws -> PlanGround {
        let configuration = try flow.load()
        let home = try flow.open(configuration.source), away = try flow.open(configuration.target)
        for cluster in [home, away] { _ = try await cluster.clusterID() }
        var planner = try await FailbackPlanner(configuration, home: home, away: away)
        // What is done about records that never got over was decided when the plan was made.
        planner.handling = .passOver
        return PlanGround(source: away, target: home, quietTime: quietTime) { [planner] groups, _ in
            try await planner.plan(.named(groups)).groups
        }
    }
}

extension CutoverPlan {
    /// A plan, and a journal, belong to one target.
    func require(_ target: LibrdkafkaCluster) async throws {
        let id = try await target.clusterID()
        guard target.name == targetAlias, id == targetClusterID else {
            Console.error("the plan is for '\(targetAlias)' (cluster id \(targetClusterID ?? "-")), and the configuration's is '\(target.name)' (\(id ?? "-")): nothing was done")
            throw ExitStatus.refused
        }
    }
}
