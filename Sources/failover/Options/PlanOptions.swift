import ArgumentParser
import Cutover
import KafkaClient
import OffsetTranslate

/// How positions are found; shared by the commands that only show them and those that commit them.
struct PlanOptions: ParsableArguments {
    @Flag(help: "Do not ask the source anything: positions come from the checkpoints, and from what 'failover capture' wrote.") var sourceLost = false
    @Option(help: "What may be assumed between two offset syncs of a foreign mirror: nothing, dense, or strict.")
    var assume = Assumption.nothing

    /// Plans the groups named, or else all that pass the configuration's filter, and says what a person should know first.
    ///
    /// - Returns: The plan, and the target it is for.
    func plan(_ groups: [String], _ flow: FlowOptions, allowRewind: Bool) async throws -> (CutoverPlan, LibrdkafkaCluster) {
        let configuration = try flow.load()
        let target = try flow.open(configuration.target)
        _ = try await target.clusterID()
        let source = sourceLost ? nil : try await flow.openIfAnswering(configuration.source)
        let planner = Planner(
            flow: try await ReplicationFlow(locating: configuration, source: source, target: target), source: source,
            target: target, assumption: assume, allowRewind: allowRewind, progress: Console.progress)
        let filter = configuration.groups
        let plan = try await planner.plan(groups.isEmpty ? .all { filter.matches($0) } : .named(groups))
        for warning in plan.warnings { Console.warn(warning) }
        return (plan, target)
    }
}
