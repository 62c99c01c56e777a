import Foundation
import Testing

@testable import OffsetTranslate

/// The files in `deploy/` are those that Kafka Connect is given, and those that every command reads: both have to understand them alike.
@Suite("Configuration: deploy/") struct DeployedConnectorsTests {
    private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("../../../deploy")

    private func load(_ overrides: [String: String] = [:]) throws -> (FlowConfiguration, [ConfigurationWarning]) {
        let names = ["mm2-source", "mm2-checkpoint", "mm2-heartbeat"]
        return try ConfigurationFile.load(
            paths: names.map { Self.folder.appendingPathComponent("connectors/\($0).json").path }, flow: nil, overrides: overrides)
    }

    @Test func theFlowIsTheOneThatConnectRuns() throws {
        let (flow, warnings) = try load()
        #expect(warnings.filter { $0.severity == .warning } == [])
        #expect(flow.description == "source->target" && flow.enabled && flow.replicationPolicy == .plainIdentity)
        #expect(flow.source.client["bootstrap.servers"] == "source-kafka:19092" && flow.target.client["bootstrap.servers"] == "target-kafka:19092")
        #expect(flow.offsetSyncsLocation == .target && flow.offsetSyncsLocationIsGiven)
        #expect(flow.refreshTopics == PeriodicWork(every: .seconds(60)) && flow.refreshGroups == PeriodicWork(every: .seconds(60)))
        #expect(flow.emitCheckpoints == PeriodicWork(every: .seconds(10)) && flow.syncGroupOffsets == PeriodicWork(enabled: true, every: .seconds(10)))
        #expect(flow.emitHeartbeats == PeriodicWork(every: .seconds(5)) && !flow.syncTopicACLs.enabled && flow.syncTopicConfigs.enabled)
        #expect([flow.replicationFactor, flow.offsetSyncsReplicationFactor, flow.checkpointsReplicationFactor, flow.heartbeatsReplicationFactor] == [1, 1, 1, 1])
        #expect(flow.mirror.tasks == 2)
    }

    @Test func everythingButInternalTopicsAndGroups() throws {
        let (flow, _) = try load()
        for topic in ["orders.orders", "payments", "internal-orders", "a.replica.b"] { #expect(flow.topics.matches(topic), "\(topic)") }
        for topic in [
            "mm2-offset-syncs.target.internal", "source.checkpoints.internal", "a-internal", "orders.replica", "__consumer_offsets", "connect-configs",
            "mm2-connect-offsets",
        ] { #expect(!flow.topics.matches(topic), "\(topic)") }
        for group in ["billing", "search"] { #expect(flow.groups.matches(group), "\(group)") }
        for group in ["console-consumer-1", "connect-sink", "mm2-connect", "__internal"] { #expect(!flow.groups.matches(group), "\(group)") }
    }

    /// From the host the clusters have other addresses: what verify.sh says.
    @Test func addressesCanBeOverruled() throws {
        let (flow, _) = try load(["source.cluster.bootstrap.servers": "localhost:9092", "target.cluster.bootstrap.servers": "localhost:9094"])
        #expect(flow.source.client["bootstrap.servers"] == "localhost:9092" && flow.target.client["bootstrap.servers"] == "localhost:9094")
    }

    /// Connect's own topics must not be mirrored back and forth, and the worker must not write them where they would be.
    @Test func theWorkersTopicsAreExcluded() throws {
        let file = Self.folder.appendingPathComponent("connect-worker.properties").path
        let worker = try JavaProperties(parsing: try ConfigurationText.bytes(of: file), file: file)
        let (flow, _) = try load()
        for key in ["config.storage.topic", "offset.storage.topic", "status.storage.topic"] {
            let topic = try #require(worker[key])
            #expect(!flow.topics.matches(topic), "\(topic)")
        }
        let group = try #require(worker["group.id"])
        #expect(!flow.groups.matches(group) && worker["bootstrap.servers"] == flow.target.client["bootstrap.servers"])
    }
}
