import ArgumentParser
import Cutover
import KafkaClient

@main
struct Failover: AsyncParsableCommand {
    static let release = "0.1.0"

    static let configuration = CommandConfiguration(
        commandName: "failover",
        abstract: "Move Kafka consumer groups to a mirrored cluster: no record skipped, none re-read without need.",
        discussion: """
            Reads what MirrorMaker 2 (or the bundled mirror) leaves behind, translates each group's position, shows the \
            plan, and commits it on the target.

            Clusters are named by MM2's own configuration (--config mm2.properties, or connector JSON) or by --source and \
            --target. Data goes to stdout, everything else to stderr.

            Exit status: \(ExitStatus.general.map { "\($0.key) \($0.value)" }.joined(separator: "; ").replacing("`", with: "")).
            """,
        version: "\(release) (librdkafka \(ClientLibrary.version))",
        subcommands: [RemoveOffsetsCommand.self, WebFetchCommand.self],
        groupedSubcommands: [
            CommandGroup(name: "See it work", subcommands: [DemoCommand.self, SandboxCommand.self]),
            CommandGroup(name: "Look", subcommands: [StatusCommand.self, ServeCommand.self, GroupsCommand.self, ExplainCommand.self, TranslateCommand.self, VerifyCommand.self, SyncsCommand.self, CheckpointsCommand.self, HeartbeatsCommand.self]),
            CommandGroup(name: "Copy", subcommands: [MirrorCommand.self, CaptureCommand.self]),
            CommandGroup(name: "Move groups", subcommands: [PlanCommand.self, DrillCommand.self, CutoverCommand.self, ApplyCommand.self, ResumeCommand.self, RollbackCommand.self, FailbackCommand.self, JournalCommand.self]),
            CommandGroup(name: "Follow a procedure", subcommands: [RunbookCommand.self]),
        ])

    static func main() async {
        let watch = ParentWatch()
        defer { withExtendedLifetime(watch) {} }
        do {
            var command = try parseAsRoot()
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
        } catch let error as ExitStatus {
            Self.exit(withError: ExitCode(error.rawValue))
        } catch let error as PlanRefused {
            Console.error("\(error)")
            Self.exit(withError: ExitCode(ExitStatus.refused.rawValue))
        } catch let error as RunIsLive {
            Console.error("\(error)")
            Self.exit(withError: ExitCode(ExitStatus.refused.rawValue))
        } catch let error as PlanStale {
            Console.error("\(error)")
            Self.exit(withError: ExitCode(ExitStatus.stale.rawValue))
        } catch let error where Self.exitCode(for: error) == .failure && !(error is ExitCode) {
            Console.error("\(error)")
            Self.exit(withError: ExitCode(ExitStatus.error.rawValue))
        } catch {
            Self.exit(withError: error)
        }
    }
}
