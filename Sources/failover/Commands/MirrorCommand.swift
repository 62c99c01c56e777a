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

            Stops on SIGINT and SIGTERM, drained.
            """)

    @OptionGroup var flow: FlowOptions
    @Option(name: .customLong("group"), help: "Checkpoint this group, where the source can't list its groups. Repeatable.")
    var groups: [String] = []
    @Option(help: ArgumentHelp("On the way home: begin with partitions that this flow left no offset sync of where this file says, which 'failover failback plan --starts' wrote.", valueName: "file"))
    var startFrom: String?
    @Option(help: ArgumentHelp("Seconds between progress lines on stderr.", valueName: "seconds")) var progress = 10

    func run() async throws {
        let configuration = try flow.load()
        let source = try flow.open(configuration.source), target = try flow.open(configuration.target)
        var mirrorConfiguration = try MirrorConfiguration(configuration)
        mirrorConfiguration.namedGroups = groups
        if let startFrom { try mirrorConfiguration.begin(with: ReverseStartFile(path: startFrom), startFrom, configuration) }
        let mirror = try Mirror(source: source, target: target, configuration: mirrorConfiguration) { Console.say("\($0)") }
        let running = Task { try await mirror.run() }
        let signals = onTermination { running.cancel() }
        let reporting = Task { [progress] in
            while true {
                let before = mirror.status
                try await Task.sleep(for: .seconds(progress))
                let now = mirror.status
                let rate = (now.records - before.records) / max(1, progress)
                Console.say("\(now.records.grouped) records mirrored, \(rate.grouped)/s; \(now.checkpoints.grouped) checkpoints of \(now.groups.grouped) groups")
            }
        }
        defer {
            reporting.cancel()
            signals.forEach { $0.cancel() }
        }
        try await running.value
        Console.say("stopped: \(mirror.status.records.grouped) records mirrored, all acknowledged and synced")
    }
}

/// Calls `handler` on SIGINT or SIGTERM instead of ending the process, for as long as the sources are kept.
func onTermination(_ handler: @escaping @Sendable () -> Void) -> [any DispatchSourceSignal] {
    [SIGINT, SIGTERM].map { signal in
        Foundation.signal(signal, SIG_IGN)
        let source = DispatchSource.makeSignalSource(signal: signal)
        source.setEventHandler(handler: handler)
        source.resume()
        return source
    }
}
