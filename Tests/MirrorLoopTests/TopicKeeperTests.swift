import InMemoryKafka
import KafkaClient
import OffsetTranslate
import Testing

@testable import MirrorLoop

@Suite struct TopicKeeperTests {
    private let world = TopicWorld()
    private var keeper: TopicKeeper { world.keeper }
    private let logs: @Sendable (Int) -> [InMemoryLog] = { Array(repeating: InMemoryLog(), count: $0) }

    @Test func everythingComesInStepAndStays() async throws {
        let round = try await world.round()
        #expect(round.warnings.isEmpty && round.incomplete.isEmpty)
        #expect(TopicWorld.inStep(world.east.contents))
        #expect(round.changes == [
            .created("west.heartbeats", partitions: 1, settings: [:], cluster: "east"),
            .created("west.orders", partitions: 3, settings: ["retention.ms": "1000", "cleanup.policy": "compact,delete"], cluster: "east"),
            .grown("west.payments", from: 1, to: 4, cluster: "east"),
            .setting("west.clicks", name: "retention.bytes", old: "-1", new: "77", cluster: "east"),
            .setting("west.payments", name: "cleanup.policy", old: "delete", new: "compact", cluster: "east"),
            .setting("west.payments", name: "retention.bytes", old: "5", new: nil, cluster: "east"),
            .access(AccessRule(.allow, .read, on: .topic, named: "west.orders", to: "User:app"), cluster: "east"),
            .access(AccessRule(.allow, .read, on: .topic, named: "west.payments", to: "User:bank"), cluster: "east"),
        ])
        world.east.forgetRequests()
        let again = try await world.round()
        #expect(again.changes.isEmpty && again.warnings.isEmpty)
        #expect(world.east.requests.map(\.kind) == [.topics, .topicSettings, .acls])
    }

    @Test func whatChangesOnTheSourceFollows() async throws {
        _ = try await world.round()
        world.west.update {
            $0.topics["orders"] = Array(repeating: InMemoryLog(), count: 6)
            $0.configuration["orders"] = ["retention.ms": "2000"]
            $0.accessRules.remove(TopicWorld.rule)
        }
        let round = try await world.round()
        #expect(round.changes.map(\.description) == [
            "topic 'west.orders' on 'east' has 6 partitions now, not 3",
            "topic 'west.orders' on 'east': cleanup.policy is the brokers' default now, not compact,delete",
            "topic 'west.orders' on 'east': retention.ms is 2000 now, not 1000",
        ])
        // Rules are added only.
        #expect(world.east.contents.mayRead("User:app", "west.orders"))
    }

    @Test func aRefusedTopicKeepsNoOtherBack() async throws {
        world.east.update { $0.refusedTopics = ["west.heartbeats": .invalidConfiguration, "west.payments": .policyViolation] }
        let round = try await world.round()
        #expect(round.incomplete == ["heartbeats", "payments"])
        #expect(round.warnings.map(\.reason.topic) == ["west.heartbeats", "west.payments", "west.payments"])
        #expect(round.warnings.map(\.what) == [
            "topic 'west.heartbeats' is not created", "topic 'west.payments' lacks partitions",
            "the settings of 'west.payments' are not in step",
        ])
        #expect(round.warnings[0].description.contains("config.properties.exclude"))
        #expect(world.east.contents.topics["west.orders"]?.count == 3)
        #expect(world.east.contents.configuration["west.clicks"]?["retention.bytes"] == "77")
        world.east.update { $0.refusedTopics = [:] }
        #expect(try await world.round().warnings.isEmpty)
        #expect(TopicWorld.inStep(world.east.contents))
    }

    /// Its copy might delete what the original keeps.
    @Test func aTopicWhoseSettingsAreHiddenIsNotCreated() async throws {
        world.west.update { $0.hiddenSettings = ["orders", "clicks"] }
        let round = try await world.round()
        #expect(round.incomplete == ["orders"])
        #expect(world.east.contents.topics["west.orders"] == nil && world.east.contents.topics["west.heartbeats"] != nil)
        #expect(round.warnings.map(\.what) == ["topic 'west.orders' is not created", "the settings of 'west.clicks' are not in step"])
        #expect(round.warnings.allSatisfy { $0.description.contains("DESCRIBE_CONFIGS") })
        #expect(world.east.contents.configuration["west.payments"] == ["cleanup.policy": "compact"])
    }

    @Test func manyTopicsAreCreatedTogether() async throws {
        let topics = Dictionary(uniqueKeysWithValues: (0..<250).map { ("t\($0)", 2) })
        world.west.update { contents in topics.keys.forEach { contents.topics[$0] = Array(repeating: InMemoryLog(), count: 2) } }
        world.east.update { $0.refusedTopics = ["west.t7": .policyViolation] }
        let round = try await keeper.createMissing(topics)
        #expect(round.incomplete == ["t7"] && round.changes.count == 249)
        // 100 together, or, where one of them was refused, one by one.
        #expect(world.east.requests.filter { $0.kind == .createTopics }.count == 2 + 1 + 50)
    }

    @Test func theSourcesDefaultsMayHold() async throws {
        var world = world
        world.rules.defaultsFrom = .source
        _ = try await world.round()
        #expect(world.east.contents.configuration["west.old"] == [
            "cleanup.policy": "delete", "retention.ms": "604800000", "retention.bytes": "-1",
        ])
        #expect(try await world.round().changes.isEmpty)
    }

    /// On the way home a copy's settings are not the original's; partitions are.
    @Test func anOriginalKeepsItsOwn() async throws {
        world.west.update {
            $0.topics["east.orders"] = Array(repeating: InMemoryLog(), count: 2)
            $0.accessRules = [AccessRule(.allow, .read, on: .topic, named: "east.orders", to: "User:app")]
        }
        world.east.update {
            $0.topics["orders"] = [InMemoryLog()]
            $0.configuration["orders"] = ["retention.ms": "3"]
            $0.accessRules = []
        }
        #expect(try await keeper.createMissing(["east.orders": 2]).changes == [.grown("orders", from: 1, to: 2, cluster: "east")])
        #expect(try await keeper.syncSettings(of: ["east.orders"]) == TopicRound())
        #expect(try await keeper.syncAccess(to: ["east.orders"]) == TopicRound())
        #expect(world.east.contents.configuration["orders"] == ["retention.ms": "3"])
    }

    @Test(arguments: [true, false]) func withoutAnAuthorizer(onSource: Bool) async throws {
        (onSource ? world.west : world.east).update { $0.hasNoAuthorizer = true }
        let round = try await keeper.syncAccess(to: TopicWorld.topics)
        #expect(round.changes.isEmpty && round.warnings.count == 1)
        #expect(round.warnings[0].reason.code == .securityDisabled && !round.warnings[0].description.contains("fence"))
        #expect(round.warnings[0].description.contains("topic ACLs are not copied"))
    }

    @Test func aTargetWithoutAnAuthorizerIsFineWhereThereIsNothingToCopy() async throws {
        world.west.update { $0.accessRules = [AccessRule(.deny, .write, on: .topic, named: "orders", to: "User:*")] }
        world.east.update { $0.hasNoAuthorizer = true }
        #expect(try await keeper.syncAccess(to: TopicWorld.topics) == TopicRound())
    }

    @Test(arguments: [Request.Kind.acls, .createACLs]) func missingPermissionsEndNothing(_ kind: Request.Kind) async throws {
        world.east.fail(at: Trigger(1, kind), Fault(.before, .clusterAuthorizationFailed))
        let round = try await world.round()
        #expect(round.warnings.map(\.reason.code) == [.clusterAuthorizationFailed])
        #expect(world.east.contents.topics["west.orders"] != nil)
    }

    /// As the embedded brokers: no administration at all.
    @Test func brokersThatCanNothing() async throws {
        world.east.update { $0.unsupported = [.topicSettings, .alterTopicSettings, .createPartitions, .createTopics, .acls, .createACLs] }
        let before = world.east.contents
        let round = try await world.round()
        #expect(round.warnings.count == 4 && round.changes.isEmpty && world.east.contents == before)
        // One that can't be reached is asked once a kind, not once a topic.
        #expect(world.east.requests.count == 5)
    }

    /// Each wait for brokers that don't answer would be as long as the one before.
    @Test(arguments: [
        (KafkaError.Code.timedOut, 1), (.transport, 1), (.notController, 1), (.policyViolation, 3), (.topicAuthorizationFailed, 3),
    ])
    func whoDoesNotAnswerIsAskedOnce(_ code: KafkaError.Code, asked: Int) async throws {
        let (west, east) = (world.west, world.east), names = ["a", "b", "c"]
        west.update { contents in names.forEach { contents.configuration[$0] = ["retention.ms": "1"] } }
        west.update { contents in names.forEach { contents.topics[$0] = [InMemoryLog(), InMemoryLog()] } }
        east.update { contents in names.forEach { contents.topics["west.\($0)"] = [InMemoryLog()] } }
        for kind in [Request.Kind.createPartitions, .alterTopicSettings] {
            for number in 1...3 { east.fail(at: Trigger(number, kind), Fault(.before, code)) }
        }
        let growth = try await keeper.createMissing(["a": 2, "b": 2, "c": 2]), settings = try await keeper.syncSettings(of: names)
        #expect(growth.warnings.count == asked && settings.warnings.count == asked && growth.incomplete == Set(names))
        #expect(east.requests.filter { $0.kind == .createPartitions || $0.kind == .alterTopicSettings }.count == 2 * asked)
    }

    @Test func atTheTargetsEndNothingIsKnown() async {
        world.east.goDown()
        await #expect(throws: KafkaError.self) { try await keeper.createMissing(["orders": 3]) }
    }

    /// A topic that goes away on either side between two requests.
    @Test func topicsThatGoAwayMeanwhile() async throws {
        world.east.beforeEachRequest { request, east in
            if request.kind == .alterTopicSettings { east.update { $0.deleteTopic("west.clicks") } }
        }
        let round = try await keeper.syncSettings(of: ["clicks", "payments"])
        #expect(round.warnings.map(\.reason.code) == [.unknownTopicOrPartition])
        #expect(world.east.contents.configuration["west.payments"] == ["cleanup.policy": "compact"])
        world.west.update { $0.deleteTopic("orders") }
        #expect(try await keeper.createMissing(["orders": 3]).changes.isEmpty)
    }
}

extension ClusterContents {
    fileprivate func mayRead(_ principal: String, _ topic: String) -> Bool {
        accessRules.contains { $0.principal == principal && $0.name == topic && $0.operation == .read && $0.permission == .allow }
    }
}
