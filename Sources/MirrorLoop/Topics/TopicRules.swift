public import OffsetTranslate

/// What copies of topics take over from their originals besides the records: MM2's rules (`MirrorSourceConnector`).
public struct TopicRules: Sendable {
    public var flow: ReplicationFlow
    /// Which settings are copied at all (`config.properties.exclude`).
    public var properties = NameFilter.defaultTopicProperties
    /// Whose defaults hold for what is not set on the source's topic (`use.defaults.from`).
    public var defaultsFrom = ClusterSide.target
    /// Of topics that are created; -1 takes the brokers' default.
    public var replicationFactor = 2

    public init(flow: ReplicationFlow) { self.flow = flow }

    /// As a flow's configuration says.
    public init(flow: ReplicationFlow, _ configuration: FlowConfiguration) {
        self.flow = flow
        properties = configuration.topicProperties
        defaultsFrom = configuration.useDefaultsFrom
        replicationFactor = Int(configuration.replicationFactor)
    }

    /// What a source topic is called on the target.
    func copy(of topic: String) -> String { flow.target(of: TopicPartition(topic: topic, partition: 0)).topic }

    /// The topics that take settings and access rules over, with their copies, in order of names.
    ///
    /// Neither internal topics nor those that came from the target (`shouldReplicateTopic`): on the way home, the original keeps
    /// its own.
    func copies(of topics: some Sequence<String>) -> [(topic: String, copy: String)] {
        topics.filter(flow.mayMirror).sorted().map { ($0, copy(of: $0)) }
    }
}
