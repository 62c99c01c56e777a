import Cutover
import Foundation
import Inspection
import KafkaClient
import MirrorLoop
import OffsetTranslate
import TestSupport
import Testing

/// A flow between real brokers, looked at: groups' states, topics' settings and access rules are not to be had of the embedded ones.
@Suite(.serialized, .enabled(if: RealClusters.present, "needs FAILOVER_TEST_SOURCE and FAILOVER_TEST_TARGET"))
struct RealInspectionTests {
    private func inspector(_ clusters: RealClusters) throws -> Inspector {
        let addresses = try #require(RealClusters.addresses), flow = clusters.flow
        var warnings: [ConfigurationWarning] = []
        let configuration = try FlowConfiguration(
            sourceBootstrap: addresses.source, targetBootstrap: addresses.target, sourceAlias: flow.sourceAlias, targetAlias: flow.targetAlias,
            settings: ["topics": clusters.topic, "groups": "\(clusters.run).*", "emit.checkpoints.interval.seconds": "1"], warnings: &warnings)
        return Inspector(Planner(flow: flow, source: clusters.source, target: clusters.target, checking: nil), configuration)
    }

    @Test func aFlowFromFitToUnfit() async throws {
        let clusters = try await RealClusters(), (source, target) = (clusters.source, clusters.target), first = clusters.partitions[0]
        let idle = "\(clusters.run)-idle", active = "\(clusters.run)-active", copy = clusters.flow.target(of: first)
        let inspector = try inspector(clusters), all = Planner.Selection.named([idle, active])
        try await clusters.mirroring { $0.refreshGroupsInterval = .seconds(1) } _: { mirror in
            try await clusters.load {
                try await eventually("records") { mirror.status.positions[first] ?? 0 > 50 }
            }
            _ = try await source.commit([first: CommittedOffset(offset: 20)], for: idle)
            _ = try await source.commit([first: CommittedOffset(offset: 30)], for: active)
            try await eventually("both in step") {
                let survey = try await inspector.survey(all)
                return survey.groups.count == 2 && survey.groups.allSatisfy { $0.positions.map(\.reason) == [.syncedExactly] }
                    && survey.partitions.allSatisfy { $0.lag == .init(offsets: 0, age: .zero) }
            }
            let survey = try await inspector.survey(all)
            // Access rules need an authorizer, which the brokers may not have.
            let open: Set<ReadinessCheck.Kind> = [.topicAccess]
            #expect(survey.readiness.checks.filter { $0.status != .pass && !open.contains($0.kind) } == [])
            #expect(survey.groups.map { $0.onSource?.state } == [.empty, .empty] && survey.groups.allSatisfy { $0.onTarget == nil })
            let position = try #require(survey.groups.last?.positions.first)
            #expect(position.upstream?.offset == 20 && position.ifLost.position == 20 && position.ifLost.maxReplay == 0)
        }
        // The mirror is gone, and the world goes on.
        let producer = try Producer(cluster: source.name, properties: source.properties)
        for number in 0..<7 { _ = try await producer.send(Record(value: Array("late \(number)".utf8), timestamp: presentTime), to: first) }
        try await source.createPartitions(of: clusters.topic, upTo: 4)
        try await target.alterTopicSettings(of: copy.topic, SettingsChange(set: ["retention.ms": "1000000000"]))
        let consumer = try GroupConsumer(cluster: target.name, group: active, properties: target.properties)
        try await consumer.subscribe(to: [copy.topic])
        try await eventually("a member on the target") {
            _ = try await consumer.poll(timeout: .milliseconds(200))
            return try await target.group(named: active)?.state == .stable
        }
        let survey = try await inspector.survey(all), readiness = survey.readiness
        #expect(survey.partitions.first?.lag?.offsets == 7 && readiness[.replicationLag]?.value == 7)
        #expect(readiness[.partitionCounts]?.status == .fail && readiness[.topicSettings]?.status == .warn)
        #expect(readiness[.topicSettings]?.findings.first?.contains("retention.ms") == true)
        #expect(survey.groups.map(\.positions.first?.reason) == [.targetGroupActive, .syncedExactly])
        #expect(survey.groups.first?.onTarget?.members == 1)
        await consumer.close()
    }
}
