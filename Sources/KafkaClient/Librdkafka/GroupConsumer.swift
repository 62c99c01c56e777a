internal import CRdkafka

/// A member of a consumer group: subscribes, is assigned partitions by the group protocol, reads and commits.
public actor GroupConsumer {
    private let executor: BlockingExecutor
    public nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    private let handle: ClientHandle
    private let queue: EventQueue
    private let group: String
    private var closed = false

    public init(cluster: String, group: String, properties: ClientProperties, log: ClientLog? = nil) throws(KafkaError) {
        self.group = group
        executor = BlockingExecutor(label: "kafka.consumer")
        var properties = properties
        properties["group.id"] = group
        handle = try ClientHandle(
            .consumer, cluster: cluster, properties: properties,
            defaults: [
                "auto.offset.reset": "earliest", "enable.auto.commit": "false", "enable.auto.offset.store": "false",
                "fetch.wait.max.ms": "50",
            ],
            closesConsumer: true, log: log)
        rd_kafka_poll_set_consumer(handle.raw)
        queue = EventQueue(ofConsumer: handle)
    }

    public func subscribe(to topics: [String]) throws(KafkaError) {
        let list = PartitionList(topics.map { TopicPartition(topic: $0, partition: -1) })
        let code = rd_kafka_subscribe(handle.raw, list.raw)
        guard code == RD_KAFKA_RESP_ERR_NO_ERROR else { throw handle.error(code, "subscribe", group: group) }
    }

    /// Reads these partitions from where the group stands in them, and commits for it, without becoming its member: brokers don't know of it.
    public func assign(_ partitions: [TopicPartition]) throws(KafkaError) {
        let list = PartitionList(partitions)
        let code = rd_kafka_assign(handle.raw, list.raw)
        guard code == RD_KAFKA_RESP_ERR_NO_ERROR else { throw handle.error(code, "assign partitions", group: group) }
    }

    /// The partitions this consumer reads now.
    public func assignment() throws(KafkaError) -> [TopicPartition] {
        var list: UnsafeMutablePointer<rd_kafka_topic_partition_list_t>?
        let code = rd_kafka_assignment(handle.raw, &list)
        // The list is ours.
        defer { list.map(rd_kafka_topic_partition_list_destroy) }
        guard code == RD_KAFKA_RESP_ERR_NO_ERROR, let list else { throw handle.error(code, "read the assignment", group: group) }
        return PartitionList.entries(of: list).map(\.partition)
    }

    /// Up to `max` records, waiting up to `timeout` for the first.
    ///
    /// - Throws: ``KafkaError`` for what does not mend itself; connection trouble only makes the answer empty.
    public func poll(max: Int = 500, timeout: Duration) throws(KafkaError) -> [ConsumedRecord] {
        var records: [ConsumedRecord] = []
        var wait = timeout.milliseconds
        while records.count < max, let message = rd_kafka_consumer_poll(handle.raw, wait) {
            defer { rd_kafka_message_destroy(message) }
            let code = message.pointee.err
            if code == RD_KAFKA_RESP_ERR_NO_ERROR {
                records.append(MessageView(message).copy())
            } else if code != RD_KAFKA_RESP_ERR__PARTITION_EOF {
                let error = handle.error(
                    code, "consume", topic: message.pointee.rkt.map { String(cString: rd_kafka_topic_name($0)) }, group: group,
                    message: rd_kafka_message_errstr(message).map { String(cString: $0) })
                if !error.isRetriable && error.code != .unknownTopicOrPartition { throw error }
            }
            wait = 0
        }
        return records
    }

    /// Commits as a member of the group and waits for the answer, for `deadline` at the most.
    public func commit(
        _ offsets: [TopicPartition: CommittedOffset], within deadline: Duration = .seconds(10)
    ) throws -> [TopicPartition: KafkaError] {
        try GroupOffsets.commit(offsets, group: group, handle: handle, deadline: Deadline(after: deadline))
    }

    /// Leaves the group. With the cluster gone, this ends after `deadline` all the same.
    public func close(within deadline: Duration = .seconds(5)) {
        guard !closed else { return }
        closed = true
        queue.leaveGroup(within: deadline)
    }
}
