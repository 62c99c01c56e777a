import ArgumentParser
import Foundation
import KafkaClient
import MirrorLoop
import OffsetTranslate
import Synchronization

/// How long records that come one by one are on their way, next to a consumer of the original.
struct TrickleBenchmark: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "trickle", abstract: "How long a record that comes alone is on its way through the mirror.")

    @OptionGroup var options: ReportOptions
    @Option(help: "Records.") var records = 100
    @Option(help: "Milliseconds between two of them.") var gap = 50

    func validate() throws {
        if records < 1 || gap < 0 { throw ValidationError("--records must be 1 or more, --gap 0 or more") }
    }

    func run() async throws {
        let environment = ProcessInfo.processInfo.environment
        guard let east = environment["FAILOVER_TEST_SOURCE"], let west = environment["FAILOVER_TEST_TARGET"] else {
            FileHandle.standardError.write(Data("trickle: skipped, FAILOVER_TEST_SOURCE and FAILOVER_TEST_TARGET name no brokers\n".utf8))
            return
        }
        let run = "trickle-" + String(UInt32.random(in: 0 ... .max), radix: 16)
        func cluster(_ alias: String, _ brokers: String) throws -> LibrdkafkaCluster {
            try LibrdkafkaCluster(name: alias, properties: ClientProperties(["bootstrap.servers": brokers]), timeout: .seconds(30))
        }
        let flow = ReplicationFlow(from: "\(run)-e", to: "\(run)-w", policy: DefaultReplicationPolicy(), offsetSyncsLocation: .target)
        let source = try cluster(flow.sourceAlias, east), target = try cluster(flow.targetAlias, west)
        let original = TopicPartition(topic: run, partition: 0), copy = flow.target(of: original)
        try await source.createTopics([NewTopic(name: run, partitions: 1)])
        var configuration = MirrorConfiguration(flow: flow, includesTopic: { $0 == run })
        (configuration.emitsCheckpoints, configuration.emitsHeartbeats) = (false, false)
        (configuration.replicationFactor, configuration.offsetSyncsReplicationFactor) = (1, 1)
        let mirror = try Mirror(source: source, target: target, configuration: configuration)
        let mirroring = Task { try await mirror.run() }
        defer { mirroring.cancel() }
        let deadline = ContinuousClock.now + .seconds(60)
        while mirror.status.positions[original] == nil {
            guard ContinuousClock.now < deadline else { throw Failure(description: "the mirror did not begin within a minute") }
            try await Task.sleep(for: .milliseconds(100))
        }

        let sent = Instants()
        let consumed = Task { try await latencies(of: original, in: source, sent) }
        let mirrored = Task { try await latencies(of: copy, in: target, sent) }
        try await Task.sleep(for: .seconds(1))
        let producer = try Producer(cluster: flow.sourceAlias, properties: source.producerProperties.merging(ClientProperties(["linger.ms": "0"])))
        for _ in 0..<records {
            sent.add(.now)
            _ = try await producer.send(Record(value: [1]), to: original)
            try await Task.sleep(for: .milliseconds(gap))
        }
        let direct = try await consumed.value, through = try await mirrored.value
        var report = Report(json: options.json)
        report.heading("original")
        for (name, share) in [("median", 0.5), ("nine of ten within", 0.9)] {
            func at(_ sorted: [Double]) -> Double { sorted[Int(Double(sorted.count - 1) * share)] }
            report.add("trickle: from the producer to a consumer of the copy, \(name)", at(through), "ms", baseline: at(direct))
        }
        try report.finish()
    }

    /// In milliseconds, ascending.
    private func latencies(of partition: TopicPartition, in cluster: LibrdkafkaCluster, _ sent: Instants) async throws -> [Double] {
        let reader = try LogReader(cluster: cluster.name, properties: cluster.consumerProperties), seen = Instants()
        try await reader.start(partition, at: 0)
        while seen.all.count < records {
            _ = try await reader.poll(timeout: .milliseconds(500)) { batch in batch.forEach { _ in seen.add(.now) } }
        }
        return zip(sent.all, seen.all).map { ($1 - $0) / .milliseconds(1) }.sorted()
    }

    /// In order.
    private final class Instants: Sendable {
        private let instants = Mutex<[ContinuousClock.Instant]>([])
        var all: [ContinuousClock.Instant] { instants.withLock { $0 } }
        func add(_ instant: ContinuousClock.Instant) { instants.withLock { $0.append(instant) } }
    }
}
