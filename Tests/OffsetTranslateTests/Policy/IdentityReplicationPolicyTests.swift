import OffsetTranslate
import Testing

@Suite struct IdentityReplicationPolicyTests {
    private let policy = IdentityReplicationPolicy(sourceAlias: "primary")

    @Test func namesStay() {
        #expect(policy.remoteTopic("topic1", from: "primary") == "topic1")
        #expect(policy.sourceAlias(ofRemoteTopic: "topic1") == "primary")
        #expect(policy.sourceAlias(ofRemoteTopic: "other.topic1") == "primary")
        #expect(policy.upstreamTopic(of: "other.topic1") == "other.topic1")
        #expect(policy.originalTopic(of: "other.topic1") == "other.topic1")
        #expect(IdentityReplicationPolicy().sourceAlias(ofRemoteTopic: "topic1") == nil)
    }

    @Test func heartbeatsAreRenamed() {
        #expect(policy.remoteTopic("heartbeats", from: "backup") == "backup.heartbeats")
        #expect(policy.sourceAlias(ofRemoteTopic: "backup.heartbeats") == "backup")
        #expect(policy.sourceAlias(ofRemoteTopic: "heartbeats") == nil)
        #expect(policy.upstreamTopic(of: "backup.heartbeats") == "heartbeats")
        #expect(policy.originalTopic(of: "c.backup.heartbeats") == "heartbeats")
        let own = IdentityReplicationPolicy(sourceAlias: "primary", separator: "_")
        #expect(own.remoteTopic("heartbeats", from: "backup") == "backup_heartbeats")
    }

    /// Stock asks only how the name ends.
    @Test func whateverEndsInHeartbeatsIsRenamed() {
        #expect(policy.remoteTopic("team.heartbeats", from: "A") == "A.team.heartbeats")
        #expect(policy.remoteTopic("my-heartbeats", from: "A") == "A.my-heartbeats")
        #expect(policy.sourceAlias(ofRemoteTopic: "my-heartbeats") == nil)
        #expect(!policy.isHeartbeatsTopic("A.my-heartbeats"))
    }

    @Test(arguments: [
        ("target.topic1", false), ("target.source.topic1", false), ("source.target.topic1", false), ("topic1", false),
        ("target.heartbeats", true), ("target.source.heartbeats", true), ("source.target.heartbeats", true),
        ("target.source.target.heartbeats", true), ("heartbeats", false), ("othersource.heartbeats", false),
    ])
    func cyclesAreSeenOnlyByHeartbeats(topic: String, isCycle: Bool) {
        for alias in [nil, "source", "target"] {
            #expect(IdentityReplicationPolicy(sourceAlias: alias).isCycle(topic: topic, targetAlias: "target") == isCycle)
        }
    }
}
