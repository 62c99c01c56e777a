import ArgumentParser
import Cutover
import Foundation
import Runbooks

extension RunbookCommand {
    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Print a runbook for people, with its parameters filled in.",
            discussion: """
                With the command lines of its steps, and with what to do by hand where the command is missing. Parameters that are not given \
                stand as their names.

                \(ExitStatus.help(of: "runbook show"))
                """)
        @Argument(help: ArgumentHelp("The runbook: a file, or its name.", valueName: "runbook"), completion: .file()) var name: String
        @OptionGroup var places: RunbookPlaces
        @OptionGroup var parameters: RunbookParameters
        @Option(help: "text or markdown.") var output = Output.text

        enum Output: String, ExpressibleByArgument, CaseIterable { case text, markdown }

        func run() async throws {
            let (runbook, _) = try places.read(name)
            let page = RunbookPage(runbook, parameters: try parameters.known(for: runbook))
            Console.data(output == .text ? page.text : page.markdown)
        }
    }

    struct Report: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Print the timed record of a runbook's run: who, what, when, evidence, recovery.",
            discussion: """
                Reads the run's journal and checks its chain. --output html is one file that needs nothing else.

                \(ExitStatus.help(of: "runbook report"))
                """)
        @Argument(help: ArgumentHelp("The run, or a beginning of its name.", valueName: "run")) var name: String
        @OptionGroup var journaling: JournalPlace
        @Option(help: "markdown, json or html.") var output = Output.markdown

        enum Output: String, ExpressibleByArgument, CaseIterable { case markdown, json, html }

        func run() async throws {
            let folder = RunbookFolder(journaling.folder), id = try folder.find(name)
            let history = try RunbookHistory(journal: folder.journal(of: id))
            let report = RunbookReport(history, try Runbook(history.text.text, file: history.text.path))
            switch output {
            case .markdown: Console.data(report.markdown)
            case .json: try Console.json(report)
            case .html: Console.data(report.html)
            }
        }
    }
}
