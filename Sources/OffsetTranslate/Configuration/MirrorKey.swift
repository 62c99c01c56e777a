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

    case tasksMax = "tasks.max"
    case exactlyOnce = "failover.exactly.once"
    case exactlyOnceSource = "exactly.once.source.support"
    case transactionInterval = "failover.transaction.interval.ms"
    case transactionRecords = "failover.transaction.records"
    case provenanceHeaders = "failover.provenance.headers"
    case inFlightRecords = "failover.in.flight.records"
    case inFlightMegabytes = "failover.in.flight.mb"
    case fetchedMegabytes = "failover.fetched.mb"
    case refusedRecords = "failover.refused.records"
    case sourceReset = "failover.source.reset"

    case heartbeatAge = "failover.status.heartbeat.age.seconds"
    case replicationLag = "failover.status.replication.lag"
    case recoveryPoint = "failover.status.recovery.point.seconds"
    case recoveryTime = "failover.status.recovery.time.seconds"
    case checkpointAge = "failover.status.checkpoint.age.seconds"
    case reRead = "failover.status.reread.records"
    case retentionUsed = "failover.status.retention.percent"

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
        case .tasksMax: "1"
        case .exactlyOnce, .provenanceHeaders: "false"
        case .exactlyOnceSource: "disabled"
        case .transactionInterval: "500"
        case .transactionRecords: "200000"
        case .inFlightRecords: "60000"
        case .inFlightMegabytes: "64"
        case .fetchedMegabytes: "16"
        case .refusedRecords: RefusedRecordPolicy.stop.rawValue
        case .sourceReset: SourceResetPolicy.stop.rawValue
        case .heartbeatAge: "10, 60"
        case .replicationLag: "10000, 1000000"
        case .recoveryPoint: "30, 300"
        case .recoveryTime: "60, 600"
        case .checkpointAge: "240, 900"
        case .reRead: "10000, 1000000"
        case .retentionUsed: "50, 90"
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
        case .tasksMax, .exactlyOnce, .exactlyOnceSource, .transactionInterval, .transactionRecords, .provenanceHeaders: [.source]
        case .inFlightRecords, .inFlightMegabytes, .fetchedMegabytes, .refusedRecords, .sourceReset: [.source]
        case .groups, .groupsExclude, .groupFilterClass, .refreshGroupsEnabled, .refreshGroupsInterval: [.checkpoint]
        case .emitCheckpointsEnabled, .emitCheckpointsInterval, .checkpointsReplicationFactor: [.checkpoint]
        case .syncGroupOffsetsEnabled, .syncGroupOffsetsInterval: [.checkpoint]
        case .emitHeartbeatsEnabled, .emitHeartbeatsInterval, .heartbeatsReplicationFactor: [.heartbeat]
        case .heartbeatAge, .replicationLag, .recoveryPoint, .recoveryTime, .checkpointAge, .reRead, .retentionUsed: MirrorConnector.allCases
        case .sourceAlias, .targetAlias, .enabled, .adminTimeout, .offsetFlushInterval: MirrorConnector.allCases
        case .policyClass, .policySeparator, .policyInternalSeparator: MirrorConnector.allCases
        case .customPrefix, .customSuffix, .customPattern, .customReplacement, .customInversePattern,
            .customInverseReplacement: MirrorConnector.allCases
        case .forwardingAdminClass, .metricReporters: MirrorConnector.allCases
        }
    }

    /// Whether it is set for Connect's workers: in `mm2.properties` MirrorMaker takes it from the target cluster alone.
    var isOfWorkers: Bool { self == .offsetFlushInterval || self == .exactlyOnceSource }

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
}
