import Testing

@testable import KafkaClient

/// What brokers' answers say of a right that was tried.
@Suite struct AccessTrialTests {
    private func answer(_ type: AccessRule.ResourceType, _ code: KafkaError.Code?) -> AccessAnswer {
        AccessTrial(.read, on: type, named: "x").answer(code.map { KafkaError($0, "try", message: "why") })
    }

    @Test func onlyARefusalForWantOfTheRightIsOne() {
        #expect(answer(.group, nil) == .granted)
        #expect(answer(.group, .groupAuthorizationFailed) == .refused)
        // The group was let through, and only then the topic, which can't exist, was not.
        #expect(answer(.group, .topicAuthorizationFailed) == .granted && answer(.group, .unknownTopicOrPartition) == .granted)
        #expect(answer(.topic, .topicAuthorizationFailed) == .refused && answer(.topic, .clusterAuthorizationFailed) == .refused)
        #expect(answer(.topic, .topicAlreadyExists) == .granted && answer(.topic, .policyViolation) == .granted)
        #expect(answer(.cluster, .clusterAuthorizationFailed) == .refused && answer(.cluster, .securityDisabled) == .granted)
    }

    @Test(arguments: [KafkaError.Code.timedOut, .authentication, .notController, .unsupportedFeature, .waitCoordinator, .failed, .notCoordinator])
    func whatSaysNothingOfRightsLeavesThemOpen(_ code: KafkaError.Code) {
        for type in [AccessRule.ResourceType.topic, .group, .cluster] { #expect(answer(type, code) == .untold("why")) }
    }

    /// Trying changes nothing, whatever brokers make of it.
    @Test func embeddedBrokersAreLeftAsTheyWere() async throws {
        let brokers = try EmbeddedCluster(name: "east")
        let cluster = try LibrdkafkaCluster(name: "east", properties: ClientProperties(["bootstrap.servers": brokers.bootstrapServers]), timeout: .seconds(5))
        try brokers.createTopic("orders", partitions: 2)
        let place = TopicPartition(topic: "orders", partition: 0)
        #expect(try await cluster.commit([place: CommittedOffset(offset: 7)], for: "billing").isEmpty)
        let trials: Set = [
            AccessTrial(.describe, on: .topic, named: "orders"), AccessTrial(.read, on: .topic, named: "orders"),
            AccessTrial(.read, on: .topic, named: "nowhere"), AccessTrial(.describe, on: .group, named: "billing"),
            AccessTrial(.read, on: .group, named: "billing"), AccessTrial(.write, on: .topic, named: "orders"),
        ]
        let answers = try await cluster.tryAccess(trials)
        #expect(answers.count == trials.count)
        #expect(answers[AccessTrial(.describe, on: .topic, named: "orders")] == .granted)
        #expect(answers[AccessTrial(.read, on: .topic, named: "orders")] == .granted)
        for open in [AccessTrial(.read, on: .topic, named: "nowhere"), AccessTrial(.write, on: .topic, named: "orders")] {
            guard case .untold? = answers[open] else { Issue.record("\(open) can't be told"); continue }
        }
        #expect(try await cluster.topics() == ["orders": 2])
        #expect(try await cluster.committedOffsets(of: "billing", for: [place]) == [place: CommittedOffset(offset: 7)])
        #expect(try await cluster.logBounds(of: [place])[place]?.end == 0)
    }
}
