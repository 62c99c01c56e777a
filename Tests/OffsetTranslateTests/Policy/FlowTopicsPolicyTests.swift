import OffsetTranslate
import Testing

/// Both ways between the names on a flow's two sides.
@Suite struct FlowTopicsPolicyTests {
    private let policy = DefaultReplicationPolicy()

    /// `MirrorCheckpointTaskTest`: the flow source1 -> target2.
    @Test(arguments: [
        ("topic3", "source1.topic3"), ("target2.topic3", "topic3"), ("source6.topic7", "source1.source6.topic7"),
        ("target2.target2.topic3", "topic3"),
    ])
    func renamesForCheckpoints(topic: String, target: String) {
        #expect(policy.targetTopic(forSource: topic, sourceAlias: "source1", targetAlias: "target2") == target)
    }

    @Test(arguments: [
        ("A.orders", "orders"), ("A.C.orders", "C.orders"), ("A.heartbeats", "heartbeats"), ("A.C.heartbeats", "C.heartbeats"),
        ("A..b", nil), ("orders", nil), ("C.orders", nil), ("B.orders", nil), ("A.B.orders", nil), ("A.C.B.orders", nil),
        ("heartbeats", nil), ("A.checkpoints.internal", nil), ("A.__consumer_offsets", nil), ("A.", nil), ("", nil),
    ] as [(String, String?)])
    func findsTheSourceOfACopy(target: String, source: String?) {
        #expect(policy.sourceTopic(forTarget: target, sourceAlias: "A", targetAlias: "B") == source)
    }

    @Test(arguments: [
        ("orders", "orders"), ("A.orders", "A.orders"), ("B.orders", "B.orders"), ("A.heartbeats", "heartbeats"),
        ("heartbeats", nil), ("C.heartbeats", nil), ("A.checkpoints.internal", nil), ("__consumer_offsets", nil),
    ] as [(String, String?)])
    func identityTakesEveryTopicForACopy(target: String, source: String?) {
        for alias in [nil, "A", "B"] {
            let policy = IdentityReplicationPolicy(sourceAlias: alias)
            #expect(policy.sourceTopic(forTarget: target, sourceAlias: "A", targetAlias: "B") == source)
        }
    }

    @Test func whatPassesTheCheckComesBack() throws {
        let policies: [any ReplicationPolicy] = [
            policy, DefaultReplicationPolicy(separator: "__"), IdentityReplicationPolicy(sourceAlias: "A"),
            try CustomReplicationPolicy(sourceAlias: "A", prefix: "copy-"),
        ]
        for policy in policies {
            for topic in ["orders", "C.orders", "team.orders.v2", "a__b", "heartbeats"] {
                let target = try policy.checkedTargetTopic(forSource: topic, sourceAlias: "A", targetAlias: "B")
                #expect(policy.sourceTopic(forTarget: target, sourceAlias: "A", targetAlias: "B") == topic)
            }
        }
    }

    @Test func theCheckRefusesWhatIsNeverCopied() {
        for topic in ["B.orders", "C.B.orders", "A.checkpoints.internal", "__consumer_offsets"] {
            #expect(throws: ReplicationPolicyError.neverCopied(topic: topic)) {
                try policy.checkedTargetTopic(forSource: topic, sourceAlias: "A", targetAlias: "B")
            }
        }
    }

    @Test func theCheckRefusesNamesThatBrokersWould() {
        let long = String(repeating: "x", count: 248)
        #expect(throws: ReplicationPolicyError.illegalName(topic: long, renamedTo: "A." + long)) {
            try policy.checkedTargetTopic(forSource: long, sourceAlias: "A", targetAlias: "B")
        }
    }

    /// An alias with the separator in it: its copies seem to come from elsewhere.
    @Test func theCheckRefusesAnAmbiguousAlias() {
        #expect(throws: ReplicationPolicyError.notInvertible(topic: "orders", renamedTo: "eu.west.orders", leadsBackTo: nil)) {
            try policy.checkedTargetTopic(forSource: "orders", sourceAlias: "eu.west", targetAlias: "B")
        }
    }
}
