import ArgumentParser
import Cutover
import KafkaClient
import OffsetTranslate

struct GroupsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "groups",
        abstract: "Show groups' positions on both sides, and where each would go on if it were moved now.",
        discussion: "Changes nothing. With the source gone, positions come from the checkpoints and from what 'failover capture' wrote.")

    @OptionGroup var flow: FlowOptions
    @Argument(help: "Groups; without any, all that pass the configuration's filter.") var groups: [String] = []
    @OptionGroup var planning: PlanOptions
    @Option(help: "text or json.") var output = OutputFormat.text

    func run() async throws {
        let plan = try await planning.plan(groups, try await planning.open(flow), proof: .none, checking: false)
        switch output {
        case .json: try Console.json(PlanView.Document(plan, run: nil, outcomes: nil))
        case .text: Console.data(table(plan))
        }
    }

    private func table(_ plan: CutoverPlan) -> String {
        var table = Table([
            ("GROUP", .left), ("STATE ON TARGET", .left), ("TOPIC", .left), ("PART", .right), ("UPSTREAM", .right),
            ("TRANSLATED", .right), ("ON TARGET", .right), ("DISTANCE", .right), ("KIND", .left), ("RE-READ", .right),
            ("FROM", .left),
        ])
        for offset in plan.offsets {
            let current = offset.current?.offset, position = offset.translation.position
            table.add([
                offset.group, plan.groupStates[offset.group].map { "\($0)" } ?? "-", offset.target.topic,
                "\(offset.target.partition)", offset.upstream.offset.grouped, position.grouped, current.grouped,
                current.flatMap { current in position.map { ($0 - current).grouped } } ?? "-",
                offset.translation.kind.name, offset.translation.maxReplay.map { $0 == 0 ? "0" : "<=\($0.grouped)" } ?? "-",
                offset.origin.text,
            ])
        }
        return table.text
    }
}
