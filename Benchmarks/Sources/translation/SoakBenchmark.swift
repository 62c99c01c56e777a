import ArgumentParser
import Foundation
import KafkaClient

/// Runs the built `failover mirror` under a steady load, with groups that commit, and looks at what it holds of memory and descriptors.
struct SoakBenchmark: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "soak", abstract: "What `failover mirror` holds of memory and descriptors over a long run under a steady load.")

    @OptionGroup var options: ReportOptions
    @Option(help: "How long.") var minutes = 15
    @Option(help: "Records a second.") var rate = 20_000
    @Option(help: "Bytes of each record's value.") var size = 200
    @Option(help: "Partitions.") var partitions = 4
    @Option(help: "Groups that commit, so that there are checkpoints.") var groups = 20
    @Option(help: "The command, as built by `swift build -c release`.") var failover = ".build/release/failover"

    func run() async throws {
        let environment = ProcessInfo.processInfo.environment
        guard let source = environment["FAILOVER_TEST_SOURCE"], let target = environment["FAILOVER_TEST_TARGET"] else {
            throw Failure(description: "FAILOVER_TEST_SOURCE and FAILOVER_TEST_TARGET name no brokers, and embedded ones keep 5 MiB of a partition")
        }
        let run = "soak\(String(UInt32.random(in: 0 ... .max), radix: 16))"
        let load = try SoakLoad(topic: run, partitions: partitions, brokers: source)
        let names = (0..<groups).map { "\(run)-g\($0)" }
        try await load.prepare(names)
        let mirror = try start(run, source, target)
        let running = Task { try await load.run(rate: rate, size: size, groups: names) }
        var samples: [Sample] = []
        let begun = ContinuousClock.now
        while ContinuousClock.now - begun < .seconds(60 * minutes) {
            try await Task.sleep(for: .seconds(10))
            guard mirror.isRunning else { throw Failure(description: "the mirror has ended, with status \(mirror.terminationStatus)") }
            let sample = try Sample(of: mirror.processIdentifier, after: (ContinuousClock.now - begun) / .seconds(1))
            samples.append(sample)
            FileHandle.standardError.write(Data("\(Int(sample.seconds)) s: \(sample.resident / 1_000_000) MB, \(sample.descriptors) descriptors\n".utf8))
        }
        running.cancel()
        let produced = try await running.value
        // What is left to mirror is a moment's, and more would show in the number of copies.
        try await Task.sleep(for: .seconds(5))
        mirror.terminate()
        mirror.waitUntilExit()
        let copies = try await SoakLoad(topic: "\(run).\(run)", partitions: partitions, brokers: target).records()
        try report(samples, produced: produced, copies: copies, status: mirror.terminationStatus)
    }

    private func start(_ run: String, _ source: String, _ target: String) throws -> Process {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: failover)
        let settings = [
            "topics=\(run)", "groups=\(run).*", "replication.factor=1", "offset-syncs.topic.replication.factor=1",
            "checkpoints.topic.replication.factor=1", "heartbeats.topic.replication.factor=1", "emit.checkpoints.interval.seconds=5",
            "sync.group.offsets.enabled=true", "sync.group.offsets.interval.seconds=5", "sync.topic.acls.enabled=false",
        ]
        process.arguments = [
            "mirror", "--source", source, "--target", target, "--source-alias", run, "--target-alias", "\(run)-there", "--metrics", "jsonl",
        ] + settings.flatMap { ["--set", $0] }
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        try process.run()
        return process
    }

    private func report(_ samples: [Sample], produced: Int, copies: Int, status: Int32) throws {
        guard let first = samples.first, let last = samples.last else { throw Failure(description: "nothing was measured") }
        var report = Report(json: options.json)
        report.heading("")
        for (when, sample) in [("after 10 s", first), ("after 2 min", samples.first { $0.seconds >= 120 }), ("at the end", last)] {
            guard let sample else { continue }
            report.add("resident, \(when)", Double(sample.resident) / 1e6, "MB")
            report.add("open descriptors, \(when)", Double(sample.descriptors), "")
        }
        report.add("resident, at most", Double(samples.map(\.resident).max() ?? 0) / 1e6, "MB")
        report.add("open descriptors, at most", Double(samples.map(\.descriptors).max() ?? 0), "")
        report.add("records produced", Double(produced), "")
        report.add("records in the copy", Double(copies), "", goal: .atLeast(Double(produced)))
        report.add("exit status", Double(status), "", goal: .atMost(0))
        try report.finish()
    }

    /// Of a running process.
    private struct Sample {
        var seconds: Double
        /// Bytes.
        var resident: Int
        var descriptors: Int

        init(of process: Int32, after seconds: Double) throws {
            self.seconds = seconds
            let pages = try String(contentsOfFile: "/proc/\(process)/statm", encoding: .utf8).split(separator: " ")
            resident = (pages.count > 1 ? Int(pages[1]) ?? 0 : 0) * Int(sysconf(Int32(_SC_PAGESIZE)))
            descriptors = try FileManager.default.contentsOfDirectory(atPath: "/proc/\(process)/fd").count
        }
    }
}
