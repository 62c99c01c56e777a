internal import CRdkafka

/// A member of a consumer group that is there for the assignment alone: which partitions of a topic are its own, it learns by Kafka's
/// group protocol; what they stand for is the caller's business.
///
/// The broker takes a member for dead when it has not been heard of for `session.timeout.ms`, and gives its partitions to others.
public actor GroupMembership {
    public enum Change: Sendable, Hashable {
        /// These are the member's own now, and nobody else's.
        case assigned([TopicPartition])
        /// None is any more, once ``release()`` is called: others wait for that. Where the membership was lost (the session ran out),
        /// nobody waits, and others may have them already.
        case revoked(isLost: Bool)
    }

    private let executor: BlockingExecutor
    public nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    private let handle: ClientHandle
    private let queue: EventQueue
    private let group: String
    private var isRevoking = false

    /// Joins the group.
    public init(
        cluster: String, group: String, topic: String, properties: ClientProperties, log: ClientLog? = nil
    ) throws(KafkaError) {
        self.group = group
        executor = BlockingExecutor(label: "kafka.membership")
        var properties = properties
        properties["group.id"] = group
        handle = try ClientHandle(
            .consumer, cluster: cluster, properties: properties,
            defaults: ["session.timeout.ms": "10000", "heartbeat.interval.ms": "1000"],
            required: [
                "enable.auto.commit": "false", "enable.auto.offset.store": "false", "auto.offset.reset": "latest",
                // Eager: all that a member has is revoked before anything is assigned anew.
                "partition.assignment.strategy": "range",
            ],
            log: log
        ) { rd_kafka_conf_set_events($0, RD_KAFKA_EVENT_REBALANCE | RD_KAFKA_EVENT_FETCH | RD_KAFKA_EVENT_ERROR) }
        rd_kafka_poll_set_consumer(handle.raw)
        queue = EventQueue(ofConsumer: handle)
        let list = PartitionList([TopicPartition(topic: topic, partition: -1)])
        let code = rd_kafka_subscribe(handle.raw, list.raw)
        guard code == RD_KAFKA_RESP_ERR_NO_ERROR else { throw handle.error(code, "join the group", group: group) }
    }

    /// What changes next; `nil` where nothing does within `timeout`. To be called again and again: a member that does not ask for
    /// five minutes (`max.poll.interval.ms`) is put out of its group.
    ///
    /// - Throws: ``KafkaError`` for what does not mend itself, such as a missing permission.
    public func next(within timeout: Duration) throws -> Change? {
        let deadline = Deadline(after: timeout)
        while true {
            // Owned here.
            guard let event = rd_kafka_queue_poll(queue.raw, deadline.milliseconds(atMost: 1000)) else {
                if deadline.hasPassed { return nil }
                continue
            }
            defer { rd_kafka_event_destroy(event) }
            switch rd_kafka_event_type(event) {
            case RD_KAFKA_EVENT_REBALANCE:
                guard rd_kafka_event_error(event) == RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS else {
                    isRevoking = true
                    return .revoked(isLost: rd_kafka_assignment_lost(handle.raw) != 0)
                }
                // The list is the event's.
                let list = rd_kafka_event_topic_partition_list(event)
                let code = rd_kafka_assign(handle.raw, list)
                guard code == RD_KAFKA_RESP_ERR_NO_ERROR else { throw handle.error(code, "take over partitions", group: group) }
                return .assigned(list.map { PartitionList.entries(of: $0).map(\.partition) } ?? [])
            case RD_KAFKA_EVENT_ERROR:
                let error = handle.error(
                    rd_kafka_event_error(event), "be a member of the group", group: group,
                    message: rd_kafka_event_error_string(event).map { String(cString: $0) })
                if error.isFatal || [.groupAuthorizationFailed, .topicAuthorizationFailed, .authentication].contains(error.code) { throw error }
            default: break
            }
            if deadline.hasPassed { return nil }
        }
    }

    /// Lets go of what was revoked.
    public func release() {
        guard isRevoking else { return }
        isRevoking = false
        rd_kafka_assign(handle.raw, nil)
    }

    /// Leaves the group, so that others need not wait for the session to run out. Ends after `deadline` at the latest.
    public func leave(within deadline: Duration = .seconds(5)) {
        release()
        queue.leaveGroup(within: deadline)
    }
}
