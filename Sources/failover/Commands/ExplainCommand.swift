import ArgumentParser
import Cutover
import Inspection
import KafkaClient

struct ExplainCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain",
        abstract: "Say why each partition of a group is in step with the target, or is not.",
        discussion: """
            One reason for each partition of every topic that the group reads, with what was seen, what to do, and whether it passes by \
            itself. The reasons are listed in docs/status.md. Changes nothing.

            \(ExitStatus.help(of: "explain"))
            """)

    @OptionGroup var flow: FlowOptions
    @OptionGroup var positions: PositionOptions
    @Argument(help: "The group.") var group: String
    @Option(name: .customLong("topic"), help: ArgumentHelp("Only this topic of the source. Repeatable.", valueName: "name")) var topics: [String] = []
    @Flag(help: "Only what somebody has to see to.") var problems = false
    @Option(help: "text or json.") var output = OutputFormat.text

    func run() async throws {
        let configuration = try flow.load()
        let look = try await positions.inspector(flow, configuration).answering().groups(.named([group]), thorough: true)
        for warning in look.warnings { Console.warn(warning) }
        guard let found = look.groups.first else { throw look.unknown([group]) }
        let positions = found.positions.filter {
            (topics.isEmpty || topics.contains($0.source.topic)) && (!problems || $0.isProblem)
        }
        switch output {
        case .json: try Console.json(ExplanationDocument(look, positions))
        case .text: Console.data(ExplanationView(group: found, explanations: positions.map(look.context.explain)).text)
        }
    }
}
