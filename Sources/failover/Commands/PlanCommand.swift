import ArgumentParser
import Cutover
import Foundation
import KafkaClient
import OffsetTranslate

struct PlanCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plan",
        abstract: "Plan a cutover: every group's positions, what they rest on, and what speaks against it. Changes nothing.",
        discussion: """
            With the source alive it plans a switchover: besides the positions it checks that the groups' consumers are stopped on \
            both sides, that nobody writes to the source any more, and that the mirror has copied everything. With the source lost \
            (--source-lost, or it does not answer) it plans a failover from what is on the target. --out keeps the plan for 'failover apply'.

            \(ExitStatus.help(of: "plan"))
            """)

    @OptionGroup var flow: FlowOptions
    @Argument(help: "Groups; without any, all that pass the configuration's filter.") var groups: [String] = []
    @Option(help: "Plan groups whose whole name matches this regular expression, besides those named.") var matching: String?
    @OptionGroup var planning: PlanOptions
    @Option(help: ArgumentHelp("Where to write the plan.", valueName: "file"), completion: .file()) var out: String?
    @Flag(help: "Exit with 2 where the plan would change something, and with 3 where a check says no.") var detailedExitcode = false
    @Option(help: "text or json.") var output = OutputFormat.text

    func run() async throws {
        let open = try await planning.open(flow)
        let plan = try await planning.plan(groups, open, matching: matching)
        switch output {
        case .text: Console.data(PlanView(plan: plan).text)
        case .json: try Console.json(PlanView.Document(plan, run: nil, outcomes: nil))
        }
        if let out { try PlanFile.write(plan, to: out) }
        guard detailedExitcode else { return }
        if (try? Admission().admit(plan)) == nil { throw ExitStatus.refused }
        if plan.changes > 0 { throw ExitStatus.changesPending }
    }
}
