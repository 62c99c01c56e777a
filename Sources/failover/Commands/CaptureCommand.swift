import ArgumentParser
import Dispatch
import KafkaClient
import MirrorLoop
import OffsetTranslate

struct CaptureCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "capture",
        abstract: "Keep on the target what would die with the source: MM2's offset syncs, and groups' newest positions.",
        discussion: """
            For a mirror that keeps its offset syncs on the source, as MM2 does by default. Runs beside it: relays every \
            offset sync, once and in order, to the topic in which MM2 would keep them on the target, and writes groups' \
            committed positions, translated, to 'failover-captured.SOURCE.internal' whenever they change. With the source \
            lost, 'groups' and 'cutover' then use both.

            Goes on until SIGINT or SIGTERM, and outlasts a source that does not answer. Started again it goes on where the \
            target's log ends. Let one run per flow. Writes to these two topics of the target only; the source is only read.

            \(ExitStatus.help(of: "capture"))
            """)

    @OptionGroup var flow: FlowOptions
    @Flag(help: "Do one round and end.") var once = false
    @Option(help: ArgumentHelp("Seconds from one round to the next.", valueName: "seconds")) var interval = 10
    @Option(name: .customLong("group"), help: "Capture this group, where the source can't list its groups. Repeatable.")
    var groups: [String] = []
    @Flag(name: [.customLong("dry-run"), .customShort("n")], help: "Say what one round would relay and write, and change nothing.")
    var dryRun = false
    @Option(help: ArgumentHelp("Seconds between progress lines on stderr.", valueName: "seconds")) var progress = 60

    func validate() throws {
        guard (1...86_400).contains(interval) else { throw ValidationError("--interval takes 1 to 86400 seconds.") }
        guard (1...86_400).contains(progress) else { throw ValidationError("--progress takes 1 to 86400 seconds.") }
    }

    func run() async throws {
        let configuration = try flow.load()
        guard !configuration.offsetSyncsLocationIsGiven || configuration.offsetSyncsLocation == .source else {
            Console.error("the configuration keeps the offset syncs on the target (offset-syncs.topic.location): they outlive the source there, so there is nothing to capture")
            throw ExitStatus.refused
        }
        let source = try flow.open(configuration.source), target = try flow.open(configuration.target)
        for cluster in [source, target] { _ = try await cluster.clusterID() }
        var captureConfiguration = try CaptureConfiguration(configuration)
        captureConfiguration.namedGroups = groups
        captureConfiguration.interval = .seconds(interval)
        let capture = try Capture(source: source, target: target, configuration: captureConfiguration) { Console.say("\($0)") }
        do {
            if dryRun { return show(try await capture.preview(), target.name) }
            try await run(capture)
        } catch is CancellationError {
            Console.say("Cancelled: what was relayed so far stays, and the next capture goes on from there.")
            throw ExitStatus.cancelled
        } catch let error as CaptureError where error.isRefusal {
            Console.error("\(error)")
            throw ExitStatus.refused
        }
        Console.say((once ? "done: " : "stopped: ") + CaptureView.text(await capture.status))
    }

    private func run(_ capture: Capture) async throws {
        let running = Task { [once] in once ? try await capture.runOnce() : try await capture.run() }
        let signals = onTermination { running.cancel() }
        let reporting = Task { [progress] in
            while true {
                try await Task.sleep(for: .seconds(progress))
                Console.say(CaptureView.text(await capture.status))
            }
        }
        defer {
            reporting.cancel()
            signals.forEach { $0.cancel() }
        }
        try await running.value
    }

    private func show(_ preview: CapturePreview, _ target: String) {
        for topic in preview.missingTopics { Console.data("would create topic '\(topic)' on '\(target)'") }
        Console.data(CaptureView(preview: preview).text)
    }
}
