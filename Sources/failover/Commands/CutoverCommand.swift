import ArgumentParser
import Cutover
import Foundation
import KafkaClient
import OffsetTranslate

struct CutoverCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cutover",
        abstract: "Translate groups' positions, show the plan, commit it on the target, read it back.",
        discussion: """
            Reads offset syncs and checkpoints, and the groups' commits from the source if it answers. Shows for each group \
            and partition what will be committed, how exact it is, and what MM2 would do; then asks. Consumers of the groups \
            must not run on the target. Every step is written to a journal before and after; running the same command again \
            is safe.
            """)

    @OptionGroup var flow: FlowOptions
    @Option(name: .customLong("group"), help: "A group to move. Repeatable; without it, all groups that pass the configuration's filter.")
    var groups: [String] = []
    @OptionGroup var planning: PlanOptions
    @Flag(help: "Let a group's commit on the target move back: it reads again from there.") var allowRewind = false
    @Flag(name: [.customLong("dry-run"), .customShort("n")], help: "Show the plan and change nothing.") var dryRun = false
    @Flag(help: "Do not ask before committing.") var yes = false
    @Option(help: ArgumentHelp("Where to write the journal.", valueName: "file")) var journal: String?
    @Option(help: "text or json.") var output = OutputFormat.text

    enum OutputFormat: String, ExpressibleByArgument, CaseIterable { case text, json }

    func run() async throws {
        let (plan, target) = try await planning.plan(groups, flow, allowRewind: allowRewind)
        let view = PlanView(plan: plan)
        if output == .text { Console.data(view.text) }
        guard plan.changes > 0, !dryRun else {
            if output != .text { try Console.json(PlanView.Document(plan, outcomes: nil)) }
            if dryRun { return }
            Console.say("Nothing to commit.")
            if !plan.skipped.isEmpty { throw ExitStatus.partial }
            return
        }
        // Who is asked has to see what about.
        if output != .text, !yes { Console.say(view.text) }
        guard plan.activeGroups.isEmpty else {
            Console.error("groups with members on '\(plan.targetAlias)': \(plan.activeGroups.joined(separator: ", ")). Stop their consumers there, then run this again.")
            throw ExitStatus.refused
        }
        try confirm(plan)
        let file = try Journal(path: journal ?? Self.defaultJournal())
        Console.say("Journal: \(file.path)")
        let outcomes: [Executor.Outcome]
        do {
            outcomes = try await Executor(target: target, journal: file).apply(plan) { outcome in
                if outcome.succeeded { Console.say("  \(outcome.group): \(outcome.committed.count.grouped) position\(outcome.committed.count == 1 ? "" : "s") committed and read back") }
                for failure in outcome.failures { Console.error("\(outcome.group): \(failure)") }
            }
        } catch let interrupted as CutoverInterrupted {
            Console.error("\(interrupted)")
            if output != .text { try Console.json(PlanView.Document(plan, outcomes: interrupted.outcomes)) }
            throw interrupted.outcomes.contains { !$0.committed.isEmpty || $0.isUncertain } ? ExitStatus.partial : ExitStatus.error
        }
        if output != .text { try Console.json(PlanView.Document(plan, outcomes: outcomes)) }
        guard outcomes.allSatisfy(\.succeeded) else {
            throw outcomes.contains { !$0.committed.isEmpty || $0.isUncertain } ? ExitStatus.partial : ExitStatus.refused
        }
        if !plan.skipped.isEmpty { throw ExitStatus.partial }
    }

    private func confirm(_ plan: CutoverPlan) throws {
        guard !yes else { return }
        guard Console.canPrompt else {
            Console.error("this would commit \(plan.changes) positions on '\(plan.targetAlias)'; without a terminal to ask on, say --yes (or --dry-run)")
            throw ExitStatus.refused
        }
        Console.say("Type the target's alias ('\(plan.targetAlias)') to commit \(plan.changes.grouped) positions there:")
        guard readLine(strippingNewline: true) == plan.targetAlias else {
            Console.say("Cancelled: nothing was changed.")
            throw ExitStatus.cancelled
        }
    }

    /// `failover-<time>.journal.jsonl` in the state directory of the user.
    private static func defaultJournal() throws -> String {
        let environment = ProcessInfo.processInfo.environment
        let state = environment["XDG_STATE_HOME"].map { URL(fileURLWithPath: $0) }
            ?? FileManager.default.homeDirectoryForCurrentUser.appendingPathComponent(".local/state")
        let directory = state.appendingPathComponent("failover")
        do {
            try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch {
            throw ValidationError("The journal's folder \(directory.path) can't be made (\(error.localizedDescription)); name a file with --journal.")
        }
        let time = Date().ISO8601Format().replacing(":", with: "")
        return directory.appendingPathComponent("failover-\(time)-\(getpid()).journal.jsonl").path
    }
}
