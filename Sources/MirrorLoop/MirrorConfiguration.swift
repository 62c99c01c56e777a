public import OffsetTranslate

/// What a mirror of one flow does, in MM2's terms.
public struct MirrorConfiguration: Sendable {
    /// Our own mirror keeps its offset syncs on the target unless told otherwise: a dead source can't be asked.
    public var flow: ReplicationFlow
    /// Which source topics are mirrored. Internal topics never are, and cycles only by ``starts``, whatever this says.
    public var includesTopic: @Sendable (String) -> Bool
    /// Which groups' positions are checkpointed.
    public var includesGroup: @Sendable (String) -> Bool
    /// Groups to be looked at where the source can't list its groups, as the embedded clusters can't.
    public var namedGroups: [String] = []
    /// A sync at the latest after so many records (`offset.lag.max`).
    public var offsetLagMax: Int64 = 100
    /// Whether topics, partitions and what was given up are looked for again after the start (`refresh.topics.enabled`).
    public var refreshesTopics = true
    public var refreshTopicsInterval: Duration = .seconds(600)
    /// Whether the settings of copies are kept like their originals' (`sync.topic.configs.enabled`). Off unless asked for, as are ACLs:
    /// both overwrite what somebody may have set up on the target, and need rights there that records don't.
    public var syncsTopicSettings = false
    public var syncTopicSettingsInterval: Duration = .seconds(600)
    /// Whether the access rules of originals are given to their copies (`sync.topic.acls.enabled`).
    public var syncsAccess = false
    public var syncAccessInterval: Duration = .seconds(600)
    /// Which settings of topics are copied at all (`config.properties.exclude`).
    public var topicProperties = NameFilter.defaultTopicProperties
    /// Whose defaults hold for what is not set on the source's topic (`use.defaults.from`).
    public var topicDefaultsFrom = ClusterSide.target
    public var checkpointInterval: Duration = .seconds(60)
    /// Whether groups are looked for again after the start (`refresh.groups.enabled`).
    public var refreshesGroups = true
    public var refreshGroupsInterval: Duration = .seconds(600)
    /// Whether translated positions are committed on the target for groups that are not in use there (`sync.group.offsets.enabled`).
    public var syncsGroupOffsets = false
    public var syncGroupOffsetsInterval: Duration = .seconds(60)
    public var heartbeatInterval: Duration = .seconds(1)
    /// For topics made on the target; -1 takes the brokers' default.
    public var replicationFactor = 2
    public var offsetSyncsReplicationFactor = 3
    public var checkpointsReplicationFactor = 3
    public var heartbeatsReplicationFactor = 3
    public var emitsCheckpoints = true
    public var emitsHeartbeats = true
    /// On the way home: where to begin with partitions that this flow has left no sync of. Their topics are mirrored even where the
    /// replication policy calls them a cycle: below these places are the copies that came from the target in the first place.
    public var starts: [TopicPartition: ReverseStart] = [:]

    /// Into how many tasks the partitions are divided (`tasks.max`): as many processes may share them. What the tasks topic was created
    /// with counts.
    public var tasks = 1
    /// Records, syncs and position in one transaction per batch, in place of the idempotent producer alone.
    public var isExactlyOnce = false
    /// A transaction is committed after so many records, or so much time after its first one.
    public var transactionRecords = 200_000
    public var transactionInterval: Duration = .milliseconds(500)
    /// How long a transaction may take from its last record to its commit, and the brokers wait for one that nobody completes.
    public var transactionTimeout: Duration = .seconds(60)
    public var limits = CopyLimits()
    /// How often it is looked whether the source's partitions are still those that were mirrored.
    public var sourceWatchInterval: Duration = .seconds(30)
    /// Marks each copy with where it came from, and passes over what came from the target: for two mirrors in opposite directions
    /// under the identity policy.
    public var marksProvenance = false
    /// What becomes of a record that the target refuses for good.
    public var refusedRecords = RefusedRecordPolicy.stop
    /// What becomes of a partition whose source topic was re-created or truncated.
    public var sourceReset = SourceResetPolicy.stop

    public init(
        flow: ReplicationFlow, includesTopic: @escaping @Sendable (String) -> Bool = { _ in true },
        includesGroup: @escaping @Sendable (String) -> Bool = { _ in true }
    ) {
        self.flow = flow
        self.includesTopic = includesTopic
        self.includesGroup = includesGroup
    }

    /// Whether groups' positions are to be found at all.
    var findsPositions: Bool { emitsCheckpoints || syncsGroupOffsets }

    func mirrors(_ topic: String) -> Bool {
        (includesTopic(topic) && flow.mayMirror(topic)) || (starts.keys.contains { $0.topic == topic } && !flow.policy.isInternal(topic))
    }

    var topicRules: TopicRules {
        var rules = TopicRules(flow: flow)
        rules.properties = topicProperties
        rules.defaultsFrom = topicDefaultsFrom
        rules.replicationFactor = replicationFactor
        return rules
    }

    var provenanceHeader: Header? { marksProvenance ? Provenance.header(from: flow.sourceAlias) : nil }
    var passesOverOrigin: String? { marksProvenance ? flow.targetAlias : nil }
}
