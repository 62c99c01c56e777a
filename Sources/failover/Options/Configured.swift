import KafkaClient
import MirrorLoop
import OffsetTranslate

extension ReplicationFlow {
    /// The flow, with the offset syncs where they really are, for those who read them.
    ///
    /// On the target, where our own mirror left them or the configuration says so. What `failover capture` copied there may lag
    /// behind, and is not taken while the original can be read. What stock MM2 left there unasked, or our mirror on the source,
    /// is the opposite flow's: see ``SyncsOrigin``.
    /// - Parameter source: `nil` where it is lost. One that does not answer counts as lost.
    init(locating configuration: FlowConfiguration, source: (any KafkaCluster)?, target: any KafkaCluster) async throws {
        try self.init(configuration)
        let given = configuration.offsetSyncsLocationIsGiven ? offsetSyncsLocation : nil
        offsetSyncsLocation = .source
        let original = try await Self.origin(of: offsetSyncsTopic, on: source, for: self)
        let isOnSource = original == .unmarked || original == .empty || (original == .strictMirror && given == .source)
        offsetSyncsLocation = .target
        let topic = offsetSyncsTopic, copy = try await SyncsOrigin(of: topic, on: target, for: self)
        let isOnTarget = switch copy {
        case .strictMirror: !(given == .source && isOnSource)
        case .capture, .empty: !isOnSource
        case .unmarked: given == .target
        case .missing: given == .target && !isOnSource
        case .anotherFlow: false
        }
        if !isOnTarget { offsetSyncsLocation = .source }
        if case .anotherFlow(let other) = copy, !isOnSource {
            Console.warn("'\(topic)' on '\(target.name)' is not read: it holds the offset syncs of \(other)")
        } else if copy == .unmarked, !isOnTarget, !isOnSource {
            Console.warn("""
                '\(topic)' on '\(target.name)' is not read: without a mark of ours, it may hold the offset syncs of the opposite flow. \
                If this flow's mirror keeps its own there, say so: --set offset-syncs.topic.location=target
                """)
        } else if let given, given != offsetSyncsLocation, isOnSource || isOnTarget, source != nil {
            Console.warn("the offset syncs are not on the \(given), as offset-syncs.topic.location says, but on the \(offsetSyncsLocation) ('\(offsetSyncsTopic)'): reading them there")
        }
    }

    private static func origin(
        of topic: String, on cluster: (any KafkaCluster)?, for flow: ReplicationFlow
    ) async throws -> SyncsOrigin {
        guard let cluster else { return .missing }
        do { return try await SyncsOrigin(of: topic, on: cluster, for: flow) } catch let error as KafkaError where error.isRetriable { return .missing }
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
