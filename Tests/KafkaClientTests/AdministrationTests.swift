import Foundation
import KafkaClient
import Synchronization
import Testing

@Suite(.serialized) struct AdministrationTests {
    private let rule = AccessRule(.deny, .write, on: .topic, named: "orders", to: "User:*")

    /// What can't be done is said within the deadline.
    @Test func embeddedBrokersHaveNoController() async throws {
        let embedded = try EmbeddedCluster(name: "east")
        let cluster = try LibrdkafkaCluster(name: "east", properties: embedded.properties, timeout: .seconds(1))
        let requests: [@Sendable () async throws -> Void] = [
            { _ = try await cluster.acls(matching: AccessRuleFilter()) }, { [rule] in _ = try await cluster.createACLs([rule]) },
            { [rule] in _ = try await cluster.deleteACLs([rule]) }, { _ = try await cluster.topicConfiguration(of: ["t"]) },
            { try await cluster.alterTopicSettings(of: "t", SettingsChange(set: ["retention.ms": "1"])) },
            { try await cluster.createPartitions(of: "made", upTo: 9) },
        ]
        try embedded.createTopic("made", partitions: 1)
        for request in requests {
            let error = try await #require(throws: KafkaError.self) { try await request() }
            #expect(error.code == .notController && error.cluster == "east" && error.description.contains("embedded"), "\(error)")
        }
        let error = try await #require(throws: KafkaError.self) { try await cluster.groups(named: ["a", "b"]) }
        #expect(error.code == .unsupportedFeature)
        // Nothing to ask is no question.
        #expect(try await cluster.groups(named: []).isEmpty)
        #expect(try await cluster.createACLs([]).isEmpty)
        #expect(try await cluster.topicConfiguration(of: []).isEmpty)
        try await cluster.alterTopicSettings(of: "t", SettingsChange())
        try await cluster.createPartitions(of: "made", upTo: 1)
        let missing = try await #require(throws: KafkaError.self) { try await cluster.createPartitions(of: "t", upTo: 1) }
        #expect(missing.code == .unknownTopicOrPartition && missing.topic == "t")
        #expect(try await cluster.topics()["t"] == nil)
        withExtendedLifetime(embedded) {}
    }

    @Test func aDeadClusterIsNotOneWithoutAController() async throws {
        let embedded = try EmbeddedCluster(name: "east")
        embedded.goDown()
        let cluster = try LibrdkafkaCluster(name: "east", properties: embedded.properties, timeout: .seconds(1))
        let error = try await #require(throws: KafkaError.self) { try await cluster.acls(matching: AccessRuleFilter()) }
        #expect(error.code != .notController && error.isRetriable)
    }

    @Test func offsetsAreRemovedElsewhere() async throws {
        let properties = ClientProperties(["bootstrap.servers": "127.0.0.1:1"])
        let partition = TopicPartition(topic: "t", partition: 0)
        let without = try LibrdkafkaCluster(name: "east", properties: properties)
        let error = try await #require(throws: KafkaError.self) { try await without.deleteOffsets(of: "g", for: [partition]) }
        #expect(error.code == .unsupportedFeature && error.group == "g")

        let asked = Mutex<GroupOffsetRemoval?>(nil)
        let refusal = KafkaError(.groupSubscribedToTopic, "remove committed offsets", cluster: "east", topic: "t", partition: 0, group: "g")
        let cluster = try LibrdkafkaCluster(name: "east", properties: properties, timeout: .seconds(3)) { removal in
            asked.withLock { $0 = removal }
            return [partition: refusal]
        }
        #expect(try await cluster.deleteOffsets(of: "g", for: [partition]) == [partition: refusal])
        let removal = try #require(asked.withLock { $0 })
        #expect(removal.cluster == "east" && removal.group == "g" && removal.partitions == [partition] && removal.timeout == .seconds(3))
        #expect(removal.properties == properties)
        #expect(try await cluster.deleteOffsets(of: "g", for: []).isEmpty)
        // A refusal travels between processes.
        #expect(try JSONDecoder().decode(KafkaError.self, from: JSONEncoder().encode(refusal)) == refusal)
        #expect(refusal.description.contains("stop its consumers"))
    }

    @Test func rulesReadAsKafkasToolsPrintThem() throws {
        #expect(rule.description == "(pattern=ResourcePattern(resourceType=TOPIC, name=orders, patternType=LITERAL), entry=(principal=User:*, host=*, operation=WRITE, permissionType=DENY))")
        #expect(AccessRuleFilter(rule).description == rule.description)
        #expect(AccessRuleFilter(principal: "User:ann").description == "(pattern=ResourcePattern(resourceType=ANY, name=ANY, patternType=ANY), entry=(principal=User:ann, host=ANY, operation=ANY, permissionType=ANY))")
        #expect(try JSONDecoder().decode(AccessRule.self, from: JSONEncoder().encode(rule)) == rule)
    }

    @Test func filtersMeanWhatTheyName() {
        let other = AccessRule(.allow, .read, on: .group, named: "g", patternType: .prefixed, to: "User:ann", from: "10.0.0.7")
        #expect(AccessRuleFilter().matches(rule) && AccessRuleFilter().matches(other))
        #expect(AccessRuleFilter(rule).matches(rule) && !AccessRuleFilter(rule).matches(other))
        let filters = [
            AccessRuleFilter(resourceType: .topic), .init(name: "orders"), .init(patternType: .literal), .init(principal: "User:*"),
            .init(host: "*"), .init(operation: .write), .init(permission: .deny),
        ]
        for filter in filters { #expect(filter.matches(rule) && !filter.matches(other)) }
    }

    @Test func aRuleThatCannotBeSentIsRefusedHere() async throws {
        let cluster = try LibrdkafkaCluster(name: "east", properties: ClientProperties(["bootstrap.servers": "127.0.0.1:1"]))
        var unknown = rule
        unknown.resourceType = .unknown
        for request in [unknown] {
            let error = try await #require(throws: KafkaError.self) { try await cluster.createACLs([rule, request]) }
            #expect(error.code == .invalidArgument && error.message.contains("UNKNOWN"))
            await #expect(throws: KafkaError.self) { try await cluster.deleteACLs([request]) }
        }
    }
}
