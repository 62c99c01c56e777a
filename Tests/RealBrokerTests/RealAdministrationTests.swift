import Foundation
import KafkaClient
import Testing

/// What the embedded brokers lack.
@Suite(.serialized, .enabled(if: RealClusters.present, "needs FAILOVER_TEST_SOURCE and FAILOVER_TEST_TARGET"))
struct RealAdministrationTests {
    @Test func manyGroupsAtOnce() async throws {
        let clusters = try await RealClusters()
        let cluster = clusters.target, run = clusters.run
        try await cluster.createTopics([NewTopic(name: clusters.topic, partitions: 3, replicationFactor: 1)])
        let partitions = clusters.partitions
        @Sendable func offsets(_ group: Int) -> [TopicPartition: CommittedOffset] {
            [partitions[0]: .init(offset: Int64(group), metadata: "é\0"), partitions[2]: .init(offset: 1)]
        }
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            for group in 0..<200 {
                tasks.addTask {
                    let before = try await cluster.committedOffsets(of: "\(run)-\(group)", for: partitions)
                    let refused = try await cluster.commit(offsets(group), for: "\(run)-\(group)")
                    let after = try await cluster.committedOffsets(of: "\(run)-\(group)", for: partitions)
                    #expect(before.isEmpty && refused.isEmpty && after == offsets(group))
                }
            }
            try await tasks.waitForAll()
        }
        let names = (0..<201).map { "\(run)-\($0)" }
        let found = try await cluster.groups(named: names)
        #expect(found.count == 200 && found["\(run)-200"] == nil)
        #expect(found.allSatisfy { $0.key == $0.value.name && $0.value.state == .empty && $0.value.memberCount == 0 })
        // A few are asked for one by one, to the same effect.
        #expect(try await cluster.groups(named: Array(names.suffix(3))) == found.filter { names.suffix(3).contains($0.key) })
        // A topic that the brokers don't know is refused alone.
        let missing = TopicPartition(topic: "\(run)-missing", partition: 0)
        let refused = try await cluster.commit([partitions[1]: .init(offset: 3), missing: .init(offset: 1)], for: names[0])
        #expect(Array(refused.keys) == [missing])
        #expect(try await cluster.committedOffsets(of: names[0], for: partitions + [missing])[partitions[1]]?.offset == 3)
    }

    /// librdkafka can't be a member by the newer protocol (KIP-848): a console consumer with `group.protocol=consumer` is.
    @Test(.enabled(if: liveGroup != nil, "needs FAILOVER_TEST_LIVE_GROUP, a live group of the newer protocol on the target"))
    func groupsOfTheNewerProtocolAreNotTakenForDead() async throws {
        let group = try #require(Self.liveGroup), clusters = try await RealClusters()
        let listing = try #require(try await clusters.target.group(named: group))
        #expect(listing.state.isActive)
        #expect(try await clusters.target.groups(named: (0..<9).map { "\(clusters.run)-\($0)" } + [group]) == [group: listing])
        #expect(try await clusters.target.groups().contains(listing))
    }

    static let liveGroup = ProcessInfo.processInfo.environment["FAILOVER_TEST_LIVE_GROUP"]

    @Test func commitsAreRemoved() async throws {
        let clusters = try await RealClusters()
        let partitions = clusters.partitions, group = "\(clusters.run)-g"
        let properties = clusters.source.properties
        // Real brokers can be asked in this very process.
        let cluster = try LibrdkafkaCluster(name: "west", properties: properties, timeout: .seconds(20)) { try await $0.run() }
        #expect(try await cluster.deleteOffsets(of: group, for: partitions).isEmpty)
        let offsets = Dictionary(uniqueKeysWithValues: partitions.map { ($0, CommittedOffset(offset: 0)) })
        #expect(try await cluster.commit(offsets, for: group).isEmpty)
        #expect(try await cluster.deleteOffsets(of: group, for: [partitions[1]]).isEmpty)
        #expect(Set(try await cluster.committedOffsets(of: group, for: partitions).keys) == [partitions[0], partitions[2]])

        let member = try GroupConsumer(cluster: "west", group: group, properties: properties)
        try await member.subscribe(to: [clusters.topic])
        try await eventually("the group to be stable") {
            _ = try await member.poll(timeout: .milliseconds(100))
            return try await cluster.groups(named: [group])[group]?.state == .stable
        }
        let refused = try await cluster.deleteOffsets(of: group, for: [partitions[0]])
        #expect(refused[partitions[0]]?.code == .groupSubscribedToTopic)
        await member.close()
        try await eventually("the group to be empty") { try await cluster.group(named: group)?.state == .empty }
        #expect(try await cluster.deleteOffsets(of: group, for: partitions).isEmpty)
        #expect(try await cluster.committedOffsets(of: group, for: partitions).isEmpty)
    }

    @Test func configurationInEffect() async throws {
        let clusters = try await RealClusters()
        let made = "\(clusters.run)-made"
        try await clusters.source.createTopics([
            NewTopic(name: made, partitions: 1, replicationFactor: 1, configuration: ["retention.ms": "12345", "cleanup.policy": "compact,delete"])
        ])
        let found = try await clusters.source.topicConfiguration(of: [made, clusters.topic, "\(clusters.run)-missing"])
        #expect(Set(found.keys) == [made, clusters.topic])
        #expect(found[made]?["retention.ms"] == "12345" && found[made]?["cleanup.policy"] == "compact,delete")
        for setting in ["retention.ms", "retention.bytes", "cleanup.policy", "min.insync.replicas", "message.timestamp.type"] {
            #expect(found[clusters.topic]?[setting] != nil, "\(setting)")
        }
        #expect(try await clusters.source.topics()["\(clusters.run)-missing"] == nil)
    }

    @Test func accessRules() async throws {
        let clusters = try await RealClusters()
        let cluster = clusters.source, principal = "User:\(clusters.run)"
        let rules = [
            AccessRule(.deny, .write, on: .topic, named: clusters.topic, to: principal),
            AccessRule(.allow, .read, on: .group, named: "\(clusters.run)-", patternType: .prefixed, to: principal, from: "10.1.2.3"),
            AccessRule(.allow, .idempotentWrite, on: .cluster, named: "kafka-cluster", to: principal),
        ]
        // Where brokers allow what no rule speaks of, the first rule about the cluster forbids the rest of it: to this test as well.
        let open = AccessRule(.allow, .all, on: .cluster, named: "kafka-cluster", to: "User:*")
        do {
            #expect(try await cluster.createACLs([open]).isEmpty)
            #expect(try await cluster.createACLs(rules).isEmpty)
        } catch let error as KafkaError where error.code == .securityDisabled {
            #expect(error.message.contains("no authorizer: ACLs have no effect"))
            for request in [{ _ = try await cluster.acls(matching: AccessRuleFilter()) }, { _ = try await cluster.deleteACLs(rules) }] {
                let error = try await #require(throws: KafkaError.self) { try await request() }
                #expect(error.code == .securityDisabled)
            }
            return
        }
        #expect(try await cluster.createACLs(rules).isEmpty)
        let mine = AccessRuleFilter(principal: principal)
        try await eventually("the rules to be known") { try await Set(cluster.acls(matching: mine)) == Set(rules) }
        #expect(try await cluster.acls(matching: AccessRuleFilter(rules[1])) == [rules[1]])
        // The brokers know no such name of the cluster; the other rule is taken all the same.
        let odd = AccessRule(.allow, .alter, on: .cluster, named: "no-such-cluster", to: principal)
        let refused = try await cluster.createACLs([odd, rules[0]])
        #expect(Array(refused.keys) == [odd])
        #expect(try await cluster.deleteACLs([rules[0]]) == [rules[0]])
        #expect(try await Set(cluster.deleteACLs(matching: [mine])) == Set(rules.dropFirst()))
        #expect(try await cluster.deleteACLs(matching: [mine]).isEmpty)
        try await eventually("the rules to be gone") { try await cluster.acls(matching: mine).isEmpty }
        _ = try await cluster.deleteACLs([open])
    }
}
