extension ReplicationPolicy {
    public func offsetSyncsTopic(otherAlias: String) -> String {
        offsetSyncsPrefix + otherAlias + internalSuffix
    }

    /// The name of a flow's offset-syncs topic, on the cluster that `location` says.
    public func offsetSyncsTopic(location: OffsetSyncsLocation, sourceAlias: String, targetAlias: String) -> String {
        switch location {
        case .source: offsetSyncsTopic(otherAlias: targetAlias)
        case .target: offsetSyncsTopic(otherAlias: sourceAlias)
        }
    }

    public func checkpointsTopic(sourceAlias: String) -> String { sourceAlias + checkpointsSuffix }

    public func capturedTopic(sourceAlias: String) -> String {
        "failover-captured" + internalSeparator + sourceAlias + internalSuffix
    }

    public var heartbeatsTopic: String { "heartbeats" }

    public func isInternal(_ topic: String) -> Bool {
        topic.hasSuffix(internalSuffix) || topic.hasSuffix(".internal") || topic.hasSuffix("-internal")
            || topic.hasPrefix("__") || topic.hasPrefix(".")
    }

    public func isOffsetSyncsTopic(_ topic: String) -> Bool {
        topic.hasPrefix(offsetSyncsPrefix) && topic.dropFirst(offsetSyncsPrefix.count).hasSuffix(internalSuffix)
            && topic.count > offsetSyncsPrefix.count + internalSuffix.count
    }

    public func isCheckpointsTopic(_ topic: String) -> Bool { topic.hasSuffix(checkpointsSuffix) }

    public func isHeartbeatsTopic(_ topic: String) -> Bool { originalTopic(of: topic) == heartbeatsTopic }

    private var offsetSyncsPrefix: String { "mm2-offset-syncs" + internalSeparator }
    private var internalSuffix: String { internalSeparator + "internal" }
    private var checkpointsSuffix: String { internalSeparator + "checkpoints" + internalSuffix }
}
