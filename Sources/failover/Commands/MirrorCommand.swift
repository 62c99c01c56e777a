import ArgumentParser
import Cutover
import Dispatch
import Foundation
import KafkaClient
import MirrorLoop
import OffsetTranslate

struct MirrorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "mirror",
        abstract: "Mirror a flow: data, strict offset syncs, checkpoints, heartbeats.",
        discussion: """
            Does what MM2's source, checkpoint and heartbeat connectors do and writes the same topics, which stock tools \
            read. Its offset syncs make every position translate exactly. Killed at any moment, it finds its place again \
            from the target's own log. Offset syncs are kept on the target unless the configuration says otherwise: a dead \
            source can't be asked.

            Several processes may share a flow: it is divided into as many tasks as tasks.max says (--tasks), the \
            processes are the consumer group 'failover-mirror.A.B' on the target, and its brokers give each task to one of \
            them. The topic 'failover-mirror.A.internal' on the target stands for the tasks, and their number is the one \
            that it was created with: to change it, stop all processes and delete the topic. A process without a task \
            stands by. The tasks of one that dies go to others when its session has run out, after 10 seconds; of one that \
            is stopped, at once. So two processes of the same configuration are a mirror with a spare.

            What a process has read and the target has not acknowledged is bounded: failover.in.flight.mb on their way \
            (\(CopyLimits().bytes >> 20) MiB) and failover.fetched.mb waiting (\(CopyLimits().fetchedBytes >> 20) MiB), with fetches under way on top. A partition that the target \
            does not acknowledge is read no further, so that it does not hold up the others.

            \(ExitStatus.help(of: "mirror"))
            """)

    @OptionGroup var flow: FlowOptions
    @Option(name: .customLong("group"), help: "Checkpoint this group, where the source can't list its groups. Repeatable.")
    var groups: [String] = []
    @Option(help: ArgumentHelp("On the way home: begin with partitions that this flow left no offset sync of where this file says, which 'failover failback plan --starts' wrote.", valueName: "file"), completion: .file())
    var startFrom: String?
    @Flag(help: "Records, offset syncs and position in one transaction, whatever the configuration says (failover.exactly.once).")
    var exactlyOnce = false
    @Option(help: ArgumentHelp("Into how many tasks the partitions are divided, instead of tasks.max: as many processes may share them.", valueName: "number"))
    var tasks: Int?
    @Option(help: ArgumentHelp("Seconds between progress lines on stderr, and between metrics.", valueName: "seconds")) var progress = 10
    @Option(help: "Write metrics to stdout, one JSON object for each interval: jsonl (docs/json.md).") var metrics: MetricsFormat?

    func validate() throws {
        guard (1...86_400).contains(progress) else { throw ValidationError("--progress takes 1 to 86400 seconds.") }
        guard (1...Int(Int32.max)).contains(tasks ?? 1) else { throw ValidationError("--tasks takes 1 or more.") }
    }

    func run() async throws {
        let configuration = try flow.load()
        let source = try flow.open(configuration.source), target = try flow.open(configuration.target)
        let mirrorConfiguration = try self.configuration(configuration)
        let log = MirrorLog()
        let mirror = try Mirror(source: source, target: target, configuration: mirrorConfiguration) { log.note($0) }
        let reporter = MirrorReporter(
            mirror, flow: mirrorConfiguration.flow, source: source, log: log, every: .seconds(progress), metrics: metrics)
        let running = Task { try await mirror.run() }
        let signals = onTermination { running.cancel() }
        defer { signals.forEach { $0.cancel() } }
        let reporting = Task { await reporter.run() }
        let result = await running.result
        reporting.cancel()
        await reporting.value
        let halted = await reporter.finish()
        try result.get()
        let records = mirror.status.records.grouped
        guard halted.isEmpty else {
            Console.say("stopped: \(records) records mirrored, all acknowledged and synced; but not of \(halted.count.grouped) partition\(halted.count == 1 ? "" : "s"):")
            MirrorView.halted(halted, limit: .max).forEach(Console.say)
            throw ExitStatus.partial
        }
        Console.say("stopped: \(records) records mirrored, all acknowledged and synced")
    }

    private func configuration(_ configuration: FlowConfiguration) throws -> MirrorConfiguration {
        var mirror = try MirrorConfiguration(configuration)
        mirror.namedGroups = groups
        if exactlyOnce { mirror.isExactlyOnce = true }
        if let tasks { mirror.tasks = tasks }
        if let startFrom { try mirror.begin(with: ReverseStartFile(path: startFrom), startFrom, configuration) }
        return mirror
    }
}

/// Calls `handler` on SIGINT or SIGTERM instead of ending the process, for as long as the sources are kept.
func onTermination(_ signals: [Int32] = [SIGINT, SIGTERM], _ handler: @escaping @Sendable () -> Void) -> [any DispatchSourceSignal] {
    signals.map { signal in
        Foundation.signal(signal, SIG_IGN)
        let source = DispatchSource.makeSignalSource(signal: signal)
        source.setEventHandler(handler: handler)
        source.resume()
        return source
    }
}
