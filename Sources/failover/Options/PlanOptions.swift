import ArgumentParser
import Cutover
import KafkaClient
import OffsetTranslate

/// How positions are found; shared by the commands that only show them and those that commit them.
struct PlanOptions: ParsableArguments {
    @Flag(help: "Do not ask the source anything: positions come from the checkpoints, and from what 'failover capture' wrote.") var sourceLost = false
    @Option(help: "What may be assumed between two offset syncs of a foreign mirror: nothing, dense, or strict.")
    var assume = Assumption.nothing

    /// The clusters, with the source if it is to be asked and answers, and the offset syncs where they are.
    func open(_ options: FlowOptions) async throws -> OpenFlow {
        let configuration = try options.load()
        let target = try options.open(configuration.target)
        _ = try await target.clusterID()
        let source = sourceLost ? nil : try await options.openIfAnswering(configuration.source)
        return OpenFlow(
            configuration: configuration, flow: try await ReplicationFlow(locating: configuration, source: source, target: target),
            source: source, target: target)
    }

    /// Plans the groups named, or else all that pass the configuration's filter, and says what a person should know first.
    func plan(_ groups: [String], _ open: OpenFlow, allowRewind: Bool) async throws -> CutoverPlan {
        let planner = Planner(
            flow: open.flow, source: open.source, target: open.target, assumption: assume, allowRewind: allowRewind,
            progress: Console.progress)
        let filter = open.configuration.groups
        let plan = try await planner.plan(groups.isEmpty ? .all { filter.matches($0) } : .named(groups))
        for warning in plan.warnings { Console.warn(warning) }
        return plan
    }

    /// - Returns: The plan, and the target it is for.
    func plan(_ groups: [String], _ flow: FlowOptions, allowRewind: Bool) async throws -> (CutoverPlan, LibrdkafkaCluster) {
        let open = try await open(flow)
        return (try await plan(groups, open, allowRewind: allowRewind), open.target)
    }
}

/// A flow and its clusters.
struct OpenFlow {
    var configuration: FlowConfiguration
    var flow: ReplicationFlow
    /// `nil` where it is lost.
    var source: LibrdkafkaCluster?
    var target: LibrdkafkaCluster
}
