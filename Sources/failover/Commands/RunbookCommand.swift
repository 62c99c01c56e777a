import ArgumentParser
import Cutover
import Foundation
import Runbooks

struct RunbookCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "runbook",
        abstract: "Procedures that people read and this command carries out.",
        discussion: "docs/runbooks.md describes the files.",
        subcommands: [List.self, Show.self, Validate.self, Run.self, Resume.self, Report.self])

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "The runbooks there are, or the runs there were.", discussion: ExitStatus.help(of: "runbook list"))
        @OptionGroup var places: RunbookPlaces
        @Flag(help: "The runs, instead of the runbooks.") var runs = false
        @OptionGroup var journaling: JournalPlace
        @Option(help: "text or json.") var output = OutputFormat.text

        func run() async throws {
            if runs {
                let folder = RunbookFolder(journaling.folder)
                let rows = folder.ids.map { RunbookRunRow($0, folder.journal(of: $0)) }
                switch output {
                case .text: Console.data(RunbookRunRow.table(rows))
                case .json: try Console.json(rows)
                }
                return
            }
            let rows = places.all.map { RunbookRow($0.name, $0.file) }
            if rows.isEmpty { Console.say("No runbooks in \(places.folders.isEmpty ? "any known folder" : places.folders.map(\.path).joined(separator: ", ")); --folder names another.") }
            switch output {
            case .text: if !rows.isEmpty { Console.data(RunbookRow.table(rows)) }
            case .json: try Console.json(rows)
            }
        }
    }

    struct Validate: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Say all that is wrong with runbooks, with file, line and column.", discussion: ExitStatus.help(of: "runbook validate"))
        @Argument(help: ArgumentHelp("Files, or names of runbooks.", valueName: "runbook"), completion: .file()) var names: [String]
        @OptionGroup var places: RunbookPlaces

        func run() async throws {
            var failed = false
            for name in names {
                do {
                    let (runbook, text) = try places.read(name)
                    Console.say("\(text.path): '\(runbook.title)', \(runbook.steps.count) steps, is a runbook.")
                } catch let unreadable as RunbookUnreadable {
                    // Data: for editors and scripts.
                    Console.data("\(unreadable)")
                    failed = true
                }
            }
            if failed { throw ExitStatus.error }
        }
    }
}
