import InMemoryKafka
import KafkaClient
import Testing

@Suite struct InMemoryAdministrationTests {
    private let cluster = InMemoryCluster("east")
    private let deny = AccessRule(.deny, .write, on: .topic, named: "orders", to: "User:app")

    @Test func aDeniedPrincipalMayNotWrite() async throws {
        #expect(cluster.contents.mayWrite("User:app", "orders"))
        #expect(try await cluster.createACLs([deny]).isEmpty)
        #expect(try await cluster.acls(matching: AccessRuleFilter(name: "orders")) == [deny])
        #expect(try await cluster.acls(matching: AccessRuleFilter(name: "others")).isEmpty)
        #expect(!cluster.contents.mayWrite("User:app", "orders") && cluster.contents.mayWrite("User:app", "others"))
        #expect(try await cluster.deleteACLs([deny]) == [deny])
        #expect(try await cluster.deleteACLs([deny]).isEmpty)
        #expect(cluster.contents.mayWrite("User:app", "orders"))
    }

    @Test func rulesWeighAsBrokersWeighThem() {
        let allow = AccessRule(.allow, .all, on: .topic, named: "ord", patternType: .prefixed, to: "User:app")
        func may(_ rules: [AccessRule], _ principal: String = "User:app", _ topic: String = "orders", open: Bool = true) -> Bool {
            var contents = ClusterContents()
            contents.accessRules = Set(rules)
            contents.allowsWithoutRules = open
            return contents.mayWrite(principal, topic)
        }
        #expect(may([]) && !may([], open: false))
        #expect(may([allow], open: false) && !may([allow, deny]))
        // Once a rule speaks of a topic, whoever is not named may not.
        #expect(!may([allow], "User:other") && may([allow], "User:other", "payments"))
        #expect(!may([AccessRule(.deny, .all, on: .topic, named: "*", to: "User:*"), allow]))
        #expect(!may([AccessRule(.allow, .read, on: .topic, named: "orders", to: "User:app")]))
        #expect(may([AccessRule(.deny, .write, on: .topic, named: "orders", to: "User:app", from: "10.9.9.9"), allow]))
        #expect(may([AccessRule(.deny, .write, on: .group, named: "orders", to: "User:app")]))
    }

    @Test func withoutAnAuthorizerRulesCannotBeHad() async throws {
        cluster.update { $0.hasNoAuthorizer = true }
        let requests: [@Sendable () async throws -> Void] = [
            { [cluster] in _ = try await cluster.acls(matching: AccessRuleFilter()) },
            { [cluster, deny] in _ = try await cluster.createACLs([deny]) }, { [cluster, deny] in _ = try await cluster.deleteACLs([deny]) },
        ]
        for request in requests {
            let error = try await #require(throws: KafkaError.self) { try await request() }
            #expect(error.code == .securityDisabled && error.description.contains("authorizer"))
        }
        #expect(cluster.contents.mayWrite("User:app", "orders"))
    }

    @Test func commitsAreRemovedFromUnderNobody() async throws {
        let orders = TopicPartition(topic: "orders", partition: 0), gone = TopicPartition(topic: "gone", partition: 0)
        cluster.update {
            $0.append(Record(value: [1]), to: orders)
            $0.commit(1, orders, by: "billing")
            $0.activate("billing")
        }
        let refused = try await cluster.deleteOffsets(of: "billing", for: [orders])
        #expect(refused[orders]?.code == .groupSubscribedToTopic && refused[orders]?.group == "billing")
        cluster.update { $0.groups["billing"]?.subscriptions = ["payments"] }
        #expect(try await cluster.deleteOffsets(of: "billing", for: [orders, gone]).mapValues(\.code) == [gone: .unknownTopicOrPartition])
        #expect(try await cluster.committedOffsets(of: "billing", for: [orders]).isEmpty)
        #expect(try await cluster.deleteOffsets(of: "nobody", for: [orders]).isEmpty)
    }

    @Test func statesOfManyGroups() async throws {
        cluster.update {
            $0.activate("a", members: 2)
            $0.groups["b"] = InMemoryGroup()
            $0.groups["dead"] = InMemoryGroup(state: .dead)
        }
        let found = try await cluster.groups(named: ["a", "b", "c", "dead"])
        #expect(found == ["a": .init(name: "a", state: .stable, memberCount: 2), "b": .init(name: "b", state: .empty, memberCount: 0)])
        #expect(cluster.requests.map(\.kind) == [.groupsNamed])
        cluster.update { $0.unsupported = [.groups] }
        await #expect(throws: KafkaError.self) { try await cluster.groups(named: ["a"]) }
    }

    @Test func configurationInEffect() async throws {
        try await cluster.createTopics([NewTopic(name: "t", partitions: 1, configuration: ["cleanup.policy": "compact"])])
        let found = try await cluster.topicConfiguration(of: ["t", "missing"])
        #expect(found.count == 1 && found["t"]?["cleanup.policy"] == "compact" && found["t"]?["retention.ms"] == "604800000")
        #expect(found["t"]?["message.timestamp.type"] == "CreateTime")
    }

    @Test func settingsAndWhereTheyComeFrom() async throws {
        let made = NewTopic(name: "t", partitions: 1, configuration: ["cleanup.policy": "compact", "retention.ms": "1"])
        try await cluster.createTopics([made])
        cluster.update {
            $0.brokerSettings = [.init("retention.bytes", "5", origin: .brokerFile), .init("retention.ms", "9", origin: .broker)]
        }
        func settings() async throws -> [String: TopicSetting] {
            try await cluster.topicSettings(of: ["t"])["t"]?.get().reduce(into: [:]) { $0[$1.name] = $1 } ?? [:]
        }
        let before = try await settings()
        #expect(before["cleanup.policy"] == TopicSetting("cleanup.policy", "compact", origin: .topic))
        #expect(before["retention.ms"]?.value == "1" && before["retention.bytes"]?.origin == .brokerFile)
        #expect(before["min.insync.replicas"] == TopicSetting("min.insync.replicas", "1", origin: .nowhere))
        try await cluster.alterTopicSettings(of: "t", SettingsChange(set: ["min.insync.replicas": "2"], remove: ["retention.ms", "none"]))
        let after = try await settings()
        #expect(after["retention.ms"] == TopicSetting("retention.ms", "9", origin: .broker))
        #expect(after["min.insync.replicas"]?.value == "2" && after["cleanup.policy"] == before["cleanup.policy"])
        cluster.update { $0.hiddenSettings = ["t"] }
        await #expect(throws: KafkaError.self) { try await settings() }
        await #expect(throws: KafkaError.self) { try await cluster.topicConfiguration(of: ["t"]) }
    }

    @Test func partitionsAreAddedOnly() async throws {
        try await cluster.createTopics([NewTopic(name: "t", partitions: 2)])
        _ = cluster.update { $0.append(Record(value: [1]), to: TopicPartition(topic: "t", partition: 1)) }
        for (count, becomes) in [(3, 3), (3, 3), (1, 3)] {
            try await cluster.createPartitions(of: "t", upTo: count)
            #expect(try await cluster.topics() == ["t": becomes])
        }
        #expect(cluster.contents[TopicPartition(topic: "t", partition: 1)]?.bounds.end == 1)
        let missing = try await #require(throws: KafkaError.self) { try await cluster.createPartitions(of: "u", upTo: 1) }
        #expect(missing.code == .unknownTopicOrPartition && missing.topic == "u")
    }

    @Test func policiesRefuseTopicByTopic() async throws {
        cluster.update { $0.refusedTopics = ["b": .policyViolation] }
        let names = ["a", "b", "c"]
        let error = try await #require(throws: KafkaError.self) {
            try await cluster.createTopics(names.map { NewTopic(name: $0, partitions: 1) })
        }
        #expect(error.code == .policyViolation && error.topic == "b" && error.description.contains("create.topic.policy.class.name"))
        #expect(try await cluster.topics() == ["a": 1, "c": 1])
    }

    @Test(arguments: [
        Request.Kind.deleteOffsets, .acls, .createACLs, .deleteACLs, .topicSettings, .groupsNamed, .createPartitions, .alterTopicSettings,
    ])
    func faultsStrikeThem(_ kind: Request.Kind) async throws {
        cluster.update { $0.topics["made"] = [InMemoryLog()] }
        cluster.fail(at: Trigger(1, kind), Fault(.before, .requestTimedOut))
        let ask: @Sendable () async throws -> Void = { [cluster, deny] in
            switch kind {
            case .deleteOffsets: _ = try await cluster.deleteOffsets(of: "g", for: [])
            case .acls: _ = try await cluster.acls(matching: AccessRuleFilter())
            case .createACLs: _ = try await cluster.createACLs([deny])
            case .deleteACLs: _ = try await cluster.deleteACLs([deny])
            case .createPartitions: try await cluster.createPartitions(of: "made", upTo: 1)
            case .alterTopicSettings: try await cluster.alterTopicSettings(of: "made", SettingsChange())
            case .topicSettings: _ = try await cluster.topicConfiguration(of: [])
            default: _ = try await cluster.groups(named: [])
            }
        }
        let error = try await #require(throws: KafkaError.self) { try await ask() }
        #expect(error.code == .requestTimedOut && cluster.contents.accessRules.isEmpty)
        try await ask()
    }
}
