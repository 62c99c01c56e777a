import Foundation
import KafkaClient
import MirrorLoop
import OffsetTranslate
import Testing

/// Topics and their copies, over librdkafka: none of it can be asked of the embedded brokers.
@Suite(.serialized, .enabled(if: RealClusters.present, "needs FAILOVER_TEST_SOURCE and FAILOVER_TEST_TARGET"))
struct RealTopicTests {
    private func own(_ topic: String, on cluster: LibrdkafkaCluster) async throws -> [String: String] {
        let answer = try #require(try await cluster.topicSettings(of: [topic])[topic])
        return try answer.get().filter { $0.origin == .topic }.reduce(into: [:]) { $0[$1.name] = $1.value }
    }

    @Test func settingsAreMerged() async throws {
        let clusters = try await RealClusters(keepsRecords: false), cluster = clusters.source, topic = clusters.topic
        let all = try #require(try await cluster.topicSettings(of: [topic, "\(clusters.run)-missing"])[topic]?.get())
        #expect(all.count > 20 && all.allSatisfy { $0.origin != .unknown && $0.origin != .topic && $0.value != nil })
        #expect(all.contains { $0.name == "retention.ms" && $0.origin == .nowhere })
        try await cluster.alterTopicSettings(of: topic, SettingsChange(set: ["retention.ms": "700000", "cleanup.policy": "compact,delete"]))
        #expect(try await own(topic, on: cluster) == ["retention.ms": "700000", "cleanup.policy": "compact,delete"])
        try await cluster.alterTopicSettings(of: topic, SettingsChange(set: ["max.message.bytes": "2000000"], remove: ["retention.ms"]))
        #expect(try await own(topic, on: cluster) == ["cleanup.policy": "compact,delete", "max.message.bytes": "2000000"])
        // One after the other, and each is seen by the next.
        for value in 1...20 {
            try await cluster.alterTopicSettings(of: topic, SettingsChange(set: ["retention.bytes": "\(value)"]))
            #expect(try await own(topic, on: cluster).count == 3)
        }
        for set in [["retention.ms": "soon"], ["no.such.setting": "1"]] {
            let error = try await #require(throws: KafkaError.self) {
                try await cluster.alterTopicSettings(of: topic, SettingsChange(set: set))
            }
            #expect(error.code == .invalidConfiguration && error.topic == topic && !error.isRetriable, "\(error)")
        }
        #expect(try await own(topic, on: cluster)["retention.bytes"] == "20")
        try await cluster.alterTopicSettings(of: topic, SettingsChange(remove: ["retention.bytes", "cleanup.policy", "max.message.bytes"]))
        #expect(try await own(topic, on: cluster).isEmpty)
        let missing = try await #require(throws: KafkaError.self) {
            try await cluster.alterTopicSettings(of: "\(clusters.run)-missing", SettingsChange(set: ["retention.ms": "1"]))
        }
        #expect(missing.code == .unknownTopicOrPartition)
    }

    @Test func partitionsAreAdded() async throws {
        let clusters = try await RealClusters(), cluster = clusters.source
        for (count, becomes) in [(5, 5), (5, 5), (2, 5), (6, 6)] {
            try await cluster.createPartitions(of: clusters.topic, upTo: count)
            #expect(try await cluster.topics()[clusters.topic] == becomes)
        }
        let fresh = TopicPartition(topic: clusters.topic, partition: 5)
        #expect(try await cluster.logBounds(of: [fresh])[fresh]?.end == 0)
        let error = try await #require(throws: KafkaError.self) {
            try await cluster.createPartitions(of: "\(clusters.run)-missing", upTo: 2)
        }
        #expect(error.code == .unknownTopicOrPartition)
    }

    @Test func copiesKeepStep() async throws {
        let clusters = try await RealClusters(), (source, target) = (clusters.source, clusters.target)
        let topic = clusters.topic, copy = clusters.flow.target(of: clusters.partitions[0]).topic
        var rules = TopicRules(flow: clusters.flow)
        rules.replicationFactor = 1
        let keeper = TopicKeeper(source: source, target: target, rules: rules)
        try await source.alterTopicSettings(of: topic, SettingsChange(set: ["retention.ms": "700000", "min.insync.replicas": "1"]))

        let created = try await keeper.createMissing([topic: 3])
        #expect(created.changes == [.created(copy, partitions: 3, settings: ["retention.ms": "700000"], cluster: target.name)])
        #expect(created.warnings.isEmpty && created.incomplete.isEmpty)
        #expect(try await keeper.syncSettings(of: [topic]) == TopicRound())

        try await source.createPartitions(of: topic, upTo: 4)
        try await source.alterTopicSettings(of: topic, SettingsChange(set: ["cleanup.policy": "compact"], remove: ["retention.ms"]))
        try await target.alterTopicSettings(of: copy, SettingsChange(set: ["retention.bytes": "9", "min.insync.replicas": "1"]))
        #expect(try await keeper.createMissing([topic: 4]).changes == [.grown(copy, from: 3, to: 4, cluster: target.name)])
        let synced = try await keeper.syncSettings(of: [topic, "\(clusters.run)-missing"])
        #expect(synced.warnings.isEmpty)
        #expect(Set(synced.changes) == [
            .setting(copy, name: "cleanup.policy", old: "delete", new: "compact", cluster: target.name),
            .setting(copy, name: "retention.ms", old: "700000", new: nil, cluster: target.name),
            .setting(copy, name: "retention.bytes", old: "9", new: nil, cluster: target.name),
        ])
        #expect(try await own(copy, on: target) == ["cleanup.policy": "compact", "min.insync.replicas": "1"])
        #expect(try await keeper.syncSettings(of: [topic]) == TopicRound())

        // Whatever the brokers say to a source's defaults, they can be taken over, and are in step then.
        rules.defaultsFrom = .source
        let whole = TopicKeeper(source: source, target: target, rules: rules)
        let defaults = try await whole.syncSettings(of: [topic])
        #expect(defaults.warnings.isEmpty && defaults.changes.count > 10)
        #expect(try await whole.syncSettings(of: [topic]) == TopicRound())
        #expect(try await keeper.syncSettings(of: [topic]).changes.count == defaults.changes.count)
    }

    @Test func accessRulesFollow() async throws {
        let clusters = try await RealClusters(), (source, target) = (clusters.source, clusters.target)
        let topic = clusters.topic, copy = clusters.flow.target(of: clusters.partitions[0]).topic, app = "User:\(clusters.run)"
        var own = TopicRules(flow: clusters.flow)
        own.replicationFactor = 1
        let keeper = TopicKeeper(source: source, target: target, rules: own)
        let rules = [
            AccessRule(.allow, .all, on: .topic, named: topic, to: app), .init(.allow, .write, on: .topic, named: topic, to: app),
            .init(.allow, .describeConfigs, on: .topic, named: topic, to: app, from: "10.0.0.7"),
            .init(.deny, .write, on: .topic, named: topic, to: "User:*"), .init(.deny, .read, on: .topic, named: topic, to: "User:eve"),
            .init(.allow, .read, on: .topic, named: topic, patternType: .prefixed, to: app),
        ]
        do {
            #expect(try await source.createACLs(rules).isEmpty)
        } catch let error as KafkaError where error.code == .securityDisabled {
            let round = try await keeper.syncAccess(to: [topic])
            #expect(round.changes.isEmpty && round.warnings.map(\.reason.code) == [.securityDisabled])
            return
        }
        let mine = AccessRuleFilter(resourceType: .topic, name: copy)
        try await eventually("the rules to be known") { try await source.acls(matching: AccessRuleFilter(name: topic)).count == rules.count }
        let round = try await keeper.syncAccess(to: [topic])
        #expect(round.warnings.isEmpty && round.changes.count == 3)
        let wanted: Set = [
            AccessRule(.allow, .read, on: .topic, named: copy, to: app), .init(.deny, .read, on: .topic, named: copy, to: "User:eve"),
            .init(.allow, .describeConfigs, on: .topic, named: copy, to: app, from: "10.0.0.7"),
        ]
        try await eventually("the copy's rules to be known") { try await Set(target.acls(matching: mine)) == wanted }
        #expect(try await keeper.syncAccess(to: [topic]) == TopicRound())

        // Where these rules shut us out ourselves, that is one topic's trouble, and said.
        let other = "\(clusters.run)-other"
        try await source.createTopics([NewTopic(name: other, partitions: 1, replicationFactor: 1)])
        let answers = try await source.topicSettings(of: [topic, other])
        #expect(throws: Never.self) { try answers[other]?.get() }
        if case .failure(let error) = answers[topic] { #expect(error.code == .topicAuthorizationFailed && error.topic == topic) }
        let shut = try await keeper.createMissing([topic: 3, other: 1])
        #expect(shut.warnings.allSatisfy { $0.reason.code == .topicAuthorizationFailed && $0.reason.topic == topic })
        #expect(shut.incomplete.isSubset(of: [topic]))
        _ = try await source.deleteACLs(rules)
        _ = try await target.deleteACLs(Array(wanted))
    }
}
