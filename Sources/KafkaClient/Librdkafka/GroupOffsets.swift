internal import CRdkafka

/// A group's committed offsets, read and written by a client that never joins the group.
///
/// It goes through a consumer handle, not the admin API: the handle looks its coordinator up again after
/// NOT_COORDINATOR and waits out COORDINATOR_LOAD_IN_PROGRESS, which librdkafka's admin requests do not.
actor GroupOffsets {
    private let executor: BlockingExecutor
    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    private let handle: ClientHandle
    private let group: String
    private let timeout: Duration

    init(cluster: String, group: String, properties: ClientProperties, timeout: Duration, log: ClientLog?) throws(KafkaError) {
        self.group = group
        self.timeout = timeout
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

    func committed(for partitions: [TopicPartition]) async throws -> [TopicPartition: CommittedOffset] {
        guard !partitions.isEmpty else { return [:] }
        return try await retrying { deadline throws(KafkaError) in
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

    func commit(_ offsets: [TopicPartition: CommittedOffset]) async throws -> [TopicPartition: KafkaError] {
        guard !offsets.isEmpty else { return [:] }
        // Committing the same offsets twice is harmless, so what may have failed is tried again.
        return try await retrying { deadline throws(KafkaError) in
            let refused = try Self.commit(offsets, group: group, handle: handle, deadline: deadline)
            if let passing = refused.values.first(where: { $0.isRetriable && $0.code != .rebalanceInProgress }) { throw passing }
            return refused
        }
    }

    /// Repeats what a moving or loading coordinator, or a dropped connection, made fail, until the deadline.
    private func retrying<Result>(_ attempt: (Deadline) throws(KafkaError) -> Result) async throws -> Result {
        let deadline = Deadline(after: timeout)
        while true {
            do throws(KafkaError) {
                return try attempt(deadline)
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
        let list = PartitionList(capacity: offsets.count)
        for (partition, committed) in offsets { list.add(partition, offset: committed.offset, metadata: committed.metadata) }
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
                for entry in PartitionList.entries(of: answers) where entry.error != RD_KAFKA_RESP_ERR_NO_ERROR {
                    refused[entry.partition] = handle.error(
                        entry.error, operation, topic: entry.partition.topic, partition: entry.partition.partition, group: group)
                }
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
