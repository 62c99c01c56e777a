/// What the toolkit asks of a Kafka cluster: the seam between logic and brokers.
///
/// Two things stand behind it: brokers over librdkafka (``LibrdkafkaCluster``) and, in tests, an in-memory cluster that
/// can fail at any request. Every call ends within the deadline the cluster was opened with, by an answer or by a
/// ``KafkaError`` that names the cluster. No call blocks the cooperative thread pool.
public protocol KafkaCluster: Sendable {
    /// The cluster's alias, for messages.
    var name: String { get }

    /// The id that the brokers report, where they do.
    func clusterID() async throws -> String?

    /// All topics that the principal may see, with their partition counts. Asking never creates a topic.
    func topics() async throws -> [String: Int]

    /// Log start and end offsets. A partition that does not exist is missing from the answer.
    func logBounds(of partitions: [TopicPartition]) async throws -> [TopicPartition: LogBounds]

    /// The earliest offset of each partition whose record has that timestamp (milliseconds since the epoch) or a later one.
    ///
    /// A partition without such a record, and one that does not exist, is missing from the answer. The brokers go by the
    /// timestamps their log keeps: the time of appending, where the topic says so (Kafka's `ListOffsetsRequest`). A
    /// negative timestamp means something else to them, and is an ``KafkaError/Code/invalidArgument``.
    func offsets(atOrAfter timestamps: [TopicPartition: Int64]) async throws -> [TopicPartition: Int64]

    /// Reads ranges of logs, oldest record first within each partition, folding each record into `state`.
    ///
    /// Offsets that hold no record for a reader (control records, compacted or aborted ones) are passed over. The
    /// deadline bounds the time without progress, not the whole scan.
    /// - Parameters:
    ///   - ranges: Any number of a partition, which must not overlap.
    ///   - isolation: Which records of transactions are read; `nil` takes what the consumer's properties say (by default
    ///     ``Isolation/committed``).
    func scan<State: Sendable>(
        _ ranges: [LogRange], isolation: Isolation?, into state: State,
        _ update: @escaping @Sendable (inout State, borrowing MessageView) throws -> Void
    ) async throws -> State

    /// All consumer groups. Throws ``KafkaError/Code/unsupportedFeature`` where the brokers can't list them.
    func groups() async throws -> [GroupListing]

    /// One group's state; `nil` where the group does not exist.
    func group(named name: String) async throws -> GroupListing?

    /// The states of many groups, in one go; a group that does not exist is missing from the answer.
    ///
    /// Throws ``KafkaError/Code/unsupportedFeature`` where the brokers can't list groups.
    func groups(named names: [String]) async throws -> [String: GroupListing]

    /// A group's committed offsets for the named partitions; those without a commit are missing from the answer.
    func committedOffsets(of group: String, for partitions: [TopicPartition]) async throws
        -> [TopicPartition: CommittedOffset]

    /// Commits offsets for a group without being a member of it, and returns the partitions that were refused.
    ///
    /// Brokers refuse it for a group with live members (``KafkaError/Code/unknownMember``). When this throws a
    /// time-out, the commit may have happened: read back.
    func commit(_ offsets: [TopicPartition: CommittedOffset], for group: String) async throws
        -> [TopicPartition: KafkaError]

    /// Removes a group's commits, so that it has none for these partitions, and returns the partitions that were refused.
    ///
    /// Brokers refuse partitions of topics that live members subscribe to (``KafkaError/Code/groupSubscribedToTopic``;
    /// KIP-496). A group that does not exist refuses nothing. When this throws a time-out, the removal may have happened: read
    /// back. Throws ``KafkaError/Code/unsupportedFeature`` where it can't be done at all.
    func deleteOffsets(of group: String, for partitions: [TopicPartition]) async throws -> [TopicPartition: KafkaError]

    /// The access rules that a filter means.
    ///
    /// This and the two below throw ``KafkaError/Code/securityDisabled`` where the brokers have no authorizer, and
    /// ``KafkaError/Code/clusterAuthorizationFailed`` where the principal may not ask. When a change throws a time-out, it may
    /// have happened.
    func acls(matching filter: AccessRuleFilter) async throws -> [AccessRule]

    /// Creates access rules, and returns those that were refused. One that exists already is not an error.
    ///
    /// Brokers learn of it one after the other, soon after this returns.
    func createACLs(_ rules: [AccessRule]) async throws -> [AccessRule: KafkaError]

    /// Deletes the access rules that any of the filters means, and returns them.
    func deleteACLs(matching filters: [AccessRuleFilter]) async throws -> [AccessRule]

    /// Whether the principal may do these things, by requests that change nothing: one that asks brokers to check only, that names
    /// what can't exist, or that reads what is read anyway. What can't be tried so is ``AccessAnswer/untold(_:)``.
    func tryAccess(_ trials: Set<AccessTrial>) async throws -> [AccessTrial: AccessAnswer]

    /// The settings of topics as they are in effect (`retention.ms`, `cleanup.policy`, ...), the brokers' defaults among them, with
    /// where each comes from; or why a topic's can't be read (DESCRIBE_CONFIGS). A topic that does not exist is missing from the
    /// answer, and is not created.
    func topicSettings(of topics: [String]) async throws -> [String: Result<[TopicSetting], KafkaError>]

    /// Changes settings of one topic, leaves its others as they are, and returns when that can be seen.
    ///
    /// Over librdkafka 2.0.2 this reads the topic's own settings, and writes them back, merged: **what somebody else changes in
    /// between is lost** (the moment is as short as two requests in a row; `IncrementalAlterConfigs` would have none). A setting
    /// that can't be read is not lost but ends it (``KafkaError/Code/invalidArgument``). When this throws a time-out, the change
    /// may have happened, wholly.
    func alterTopicSettings(of topic: String, _ change: SettingsChange) async throws

    /// Creates topics, and returns when they can be seen. One that exists already is not an error.
    func createTopics(_ topics: [NewTopic]) async throws

    /// Adds partitions to a topic until it has `count`, and returns when they can be seen. Never takes any away: a topic that has
    /// as many, or more, stays as it is, and that is not an error. When this throws a time-out, it may have happened.
    func createPartitions(of topic: String, upTo count: Int) async throws
}

extension KafkaCluster {
    /// The values of topics' settings, whatever their origin.
    ///
    /// - Throws: where a topic's can't be read.
    public func topicConfiguration(of topics: [String]) async throws -> [String: [String: String]] {
        try await topicSettings(of: topics).mapValues { answer in try answer.get().reduce(into: [:]) { $0[$1.name] = $1.value } }
    }

    /// Deletes these access rules and no other, and returns those that were there.
    public func deleteACLs(_ rules: [AccessRule]) async throws -> [AccessRule] {
        try await deleteACLs(matching: rules.map { AccessRuleFilter($0) })
    }

    /// Reads ranges of logs at the consumer's own isolation level; see ``scan(_:isolation:into:_:)``.
    public func scan<State: Sendable>(
        _ ranges: [LogRange], into state: State,
        _ update: @escaping @Sendable (inout State, borrowing MessageView) throws -> Void
    ) async throws -> State {
        try await scan(ranges, isolation: nil, into: state, update)
    }
}

/// Which records of transactions a reader sees (`isolation.level`).
public enum Isolation: String, Sendable, Hashable {
    case committed = "read_committed"
    /// Those of aborted transactions too, and of ones still open.
    case uncommitted = "read_uncommitted"
}

/// Offsets `bounds.start ..< bounds.end` of one partition.
public struct LogRange: Hashable, Sendable {
    public var partition: TopicPartition
    public var bounds: LogBounds

    public init(_ partition: TopicPartition, _ bounds: LogBounds) {
        self.partition = partition
        self.bounds = bounds
    }
}

/// A topic to be created.
public struct NewTopic: Hashable, Sendable {
    public var name: String
    public var partitions: Int
    /// -1 asks for the brokers' default.
    public var replicationFactor: Int
    public var configuration: [String: String]

    public init(name: String, partitions: Int, replicationFactor: Int = -1, configuration: [String: String] = [:]) {
        self.name = name
        self.partitions = partitions
        self.replicationFactor = replicationFactor
        self.configuration = configuration
    }
}
