import ArgumentParser
import Cutover

@main
struct Failover: AsyncParsableCommand {
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
        version: Build().text,
        subcommands: [RemoveOffsetsCommand.self, WebFetchCommand.self],
        groupedSubcommands: [
            CommandGroup(name: "See it work", subcommands: [DemoCommand.self, SandboxCommand.self]),
            CommandGroup(name: "Look", subcommands: [DoctorCommand.self, StatusCommand.self, ServeCommand.self, GroupsCommand.self, ExplainCommand.self, TranslateCommand.self, VerifyCommand.self, SyncsCommand.self, CheckpointsCommand.self, HeartbeatsCommand.self]),
            CommandGroup(name: "Copy", subcommands: [MirrorCommand.self, CaptureCommand.self]),
            CommandGroup(name: "Move groups", subcommands: [PlanCommand.self, DrillCommand.self, CutoverCommand.self, ApplyCommand.self, ResumeCommand.self, RollbackCommand.self, FailbackCommand.self, JournalCommand.self]),
            CommandGroup(name: "Follow a procedure", subcommands: [RunbookCommand.self]),
        ])

    static func main() async {
        let watch = ParentWatch()
        let status = await status()
        withExtendedLifetime(watch) {}
        end(status)
    }

    /// Of the command that was given, once it has been carried out and everything was said.
    private static func status() async -> Int32 {
        do {
            var command = try parseAsRoot()
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
            return 0
        } catch let error as ExitStatus {
            return error.rawValue
        } catch let error as PlanRefused {
            Console.error("\(error)")
            return ExitStatus.refused.rawValue
        } catch let error as RunIsLive {
            Console.error("\(error)")
            return ExitStatus.refused.rawValue
        } catch let error as PlanStale {
            Console.error("\(error)")
            return ExitStatus.stale.rawValue
        } catch let error where Self.exitCode(for: error) == .failure && !(error is ExitCode) {
            Console.error("\(error)")
            return ExitStatus.error.rawValue
        } catch {
            // The parser's: help and the like are what was asked for.
            let code = Self.exitCode(for: error), message = Self.fullMessage(for: error)
            if !message.isEmpty { if code.isSuccess { Console.data(message) } else { Console.say(message) } }
            return code.rawValue
        }
    }
}
