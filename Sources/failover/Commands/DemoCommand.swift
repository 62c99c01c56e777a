import ArgumentParser
import OffsetTranslate
import Sandbox

struct DemoCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "demo",
        abstract: "Watch a cluster die and its consumer groups go on in the other one.",
        discussion: """
            Two embedded Kafka clusters in this process, over real sockets: producers, a mirror, consumer groups; then one \
            cluster is killed in mid-flow, the groups are cut over from what the other one holds, and an audit compares \
            every record each group was given. Needs no broker, touches nothing outside. Takes about half a minute.

            \(ExitStatus.help(of: "demo"))
            """)

    @Option(help: "Records in each of the six partitions before the start.") var backlog = 6000
    @Option(help: "Records a second from the live producers.") var rate = 3000
    @Option(help: "identity (MM2's IdentityReplicationPolicy) or default (topics renamed to west.NAME).") var policy = PolicyName.identity
    @Option(help: "text or json.") var output = OutputFormat.text

    enum PolicyName: String, ExpressibleByArgument, CaseIterable { case identity, `default` }
    enum OutputFormat: String, ExpressibleByArgument, CaseIterable { case text, json }

    func validate() throws {
        // The embedded brokers keep 5 MiB a partition: more would be deleted before it is read.
        guard (200...12_000).contains(backlog) else { throw ValidationError("--backlog takes 200 to 12000: the embedded brokers keep 5 MiB a partition.") }
        guard (100...5000).contains(rate) else { throw ValidationError("--rate takes 100 to 5000.") }
    }

    func run() async throws {
        var demo = Demo()
        demo.backlog = backlog
        demo.recordsPerSecond = rate
        if policy == .default { demo.policy = DefaultReplicationPolicy() }
        let begun = ContinuousClock.now
        let report = try await demo.run { step in
            let seconds = (ContinuousClock.now - begun).components.seconds
            Console.say("\(seconds < 10 ? " " : "")\(seconds)s  \(step)")
        }
        switch output {
        case .json: try Console.json(report)
        case .text: Console.data(DemoView(report: report).text)
        }
        if !report.passed { throw ExitStatus.error }
    }
}
