internal import CRdkafka
internal import Foundation

/// Cluster-wide questions and topic administration, on one connection; every call blocks its own thread only.
actor Admin {
    private let executor = BlockingExecutor(label: "kafka.admin")
    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    private let handle: ClientHandle
    private let timeout: Duration

    init(cluster: String, properties: ClientProperties, timeout: Duration, log: ClientLog?) throws(KafkaError) {
        self.timeout = timeout
        handle = try ClientHandle(.consumer, cluster: cluster, properties: properties, log: log)
    }

    private var deadline: Deadline { Deadline(after: timeout) }

    func clusterID() throws(KafkaError) -> String? {
        _ = try topics()  // Says why, where no broker answers; clusterid below would only say nothing.
        guard let id = rd_kafka_clusterid(handle.raw, deadline.milliseconds()) else { return nil }
        defer { rd_kafka_mem_free(handle.raw, id) }
        return String(cString: id)
    }

    /// Asks for all topics: naming one would create it on the embedded clusters.
    func topics() throws(KafkaError) -> [String: Int] {
        try metadata { metadata in
            UnsafeBufferPointer(start: metadata.topics, count: Int(metadata.topic_cnt))
                .filter { $0.err == RD_KAFKA_RESP_ERR_NO_ERROR }
                .reduce(into: [:]) { $0[String(cString: $1.topic)] = Int($1.partition_cnt) }
        }
    }

    private func metadata<Result>(_ body: (rd_kafka_metadata) -> Result) throws(KafkaError) -> Result {
        var metadata: UnsafePointer<rd_kafka_metadata>?
        let code = rd_kafka_metadata(handle.raw, 1, nil, &metadata, deadline.milliseconds())
        guard code == RD_KAFKA_RESP_ERR_NO_ERROR, let metadata else { throw handle.error(code, "read the cluster's metadata") }
        // Ours, with everything it points at.
        defer { rd_kafka_metadata_destroy(metadata) }
        return body(metadata.pointee)
    }

    /// One request per leader for starts and one for ends, however many partitions.
    func logBounds(of partitions: [TopicPartition]) throws(KafkaError) -> [TopicPartition: LogBounds] {
        let known = try topics()
        let existing = partitions.filter { $0.partition >= 0 && Int($0.partition) < known[$0.topic] ?? 0 }
        guard !existing.isEmpty else { return [:] }
        let operation = "read log start and end offsets"
        func all(at mark: Int32) throws(KafkaError) -> [TopicPartition: Int64] {
            try offsets(existing.map { ($0, Int64(mark)) }, operation) { $0 >= 0 }
        }
        let starts = try all(at: RD_KAFKA_OFFSET_BEGINNING)
        let ends = try all(at: RD_KAFKA_OFFSET_END)
        return starts.reduce(into: [:]) { bounds, start in
            if let end = ends[start.key] { bounds[start.key] = LogBounds(start: start.value, end: max(start.value, end)) }
        }
    }

    /// One request per leader, however many partitions.
    func offsets(atOrAfter timestamps: [TopicPartition: Int64]) throws(KafkaError) -> [TopicPartition: Int64] {
        let operation = "look up offsets by timestamp"
        if let (partition, timestamp) = timestamps.first(where: { $0.value < 0 }) {
            throw KafkaError(
                .invalidArgument, operation, cluster: handle.cluster, topic: partition.topic, partition: partition.partition,
                message: "there is no timestamp \(timestamp)")
        }
        let known = try topics()
        let existing = timestamps.filter { $0.key.partition >= 0 && Int($0.key.partition) < known[$0.key.topic] ?? 0 }
        guard !existing.isEmpty else { return [:] }
        // -1 is the answer where there is no such record.
        return try offsets(existing.map { ($0.key, $0.value) }, operation) { $0 >= -1 }.filter { $0.value >= 0 }
    }

    /// ListOffsets takes the marks "earliest" and "latest" in place of a timestamp (Kafka's ListOffsetsRequest).
    private func offsets(
        _ questions: [(partition: TopicPartition, timestamp: Int64)], _ operation: String, isAnswer: (Int64) -> Bool
    ) throws(KafkaError) -> [TopicPartition: Int64] {
        let deadline = deadline
        while true {
            let list = PartitionList(capacity: questions.count)
            for question in questions { list.add(question.partition, offset: question.timestamp) }
            let code = rd_kafka_offsets_for_times(handle.raw, list.raw, deadline.milliseconds())
            let entries = list.entries
            let failed = entries.first { $0.error != RD_KAFKA_RESP_ERR_NO_ERROR || !isAnswer($0.offset) }
            if code == RD_KAFKA_RESP_ERR_NO_ERROR, failed == nil {
                return entries.reduce(into: [:]) { $0[$1.partition] = $1.offset }
            }
            let reason = code != RD_KAFKA_RESP_ERR_NO_ERROR ? code : failed?.error ?? code
            let error = handle.error(
                reason == RD_KAFKA_RESP_ERR_NO_ERROR ? RD_KAFKA_RESP_ERR__BAD_MSG : reason, operation,
                topic: failed?.partition.topic, partition: failed?.partition.partition)
            // A leader that has moved, or a topic so new that its leader does not know yet.
            guard error.isRetriable, deadline.remaining > .milliseconds(100) else { throw error }
            Thread.sleep(forTimeInterval: 0.05)
        }
    }

    /// ListGroups and DescribeGroups in one call. It takes another path than librdkafka's DescribeConsumerGroups, which
    /// frees memory too early when a broker can't be asked (librdkafka #3663).
    func groups(named name: String? = nil) throws(KafkaError) -> [GroupListing] {
        // Makes the brokers known first, and says why where none answers; the listing below would only time out.
        _ = try topics()
        var list: UnsafePointer<rd_kafka_group_list>?
        let code = rd_kafka_list_groups(handle.raw, name, &list, deadline.milliseconds())
        // Ours, also beside an error (a partial answer is not an answer).
        defer { list.map(rd_kafka_group_list_destroy) }
        guard code == RD_KAFKA_RESP_ERR_NO_ERROR, let list else { throw handle.error(code, "list consumer groups", group: name) }
        return UnsafeBufferPointer(start: list.pointee.groups, count: Int(list.pointee.group_cnt))
            .filter { $0.err == RD_KAFKA_RESP_ERR_NO_ERROR && String(cString: $0.protocol_type) != "connect" }
            .map {
                GroupListing(
                    name: String(cString: $0.group), state: GroupState(rawValue: String(cString: $0.state)),
                    memberCount: Int($0.member_cnt))
            }
    }

    func createTopics(_ topics: [NewTopic]) throws(KafkaError) {
        guard !topics.isEmpty else { return }
        // All owned here; librdkafka copies them into its request.
        var requests: [OpaquePointer?] = []
        defer { requests.forEach { rd_kafka_NewTopic_destroy($0) } }
        var text = [CChar](repeating: 0, count: 512)
        for topic in topics {
            guard let request = rd_kafka_NewTopic_new(
                topic.name, Int32(topic.partitions), Int32(topic.replicationFactor), &text, text.count)
            else { throw KafkaError(.invalidArgument, "create a topic", cluster: handle.cluster, topic: topic.name, message: string(text)) }
            requests.append(request)
            for (name, value) in topic.configuration { rd_kafka_NewTopic_set_config(request, name, value) }
        }
        let queue = EventQueue(handle)
        let options = rd_kafka_AdminOptions_new(handle.raw, RD_KAFKA_ADMIN_OP_CREATETOPICS)
        defer { rd_kafka_AdminOptions_destroy(options) }
        let deadline = deadline
        rd_kafka_AdminOptions_set_request_timeout(options, deadline.milliseconds(), nil, 0)
        rd_kafka_AdminOptions_set_operation_timeout(options, deadline.milliseconds(), nil, 0)
        rd_kafka_CreateTopics(handle.raw, &requests, requests.count, options, queue.raw)
        guard let event = rd_kafka_queue_poll(queue.raw, deadline.milliseconds()) else {
            throw handle.error(RD_KAFKA_RESP_ERR__TIMED_OUT, "create topics", topic: topics.first?.name)
        }
        // The results below are the event's.
        defer { rd_kafka_event_destroy(event) }
        let overall = rd_kafka_event_error(event)
        guard overall == RD_KAFKA_RESP_ERR_NO_ERROR else {
            throw handle.error(
                overall, "create topics", topic: topics.first?.name,
                message: rd_kafka_event_error_string(event).map { String(cString: $0) })
        }
        var count = 0
        let results = rd_kafka_CreateTopics_result_topics(rd_kafka_event_CreateTopics_result(event), &count)
        for index in 0..<count {
            let result = results?[index]
            let code = rd_kafka_topic_result_error(result)
            guard code != RD_KAFKA_RESP_ERR_NO_ERROR, code != RD_KAFKA_RESP_ERR_TOPIC_ALREADY_EXISTS else { continue }
            throw handle.error(
                code, "create the topic", topic: String(cString: rd_kafka_topic_result_name(result)),
                message: rd_kafka_topic_result_error_string(result).map { String(cString: $0) })
        }
    }
}
