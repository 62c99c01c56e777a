import ArgumentParser
import Cutover
import Dispatch
import Inspection
import OffsetTranslate
import StatusServer

struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Show a flow's status all the time: a page, Prometheus metrics, JSON.",
        discussion: """
            Looks at both clusters every so often, changes nothing, and answers from what it saw last: / is a page for people, \
            /metrics for Prometheus, /api/v1/status and others JSON, /healthz and /readyz for supervisors (docs/monitoring.md).

            There is no authentication: it listens on this machine alone unless --listen says otherwise.

            \(ExitStatus.help(of: "serve"))
            """)

    @OptionGroup var flow: FlowOptions
    @OptionGroup var positions: PositionOptions
    @Option(help: ArgumentHelp("Where to listen: an IP address or localhost, and a port; port 0 is any that is free.", valueName: "host:port"))
    var listen = "127.0.0.1:9400"
    @Option(help: ArgumentHelp("Seconds from one look at the clusters to the next.", valueName: "seconds")) var interval = 30
    @Option(help: ArgumentHelp("How many groups are shown one by one; of more, the worst.", valueName: "number"))
    var maxGroups = StatusBoard.Limits().groups
    @Option(help: ArgumentHelp("The same of partitions.", valueName: "number")) var maxPartitions = StatusBoard.Limits().partitions

    func validate() throws {
        guard (1...86_400).contains(interval) else { throw ValidationError("--interval takes 1 to 86400 seconds.") }
        guard maxGroups >= 0, maxPartitions >= 0 else { throw ValidationError("--max-groups and --max-partitions take 0 or more.") }
        do { _ = try ListenAddress(listen) } catch { throw ValidationError("--listen: \(error).") }
    }

    func run() async throws {
        let server = try StatusServer(try board(), at: try ListenAddress(listen))
        if !server.address.isLoopback {
            Console.warn("whoever reaches \(server.address) can read this: there is no authentication. Put a proxy in front that has.")
        }
        Console.say("http://\(server.address)/")
        let running = Task { try await server.run() }
        let signals = onTermination { running.cancel() }
        defer { signals.forEach { $0.cancel() } }
        try await running.value
    }

    private func board() throws -> StatusBoard {
        let configuration = try flow.load()
        let inspector = try positions.inspector(flow, configuration), replication = try ReplicationFlow(configuration)
        var limits = StatusBoard.Limits()
        (limits.groups, limits.partitions) = (maxGroups, maxPartitions)
        return StatusBoard(
            .init(source: configuration.source.alias, target: configuration.target.alias), version: Build.release, every: .seconds(interval),
            limits: limits,
            explain: { ExplanationContext($0, flow: replication, configuration: configuration).explain($1) },
            report: { Console.say($0) }
        ) {
            try await inspector.survey(.all { configuration.groups.matches($0) })
        }
    }
}
