import KafkaClient

/// A cluster that answers every question and takes no change: what would be done to it can be seen, and is not.
struct UntouchedCluster: KafkaCluster {
    private let cluster: any KafkaCluster

    init(_ cluster: any KafkaCluster) { self.cluster = cluster }

    var name: String { cluster.name }
    func clusterID() async throws -> String? { try await cluster.clusterID() }
    func topics() async throws -> [String: Int] { try await cluster.topics() }
    func logBounds(of partitions: [TopicPartition]) async throws -> [TopicPartition: LogBounds] { try await cluster.logBounds(of: partitions) }
    func offsets(atOrAfter timestamps: [TopicPartition: Int64]) async throws -> [TopicPartition: Int64] {
        try await cluster.offsets(atOrAfter: timestamps)
    }
    func scan<State: Sendable>(
        _ ranges: [LogRange], isolation: Isolation?, into state: State,
        _ update: @escaping @Sendable (inout State, borrowing MessageView) throws -> Void
    ) async throws -> State { try await cluster.scan(ranges, isolation: isolation, into: state, update) }
    func groups() async throws -> [GroupListing] { try await cluster.groups() }
    func group(named name: String) async throws -> GroupListing? { try await cluster.group(named: name) }
    func groups(named names: [String]) async throws -> [String: GroupListing] { try await cluster.groups(named: names) }
    func committedOffsets(of group: String, for partitions: [TopicPartition]) async throws -> [TopicPartition: CommittedOffset] {
        try await cluster.committedOffsets(of: group, for: partitions)
    }
    func acls(matching filter: AccessRuleFilter) async throws -> [AccessRule] { try await cluster.acls(matching: filter) }
    func tryAccess(_ trials: Set<AccessTrial>) async throws -> [AccessTrial: AccessAnswer] { try await cluster.tryAccess(trials) }
    func topicSettings(of topics: [String]) async throws -> [String: Result<[TopicSetting], KafkaError>] {
        try await cluster.topicSettings(of: topics)
    }

    func commit(_ offsets: [TopicPartition: CommittedOffset], for group: String) async throws -> [TopicPartition: KafkaError] { [:] }
    func deleteOffsets(of group: String, for partitions: [TopicPartition]) async throws -> [TopicPartition: KafkaError] { [:] }
    func createACLs(_ rules: [AccessRule]) async throws -> [AccessRule: KafkaError] { [:] }
    func deleteACLs(matching filters: [AccessRuleFilter]) async throws -> [AccessRule] { [] }
    func alterTopicSettings(of topic: String, _ change: SettingsChange) async throws {}
    func createTopics(_ topics: [NewTopic]) async throws {}
    func createPartitions(of topic: String, upTo count: Int) async throws {}
}
