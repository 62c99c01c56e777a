/// Every key of MirrorMaker 2's own configuration, and those this toolkit adds (`failover.*`).
enum MirrorKey: String, CaseIterable {
    case sourceAlias = "source.cluster.alias"
    case targetAlias = "target.cluster.alias"
    case enabled = "enabled"

    case topics = "topics"
    case topicsExclude = "topics.exclude"
    case groups = "groups"
    case groupsExclude = "groups.exclude"
    case configPropertiesExclude = "config.properties.exclude"
    case useDefaultsFrom = "use.defaults.from"

    case policyClass = "replication.policy.class"
    case policySeparator = "replication.policy.separator"
    case policyInternalSeparator = "replication.policy.internal.topic.separator.enabled"
    case customPrefix = "failover.policy.prefix"
    case customSuffix = "failover.policy.suffix"
    case customPattern = "failover.policy.pattern"
    case customReplacement = "failover.policy.replacement"
    case customInversePattern = "failover.policy.inverse.pattern"
    case customInverseReplacement = "failover.policy.inverse.replacement"

    case offsetSyncsLocation = "offset-syncs.topic.location"
    case offsetLagMax = "offset.lag.max"
    case emitOffsetSyncs = "emit.offset-syncs.enabled"
    case heartbeatsReplication = "heartbeats.replication.enabled"

    case refreshTopicsEnabled = "refresh.topics.enabled"
    case refreshTopicsInterval = "refresh.topics.interval.seconds"
    case refreshGroupsEnabled = "refresh.groups.enabled"
    case refreshGroupsInterval = "refresh.groups.interval.seconds"
    case syncTopicConfigsEnabled = "sync.topic.configs.enabled"
    case syncTopicConfigsInterval = "sync.topic.configs.interval.seconds"
    case syncTopicACLsEnabled = "sync.topic.acls.enabled"
    case syncTopicACLsInterval = "sync.topic.acls.interval.seconds"
    case emitCheckpointsEnabled = "emit.checkpoints.enabled"
    case emitCheckpointsInterval = "emit.checkpoints.interval.seconds"
    case syncGroupOffsetsEnabled = "sync.group.offsets.enabled"
    case syncGroupOffsetsInterval = "sync.group.offsets.interval.seconds"
    case emitHeartbeatsEnabled = "emit.heartbeats.enabled"
    case emitHeartbeatsInterval = "emit.heartbeats.interval.seconds"

    case replicationFactor = "replication.factor"
    case offsetSyncsReplicationFactor = "offset-syncs.topic.replication.factor"
    case checkpointsReplicationFactor = "checkpoints.topic.replication.factor"
    case heartbeatsReplicationFactor = "heartbeats.topic.replication.factor"

    case adminTimeout = "admin.timeout.ms"
    case consumerPollTimeout = "consumer.poll.timeout.ms"
    case offsetFlushInterval = "offset.flush.interval.ms"

    case topicFilterClass = "topic.filter.class"
    case groupFilterClass = "group.filter.class"
    case configPropertyFilterClass = "config.property.filter.class"
    case forwardingAdminClass = "forwarding.admin.class"
    case metricReporters = "metric.reporters"

    /// Names of MirrorMaker before 3.0 that still mean the same.
    static let deprecated: [String: MirrorKey] = [
        "topics.blacklist": .topicsExclude,
        "groups.blacklist": .groupsExclude,
        "config.properties.blacklist": .configPropertiesExclude,
    ]

    /// The key of this name, or of this older name.
    init?(written name: String) {
        guard let key = MirrorKey(rawValue: name) ?? Self.deprecated[name] else { return nil }
        self = key
    }
}

extension MirrorKey {
    /// MirrorMaker's default as it would be written; the code reads its defaults from here. Empty where there is none.
    var defaultText: String {
        switch self {
        case .targetAlias: "target"
        case .enabled, .policyInternalSeparator, .emitOffsetSyncs, .heartbeatsReplication: "true"
        case .refreshTopicsEnabled, .refreshGroupsEnabled, .syncTopicConfigsEnabled, .syncTopicACLsEnabled: "true"
        case .emitCheckpointsEnabled, .emitHeartbeatsEnabled: "true"
        case .syncGroupOffsetsEnabled: "false"
        case .topics, .groups: ".*"
        case .topicsExclude: #".*[\-\.]internal, .*\.replica, __.*"#
        case .groupsExclude: "console-consumer-.*, connect-.*, __.*"
        case .configPropertiesExclude:
            #"follower\.replication\.throttled\.replicas, leader\.replication\.throttled\.replicas, "#
                + #"message\.timestamp\.difference\.max\.ms, message\.timestamp\.type, "#
                + #"unclean\.leader\.election\.enable, min\.insync\.replicas"#
        case .useDefaultsFrom: "target"
        case .policyClass: "org.apache.kafka.connect.mirror.DefaultReplicationPolicy"
        case .policySeparator: "."
        case .offsetSyncsLocation: "source"
        case .offsetLagMax: "100"
        case .refreshTopicsInterval, .refreshGroupsInterval, .syncTopicConfigsInterval, .syncTopicACLsInterval: "600"
        case .emitCheckpointsInterval, .syncGroupOffsetsInterval: "60"
        case .emitHeartbeatsInterval: "1"
        case .replicationFactor: "2"
        case .offsetSyncsReplicationFactor, .checkpointsReplicationFactor, .heartbeatsReplicationFactor: "3"
        case .adminTimeout, .offsetFlushInterval: "60000"
        case .consumerPollTimeout: "1000"
        case .topicFilterClass: "org.apache.kafka.connect.mirror.DefaultTopicFilter"
        case .groupFilterClass: "org.apache.kafka.connect.mirror.DefaultGroupFilter"
        case .configPropertyFilterClass: "org.apache.kafka.connect.mirror.DefaultConfigPropertyFilter"
        case .forwardingAdminClass: "org.apache.kafka.clients.admin.ForwardingAdmin"
        case .metricReporters: "org.apache.kafka.common.metrics.JmxReporter"
        case .sourceAlias, .customPrefix, .customSuffix, .customPattern, .customReplacement, .customInversePattern,
            .customInverseReplacement: ""
        }
    }

    /// The connectors that read the key in MirrorMaker; the first is the one whose word counts.
    var readers: [MirrorConnector] {
        switch self {
        case .topics, .topicsExclude, .topicFilterClass, .consumerPollTimeout: [.source, .checkpoint]
        case .offsetSyncsLocation, .emitOffsetSyncs: [.source, .checkpoint]
        case .configPropertiesExclude, .useDefaultsFrom, .configPropertyFilterClass, .offsetLagMax: [.source]
        case .heartbeatsReplication, .refreshTopicsEnabled, .refreshTopicsInterval: [.source]
        case .syncTopicConfigsEnabled, .syncTopicConfigsInterval, .syncTopicACLsEnabled, .syncTopicACLsInterval: [.source]
        case .replicationFactor, .offsetSyncsReplicationFactor: [.source]
        case .groups, .groupsExclude, .groupFilterClass, .refreshGroupsEnabled, .refreshGroupsInterval: [.checkpoint]
        case .emitCheckpointsEnabled, .emitCheckpointsInterval, .checkpointsReplicationFactor: [.checkpoint]
        case .syncGroupOffsetsEnabled, .syncGroupOffsetsInterval: [.checkpoint]
        case .emitHeartbeatsEnabled, .emitHeartbeatsInterval, .heartbeatsReplicationFactor: [.heartbeat]
        case .sourceAlias, .targetAlias, .enabled, .adminTimeout, .offsetFlushInterval: MirrorConnector.allCases
        case .policyClass, .policySeparator, .policyInternalSeparator: MirrorConnector.allCases
        case .customPrefix, .customSuffix, .customPattern, .customReplacement, .customInversePattern,
            .customInverseReplacement: MirrorConnector.allCases
        case .forwardingAdminClass, .metricReporters: MirrorConnector.allCases
        }
    }

    /// Whether connectors of one flow that disagree on the key cannot work together.
    var mustAgree: Bool {
        switch self {
        case .sourceAlias, .targetAlias, .offsetSyncsLocation: true
        case .policyClass, .policySeparator, .policyInternalSeparator: true
        case .customPrefix, .customSuffix, .customPattern, .customReplacement, .customInversePattern,
            .customInverseReplacement: true
        default: false
        }
    }

    /// One line for the reference.
    var effect: String {
        switch self {
        case .sourceAlias: "Name of the source cluster in topic names. Required in connector JSON; `clusters` gives it in `mm2.properties`."
        case .targetAlias: "Name of the target cluster in topic names."
        case .enabled: "Whether the flow runs. In `mm2.properties` a flow is off unless `A->B.enabled = true`."
        case .topics: "Topics to mirror: regular expressions, any of which may match the whole name."
        case .topicsExclude: "Topics never mirrored, whatever `topics` says. Older name: `topics.blacklist`."
        case .groups: "Consumer groups whose offsets are translated."
        case .groupsExclude: "Groups left alone, whatever `groups` says. Older name: `groups.blacklist`."
        case .configPropertiesExclude: "Topic properties not copied to the target. Older name: `config.properties.blacklist`."
        case .useDefaultsFrom: "Whose defaults, `source` or `target`, a mirrored topic's unset properties take."
        case .policyClass: "How mirrored topics are named: `DefaultReplicationPolicy` or `IdentityReplicationPolicy`; another class needs `failover.policy.*`."
        case .policySeparator: "Stands between alias and topic, and in the names of internal topics."
        case .policyInternalSeparator: "`false`: internal topics keep `.` as separator. Read only where a separator is set."
        case .customPrefix: "For a policy class of your own: what stands before the topic; `{source}` is the source alias."
        case .customSuffix: "For a policy class of your own: what stands after the topic; `{source}` is the source alias."
        case .customPattern: "For a policy class of your own, instead of prefix and suffix: the source topics that are renamed, as in Connect's `RegexRouter`."
        case .customReplacement: "The name of the copy; `$1` is the pattern's first group."
        case .customInversePattern: "The names of copies."
        case .customInverseReplacement: "The source topic of a copy; checked by renaming it back."
        case .offsetSyncsLocation: "The cluster that holds the offset-syncs topic: `source` or `target`."
        case .offsetLagMax: "How far a partition may get ahead of its last offset sync, in records; 0 syncs each record."
        case .emitOffsetSyncs: "Whether offset syncs are written at all."
        case .heartbeatsReplication: "Whether `heartbeats` is mirrored even if `topics` leaves it out."
        case .refreshTopicsEnabled: "Whether new topics and partitions are looked for."
        case .refreshTopicsInterval: "How often."
        case .refreshGroupsEnabled: "Whether new groups are looked for."
        case .refreshGroupsInterval: "How often."
        case .syncTopicConfigsEnabled: "Whether topic properties are copied to the target."
        case .syncTopicConfigsInterval: "How often."
        case .syncTopicACLsEnabled: "Whether topic ACLs are copied to the target."
        case .syncTopicACLsInterval: "How often."
        case .emitCheckpointsEnabled: "Whether checkpoints are written."
        case .emitCheckpointsInterval: "How often; 0 is as often as possible."
        case .syncGroupOffsetsEnabled: "Whether translated offsets are committed on the target for idle groups."
        case .syncGroupOffsetsInterval: "How often."
        case .emitHeartbeatsEnabled: "Whether heartbeats are written."
        case .emitHeartbeatsInterval: "How often; 0 is as often as possible."
        case .replicationFactor: "Replicas of mirrored topics; -1 leaves it to the broker."
        case .offsetSyncsReplicationFactor: "Replicas of the offset-syncs topic."
        case .checkpointsReplicationFactor: "Replicas of the checkpoints topic."
        case .heartbeatsReplicationFactor: "Replicas of the heartbeats topic."
        case .adminTimeout: "Longest wait for an administrative request."
        case .consumerPollTimeout: "Longest wait in one poll of the source."
        case .offsetFlushInterval: "How often Connect commits, and so lets delayed offset syncs out. In `mm2.properties`: `B.offset.flush.interval.ms`, B the target."
        case .topicFilterClass, .groupFilterClass, .configPropertyFilterClass: "Only the default has an effect; another class is warned of."
        case .forwardingAdminClass: "No effect; another class than the default is warned of."
        case .metricReporters: "No effect."
        }
    }
}
