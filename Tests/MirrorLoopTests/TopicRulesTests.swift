import KafkaClient
import OffsetTranslate
import Testing

@testable import MirrorLoop

@Suite struct TopicRulesTests {
    private let rules = TopicRules(flow: ReplicationFlow(from: "west", to: "east", policy: DefaultReplicationPolicy()))

    private static let source = [
        TopicSetting("cleanup.policy", "compact", origin: .topic), TopicSetting("retention.ms", "604800000", origin: .nowhere),
        TopicSetting("segment.bytes", "1000", origin: .broker), TopicSetting("flush.ms", "7", origin: .allBrokers),
        TopicSetting("compression.type", "zstd", origin: .brokerFile), TopicSetting("min.insync.replicas", "2", origin: .topic),
        TopicSetting("read.only", "1", origin: .topic, isReadOnly: true),
        TopicSetting("secret", nil, origin: .topic, isSensitive: true), TopicSetting("old.broker", "x", origin: .unknown),
    ]

    @Test func aCopyIsCreatedWithWhatWasSet() {
        let set = ["cleanup.policy": "compact", "segment.bytes": "1000", "flush.ms": "7", "old.broker": "x"]
        #expect(rules.settings(forCopyOf: Self.source) == set)
        var all = rules
        all.defaultsFrom = .source
        #expect(all.settings(forCopyOf: Self.source) == set.merging(["retention.ms": "604800000"]) { $1 })
        all.properties = .everything
        #expect(all.settings(forCopyOf: Self.source)["min.insync.replicas"] == "2")
    }

    @Test func theConfigurationSaysSo() throws {
        var warnings: [ConfigurationWarning] = []
        let configuration = try FlowConfiguration(
            sourceBootstrap: "w:1", targetBootstrap: "e:1",
            settings: ["config.properties.exclude": "flush.*", "use.defaults.from": "source", "replication.factor": "-1"], warnings: &warnings)
        let rules = TopicRules(flow: rules.flow, configuration)
        #expect(rules.replicationFactor == -1)
        #expect(Set(rules.settings(forCopyOf: Self.source).keys) == [
            "cleanup.policy", "retention.ms", "segment.bytes", "min.insync.replicas", "old.broker",
        ])
    }

    @Test func aFreshCopyIsInStep() {
        for side in ClusterSide.allCases {
            var rules = rules
            rules.defaultsFrom = side
            let copy = rules.settings(forCopyOf: Self.source).map { TopicSetting($0.key, $0.value, origin: .topic) }
            #expect(rules.changes(source: Self.source, target: copy).isEmpty)
        }
    }

    /// One setting of the source, that of the target, and what becomes of it: `nil` stays, "" is removed.
    @Test(arguments: [
        (TopicSetting("retention.ms", "5", origin: .topic), TopicSetting("retention.ms", "9", origin: .topic), "5"),
        (.init("retention.ms", "5", origin: .topic), .init("retention.ms", "5", origin: .topic), nil),
        // The brokers' default happens to be the same, today.
        (.init("retention.ms", "5", origin: .topic), .init("retention.ms", "5", origin: .nowhere), "5"),
        (.init("retention.ms", "5", origin: .topic), .init("retention.ms", "5", origin: .brokerFile), "5"),
        (.init("retention.ms", "5", origin: .topic), nil, "5"),
        (.init("retention.ms", "5", origin: .broker), .init("retention.ms", "9", origin: .topic), "5"),
        (.init("retention.ms", "5", origin: .nowhere), .init("retention.ms", "9", origin: .topic), ""),
        (.init("retention.ms", "5", origin: .nowhere), .init("retention.ms", "9", origin: .broker), nil),
        (.init("retention.ms", "5", origin: .nowhere), .init("retention.ms", "9", origin: .nowhere), nil),
        (.init("retention.ms", "5", origin: .brokerFile), .init("retention.ms", "9", origin: .topic), nil),
        (.init("min.insync.replicas", "2", origin: .topic), .init("min.insync.replicas", "1", origin: .topic), nil),
        (.init("min.insync.replicas", "1", origin: .nowhere), .init("min.insync.replicas", "2", origin: .topic), nil),
        (.init("secret", nil, origin: .topic, isSensitive: true), .init("secret", nil, origin: .topic, isSensitive: true), nil),
    ] as [(TopicSetting, TopicSetting?, String?)])
    func oneSetting(source: TopicSetting, target: TopicSetting?, becomes: String?) {
        let change = rules.changes(source: [source], target: target.map { [$0] } ?? [])
        switch becomes {
        case nil: #expect(change.isEmpty)
        case "": #expect(change == SettingsChange(remove: [source.name]))
        case let value?: #expect(change == SettingsChange(set: [source.name: value]))
        }
    }

    @Test func theSourcesDefaultsMayHold() {
        var rules = rules
        rules.defaultsFrom = .source
        let change = rules.changes(
            source: [.init("retention.ms", "5", origin: .nowhere), .init("flush.ms", "5", origin: .nowhere)],
            target: [.init("retention.ms", "9", origin: .topic), .init("flush.ms", "5", origin: .nowhere)])
        #expect(change == SettingsChange(set: ["retention.ms": "5", "flush.ms": "5"]))
    }

    @Test(arguments: [
        (.allow, .read, [.read]), (.allow, .describe, [.describe]), (.allow, .all, [.read]),
        (.allow, .write, []), (.deny, .write, []), (.deny, .read, [.read]), (.deny, .describe, [.describe]),
        (.deny, .all, [.read, .create, .delete, .alter, .describeConfigs, .alterConfigs]), (.allow, .unknown, []), (.unknown, .read, []),
        (.unknown, .all, []), (.allow, .alterConfigs, [.alterConfigs]),
    ] as [(AccessRule.Permission, AccessRule.Operation, Set<AccessRule.Operation>)])
    func oneRule(permission: AccessRule.Permission, operation: AccessRule.Operation, becomes: Set<AccessRule.Operation>) {
        let rule = AccessRule(permission, operation, on: .topic, named: "orders", to: "User:app", from: "10.0.0.7")
        let copies = rules.access(to: ["orders"], among: [rule])
        #expect(Set(copies.map(\.operation)) == becomes)
        #expect(copies.allSatisfy {
            $0 == AccessRule(permission, $0.operation, on: .topic, named: "west.orders", to: "User:app", from: "10.0.0.7")
        })
    }

    @Test func rulesOfOtherResourcesStay() {
        func copies(_ type: AccessRule.ResourceType, _ name: String, _ pattern: AccessRule.PatternType = .literal) -> Bool {
            let rule = AccessRule(.allow, .read, on: type, named: name, patternType: pattern, to: "User:app")
            return !rules.access(to: ["orders", "__consumer_offsets", "east.orders"], among: [rule]).isEmpty
        }
        #expect(copies(.topic, "orders"))
        #expect(!copies(.topic, "payments") && !copies(.topic, "*") && !copies(.topic, "orders", .prefixed) && !copies(.group, "orders"))
        // Not even where asked for: internal, and on its way back.
        #expect(!copies(.topic, "__consumer_offsets") && !copies(.topic, "east.orders"))
    }

    /// Neither of the rules of `AccessRuleFence(keepsOpen: true)`, and those of others on the same topic all the same.
    @Test func aFenceStaysOnItsSide() {
        let fence = [
            AccessRule(.deny, .write, on: .topic, named: "orders", to: "User:*"),
            AccessRule(.allow, .all, on: .topic, named: "orders", to: "User:*"),
        ]
        let other = AccessRule(.allow, .read, on: .topic, named: "orders", to: "User:app")
        #expect(rules.access(to: ["orders"], among: fence).isEmpty)
        #expect(rules.access(to: ["orders"], among: fence + [other]).map(\.principal) == ["User:app"])
        // Without a fence it is a rule like others.
        #expect(rules.access(to: ["orders"], among: [fence[1]]).map(\.operation) == [.read])
    }

    @Test func whichTopicsKeepStep() {
        let topics = ["orders", "heartbeats", "__consumer_offsets", "mm2-offset-syncs.east.internal", "east.orders", "north.orders"]
        #expect(rules.copies(of: topics).map(\.copy) == ["west.heartbeats", "west.north.orders", "west.orders"])
    }

    @Test func standingWarningsAreSaidOnce() {
        func warning(_ topic: String) -> TopicWarning {
            TopicWarning(what: "topic '\(topic)'", reason: KafkaError(.policyViolation, "create the topic", cluster: "east", topic: topic))
        }
        var standing = StandingWarnings()
        #expect(standing.news(in: [warning("a")]) == [warning("a")])
        #expect(standing.news(in: [warning("a"), warning("b")]) == [warning("b")])
        #expect(standing.news(in: [warning("b")]).isEmpty)
        #expect(standing.news(in: [warning("a")]) == [warning("a")])
    }
}
