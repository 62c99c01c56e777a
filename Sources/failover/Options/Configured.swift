import KafkaClient
import MirrorLoop
import OffsetTranslate

extension ReplicationFlow {
    /// The flow as configured. Where the configuration does not say where the offset syncs are, the clusters are looked
    /// at: the target first, as our own mirror writes them there.
    init(locating configuration: FlowConfiguration, source: (any KafkaCluster)?, target: any KafkaCluster) async throws {
        try self.init(configuration)
        guard !configuration.offsetSyncsLocationIsGiven else { return }
        offsetSyncsLocation = .target
        let isOnTarget = try await target.topics()[offsetSyncsTopic] != nil
        if !isOnTarget { offsetSyncsLocation = .source }
    }

    init(_ configuration: FlowConfiguration) throws {
        self.init(
            from: configuration.source.alias, to: configuration.target.alias,
            policy: try configuration.replicationPolicy.policy(sourceAlias: configuration.source.alias),
            offsetSyncsLocation: configuration.offsetSyncsLocationIsGiven && configuration.offsetSyncsLocation == .source ? .source : .target)
    }
}

extension MirrorConfiguration {
    init(_ configuration: FlowConfiguration) throws {
        let topics = configuration.topics, groups = configuration.groups
        self.init(
            flow: try ReplicationFlow(configuration), includesTopic: { topics.matches($0) }, includesGroup: { groups.matches($0) })
        offsetLagMax = configuration.offsetLagMax
        refreshTopicsInterval = configuration.refreshTopics.interval
        checkpointInterval = configuration.emitCheckpoints.interval
        heartbeatInterval = configuration.emitHeartbeats.interval
        emitsCheckpoints = configuration.emitCheckpoints.enabled
        emitsHeartbeats = configuration.emitHeartbeats.enabled
        replicationFactor = Int(configuration.replicationFactor)
        internalReplicationFactor = Int(configuration.checkpointsReplicationFactor)
    }
}
