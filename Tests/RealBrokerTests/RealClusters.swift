import Foundation
import KafkaClient
import MirrorLoop
import OffsetTranslate
import Testing

/// Tier 4: two disposable real clusters, named by their bootstrap addresses. Topics and groups get names of their own for
/// each run, so that runs don't meet.
struct RealClusters {
    static let addresses: (source: String, target: String)? = {
        let environment = ProcessInfo.processInfo.environment
        guard let source = environment["FAILOVER_TEST_SOURCE"], let target = environment["FAILOVER_TEST_TARGET"] else {
            print("SKIPPED: the tests against real brokers. Set FAILOVER_TEST_SOURCE and FAILOVER_TEST_TARGET to two disposable clusters to run them.")
            return nil
        }
        return (source, target)
    }()

    static var present: Bool { addresses != nil }

    let run = "ot" + UUID().uuidString.prefix(8).lowercased()
    let source: LibrdkafkaCluster
    let target: LibrdkafkaCluster
    let flow: ReplicationFlow
    let topic: String

    /// - Parameter keepsRecords: However old they are: brokers delete the records of a topic without a setting of its own within minutes,
    ///   if they are years old, as some of the tests' are.
    init(partitions: Int = 3, keepsRecords: Bool = true) async throws {
        let addresses = try #require(Self.addresses)
        // Aliases of its own give a run its own internal topics.
        let flow = ReplicationFlow(
            from: "\(run)w", to: "\(run)e", policy: DefaultReplicationPolicy(), offsetSyncsLocation: .target)
        self.flow = flow
        topic = "\(run)-orders"
        source = try LibrdkafkaCluster(name: flow.sourceAlias, properties: .init(["bootstrap.servers": addresses.source]), timeout: .seconds(20))
        target = try LibrdkafkaCluster(name: flow.targetAlias, properties: .init(["bootstrap.servers": addresses.target]), timeout: .seconds(20))
        try await source.createTopics([Self.newTopic(topic, partitions: partitions, keepsRecords: keepsRecords)])
    }

    static func newTopic(_ name: String, partitions: Int = 3, keepsRecords: Bool = true) -> NewTopic {
        NewTopic(name: name, partitions: partitions, replicationFactor: 1, configuration: keepsRecords ? ["retention.ms": "-1"] : [:])
    }

    var partitions: [TopicPartition] { (0..<3).map { TopicPartition(topic: topic, partition: $0) } }

    func configuration(groups: @escaping @Sendable (String) -> Bool = { _ in true }) -> MirrorConfiguration {
        let topic = topic, run = run
        var configuration = MirrorConfiguration(
            flow: flow, includesTopic: { $0 == topic }, includesGroup: { $0.hasPrefix(run) && groups($0) })
        configuration.checkpointInterval = .milliseconds(500)
        configuration.replicationFactor = 1
        configuration.offsetSyncsReplicationFactor = 1
        configuration.checkpointsReplicationFactor = 1
        configuration.heartbeatsReplicationFactor = 1
        return configuration
    }

    func mirror() throws -> Mirror { try Mirror(source: source, target: target, configuration: configuration()) }

    func log(_ partition: TopicPartition, of cluster: LibrdkafkaCluster) async throws -> [ConsumedRecord] {
        guard let bounds = try await cluster.logBounds(of: [partition])[partition] else { return [] }
        return try await cluster.scan([LogRange(partition, bounds)], into: []) { $0.append($1.copy()) }
    }
}

func eventually(_ what: Comment, within seconds: Int = 60, _ condition: () async throws -> Bool) async throws {
    let deadline = ContinuousClock.now + .seconds(seconds)
    while try await !condition() {
        try #require(ContinuousClock.now < deadline, what)
        try await Task.sleep(for: .milliseconds(100))
    }
}
