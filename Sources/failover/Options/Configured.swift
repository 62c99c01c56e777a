import KafkaClient
import MirrorLoop
import OffsetTranslate

extension ReplicationFlow {
    /// The flow, with the offset syncs where they really are; what there is to say of that is said.
    init(locating configuration: FlowConfiguration, source: (any KafkaCluster)?, target: any KafkaCluster) async throws {
        let located = try await LocatedFlow(configuration, source: source, target: target)
        for warning in located.warnings { Console.warn(warning) }
        self = located.flow
    }
}

extension MirrorConfiguration {
    init(_ configuration: FlowConfiguration) throws {
        let topics = configuration.topics, groups = configuration.groups
        let flow = try ReplicationFlow(configuration), copiesHeartbeats = configuration.heartbeatsReplication
        self.init(
            flow: flow,
            // `MirrorSourceConnector.shouldReplicateTopic`: stock tools tell clusters' upstreams by their copies of it.
            includesTopic: { topics.matches($0) || copiesHeartbeats && flow.policy.isHeartbeatsTopic($0) },
            includesGroup: { groups.matches($0) })
        offsetLagMax = configuration.offsetLagMax
        refreshesTopics = configuration.refreshTopics.enabled
        refreshTopicsInterval = configuration.refreshTopics.interval
        syncsTopicSettings = configuration.syncTopicConfigs.enabled
        syncTopicSettingsInterval = configuration.syncTopicConfigs.interval
        syncsAccess = configuration.syncTopicACLs.enabled
        syncAccessInterval = configuration.syncTopicACLs.interval
        topicProperties = configuration.topicProperties
        topicDefaultsFrom = configuration.useDefaultsFrom
        checkpointInterval = configuration.emitCheckpoints.interval
        refreshesGroups = configuration.refreshGroups.enabled
        refreshGroupsInterval = configuration.refreshGroups.interval
        syncsGroupOffsets = configuration.syncGroupOffsets.enabled
        syncGroupOffsetsInterval = configuration.syncGroupOffsets.interval
        heartbeatInterval = configuration.emitHeartbeats.interval
        emitsCheckpoints = configuration.emitCheckpoints.enabled
        emitsHeartbeats = configuration.emitHeartbeats.enabled
        replicationFactor = Int(configuration.replicationFactor)
        offsetSyncsReplicationFactor = Int(configuration.offsetSyncsReplicationFactor)
        checkpointsReplicationFactor = Int(configuration.checkpointsReplicationFactor)
        heartbeatsReplicationFactor = Int(configuration.heartbeatsReplicationFactor)
        apply(configuration.mirror)
    }

    private mutating func apply(_ settings: MirrorSettings) {
        tasks = settings.tasks
        isExactlyOnce = settings.exactlyOnce
        transactionInterval = settings.transactionInterval
        transactionRecords = settings.transactionRecords
        marksProvenance = settings.provenanceHeaders
        limits.records = settings.inFlightRecords
        limits.bytes = settings.inFlightBytes
        limits.fetchedBytes = settings.fetchedBytes
        refusedRecords = settings.refusedRecords
        sourceReset = settings.sourceReset
    }
}

extension CaptureConfiguration {
    init(_ configuration: FlowConfiguration) throws {
        let groups = configuration.groups
        self.init(flow: try ReplicationFlow(configuration), includesGroup: { groups.matches($0) })
        offsetSyncsReplicationFactor = Int(configuration.offsetSyncsReplicationFactor)
        positionsReplicationFactor = Int(configuration.checkpointsReplicationFactor)
    }
}
