import ArgumentParser
import Cutover
import Inspection
import KafkaClient
import OffsetTranslate

/// Where positions come from: of the commands that look at a flow, and of those that plan.
struct PositionOptions: ParsableArguments {
    @Flag(help: "Do not ask the source anything: positions come from the checkpoints, and from what 'failover capture' wrote.") var sourceLost = false
    @Option(help: "What may be assumed between two offset syncs of a foreign mirror: nothing, dense, or strict.") var assume = Assumption.nothing
    @Option(help: ArgumentHelp("Keep the offset syncs' history in this file, and read only what was written since.", valueName: "file"), completion: .file())
    var snapshot: String?

    var snapshotFile: SnapshotFile? { snapshot.map(SnapshotFile.init) }

    /// For one look, or for many: the clusters stay open. Nothing is asked yet.
    func inspector(_ flow: FlowOptions, _ configuration: FlowConfiguration) throws -> Inspector {
        let target = try flow.open(configuration.target)
        let source = sourceLost ? nil : try flow.open(configuration.source)
        var planner = Planner(
            flow: try ReplicationFlow(configuration), source: source, target: target, assumption: assume, checking: nil,
            progress: Console.progress)
        planner.groupProgress = Console.groupProgress
        planner.snapshot = snapshotFile
        return Inspector(planner, configuration)
    }
}
