import ArgumentParser
import Cutover
import Inspection
import OffsetTranslate

struct StatusCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Say whether a flow is fit for a failover, and what one would cost.",
        discussion: """
            Checks with evidence and remedy: docs/status.md lists them, and the keys of the configuration that set their limits. Changes \
            nothing.

            \(ExitStatus.help(of: "status"))
            """)

    @OptionGroup var flow: FlowOptions
    @OptionGroup var positions: PositionOptions
    @OptionGroup var watching: WatchOptions
    @Option(help: "What makes it exit with 3: fail or warn.") var failOn = Threshold.fail
    @Option(help: "text or json.") var output = OutputFormat.text

    enum Threshold: String, ExpressibleByArgument, CaseIterable { case fail, warn }

    func run() async throws {
        let configuration = try flow.load(), inspector = try positions.inspector(flow, configuration)
        try await watching.run {
            let survey = try await inspector.survey(.all { configuration.groups.matches($0) })
            switch output {
            case .json: try Console.json(StatusDocument(survey))
            case .text: Console.data(StatusView(survey: survey).text)
            }
            guard !watching.watch else { return }
            for warning in survey.warnings { Console.warn(warning) }
            let verdict = survey.readiness.verdict
            if verdict == .fail || verdict == .warn && failOn == .warn { throw ExitStatus.refused }
        }
    }
}
