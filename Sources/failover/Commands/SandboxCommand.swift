import ArgumentParser
import Dispatch
import Foundation
import KafkaClient
import OffsetTranslate
import Sandbox

struct SandboxCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sandbox",
        abstract: "Keep two embedded clusters running, with data, groups and a mirror, to try things on.",
        discussion: """
            Prints the clusters' addresses and writes an mm2.properties for them; any Kafka client works against them from \
            another terminal. SIGUSR1 takes the source down, and up again. 'failover sandbox tell' stops and starts everything else in it, \
            so that a runbook has something to act on. Ends with SIGINT or SIGTERM, and everything with it.

            \(ExitStatus.help(of: "sandbox"))
            """,
        subcommands: [Tell.self])

    @Option(help: "Records in each of the six partitions at the start.") var backlog = 3000
    @Option(help: "Records a second from the live producers.") var rate = 50
    @Option(help: "identity or default, as MM2's policies.") var policy = DemoCommand.PolicyName.identity
    @Option(help: ArgumentHelp("Where to write the configuration for other commands.", valueName: "file"), completion: .file())
    var writeConfig = "sandbox.properties"

    func validate() throws {
        guard (200...12_000).contains(backlog) else { throw ValidationError("--backlog takes 200 to 12000: the embedded brokers keep 5 MiB a partition.") }
        guard (5...1000).contains(rate) else { throw ValidationError("--rate takes 5 to 1000.") }
    }

    func run() async throws {
        let door = try SandboxDoor(beside: writeConfig)
        let sandbox = try await LiveSandbox(
            policy: policy == .identity ? IdentityReplicationPolicy(sourceAlias: "west") : DefaultReplicationPolicy(), backlog: backlog,
            recordsPerSecond: rate, say: Console.say)
        try writeConfiguration(sandbox.estate)
        try await sandbox.begin()
        let running = Task {
            try await withThrowingTaskGroup(of: Void.self) { tasks in
                tasks.addTask { try await sandbox.run() }
                tasks.addTask { try await door.serve { try await sandbox.carryOut($0) } }
                defer { tasks.cancelAll() }
                try await tasks.next()
            }
        }
        let signals = onTermination { running.cancel() }
        signal(SIGUSR1, SIG_IGN)
        let toggle = DispatchSource.makeSignalSource(signal: SIGUSR1)
        toggle.setEventHandler { Task { Console.say(await sandbox.toggleSource() ? "west is up again" : "west is down") } }
        toggle.resume()
        defer {
            toggle.cancel()
            signals.forEach { $0.cancel() }
        }
        Console.data(
            """
            west (source)  \(sandbox.estate.source.bootstrapServers)
            east (target)  \(sandbox.estate.target.bootstrapServers)
            configuration  \(writeConfig)
            """)
        Console.say(
            """

            Groups on west: \(sandbox.groupNames.joined(separator: ", ")). In another terminal:
              failover groups --config \(writeConfig) \(sandbox.groupNames.joined(separator: " "))
              failover syncs --config \(writeConfig) --topic orders
              failover checkpoints --config \(writeConfig)
              kcat -b \(sandbox.estate.target.bootstrapServers.split(separator: ",").first ?? "") -t orders -C -e -q | tail
              failover sandbox tell stop-producers      # and more: failover sandbox tell --help
              kill -USR1 \(getpid())      # west dies (and comes back the next time)
              failover cutover --config \(writeConfig) --source-lost --dry-run
            Ctrl-C ends it.
            """)
        do { try await running.value } catch is CancellationError {}
        Console.say("The sandbox is gone.")
    }

    private func writeConfiguration(_ estate: Estate) throws {
        let policyClass = policy == .identity ? "IdentityReplicationPolicy" : "DefaultReplicationPolicy"
        let text = """
            # Written by 'failover sandbox'. Valid while it runs.
            clusters = west, east
            west.bootstrap.servers = \(estate.source.bootstrapServers)
            east.bootstrap.servers = \(estate.target.bootstrapServers)
            west->east.enabled = true
            replication.policy.class = org.apache.kafka.connect.mirror.\(policyClass)
            offset-syncs.topic.location = target

            """
        do {
            try text.write(toFile: writeConfig, atomically: true, encoding: .utf8)
        } catch {
            throw ValidationError("The configuration can't be written to '\(writeConfig)' (\(error.localizedDescription)); name another file with --write-config.")
        }
    }
}
