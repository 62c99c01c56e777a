import ArgumentParser
import CSupport
import Foundation
import KafkaClient
import MirrorLoop
import OffsetTranslate
import Synchronization

/// Brings a topic over with the mirror, next to a C program that hands on payloads and does nothing else. Each runs in a process of its
/// own, so that its processor time and memory are its own too.
struct MirrorBenchmark: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "mirror", abstract: "The mirror's throughput, processor time and memory, next to a bare pass-through in C.")

    @OptionGroup var options: ReportOptions
    @Option(help: "Records.") var records = 1_000_000
    @Option(help: "Bytes of each record's value.") var size = 200
    @Option(help: "Partitions.") var partitions = 4
    @Flag(help: "Measure exactly-once delivery too.") var exactlyOnce = false

    func run() async throws {
        let environment = ProcessInfo.processInfo.environment
        guard let source = environment["FAILOVER_TEST_SOURCE"], let target = environment["FAILOVER_TEST_TARGET"] else {
            FileHandle.standardError.write(Data("mirror: skipped, FAILOVER_TEST_SOURCE and FAILOVER_TEST_TARGET name no brokers, and embedded ones keep 5 MiB of a partition\n".utf8))
            return
        }
        let run = String(UInt32.random(in: 0 ... .max), radix: 16)
        let topic = "bench-\(run)"
        try await fill(topic, source)
        var report = Report(json: options.json)
        report.heading("in C")
        var best: [Way: Outcome] = [:]
        let ways: [Way] = exactlyOnce ? [.plain, .mirror, .exactlyOnce] : [.plain, .mirror]
        // In turn, so that a disturbance from outside meets all.
        for round in 0..<options.rounds {
            for way in ways {
                let outcome = try measure(way, topic, copy: "\(run)-\(round)", source, target)
                if outcome.seconds < best[way]?.seconds ?? .infinity { best[way] = outcome }
            }
        }
        guard let plain = best[.plain] else { return }
        for way in ways.dropFirst() {
            guard let outcome = best[way] else { continue }
            let (rate, least) = (outcome.rate / 1e6, 0.8 * plain.rate / 1e6)
            report.add("\(way.rawValue): records", rate, "M/s", baseline: plain.rate / 1e6, goal: way == .mirror ? .atLeast(least) : nil)
            report.add("\(way.rawValue): processor time a record", outcome.cpu * 1e9 / Double(records), "ns", baseline: plain.cpu * 1e9 / Double(records), goal: way == .mirror ? .atMost(1.25 * plain.cpu * 1e9 / Double(records)) : nil)
            report.add("\(way.rawValue): peak memory", Double(outcome.peak) / 1e6, "MB", baseline: Double(plain.peak) / 1e6, goal: way == .mirror ? .atMost(Double(plain.peak) / 1e6) : nil)
        }
        try report.finish()
    }

    private func fill(_ topic: String, _ brokers: String) async throws {
        let cluster = try LibrdkafkaCluster(name: "source", properties: ClientProperties(["bootstrap.servers": brokers]), timeout: .seconds(30))
        try await cluster.createTopics([NewTopic(name: topic, partitions: partitions)])
        let producer = try Producer(cluster: "source", properties: cluster.producerProperties)
        var generator = SystemRandomNumberGenerator()
        let value = (0..<size).map { _ in UInt8.random(in: 32..<127, using: &generator) }
        // Of now: old ones fall to the topics' retention.
        let start = Int64(Date().timeIntervalSince1970 * 1000)
        for number in 0..<records {
            let record = Record(key: nil, value: value, timestamp: start + Int64(number))
            try hand(record, to: TopicPartition(topic: topic, partition: Int32(number % partitions)), producer)
        }
        guard await producer.flush(within: .seconds(60)) else { throw Failure(description: "the source did not take the records") }
    }

    private func measure(_ way: Way, _ topic: String, copy: String, _ source: String, _ target: String) throws -> Outcome {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: CommandLine.arguments[0])
        process.arguments = ["pass-one", way.rawValue, source, topic, target, copy, String(partitions), String(records)]
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return try JSONDecoder().decode(Outcome.self, from: data)
    }
}

enum Way: String, ExpressibleByArgument {
    case plain, mirror, exactlyOnce = "exactly-once"
}

struct Outcome: Codable {
    var records: Int
    var seconds: Double
    /// Processor time of the whole process, in seconds.
    var cpu: Double
    /// Bytes.
    var peak: Int64

    var rate: Double { Double(records) / seconds }
}

/// One way, in a process of its own.
struct PassOne: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "pass-one", shouldDisplay: false)

    @Argument var way: Way
    @Argument var source: String
    @Argument var topic: String
    @Argument var target: String
    @Argument var copy: String
    @Argument var partitions: Int
    @Argument var records: Int

    func run() async throws {
        let there = try LibrdkafkaCluster(name: "c\(copy)", properties: ClientProperties(["bootstrap.servers": target]), timeout: .seconds(30))
        let outcome = way == .plain ? try await plain(there) : try await mirror(there)
        print(String(decoding: try JSONEncoder().encode(outcome), as: UTF8.self))
    }

    private func plain(_ there: LibrdkafkaCluster) async throws -> Outcome {
        let copied = "plain-\(copy)"
        try await there.createTopics([NewTopic(name: copied, partitions: partitions)])
        let before = process_cpu_seconds()
        let result = passthrough(source, topic, target, copied, Int32(partitions), Int64(records), 30_000)
        if result.error.0 != 0 {
            throw Failure(description: withUnsafeBytes(of: result.error) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) })
        }
        return Outcome(records: Int(result.records), seconds: result.seconds, cpu: process_cpu_seconds() - before, peak: process_peak_bytes())
    }

    private func mirror(_ there: LibrdkafkaCluster) async throws -> Outcome {
        let alias = "s\(copy)\(way == .mirror ? "" : "x")"
        let here = try LibrdkafkaCluster(name: alias, properties: ClientProperties(["bootstrap.servers": source]), timeout: .seconds(30))
        let flow = ReplicationFlow(from: alias, to: there.name, policy: DefaultReplicationPolicy(), offsetSyncsLocation: .target)
        var configuration = MirrorConfiguration(flow: flow, includesTopic: { [topic] in $0 == topic }, includesGroup: { _ in false })
        configuration.replicationFactor = 1
        configuration.offsetSyncsReplicationFactor = 1
        configuration.emitsCheckpoints = false
        configuration.emitsHeartbeats = false
        configuration.isExactlyOnce = way == .exactlyOnce
        let begun = Mutex<(time: ContinuousClock.Instant, cpu: Double)?>(nil)
        let mirror = try Mirror(source: here, target: there, configuration: configuration) { event in
            if case .partitionStarted = event { begun.withLock { $0 = $0 ?? (.now, process_cpu_seconds()) } }
        }
        let running = Task { try await mirror.run() }
        while mirror.status.records < records { try await Task.sleep(for: .milliseconds(20)) }
        let end = ContinuousClock.now
        let cpu = process_cpu_seconds()
        guard let start = begun.withLock({ $0 }) else { throw Failure(description: "it never began") }
        running.cancel()
        try await running.value
        return Outcome(records: mirror.status.records, seconds: (end - start.time) / .seconds(1), cpu: cpu - start.cpu, peak: process_peak_bytes())
    }
}
