import InMemoryKafka
import KafkaClient
import OffsetTranslate

@testable import MirrorLoop

/// Two clusters in memory whose topics differ in every way that a keeper of topics minds.
struct TopicWorld {
    let west = InMemoryCluster("west")
    var east = InMemoryCluster("east")
    var rules = TopicRules(flow: ReplicationFlow(from: "west", to: "east", policy: DefaultReplicationPolicy()))

    static let rule = AccessRule(.allow, .read, on: .topic, named: "orders", to: "User:app")
    static let topics = ["orders", "payments", "clicks", "old", "heartbeats", "__consumer_offsets"]

    init() {
        west.update { contents in
            let counts = ["orders": 3, "payments": 4, "clicks": 2, "old": 1, "heartbeats": 1, "__consumer_offsets": 50]
            for (topic, count) in counts {
                contents.topics[topic] = Array(repeating: InMemoryLog(), count: count)
            }
            contents.configuration = [
                "orders": ["retention.ms": "1000", "cleanup.policy": "compact,delete", "min.insync.replicas": "2"],
                "payments": ["cleanup.policy": "compact"], "clicks": ["retention.bytes": "77"],
            ]
            contents.accessRules = [
                Self.rule, AccessRule(.allow, .all, on: .topic, named: "payments", to: "User:bank"),
                AccessRule(.allow, .write, on: .topic, named: "orders", to: "User:shop"),
                AccessRule(.deny, .write, on: .topic, named: "orders", to: "User:*"),
            ]
        }
        east.update { contents in
            // Too few partitions; set otherwise; more partitions, and a setting of its own.
            contents.topics["west.payments"] = [InMemoryLog()]
            contents.topics["west.clicks"] = Array(repeating: InMemoryLog(), count: 5)
            contents.topics["west.old"] = [InMemoryLog()]
            contents.configuration = [
                "west.payments": ["cleanup.policy": "delete", "retention.bytes": "5"], "west.clicks": ["min.insync.replicas": "2"],
            ]
            contents.accessRules = [AccessRule(.allow, .write, on: .topic, named: "west.old", to: "User:shop")]
        }
    }

    var keeper: TopicKeeper { TopicKeeper(source: west, target: east, rules: rules) }

    /// All three rounds, as a mirror makes them one after the other.
    func round() async throws -> TopicRound {
        var all = try await keeper.createMissing(west.contents.topics.mapValues(\.count))
        for part in [try await keeper.syncSettings(of: Self.topics), try await keeper.syncAccess(to: Self.topics)] {
            all.changes += part.changes
            all.warnings += part.warnings
        }
        return all
    }

    /// What the target holds once everything is in step.
    static func inStep(_ contents: ClusterContents) -> Bool {
        contents.topics.mapValues(\.count)
            == ["west.orders": 3, "west.payments": 4, "west.clicks": 5, "west.old": 1, "west.heartbeats": 1]
            && contents.configuration.filter { !$0.value.isEmpty } == [
                "west.orders": ["retention.ms": "1000", "cleanup.policy": "compact,delete"], "west.payments": ["cleanup.policy": "compact"],
                "west.clicks": ["retention.bytes": "77", "min.insync.replicas": "2"],
            ]
            && contents.accessRules == [
                AccessRule(.allow, .write, on: .topic, named: "west.old", to: "User:shop"),
                AccessRule(.allow, .read, on: .topic, named: "west.orders", to: "User:app"),
                AccessRule(.allow, .read, on: .topic, named: "west.payments", to: "User:bank"),
            ]
    }
}
