import ArgumentParser
import Cutover
import KafkaClient
import OffsetTranslate

struct CutoverCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cutover",
        abstract: "Translate groups' positions, show the plan, commit it on the target, read it back.",
        discussion: """
            Plans as 'failover plan' does, shows the plan with its checks, asks, and carries it out as 'failover apply' does. \
            Consumers of the groups must not run on the target, nor, while the source is alive, on the source. What a check \
            says no to is refused; each hazard has its own flag. Every step is written to a journal before and after; \
            'failover resume' goes on after a crash, 'failover rollback' goes back.

            \(ExitStatus.help(of: "cutover"))
            """)

    @OptionGroup var flow: FlowOptions
    @Option(name: .customLong("group"), help: "A group to move. Repeatable; without it, all groups that pass the configuration's filter.")
    var groups: [String] = []
    @OptionGroup var planning: PlanOptions
    @OptionGroup var carrying: CarryingOptions

    func run() async throws {
        let open = try await planning.open(flow)
        let plan = try await planning.plan(groups, open)
        try await carrying.carrying(plan, PlanGround(open, planning), isFresh: true).run()
    }
}

struct ApplyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "apply",
        abstract: "Carry out a plan that 'failover plan --out' wrote.",
        discussion: """
            Reads again what the plan stands on, and refuses it where that has changed (exit status 4, with the difference). Then \
            as 'failover cutover': checks, asks, commits group by group, and reads every commit back.

            \(ExitStatus.help(of: "apply"))
            """)

    @Argument(help: ArgumentHelp("What 'failover plan --out' wrote.", valueName: "plan"), completion: .file()) var file: String
    @OptionGroup var flow: FlowOptions
    @OptionGroup var carrying: CarryingOptions

    func run() async throws {
        let plan = try PlanFile.read(file)
        try await carrying.carrying(plan, try await PlanGround.of(plan, flow), isFresh: false).run()
    }
}
