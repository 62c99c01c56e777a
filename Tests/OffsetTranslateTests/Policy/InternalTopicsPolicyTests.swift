import OffsetTranslate
import Testing

@Suite struct InternalTopicsPolicyTests {
    private let policy = DefaultReplicationPolicy()

    @Test func names() {
        #expect(policy.offsetSyncsTopic(otherAlias: "CLUSTER") == "mm2-offset-syncs.CLUSTER.internal")
        #expect(policy.checkpointsTopic(sourceAlias: "CLUSTER") == "CLUSTER.checkpoints.internal")
        #expect(policy.capturedTopic(sourceAlias: "CLUSTER") == "failover-captured.CLUSTER.internal")
        #expect(policy.heartbeatsTopic == "heartbeats")
    }

    @Test func theSyncsTopicIsNamedAfterTheOtherCluster() {
        #expect(
            policy.offsetSyncsTopic(location: .source, sourceAlias: "A", targetAlias: "B")
                == "mm2-offset-syncs.B.internal")
        #expect(
            policy.offsetSyncsTopic(location: .target, sourceAlias: "A", targetAlias: "B")
                == "mm2-offset-syncs.A.internal")
    }

    @Test func theSeparatorIsUsedUnlessDisabled() {
        let own = DefaultReplicationPolicy(separator: "__")
        #expect(own.offsetSyncsTopic(otherAlias: "CLUSTER") == "mm2-offset-syncs__CLUSTER__internal")
        #expect(own.checkpointsTopic(sourceAlias: "CLUSTER") == "CLUSTER__checkpoints__internal")
        #expect(own.capturedTopic(sourceAlias: "CLUSTER") == "failover-captured__CLUSTER__internal")
        #expect(own.isInternal("failover-captured__CLUSTER__internal"))
        #expect(own.heartbeatsTopic == "heartbeats")
        #expect(own.isCheckpointsTopic("CLUSTER__checkpoints__internal"))
        #expect(!own.isCheckpointsTopic("CLUSTER.checkpoints.internal"))
        #expect(own.isInternal("CLUSTER__checkpoints__internal"))

        let dots = DefaultReplicationPolicy(separator: "__", internalTopicSeparatorEnabled: false)
        #expect(dots.internalSeparator == ".")
        #expect(dots.offsetSyncsTopic(otherAlias: "CLUSTER") == "mm2-offset-syncs.CLUSTER.internal")
        #expect(dots.checkpointsTopic(sourceAlias: "CLUSTER") == "CLUSTER.checkpoints.internal")
        #expect(dots.remoteTopic("t", from: "A") == "A__t")
        #expect(!dots.isInternal("CLUSTER__checkpoints__internal"))

        let identity = IdentityReplicationPolicy(sourceAlias: "A", separator: "_", internalTopicSeparatorEnabled: true)
        #expect(identity.checkpointsTopic(sourceAlias: "A") == "A_checkpoints_internal")
    }

    @Test(arguments: [
        ("__consumer_offsets", true), (".hiddentopic", true), ("mm2-offsets.CLUSTER.internal", true),
        ("mm2-offsets-CLUSTER-internal", true), ("mm2-offsets_CLUSTER_internal", false), ("_schemas", false),
        ("heartbeats", false), ("internal", false), ("orders", false),
    ])
    func internalTopics(topic: String, isInternal: Bool) {
        #expect(policy.isInternal(topic) == isInternal)
    }

    @Test(arguments: [
        ("source1.checkpoints.internal", true), ("source2.source1.checkpoints.internal", true),
        ("checkpoints.internal", false), ("checkpoints-internal", false), ("checkpoints.internal!", false),
        ("!checkpoints.internal", false), ("source1checkpointsinternal", false),
    ])
    func checkpointsTopics(topic: String, isCheckpoints: Bool) {
        #expect(policy.isCheckpointsTopic(topic) == isCheckpoints)
    }

    @Test(arguments: [
        ("mm2-offset-syncs.A.internal", true), ("mm2-offset-syncs.A.b.internal", true), ("mm2-offset-syncs.internal", false),
        ("mm2-offset-syncs..internal", false), ("A.mm2-offset-syncs.A.internal", false), ("mm2-offset-syncs.A", false),
        ("mm2-offsets.A.internal", false),
    ])
    func offsetSyncsTopics(topic: String, isOffsetSyncs: Bool) {
        #expect(policy.isOffsetSyncsTopic(topic) == isOffsetSyncs)
    }

    @Test(arguments: [
        ("heartbeats", true), ("source1.heartbeats", true), ("source2.source1.heartbeats", true), ("heartbeats!", false),
        ("!heartbeats", false), ("source1heartbeats", false), ("source1-heartbeats", false),
    ])
    func heartbeatsTopics(topic: String, isHeartbeats: Bool) {
        #expect(policy.isHeartbeatsTopic(topic) == isHeartbeats)
        #expect(IdentityReplicationPolicy(sourceAlias: "source").isHeartbeatsTopic(topic) == isHeartbeats)
    }
}
