import ArgumentParser
import Foundation
import KafkaClient
import OffsetTranslate

/// Runs the built `failover mirror` under a steady load, with groups that commit, and `failover serve` beside it, and looks at what both hold of
/// memory and descriptors.
struct SoakBenchmark: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "soak", abstract: "What `failover mirror` and `failover serve` hold of memory and descriptors over a long run.",
        discussion: """
            On embedded clusters, whose brokers go down, lose leaderships and refuse requests in turn; or under a load without faults on the clusters that \
            FAILOVER_TEST_SOURCE and FAILOVER_TEST_TARGET name.
            """)

    @OptionGroup var options: ReportOptions
    @Option(help: "How long.") var minutes = 15
    @Option(help: "Records a second; embedded brokers keep 5 MiB of a partition, so that many more are gone before a fault is over.") var rate = 1_000
    @Option(help: "Bytes of each record's value.") var size = 200
    @Option(help: "Partitions.") var partitions = 4
    @Option(help: "Groups that commit, so that there are checkpoints.") var groups = 20
    @Option(help: "Seconds from one fault to the next.") var faults = 15
    @Option(help: "The command, as built by `swift build -c release`.") var failover = ".build/release/failover"

    func run() async throws {
        let run = "soak\(String(UInt32.random(in: 0 ... .max), radix: 16))"
        let flow = ReplicationFlow(from: run, to: "\(run)-there", policy: DefaultReplicationPolicy(), offsetSyncsLocation: .target)
        let names = (0..<groups).map { "\(run)-g\($0)" }, environment = ProcessInfo.processInfo.environment
        var estate: SoakEstate?, brokers = (source: environment["FAILOVER_TEST_SOURCE"] ?? "", target: environment["FAILOVER_TEST_TARGET"] ?? "")
        if brokers.source.isEmpty || brokers.target.isEmpty {
            let embedded = try SoakEstate(flow, topic: run, partitions: partitions, groups: names)
            (estate, brokers) = (embedded, (embedded.source.bootstrapServers, embedded.target.bootstrapServers))
        }
        let load = try SoakLoad(topic: run, partitions: partitions, brokers: brokers.source)
        try await load.prepare(names, createsTopic: estate == nil)
        let mirror = try SoakedProcess(failover, ["mirror", "--metrics", "jsonl"] + arguments(run, brokers, names))
        mirror.passOver()
        let serve = try SoakedProcess(failover, ["serve", "--listen", "127.0.0.1:0", "--interval", "2"] + arguments(run, brokers, names))
        let port = try port(serve.firstWords())
        serve.passOver()
        let running = Task { try await load.run(rate: rate, size: size, groups: names) }
        let disturbing = Task { [estate, faults] in await estate?.disturb(every: .seconds(faults), flow) ?? 0 }
        let looks = try await look(at: [mirror, serve], port)
        disturbing.cancel()
        let disturbances = await disturbing.value
        running.cancel()
        _ = try await running.value
        // Not what was handed to the producer: embedded brokers store again what is sent again.
        let written = try await load.records()
        // What is left to mirror after the last fault is little, and more would show in the number of copies.
        let copy = try SoakLoad(topic: "\(run).\(run)", partitions: partitions, brokers: brokers.target)
        var copies = try await copy.records()
        for _ in 0..<60 where copies < written {
            try await Task.sleep(for: .seconds(1))
            copies = try await copy.records()
        }
        var report = Report(json: options.json)
        report.heading("2nd quarter")
        for process in [mirror, serve] { try process.report(to: &report) }
        report.add("faults", Double(disturbances), "")
        report.add("requests that serve answered", Double(looks.answered), "")
        report.add("requests that it did not", Double(looks.failed), "", goal: .atMost(0))
        report.add("records in the original", Double(written), "")
        report.add("records in the copy", Double(copies), "", goal: .atLeast(Double(written)))
        for process in [mirror, serve] { report.add("\(process.name): exit status", Double(process.terminate()), "", goal: .atMost(0)) }
        try report.finish()
        withExtendedLifetime(estate) {}
    }

    private func arguments(_ run: String, _ brokers: (source: String, target: String), _ groups: [String]) -> [String] {
        let settings = [
            "topics=\(run)", "groups=\(groups.joined(separator: ","))", "replication.factor=1", "offset-syncs.topic.replication.factor=1",
            "checkpoints.topic.replication.factor=1", "heartbeats.topic.replication.factor=1", "emit.checkpoints.interval.seconds=5", "offset-syncs.topic.location=target",
            "sync.group.offsets.enabled=true", "sync.group.offsets.interval.seconds=5", "sync.topic.acls.enabled=false", "sync.topic.configs.enabled=false",
        ]
        return ["--source", brokers.source, "--target", brokers.target, "--source-alias", run, "--target-alias", "\(run)-there"] + settings.flatMap { ["--set", $0] }
    }

    private func port(_ words: String) throws -> UInt16 {
        guard let port = words.firstMatch(of: /127\.0\.0\.1:(\d+)/).flatMap({ UInt16($0.1) }) else {
            throw Failure(description: "serve does not say where it listens: \(words)")
        }
        return port
    }

    /// A sample each 10 s, and a scrape each second.
    private func look(at processes: [SoakedProcess], _ port: UInt16) async throws -> (answered: Int, failed: Int) {
        let begun = ContinuousClock.now
        var answered = 0, failed = 0
        while case let seconds = (ContinuousClock.now - begun) / .seconds(1), seconds < Double(60 * minutes) {
            if Int(seconds) / 10 > processes[0].samples.count {
                for process in processes { try process.sample(after: seconds) }
                FileHandle.standardError.write(Data("\(Int(seconds)) s: \(processes.map(\.latest).joined(separator: "; "))\n".utf8))
            }
            for path in ["/metrics", "/api/v1/groups", "/api/v1/history", "/"] {
                if (try? PlainSocket.get(path, from: port)) ?? 0 > 0 { answered += 1 } else { failed += 1 }
            }
            try await Task.sleep(for: .seconds(1))
        }
        return (answered, failed)
    }
}
