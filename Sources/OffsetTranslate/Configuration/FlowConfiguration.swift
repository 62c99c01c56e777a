/// One of the two clusters of a flow.
public enum ClusterSide: String, Sendable, Equatable, CaseIterable {
    case source, target
}

/// `offset-syncs.topic.location`: the cluster that holds the offset-syncs topic.
public typealias OffsetSyncsLocationSetting = ClusterSide

/// Something MirrorMaker does again and again: `X.enabled` and `X.interval.seconds`.
public struct PeriodicWork: Sendable, Equatable {
    public var enabled: Bool
    public var interval: Duration

    public init(enabled: Bool = true, every interval: Duration) {
        self.enabled = enabled
        self.interval = interval
    }
}

/// Everything the configuration says about mirroring one cluster to another. What every command works from.
///
/// Whatever is not set has MirrorMaker 2's default.
public struct FlowConfiguration: Sendable, Equatable, CustomStringConvertible {
    public var source: ClusterConfiguration
    public var target: ClusterConfiguration
    /// Whether MirrorMaker would run the flow.
    public var enabled = true

    public var replicationPolicy = ReplicationPolicySetting.mirrorMakerDefault
    /// `topics`, `topics.exclude`.
    public var topics = NameFilter.defaultTopics
    /// `groups`, `groups.exclude`.
    public var groups = NameFilter.defaultGroups
    /// The topic properties to copy: all but `config.properties.exclude`.
    public var topicProperties = NameFilter.defaultTopicProperties
    /// Whose defaults a mirrored topic's unset properties take.
    public var useDefaultsFrom = ClusterSide.target

    public var offsetSyncsLocation = OffsetSyncsLocationSetting.source
    /// Whether the configuration says so itself: if not, readers look on both sides, and our own mirror takes the target.
    public var offsetSyncsLocationIsGiven = false
    /// How far a partition may get ahead of its last offset sync, in records.
    public var offsetLagMax: Int64 = 100
    public var emitOffsetSyncs = true
    /// Whether `heartbeats` is mirrored even if ``topics`` leaves it out.
    public var heartbeatsReplication = true

    public var refreshTopics = PeriodicWork(every: .seconds(600))
    public var refreshGroups = PeriodicWork(every: .seconds(600))
    public var syncTopicConfigs = PeriodicWork(every: .seconds(600))
    public var syncTopicACLs = PeriodicWork(every: .seconds(600))
    public var emitCheckpoints = PeriodicWork(every: .seconds(60))
    public var syncGroupOffsets = PeriodicWork(enabled: false, every: .seconds(60))
    public var emitHeartbeats = PeriodicWork(every: .seconds(1))

    /// Of mirrored topics; -1 leaves it to the broker, here and below.
    public var replicationFactor: Int16 = 2
    public var offsetSyncsReplicationFactor: Int16 = 3
    public var checkpointsReplicationFactor: Int16 = 3
    public var heartbeatsReplicationFactor: Int16 = 3

    public var adminTimeout = Duration.milliseconds(60_000)
    public var consumerPollTimeout = Duration.milliseconds(1_000)
    /// How often Connect commits, and so lets delayed offset syncs out.
    public var offsetFlushInterval = Duration.milliseconds(60_000)

    public var mirror = MirrorSettings()
    public var status = StatusSettings()

    /// A flow with MirrorMaker's defaults.
    public init(source: ClusterConfiguration, target: ClusterConfiguration) {
        self.source = source
        self.target = target
    }

    /// The cluster that holds the offset-syncs topic.
    public var offsetSyncsCluster: ClusterConfiguration { self[offsetSyncsLocation] }

    public subscript(side: ClusterSide) -> ClusterConfiguration { side == .source ? source : target }

    /// `source->target`, the flow's name in `mm2.properties`.
    public var description: String { "\(source.alias)->\(target.alias)" }
}

extension FlowConfiguration {
    /// A flow from plain command-line values.
    ///
    /// - Parameters:
    ///   - policy: `default`, `identity`, or a Java class as in `replication.policy.class`.
    ///   - sourceProperties: further client properties of the source cluster, Java's names or librdkafka's;
    ///     those below `consumer.`, `producer.` and `admin.` are for one kind of client.
    ///   - targetProperties: the same for the target cluster.
    ///   - settings: further keys as in a connector's configuration, such as `topics`.
    ///   - warnings: gets what the writer should know.
    /// - Throws: a ``ConfigurationError`` that names the `command line` as its place.
    public init(
        sourceBootstrap: String, targetBootstrap: String, sourceAlias: String = "source", targetAlias: String = "target",
        policy: String = "default", sourceProperties: [String: String] = [:], targetProperties: [String: String] = [:],
        settings: [String: String] = [:], resolver: ConfigValueResolver = ConfigValueResolver(),
        warnings: inout [ConfigurationWarning]
    ) throws(ConfigurationError) {
        var all = settings
        all[MirrorKey.sourceAlias.rawValue] = sourceAlias
        all[MirrorKey.targetAlias.rawValue] = targetAlias
        all[MirrorKey.policyClass.rawValue] = policy
        all["source.cluster.bootstrap.servers"] = sourceBootstrap
        all["target.cluster.bootstrap.servers"] = targetBootstrap
        for (side, properties) in [("source.", sourceProperties), ("target.", targetProperties)] {
            for (name, value) in properties {
                let isForOneKind = ClientRole.allCases.contains { name.hasPrefix($0.prefix) }
                all[side + (isForOneKind ? "" : "cluster.") + name] = value
            }
        }
        var flow = FlowAssembly(settings: try Settings(commandLine: all, resolver: resolver))
        flow.reviewKeys()
        self = try flow.assemble()
        warnings += flow.distinctWarnings
    }
}
