public import KafkaClient

/// A flow, with the offset syncs where they really are, for those who read them.
///
/// On the target, where our own mirror left them or the configuration says so. What `failover capture` copied there may lag
/// behind, and is not taken while the original can be read. What stock MM2 left there unasked, or our mirror on the source,
/// is the opposite flow's: see ``SyncsOrigin``.
public struct LocatedFlow: Sendable {
    public var flow: ReplicationFlow
    /// What a person should know of where the syncs are.
    public var warnings: [String] = []

    /// - Parameter source: `nil` where it is lost. One that does not answer counts as lost.
    /// - Throws: ``KafkaError``, or what is wrong with the replication policy.
    public init(_ configuration: FlowConfiguration, source: (any KafkaCluster)?, target: any KafkaCluster) async throws {
        flow = try ReplicationFlow(configuration)
        let given = configuration.offsetSyncsLocationIsGiven ? flow.offsetSyncsLocation : nil
        flow.offsetSyncsLocation = .source
        let original = try await Self.origin(of: flow.offsetSyncsTopic, on: source, for: flow)
        let isOnSource = original == .unmarked || original == .empty || (original == .strictMirror && given == .source)
        flow.offsetSyncsLocation = .target
        let topic = flow.offsetSyncsTopic, copy = try await SyncsOrigin(of: topic, on: target, for: flow)
        let isOnTarget = switch copy {
        case .strictMirror: !(given == .source && isOnSource)
        case .capture, .empty: !isOnSource
        case .unmarked: given == .target
        case .missing: given == .target && !isOnSource
        case .anotherFlow: false
        }
        if !isOnTarget { flow.offsetSyncsLocation = .source }
        if case .anotherFlow(let other) = copy, !isOnSource {
            warnings.append("'\(topic)' on '\(target.name)' is not read: it holds the offset syncs of \(other)")
        } else if copy == .unmarked, !isOnTarget, !isOnSource {
            warnings.append("""
                '\(topic)' on '\(target.name)' is not read: without a mark of ours, it may hold the offset syncs of the opposite flow. \
                If this flow's mirror keeps its own there, say so: --set offset-syncs.topic.location=target
                """)
        } else if let given, given != flow.offsetSyncsLocation, isOnSource || isOnTarget, source != nil {
            warnings.append(
                "the offset syncs are not on the \(given), as offset-syncs.topic.location says, but on the \(flow.offsetSyncsLocation) ('\(flow.offsetSyncsTopic)'): reading them there")
        }
    }

    private static func origin(
        of topic: String, on cluster: (any KafkaCluster)?, for flow: ReplicationFlow
    ) async throws -> SyncsOrigin {
        guard let cluster else { return .missing }
        do { return try await SyncsOrigin(of: topic, on: cluster, for: flow) } catch let error as KafkaError where error.isRetriable { return .missing }
    }
}

extension ReplicationFlow {
    /// The flow as configured: without looking, our own mirror's place for the offset syncs where none is given.
    ///
    /// - Throws: what is wrong with the replication policy.
    public init(_ configuration: FlowConfiguration) throws {
        self.init(
            from: configuration.source.alias, to: configuration.target.alias,
            policy: try configuration.replicationPolicy.policy(sourceAlias: configuration.source.alias),
            offsetSyncsLocation: configuration.offsetSyncsLocationIsGiven && configuration.offsetSyncsLocation == .source ? .source : .target)
    }
}
