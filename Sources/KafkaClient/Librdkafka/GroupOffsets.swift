internal import CRdkafka

/// A group's committed offsets, read and written by a client of its own that never joins the group.
///
/// It goes through a consumer handle, not the admin API: the handle looks its coordinator up again after
/// NOT_COORDINATOR and waits out COORDINATOR_LOAD_IN_PROGRESS, which librdkafka's admin requests do not.
actor GroupOffsets {
    private let executor: BlockingExecutor
    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    private let handle: ClientHandle
    private let group: String

    init(cluster: String, group: String, properties: ClientProperties, timeout: Duration, log: ClientLog?) throws(KafkaError) {
        self.group = group
        executor = BlockingExecutor(label: "kafka.group-offsets")
        var properties = properties
        properties["group.id"] = group
        handle = try ClientHandle(
            .consumer, cluster: cluster, properties: properties,
            // A commit that finds no coordinator is kept for the session timeout, and the handle with it: keep that short.
            defaults: [
                "enable.auto.commit": "false", "heartbeat.interval.ms": "500",
                "session.timeout.ms": "\(max(1000, timeout.milliseconds))",
            ],
            // It never joins; but told not to close, librdkafka 2.0.2 spins on such a commit when destroyed.
            closesConsumer: true, log: log)
        rd_kafka_poll_set_consumer(handle.raw)
    }

    func committed(
        for partitions: Set<TopicPartition>, _ deadline: Deadline
    ) async throws -> [TopicPartition: CommittedOffset] {
        try await retrying(deadline) { () throws(KafkaError) in
            let list = PartitionList(partitions)
            let code = rd_kafka_committed(handle.raw, list.raw, deadline.milliseconds())
            guard code == RD_KAFKA_RESP_ERR_NO_ERROR else { throw self.handle.error(code, "read committed offsets", group: self.group) }
            var offsets: [TopicPartition: CommittedOffset] = [:]
            for entry in list.entries {
                guard entry.error == RD_KAFKA_RESP_ERR_NO_ERROR else {
                    throw handle.error(
                        entry.error, "read committed offsets", topic: entry.partition.topic,
                        partition: entry.partition.partition, group: group)
                }
                if entry.offset >= 0 {
                    offsets[entry.partition] = CommittedOffset(offset: entry.offset, metadata: entry.metadata)
                }
            }
            return offsets
        }
    }

    func commit(
        _ offsets: [TopicPartition: CommittedOffset], _ deadline: Deadline
    ) async throws -> [TopicPartition: KafkaError] {
        try await retrying(deadline) { () throws(KafkaError) in
            let refused = try Self.commit(offsets, group: group, handle: handle, deadline: deadline)
            if let passing = refused.values.first(where: Self.passes) { throw passing }
            return refused
        }
    }

    /// What mends itself; a group that rebalances has members, and is none of ours.
    static func passes(_ refusal: KafkaError) -> Bool { refusal.isRetriable && refusal.code != .rebalanceInProgress }

    static func refusals(
        _ entries: [PartitionList.Entry], group: String, _ handle: ClientHandle
    ) -> [TopicPartition: KafkaError] {
        entries.reduce(into: [:]) { refused, entry in
            guard entry.error != RD_KAFKA_RESP_ERR_NO_ERROR else { return }
            refused[entry.partition] = handle.error(
                entry.error, "commit offsets", topic: entry.partition.topic, partition: entry.partition.partition, group: group)
        }
    }

    /// Repeats what a moving or loading coordinator, or a dropped connection, made fail, until the deadline.
    private func retrying<Result>(
        _ deadline: Deadline, _ attempt: () throws(KafkaError) -> Result
    ) async throws -> Result {
        while true {
            do throws(KafkaError) {
                return try attempt()
            } catch {
                guard error.isRetriable, deadline.remaining > .milliseconds(100) else { throw error }
            }
            try await Task.sleep(for: .milliseconds(50))
        }
    }

    /// One commit request. An answer for the whole request is spread over its partitions.
    static func commit(
        _ offsets: [TopicPartition: CommittedOffset], group: String, handle: ClientHandle, deadline: Deadline
    ) throws(KafkaError) -> [TopicPartition: KafkaError] {
        let list = PartitionList(offsets)
        // Goes with whatever answer comes too late.
        let queue = EventQueue(handle)
        let operation = "commit offsets"
        let code = rd_kafka_commit_queue(handle.raw, list.raw, queue.raw, nil, nil)
        guard code == RD_KAFKA_RESP_ERR_NO_ERROR else { throw handle.error(code, operation, group: group) }
        while !deadline.hasPassed {
            guard let event = rd_kafka_queue_poll(queue.raw, deadline.milliseconds(atMost: 1000)) else { continue }
            defer { rd_kafka_event_destroy(event) }
            guard rd_kafka_event_type(event) == RD_KAFKA_EVENT_OFFSET_COMMIT else { continue }
            var refused: [TopicPartition: KafkaError] = [:]
            // The list is the event's.
            if let answers = rd_kafka_event_topic_partition_list(event) {
                refused = refusals(PartitionList.entries(of: answers), group: group, handle)
            }
            let overall = rd_kafka_event_error(event)
            if overall != RD_KAFKA_RESP_ERR_NO_ERROR, refused.isEmpty {
                let error = handle.error(overall, operation, group: group)
                if error.isRetriable { throw error }
                for partition in offsets.keys { refused[partition] = error }
            }
            return refused
        }
        throw handle.error(RD_KAFKA_RESP_ERR__TIMED_OUT, operation, group: group)
    }
}
