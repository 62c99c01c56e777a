import KafkaClient
import MirrorLoop
import OffsetTranslate

extension ReplicationFlow {
    /// The flow, with the offset syncs where they really are, for those who read them: where the configuration says, else on
    /// the other side. Where it says nothing the target comes first, as our own mirror writes them there; but what `failover
    /// capture` has copied there may lag behind, and is not taken while the original can be read.
    init(locating configuration: FlowConfiguration, source: (any KafkaCluster)?, target: any KafkaCluster) async throws {
        try self.init(configuration)
        let preferred = offsetSyncsLocation
        let others = OffsetSyncsLocation.allCases.filter { $0 != preferred }
        for location in [preferred] + others {
            offsetSyncsLocation = location
            let cluster: (any KafkaCluster)? = location == .target ? target : source
            guard let cluster, try await cluster.topics()[offsetSyncsTopic] != nil else { continue }
            if location == .target, let source, try await hasOriginal(on: source, of: target) { continue }
            if location != preferred, configuration.offsetSyncsLocationIsGiven, source != nil {
                Console.warn("the offset syncs are not on the \(preferred), as offset-syncs.topic.location says, but on the \(location) ('\(offsetSyncsTopic)' on '\(cluster.name)'): reading them there")
            }
            return
        }
        // Nowhere to be seen. With the source lost and nothing said, they were where MM2 puts them by default.
        offsetSyncsLocation = configuration.offsetSyncsLocationIsGiven ? preferred : .source
    }

    /// Whether the target's offset syncs are a captured copy, and the source has the topic that they were captured from.
    private func hasOriginal(on source: any KafkaCluster, of target: any KafkaCluster) async throws -> Bool {
        var original = self
        original.offsetSyncsLocation = .source
        guard try await source.topics()[original.offsetSyncsTopic] != nil else { return false }
        return try await CapturedMarker.isCopy(offsetSyncsTopic, on: target)
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
        offsetSyncsReplicationFactor = Int(configuration.offsetSyncsReplicationFactor)
        checkpointsReplicationFactor = Int(configuration.checkpointsReplicationFactor)
        heartbeatsReplicationFactor = Int(configuration.heartbeatsReplicationFactor)
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
