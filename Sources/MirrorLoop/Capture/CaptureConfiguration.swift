public import OffsetTranslate

/// What a capture of one flow does.
public struct CaptureConfiguration: Sendable {
    /// The flow whose mirror keeps its offset syncs on the source; its ``ReplicationFlow/offsetSyncsLocation`` is not
    /// looked at.
    public var flow: ReplicationFlow
    /// Which groups' positions are captured.
    public var includesGroup: @Sendable (String) -> Bool
    /// Groups to be looked at where the source can't list its groups, as the embedded clusters can't.
    public var namedGroups: [String] = []
    /// From one round to the next.
    public var interval: Duration = .seconds(10)
    /// For topics made on the target; -1 takes the brokers' default.
    public var offsetSyncsReplicationFactor = 3
    public var positionsReplicationFactor = 3

    public init(flow: ReplicationFlow, includesGroup: @escaping @Sendable (String) -> Bool = { _ in true }) {
        self.flow = flow
        self.includesGroup = includesGroup
    }

    func syncs(on location: OffsetSyncsLocation) -> TopicPartition {
        TopicPartition(
            topic: flow.policy.offsetSyncsTopic(location: location, sourceAlias: flow.sourceAlias, targetAlias: flow.targetAlias),
            partition: 0)
    }

    var positions: TopicPartition { TopicPartition(topic: flow.capturedTopic, partition: 0) }
}

/// How far a capture has come.
public struct CaptureStatus: Sendable {
    /// Offset syncs that this capture has relayed.
    public var relayed = 0
    /// The next offset of the source's topic; `nil` where nothing was found there yet.
    public var next: Int64?
    /// Positions that this capture has written, each change counted.
    public var positions = 0
    /// Groups looked at in the last round.
    public var groups = 0
    /// The cluster that does not answer.
    public var unreachable: String?
}

/// What a capture tells its operator.
public enum CaptureEvent: Sendable, CustomStringConvertible {
    case topicCreated(String, cluster: String)
    case begun(topic: String, cluster: String, held: Int, next: Int64?)
    case unreachable(String, KafkaError)
    case reachableAgain(String)
    case warning(String)

    public var description: String {
        switch self {
        case .topicCreated(let topic, let cluster): "created topic '\(topic)' on '\(cluster)'"
        case .begun(let topic, let cluster, let held, let next):
            held == 0
                ? "capturing into '\(topic)' on '\(cluster)', which is empty"
                : "capturing into '\(topic)' on '\(cluster)', which holds \(held) offset syncs; going on at source offset \(next ?? 0)"
        case .unreachable(let cluster, let error): "WARNING: '\(cluster)' does not answer; trying on until it does: \(error)"
        case .reachableAgain(let cluster): "'\(cluster)' answers again"
        case .warning(let text): "WARNING: \(text)"
        }
    }
}
