import ArgumentParser
import Cutover
import Foundation
import Runbooks

extension RunbookCommand {
    struct Run: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Carry a runbook out, step by step.",
            discussion: """
                Shows what it will do, and asks whether to begin. Everything is written down before and after, so 'failover runbook resume' goes on \
                after a crash, a closed terminal or a pause.

                \(ExitStatus.help(of: "runbook run"))
                """)
        @Argument(help: ArgumentHelp("The runbook: a file, or its name.", valueName: "runbook"), completion: .file()) var name: String
        @OptionGroup var places: RunbookPlaces
        @OptionGroup var parameters: RunbookParameters
        @OptionGroup var answering: AnswerOptions
        @Flag(name: [.customLong("dry-run"), .customShort("n")], help: "Do the steps that change nothing, and show the others.") var dryRun = false
        @Flag(help: "Do not ask whether to begin. Approvals are asked all the same.") var yes = false
        @OptionGroup var journaling: JournalPlace

        func run() async throws {
            let (runbook, text) = try places.read(name), values = try parameters.values(for: runbook)
            let answers = try answering.answers(for: runbook), folder = RunbookFolder(journaling.folder)
            let view = RunbookProgress()
            if dryRun { return try await rehearse(runbook, values, folder, view) }
            try confirm(runbook)
            let run = try await RunbookRun.begin(runbook, text, values, answers: answers, by: .current, in: folder, world: LiveWorld(view: view))
            Console.say("Run \(run.id), journal \(folder.journal(of: run.id))")
            // For scripts that resume or report it.
            Console.data(run.id)
            try await Performance(run: run).finish()
        }

        private func rehearse(_ runbook: Runbook, _ values: [String: Value], _ folder: RunbookFolder, _ view: RunbookProgress) async throws {
            let rehearsal = try await RunbookRehearsal.run(runbook, values, in: folder, world: LiveWorld(view: view, asks: false))
            Console.say("\nDry run: \(rehearsal.shown.count) of \(runbook.steps.count) steps were only shown.")
            if !rehearsal.inconclusive.isEmpty {
                Console.say("Failed because what they look at was not done, or as they would anyway: \(rehearsal.inconclusive.joined(separator: ", ")).")
            }
            guard !rehearsal.stopping.isEmpty else { return }
            Console.say("As things are, a run would meet a failure at: \(rehearsal.stopping.joined(separator: ", ")).")
            throw ExitStatus.refused
        }

        private func confirm(_ runbook: Runbook) throws {
            Console.say("\(runbook.title): \(runbook.steps.count) steps. 'failover runbook show \(name)' prints them.")
            guard !yes else { return }
            guard Console.canPrompt else {
                Console.error("without a terminal to ask on, say --yes to begin (or --dry-run)")
                throw ExitStatus.refused
            }
            Console.say("Begin? [yes/no]")
            guard readLine(strippingNewline: true)?.lowercased() == "yes" else {
                Console.say("Nothing was done.")
                throw ExitStatus.cancelled
            }
        }
    }

    struct Resume: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Go on with a runbook's run, by its journal.",
            discussion: """
                With the first step that is not done. The runbook and its parameters are those that the run began with. --from goes back to an \
                earlier step, as long as no group has been moved after it; --roll-back undoes what was done instead.

                \(ExitStatus.help(of: "runbook resume"))
                """)
        @Argument(help: ArgumentHelp("The run, or a beginning of its name.", valueName: "run")) var name: String
        @OptionGroup var answering: AnswerOptions
        @Option(help: ArgumentHelp("Go back to this step.", valueName: "step")) var from: String?
        @Flag(help: "Undo what was done, the last first.") var rollBack = false
        @OptionGroup var journaling: JournalPlace

        func validate() throws {
            if from != nil, rollBack { throw ValidationError("--from goes on, --roll-back goes back: choose one.") }
        }

        func run() async throws {
            let folder = RunbookFolder(journaling.folder), id = try folder.find(name)
            let run = try await RunbookRun.resume(
                id, from: from, rollBack: rollBack, answers: { try answering.answers(for: $0) }, by: .current, in: folder,
                world: LiveWorld(view: RunbookProgress()))
            Console.say("Run \(run.id) of '\(run.runbook.title)', begun \(run.history.begun)")
            try await Performance(run: run).finish()
        }
    }
}

/// A run, from here to wherever it ends, and the exit status of that.
private struct Performance {
    var run: RunbookRun

    func finish() async throws {
        let working = Task { [run] in
            var run = run
            return try await run.go()
        }
        let signals = onTermination([SIGINT, SIGTERM, SIGHUP]) {
            Console.say("Interrupted: what is under way is brought to an end.")
            working.cancel()
        }
        defer { signals.forEach { $0.cancel() } }
        let ending = try await working.value
        let id = run.id
        Console.say("")
        switch ending {
        case .completed:
            Console.say("Completed. failover runbook report \(id) has the record.")
            return
        case .stopped:
            Console.say("Stopped. failover runbook resume \(id) tries the step again; --from STEP goes back to one, --roll-back undoes what was done.")
            throw ExitStatus.refused
        case .rolledBack:
            Console.say("Rolled back. failover runbook report \(id) has the record.")
            throw ExitStatus.refused
        case .rolledBackInPart:
            Console.say("Rolled back in part. failover runbook resume \(id) tries the rest again.")
            throw ExitStatus.partial
        case .declined:
            Console.say("Declined. failover runbook resume \(id) asks again; --roll-back undoes what was done.")
            throw ExitStatus.cancelled
        case .paused, .interrupted:
            Console.say("\(ending == .paused ? "Paused" : "Interrupted"). failover runbook resume \(id) goes on.")
            throw ExitStatus.paused
        }
    }
}
