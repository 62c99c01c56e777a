internal import Cutover
public import KafkaClient
internal import MirrorLoop
public import OffsetTranslate

/// What somebody wants to do with a flow, as far as rights go.
public enum Job: String, Sendable, Hashable, Codable, CaseIterable {
    /// `groups`, `explain`, `status`, `serve`, `plan`, and what decodes MM2's topics.
    case look
    /// Comparing records: `verify`, and what a plan proves of its positions.
    case verify
    /// `apply`, `cutover`, `resume` and `rollback`.
    case cutover
    /// `--fence`.
    case fence
    case drill, capture, mirror
}

/// One right that a job takes.
public struct Privilege: Sendable, Hashable {
    /// On what, as a flow's parts: which names that comes to, the clusters say.
    public enum Resource: Sendable, Hashable {
        /// The topics that are mirrored.
        case originals
        /// Their copies, those to come among them.
        case copies
        case topic(String)
        /// The consumer groups that `groups` lets through.
        case groups
        case group(String)
        /// All groups whose names begin so.
        case groupsPrefixed(String)
        /// All transactional ids that begin so.
        case transactionsPrefixed(String)
        case cluster
    }

    public var side: ClusterSide
    public var operation: AccessRule.Operation
    public var resource: Resource
    public var purpose: String
    /// What is done without it; `nil` where the job can't be done.
    public var without: String?

    init(_ side: ClusterSide, _ operation: AccessRule.Operation, _ resource: Resource, _ purpose: String, without: String? = nil) {
        self.side = side
        self.operation = operation
        self.resource = resource
        self.purpose = purpose
        self.without = without
    }
}

extension Privilege.Resource {
    /// `'name'`, or what is meant.
    public var words: String {
        switch self {
        case .originals: "mirrored topics"
        case .copies: "their copies"
        case .topic(let name): "topic '\(name)'"
        case .groups: "groups"
        case .group(let name): "group '\(name)'"
        case .groupsPrefixed(let prefix): "groups '\(prefix)*'"
        case .transactionsPrefixed(let prefix): "transactional ids '\(prefix)*'"
        case .cluster: "the cluster"
        }
    }
}

extension Job {
    /// The least that it takes: by Kafka's `KafkaApis` and `ControllerApis`, and where `READ`, `WRITE`, `DELETE` or `ALTER` is named,
    /// `DESCRIBE` comes with it.
    public func privileges(_ flow: ReplicationFlow, _ configuration: FlowConfiguration) -> [Privilege] {
        switch self {
        case .look: Self.looking(flow, configuration)
        case .verify: Self.looking(flow, configuration) + Self.comparing(without: nil)
        case .cutover: Self.looking(flow, configuration) + Self.comparing(without: "positions that offset syncs leave open stay bounded")[..<1] + Self.moving
        case .fence: [Privilege(.source, .alter, .cluster, "to add the rules that keep writers out, see them, and remove them again")]
        case .drill: Self.looking(flow, configuration) + Self.rehearsing
        case .capture: Self.capturing(flow)
        case .mirror: Self.mirroring(flow, configuration)
        }
    }

    private static func looking(_ flow: ReplicationFlow, _ configuration: FlowConfiguration) -> [Privilege] {
        let allGroups = "only groups that it may describe are seen; access rules are not compared"
        let unsettled = "settings, and how soon retention strikes, are not compared", ageless = "'status' does not know how old records are"
        return [
            Privilege(.source, .describe, .originals, "to see partitions and log ends"),
            Privilege(.source, .describe, .groups, "to see where they stand"),
            Privilege(.source, .describe, .cluster, "to list all groups, and access rules", without: allGroups),
            Privilege(.source, .describeConfigs, .originals, "to compare settings", without: unsettled),
            Privilege(configuration.side(ofSyncs: flow), .read, .topic(flow.offsetSyncsTopic), "to translate"),
            Privilege(.target, .read, .topic(flow.checkpointsTopic), "to know positions once the source is lost"),
            Privilege(.target, .read, .topic(flow.heartbeatsTopic), "to see that the mirror lives", without: "that is not known"),
            Privilege(.target, .describe, .copies, "to see partitions and log ends"),
            Privilege(.target, .describe, .groups, "to see where they stand"),
            Privilege(.target, .describe, .cluster, "to list all groups, and access rules", without: allGroups),
            Privilege(.target, .describeConfigs, .copies, "to compare settings", without: unsettled),
            Privilege(.source, .read, .originals, "to see how old records are", without: ageless),
            Privilege(.target, .read, .copies, "to see how old records are", without: ageless),
        ]
    }

    private static func comparing(without: String?) -> [Privilege] {
        [
            Privilege(.source, .read, .originals, "to compare records", without: without),
            Privilege(.target, .read, .copies, "to compare records", without: without),
        ]
    }

    private static var moving: [Privilege] {
        [
            Privilege(.target, .read, .groups, "to commit"),
            Privilege(.target, .read, .copies, "to commit, and to compare records"),
            Privilege(
                .target, .delete, .groups, "to roll a group back to having no position", without: "such a group stays where it was moved to, and that is said"),
        ] + locking + [.create, .read, .write].map { operation in
            Privilege(
                .target, operation, .topic(JournalTopic.defaultName), "for a copy of the journal (--journal-topic)", without: "--journal-topic, which runbooks use, is refused")
        }
    }

    private static var locking: [Privilege] {
        [
            Privilege(.target, .create, .topic(RunLock.topic), "for the lock, where it is not there yet"),
            Privilege(.target, .read, .topic(RunLock.topic), "for the lock"),
            Privilege(.target, .write, .topic(RunLock.topic), "for the lock"),
        ]
    }

    private static var rehearsing: [Privilege] {
        [
            Privilege(.target, .read, .copies, "to go on from shadows' positions"),
            Privilege(.target, .read, .groupsPrefixed(ShadowGroups.commonPrefix), "to commit for shadows, and to read as they do"),
            Privilege(.target, .delete, .groupsPrefixed(ShadowGroups.commonPrefix), "to remove shadows"),
        ] + locking
    }

    private static func capturing(_ flow: ReplicationFlow) -> [Privilege] {
        func syncs(on location: OffsetSyncsLocation) -> String {
            flow.policy.offsetSyncsTopic(location: location, sourceAlias: flow.sourceAlias, targetAlias: flow.targetAlias)
        }
        return [
            Privilege(.source, .read, .topic(syncs(on: .source)), "to relay offset syncs"),
            Privilege(.source, .describe, .originals, "to read commits for them"),
            Privilege(.source, .describe, .groups, "to see where they stand"),
            Privilege(.source, .describe, .cluster, "to list all groups", without: "only groups that it may describe are seen"),
            Privilege(.target, .describe, .copies, "to hold positions against their logs", without: "offset syncs are captured, and no positions"),
        ] + owning([syncs(on: .target), flow.capturedTopic], on: .target)
    }

    private static func mirroring(_ flow: ReplicationFlow, _ configuration: FlowConfiguration) -> [Privilege] {
        var privileges = [
            Privilege(.source, .read, .originals, "to copy records"),
            Privilege(.target, .create, .copies, "to create them", without: "topics without a copy are not mirrored"),
            Privilege(.target, .read, .copies, "to find its place"),
            Privilege(.target, .write, .copies, "to copy records"),
            Privilege(.target, .alter, .copies, "to add partitions", without: "partitions that are added on the source are not mirrored"),
            Privilege(.target, .read, .group(flow.mirrorGroup), "to share tasks among processes"),
        ]
        privileges += owning([flow.tasksTopic], on: .target)
        privileges += owning([flow.offsetSyncsTopic], on: configuration.side(ofSyncs: flow))
        if configuration.emitHeartbeats.enabled { privileges += owning([flow.heartbeatsTopic], on: .target) }
        if configuration.syncTopicConfigs.enabled {
            let without = "settings are not kept in step"
            privileges += [
                Privilege(.source, .describeConfigs, .originals, "to keep settings in step", without: without),
                Privilege(.target, .describeConfigs, .copies, "to keep settings in step", without: without),
                Privilege(.target, .alterConfigs, .copies, "to keep settings in step", without: without),
            ]
        }
        if configuration.syncTopicACLs.enabled {
            let without = "access rules are not kept in step"
            privileges += [
                Privilege(.source, .describe, .cluster, "to keep access rules in step, and to list all groups", without: without),
                Privilege(.target, .alter, .cluster, "to keep access rules in step", without: without),
            ]
        }
        if configuration.emitCheckpoints.enabled {
            privileges.append(Privilege(.source, .describe, .groups, "to write checkpoints"))
            privileges += owning([flow.checkpointsTopic], on: .target)
        }
        if configuration.syncGroupOffsets.enabled {
            privileges.append(Privilege(.target, .read, .groups, "to commit for them (sync.group.offsets)", without: "those groups' positions are not kept"))
        }
        privileges += [
            Privilege(.target, .write, .transactionsPrefixed(flow.mirrorGroup), "for --exactly-once", without: "--exactly-once can't be used"),
            Privilege(.target, .describe, .transactionsPrefixed(flow.mirrorGroup), "for --exactly-once", without: "--exactly-once can't be used"),
        ]
        return privileges
    }

    /// Of topics that it keeps itself.
    private static func owning(_ topics: [String], on side: ClusterSide) -> [Privilege] {
        topics.flatMap { topic in
            [
                Privilege(side, .create, .topic(topic), "to create it where it is not there yet"),
                Privilege(side, .read, .topic(topic), "to go on from it"),
                Privilege(side, .write, .topic(topic), "to keep it"),
            ]
        }
    }
}

extension FlowConfiguration {
    fileprivate func side(ofSyncs flow: ReplicationFlow) -> ClusterSide { flow.offsetSyncsLocation == .source ? .source : .target }
}
