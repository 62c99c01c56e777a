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
            nothing. With --permissions it tries whether the principals of both sides may do what jobs take (docs/security.md), and --output \
            acls prints the commands that give these rights.

            \(ExitStatus.help(of: "status"))
            """)

    @OptionGroup var flow: FlowOptions
    @OptionGroup var positions: PositionOptions
    @OptionGroup var watching: WatchOptions
    @Option(help: "What makes it exit with 3: fail or warn.") var failOn = CheckThreshold.fail
    @OptionGroup var access: PermissionOptions
    @Option(help: "text or json; with --permissions also acls, the kafka-acls commands that give what is needed.") var output = Output.text

    enum Output: String, ExpressibleByArgument, CaseIterable { case text, json, acls }

    func validate() throws {
        if output == .acls, !access.permissions { throw ValidationError("--output acls goes with --permissions.") }
        if access.permissions, watching.watch { throw ValidationError("--permissions is one look; leave out --watch.") }
    }

    func run() async throws {
        if access.permissions { return try await tryPermissions() }
        let configuration = try flow.load(), inspector = try positions.inspector(flow, configuration)
        try await watching.run {
            let survey = try await inspector.survey(.all { configuration.groups.matches($0) })
            switch output {
            case .json: try Console.json(StatusDocument(survey))
            case .text, .acls: Console.data(StatusView(survey: survey).text)
            }
            guard !watching.watch else { return }
            for warning in survey.warnings { Console.warn(warning) }
            try failOn.admit(survey.readiness.verdict)
        }
    }
}
