internal import CRdkafka

/// A client that reads and writes the committed offsets of any group, one request at a time, by librdkafka's admin requests.
///
/// It gives clean answers only: the offsets, or (thrown) the broker's refusal for good. Whatever else happens is no answer
/// (`nil`), and the client is not to be used again: librdkafka
/// never drops a coordinator from the admin requests' cache, not even after NOT_COORDINATOR, and an unanswered request must go
/// with its client (``ClientHandle/ask(_:_:toCoordinator:options:send:)``). The other way into librdkafka's fault there, a
/// request that can't be built, is not open to these two: 2.0.2 builds them whatever the broker offers.
actor GroupOffsetClient {
    private let executor = BlockingExecutor(label: "kafka.group-offset-client")
    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    private let handle: ClientHandle
    private let requiresStable: Bool

    /// - Parameter group: Any that the principal may see. Without one, librdkafka 2.0.2 follows a null pointer when an
    ///   OffsetFetch is answered NOT_COORDINATOR.
    init(cluster: String, group: String, properties: ClientProperties, log: ClientLog?) throws(KafkaError) {
        var properties = properties
        properties["group.id"] = group
        requiresStable = properties["isolation.level"] != Isolation.uncommitted.rawValue
        handle = try ClientHandle(
            .consumer, cluster: cluster, properties: properties, defaults: ["enable.auto.commit": "false"], log: log)
    }

    func committed(
        of group: String, for partitions: Set<TopicPartition>, _ deadline: Deadline
    ) throws(KafkaError) -> [TopicPartition: CommittedOffset]? {
        let list = PartitionList(partitions)
        let request = rd_kafka_ListConsumerGroupOffsets_new(group, list.raw)
        defer { rd_kafka_ListConsumerGroupOffsets_destroy(request) }
        let handle = handle, requiresStable = requiresStable
        let event = handle.ask(
            RD_KAFKA_ADMIN_OP_LISTCONSUMERGROUPOFFSETS, deadline, toCoordinator: true,
            options: { options in
                if let error = rd_kafka_AdminOptions_set_require_stable_offsets(options, requiresStable ? 1 : 0) {
                    rd_kafka_error_destroy(error)
                }
            }
        ) {
            var requests = [request]
            rd_kafka_ListConsumerGroupOffsets(handle.raw, &requests, 1, $0, $1)
        }
        guard let event else { return nil }
        try throwRefusal(event.code, of: group)
        guard event.code == RD_KAFKA_RESP_ERR_NO_ERROR else { return nil }
        var count = 0
        let results = rd_kafka_ListConsumerGroupOffsets_result_groups(rd_kafka_event_ListConsumerGroupOffsets_result(event.raw), &count)
        guard let entries = Self.entries(results, count) else { return nil }
        for entry in entries { try throwRefusal(entry.error, of: group, entry.partition) }
        guard entries.allSatisfy({ $0.error == RD_KAFKA_RESP_ERR_NO_ERROR }), partitions.isSubset(of: entries.lazy.map(\.partition))
        else { return nil }
        return entries.reduce(into: [:]) {
            if $1.offset >= 0 { $0[$1.partition] = CommittedOffset(offset: $1.offset, metadata: $1.metadata) }
        }
    }

    /// A code of the broker's own that does not mend itself. An offset under an open transaction does.
    private func throwRefusal(
        _ code: rd_kafka_resp_err_t, of group: String, _ partition: TopicPartition? = nil
    ) throws(KafkaError) {
        guard code.rawValue > 0, code != RD_KAFKA_RESP_ERR_UNSTABLE_OFFSET_COMMIT else { return }
        let error = handle.error(
            code, "read committed offsets", topic: partition?.topic, partition: partition?.partition, group: group)
        if !error.isRetriable { throw error }
    }

    func commit(
        _ offsets: [TopicPartition: CommittedOffset], for group: String, _ deadline: Deadline
    ) -> [TopicPartition: KafkaError]? {
        let list = PartitionList(offsets)
        let request = rd_kafka_AlterConsumerGroupOffsets_new(group, list.raw)
        defer { rd_kafka_AlterConsumerGroupOffsets_destroy(request) }
        let handle = handle
        let event = handle.ask(RD_KAFKA_ADMIN_OP_ALTERCONSUMERGROUPOFFSETS, deadline, toCoordinator: true) {
            var requests = [request]
            rd_kafka_AlterConsumerGroupOffsets(handle.raw, &requests, 1, $0, $1)
        }
        guard let event, event.code == RD_KAFKA_RESP_ERR_NO_ERROR else { return nil }
        var count = 0
        let results = rd_kafka_AlterConsumerGroupOffsets_result_groups(rd_kafka_event_AlterConsumerGroupOffsets_result(event.raw), &count)
        guard let entries = Self.entries(results, count) else { return nil }
        let refused = GroupOffsets.refusals(entries, group: group, handle)
        return refused.values.contains(where: GroupOffsets.passes) ? nil : refused
    }

    /// The one group's partitions; `nil` where the group as a whole was refused. They are the event's until copied, here.
    private static func entries(
        _ results: UnsafeMutablePointer<OpaquePointer?>?, _ count: Int
    ) -> [PartitionList.Entry]? {
        guard count == 1, let result = results?[0], rd_kafka_group_result_error(result) == nil,
            let list = rd_kafka_group_result_partitions(result)
        else { return nil }
        return PartitionList.entries(of: list)
    }
}
