/// A cluster of brokers, reached through librdkafka.
public actor LibrdkafkaCluster: KafkaCluster {
    public nonisolated let name: String
    /// How the brokers are reached, by every client.
    public nonisolated let properties: ClientProperties
    /// The same, with what consumers have besides or instead.
    public nonisolated let consumerProperties: ClientProperties
    /// The same, with what producers have besides or instead.
    public nonisolated let producerProperties: ClientProperties
    /// How long any one request may take, and how long a scan may go without progress.
    public nonisolated let timeout: Duration
    let log: ClientLog?
    let admin: Admin
    private let groupOffsets: GroupOffsetPool
    private let removal: GroupOffsetRemoval.Runner?

    /// - Parameters:
    ///   - name: The cluster's alias, for messages.
    ///   - properties: librdkafka's names; `bootstrap.servers` at least.
    ///   - consumer: What consumers have besides or instead.
    ///   - producer: What producers have besides or instead.
    ///   - timeout: The deadline of every request.
    ///   - groupClients: How many groups' offsets are read and written at the same time, each over a connection of its own.
    ///     They are opened as they are needed, and closed when they have been idle for some seconds.
    ///   - removal: Runs ``GroupOffsetRemoval`` in another process. Without it ``deleteOffsets(of:for:)`` is unsupported.
    /// - Throws: ``KafkaError`` where librdkafka refuses a property. Nothing is connected yet.
    public init(
        name: String, properties: ClientProperties, consumer: ClientProperties = ClientProperties(),
        producer: ClientProperties = ClientProperties(), timeout: Duration = .seconds(10), groupClients: Int = 32,
        removal: GroupOffsetRemoval.Runner? = nil, log: ClientLog? = nil
    ) throws(KafkaError) {
        guard let servers = properties["bootstrap.servers"], !servers.isEmpty else {
            throw KafkaError(
                .invalidArgument, "open the cluster", cluster: name, message: "no bootstrap.servers given", isFatal: true)
        }
        self.name = name
        self.properties = properties
        consumerProperties = properties.merging(consumer)
        producerProperties = properties.merging(producer)
        self.timeout = timeout
        self.log = log
        admin = try Admin(cluster: name, properties: properties, timeout: timeout, log: log)
        groupOffsets = GroupOffsetPool(
            cluster: name, properties: properties, timeout: timeout, limit: groupClients, log: log)
        self.removal = removal
    }

    public func clusterID() async throws -> String? { try await admin.clusterID() }
    public func topics() async throws -> [String: Int] { try await admin.topics() }
    /// By their ids.
    public func brokers() async throws -> [Broker] { try await admin.brokers() }
    public func groups() async throws -> [GroupListing] { try await admin.groups() }

    public func createTopics(_ topics: [NewTopic]) async throws {
        try await admin.createTopics(topics)
        try await waitToSee("the topic that was created") { known in topics.first { known[$0.name] == nil }?.name }
    }

    public func createPartitions(of topic: String, upTo count: Int) async throws {
        try await admin.createPartitions(of: topic, upTo: count)
        try await waitToSee("the partitions that were added") { $0[topic] ?? 0 < count ? topic : nil }
    }

    /// The controller answers before every broker knows; what follows would meet "unknown topic".
    private func waitToSee(_ what: String, missing: ([String: Int]) -> String?) async throws {
        let deadline = Deadline(after: timeout)
        while let topic = missing(try await admin.topics()) {
            guard !deadline.hasPassed else { throw KafkaError(.timedOut, "see \(what)", cluster: name, topic: topic) }
            try await Task.sleep(for: .milliseconds(50))
        }
    }

    public func logBounds(of partitions: [TopicPartition]) async throws -> [TopicPartition: LogBounds] {
        try await admin.logBounds(of: partitions)
    }

    public func offsets(atOrAfter timestamps: [TopicPartition: Int64]) async throws -> [TopicPartition: Int64] {
        try await admin.offsets(atOrAfter: timestamps)
    }

    public func group(named name: String) async throws -> GroupListing? { try await admin.groups(named: [name])[name] }

    public func groups(named names: [String]) async throws -> [String: GroupListing] {
        try await admin.groups(named: Set(names))
    }

    public func acls(matching filter: AccessRuleFilter) async throws -> [AccessRule] { try await admin.acls(matching: filter) }

    public func createACLs(_ rules: [AccessRule]) async throws -> [AccessRule: KafkaError] { try await admin.createACLs(rules) }

    public func deleteACLs(matching filters: [AccessRuleFilter]) async throws -> [AccessRule] {
        try await admin.deleteACLs(matching: filters)
    }

    public func topicSettings(of topics: [String]) async throws -> [String: Result<[TopicSetting], KafkaError>] {
        try await admin.settings(of: topics)
    }

    public func alterTopicSettings(of topic: String, _ change: SettingsChange) async throws {
        try await admin.alterSettings(of: topic, change)
    }

    public func deleteOffsets(of group: String, for partitions: [TopicPartition]) async throws -> [TopicPartition: KafkaError] {
        guard !partitions.isEmpty else { return [:] }
        guard let removal else {
            throw KafkaError(
                .unsupportedFeature, "remove committed offsets", cluster: name, group: group,
                message: "that takes a process of its own, and none was provided for it")
        }
        return try await removal(GroupOffsetRemoval(
            cluster: name, properties: properties, group: group, partitions: partitions, timeout: timeout))
    }

    public func committedOffsets(
        of group: String, for partitions: [TopicPartition]
    ) async throws -> [TopicPartition: CommittedOffset] {
        try await groupOffsets.committed(of: group, for: partitions)
    }

    public func commit(
        _ offsets: [TopicPartition: CommittedOffset], for group: String
    ) async throws -> [TopicPartition: KafkaError] {
        try await groupOffsets.commit(offsets, for: group)
    }

    public nonisolated func scan<State: Sendable>(
        _ ranges: [LogRange], isolation: Isolation?, into state: State,
        _ update: @escaping @Sendable (inout State, borrowing MessageView) throws -> Void
    ) async throws -> State {
        // One lock a batch; the state itself never moves.
        let scan = LogScan(state: state, ranges: ranges, update: update)
        guard scan.next != nil else { return state }
        var properties = consumerProperties
        if let isolation { properties["isolation.level"] = isolation.rawValue }
        // A few records of each partition come with its first batch, and all that would be fetched ahead, megabytes of each, is thrown away.
        let widest = ranges.map { $0.bounds.end - $0.bounds.start }.max() ?? 0
        if ranges.count == Set(ranges.map(\.partition)).count, widest <= 64 {
            properties = properties.merging(ClientProperties(["fetch.message.max.bytes": "65536", "queued.min.messages": "\(max(1, widest))"]))
        }
        let reader = try LogReader(cluster: name, properties: properties, log: log)
        for (partition, start) in scan.begun() { try await reader.start(partition, at: start) }

        var lastProgress = ContinuousClock.now
        while true {
            let polled = try await reader.poll(timeout: .milliseconds(100)) { try scan.fold($0) }
            for (partition, start) in scan.turned(ends: polled.ends) {
                // Stopping drops what was fetched beyond the range.
                await reader.stop(partition)
                if let start { try await reader.start(partition, at: start) }
            }
            guard let next = scan.next else { return scan.result }
            if let error = polled.errors.first(where: { !$0.isRetriable }) { throw error }
            if polled.records > 0 {
                lastProgress = .now
            } else if ContinuousClock.now - lastProgress > timeout {
                throw await reader.timedOut("read the log", next)
            }
            try Task.checkCancellation()
        }
    }
}
