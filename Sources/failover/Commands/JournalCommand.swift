import ArgumentParser
import Cutover
import Foundation
import OffsetTranslate

struct JournalCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "journal", abstract: "Look at what runs have written down.",
        subcommands: [List.self, Show.self, CheckChain.self, Fetch.self])

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List the runs, oldest first.", discussion: ExitStatus.help(of: "journal list"))
        @OptionGroup var journaling: JournalOptions
        @Option(help: "text or json.") var output = OutputFormat.text

        func run() async throws {
            let folder = journaling.folder
            let rows = folder.ids.map { RunRow($0, folder.path(of: $0)) }
            switch output {
            case .json: try Console.json(rows)
            case .text: Console.data(RunRow.table(rows))
            }
        }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show a run: its plan, who agreed, and what became of each group.", discussion: ExitStatus.help(of: "journal show"))
        @Argument(help: "The run, a beginning of its name, or its journal's path.", completion: .file()) var id: String
        @OptionGroup var journaling: JournalOptions
        @Option(help: "text or json (the journal's lines in an array).") var output = OutputFormat.text

        func run() async throws {
            let (history, path) = try RunHistory.read(id, journaling.folder)
            switch output {
            case .text: Console.data(RunView(history: history, path: path).text)
            case .json:
                let lines = try Data(contentsOf: URL(fileURLWithPath: path)).split(separator: 0x0A).prefix(history.lines)
                Console.data("[" + lines.map { String(decoding: $0, as: UTF8.self) }.joined(separator: ",\n ") + "]")
            }
        }
    }

    struct Fetch: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Bring a run's journal back from its copy on the target (--journal-topic), for 'failover resume' and 'rollback'.",
            discussion: ExitStatus.help(of: "journal fetch"))
        @Argument(help: "The run. Without one, those that the topic knows are listed.") var id: String?
        @OptionGroup var flow: FlowOptions
        @OptionGroup var journaling: JournalOptions

        func run() async throws {
            let topic = JournalTopic(on: try flow.open(try flow.load().target))
            guard let id else {
                for run in try await topic.runs().keys.map(\.rawValue).sorted() { Console.data(run) }
                return
            }
            let text = try await topic.journal(of: RunID(rawValue: id))
            let history: RunHistory
            do { history = try RunHistory(text) } catch {
                Console.error("the topic '\(topic.name)' has no whole journal of run '\(id)': \(error)")
                throw ExitStatus.error
            }
            let path = try journaling.folder.keep(text, of: history.id)
            Console.data("\(path): \(history.lines) lines, unbroken")
        }
    }

    struct CheckChain: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "check", abstract: "Check that no line of a run's journal was changed, left out or put in.",
            discussion: ExitStatus.help(of: "journal check"))
        @Argument(help: "The run, a beginning of its name, or its journal's path.", completion: .file()) var id: String
        @OptionGroup var journaling: JournalOptions

        func run() async throws {
            let (history, path) = try RunHistory.read(id, journaling.folder)
            Console.data("\(path): \(history.lines) lines, unbroken" + (history.discardedBytes > 0 ? "; \(history.discardedBytes) bytes of a line without an end" : ""))
            guard history.succeeded != nil else {
                Console.warn("the journal has no end: the run was interrupted, is live, or its last lines were cut off")
                throw ExitStatus.partial
            }
        }
    }
}
