import ArgumentParser
import Cutover
import Foundation
import Inspection
import OffsetTranslate

struct DoctorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Say whether this machine, and this configuration, are fit to run a failover from.",
        discussion: """
            Without clusters it looks at the machine: the client library, open files, folders, the clock, the terminal, runbooks. With \
            --config, or --source and --target, also at the configuration, the files that it names, and at how each cluster is \
            reached: names, connections, TLS, sign-in, and what the brokers say of themselves (docs/status.md has all checks). Changes \
            nothing.

            \(ExitStatus.help(of: "doctor"))
            """)

    @OptionGroup var flow: FlowOptions
    @OptionGroup var journals: JournalPlace
    @Option(help: "What makes it exit with 3: fail or warn.") var failOn = CheckThreshold.fail
    @Option(help: "text or json.") var output = OutputFormat.text

    func run() async throws {
        let machine = MachineFacts.look(journals: journals.folder.url, runbooks: try RunbookPlaces.parse([]))
        var document = DoctorDocument(build: Build(), machine)
        if !flow.namesNoCluster { try await look(&document) }
        switch output {
        case .json: try Console.json(document)
        case .text: Console.data(document.text)
        }
        try failOn.admit(document.verdict)
    }

    private func look(_ document: inout DoctorDocument) async throws {
        let configuration: FlowConfiguration
        do {
            let (read, warnings) = try flow.read()
            document.add(ConfigurationFacts.read(read, warnings))
            configuration = read
        } catch let error as ConfigurationError {
            return document.add(ConfigurationFacts.refused(error.description))
        }
        async let one = look(at: configuration.source), other = look(at: configuration.target)
        try await document.add(source: one, target: other)
    }

    private func look(at cluster: ClusterConfiguration) async throws -> ClusterFacts {
        try await ClusterFacts.look(at: cluster, within: .seconds(flow.timeout)) { try flow.open($0) }
    }
}
