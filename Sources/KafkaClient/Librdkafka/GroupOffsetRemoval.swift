internal import CRdkafka

/// Takes committed offsets away from a group, so that it has none for these partitions any more.
///
/// - Important: ``run()`` belongs in a process of its own. librdkafka 2.0.2 aborts the process that calls it where a
///   broker lacks the request (Kafka before 2.4, the embedded clusters), and is said to when a connection drops at the wrong
///   moment (`rd_kafka_admin_coord_request`, librdkafka issue 3663). ``LibrdkafkaCluster`` therefore never calls it, but hands the
///   removal to whoever opened the cluster.
public struct GroupOffsetRemoval: Sendable {
    /// The cluster's alias, for messages.
    public var cluster: String
    public var properties: ClientProperties
    public var group: String
    public var partitions: [TopicPartition]
    /// How long it may take in all.
    public var timeout: Duration

    /// Carries a removal out, elsewhere; see ``LibrdkafkaCluster``. Keeps the promises of ``run()``.
    public typealias Runner = @Sendable (GroupOffsetRemoval) async throws -> [TopicPartition: KafkaError]

    public init(
        cluster: String, properties: ClientProperties, group: String, partitions: [TopicPartition],
        timeout: Duration = .seconds(10)
    ) {
        self.cluster = cluster
        self.properties = properties
        self.group = group
        self.partitions = partitions
        self.timeout = timeout
    }

    /// Removes the commits, **in this process, which that may abort**, and returns the partitions that were refused.
    ///
    /// Brokers refuse partitions of topics that live members subscribe to (``KafkaError/Code/groupSubscribedToTopic``;
    /// KIP-496). A group that does not exist has no commits, and refuses nothing. When this throws a time-out, the removal
    /// may have happened: read back.
    public func run() async throws -> [TopicPartition: KafkaError] {
        guard !partitions.isEmpty else { return [:] }
        let deadline = Deadline(after: timeout)
        while true {
            do throws(KafkaError) {
                // A client of its own each time: librdkafka keeps a coordinator that has moved.
                return try await GroupOffsetRemover(self).run(deadline)
            } catch {
                guard error.isRetriable, deadline.remaining > .milliseconds(100) else { throw error }
            }
            try await Task.sleep(for: .milliseconds(50))
        }
    }
}

private actor GroupOffsetRemover {
    private let executor = BlockingExecutor(label: "kafka.group-offset-removal")
    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    private let removal: GroupOffsetRemoval
    private let handle: ClientHandle

    init(_ removal: GroupOffsetRemoval) throws(KafkaError) {
        self.removal = removal
        var properties = removal.properties
        properties["group.id"] = removal.group
        handle = try ClientHandle(.consumer, cluster: removal.cluster, properties: properties, defaults: ["enable.auto.commit": "false"])
    }

    func run(_ deadline: Deadline) throws(KafkaError) -> [TopicPartition: KafkaError] {
        let operation = "remove committed offsets", group = removal.group, handle = handle
        let list = PartitionList(Set(removal.partitions))
        let request = rd_kafka_DeleteConsumerGroupOffsets_new(group, list.raw)
        defer { rd_kafka_DeleteConsumerGroupOffsets_destroy(request) }
        let event = handle.ask(RD_KAFKA_ADMIN_OP_DELETECONSUMERGROUPOFFSETS, deadline, toCoordinator: true) {
            var requests = [request]
            rd_kafka_DeleteConsumerGroupOffsets(handle.raw, &requests, 1, $0, $1)
        }
        guard let event else { throw handle.error(RD_KAFKA_RESP_ERR__TIMED_OUT, operation, group: group) }
        func passes(_ code: rd_kafka_resp_err_t, _ message: String?) throws(KafkaError) -> Bool {
            if code == RD_KAFKA_RESP_ERR_NO_ERROR { return true }
            if code == RD_KAFKA_RESP_ERR_GROUP_ID_NOT_FOUND { return false }
            throw handle.error(code, operation, group: group, message: message)
        }
        guard try passes(event.code, event.message) else { return [:] }
        var count = 0
        let results = rd_kafka_DeleteConsumerGroupOffsets_result_groups(
            rd_kafka_event_DeleteConsumerGroupOffsets_result(event.raw), &count)
        guard count == 1, let result = results?[0] else {
            throw handle.error(RD_KAFKA_RESP_ERR__BAD_MSG, operation, group: group)
        }
        if let error = rd_kafka_group_result_error(result) {
            guard try passes(rd_kafka_error_code(error), String(cString: rd_kafka_error_string(error))) else { return [:] }
        }
        guard let answers = rd_kafka_group_result_partitions(result) else { return [:] }
        return PartitionList.entries(of: answers).reduce(into: [:]) { refused, entry in
            guard entry.error != RD_KAFKA_RESP_ERR_NO_ERROR else { return }
            refused[entry.partition] = handle.error(
                entry.error, operation, topic: entry.partition.topic, partition: entry.partition.partition, group: group)
        }
    }
}
