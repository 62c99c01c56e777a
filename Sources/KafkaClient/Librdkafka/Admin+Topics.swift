internal import CRdkafka

extension Admin {
    func createTopics(_ topics: [NewTopic]) throws(KafkaError) {
        guard !topics.isEmpty else { return }
        // All owned here; librdkafka copies them into its request.
        var requests: [OpaquePointer?] = []
        defer { requests.forEach { rd_kafka_NewTopic_destroy($0) } }
        var text = [CChar](repeating: 0, count: 512)
        for topic in topics {
            guard let request = rd_kafka_NewTopic_new(
                topic.name, Int32(clamping: topic.partitions), Int32(clamping: topic.replicationFactor), &text, text.count)
            else { throw KafkaError(.invalidArgument, "create a topic", cluster: handle.cluster, topic: topic.name, message: string(text)) }
            requests.append(request)
            for (name, value) in topic.configuration { rd_kafka_NewTopic_set_config(request, name, value) }
        }
        let (deadline, handle) = (deadline, handle)
        let event = try ask(
            RD_KAFKA_ADMIN_OP_CREATETOPICS, "create topics", topic: topics.first?.name, deadline,
            options: { rd_kafka_AdminOptions_set_operation_timeout($0, deadline.milliseconds(), nil, 0) },
            send: { [requests] in
                var requests = requests
                rd_kafka_CreateTopics(handle.raw, &requests, requests.count, $0, $1)
            })
        var count = 0
        let results = rd_kafka_CreateTopics_result_topics(rd_kafka_event_CreateTopics_result(event.raw), &count)
        for index in 0..<count {
            let result = results?[index]
            let code = rd_kafka_topic_result_error(result)
            guard code != RD_KAFKA_RESP_ERR_NO_ERROR, code != RD_KAFKA_RESP_ERR_TOPIC_ALREADY_EXISTS else { continue }
            throw handle.error(
                code, "create the topic", topic: String(cString: rd_kafka_topic_result_name(result)),
                message: rd_kafka_topic_result_error_string(result).map { String(cString: $0) })
        }
    }

    func createPartitions(of topic: String, upTo count: Int) async throws {
        try await retrying { (deadline: Deadline) throws(KafkaError) in try self.grow(topic, upTo: count, deadline) }
    }

    private func grow(_ topic: String, upTo count: Int, _ deadline: Deadline) throws(KafkaError) {
        let operation = "add partitions to the topic"
        guard let known = try topics()[topic] else {
            throw handle.error(RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART, operation, topic: topic)
        }
        guard known < count else { return }
        var text = [CChar](repeating: 0, count: 512)
        guard let request = rd_kafka_NewPartitions_new(topic, count, &text, text.count) else {
            throw KafkaError(.invalidArgument, operation, cluster: handle.cluster, topic: topic, message: string(text))
        }
        defer { rd_kafka_NewPartitions_destroy(request) }
        let handle = handle
        let event = try ask(
            RD_KAFKA_ADMIN_OP_CREATEPARTITIONS, operation, topic: topic, deadline,
            options: { rd_kafka_AdminOptions_set_operation_timeout($0, deadline.milliseconds(), nil, 0) },
            send: {
                var requests: [OpaquePointer?] = [request]
                rd_kafka_CreatePartitions(handle.raw, &requests, 1, $0, $1)
            })
        var resultCount = 0
        let results = rd_kafka_CreatePartitions_result_topics(
            rd_kafka_event_CreatePartitions_result(event.raw), &resultCount)
        guard resultCount == 1, let result = results?[0] else {
            throw handle.error(RD_KAFKA_RESP_ERR__BAD_MSG, operation, topic: topic)
        }
        let code = rd_kafka_topic_result_error(result)
        guard code != RD_KAFKA_RESP_ERR_NO_ERROR else { return }
        var error = handle.error(
            code, operation, topic: topic, message: rd_kafka_topic_result_error_string(result).map { String(cString: $0) })
        // The controller may have them already, and the broker that was asked above not know yet: that is looked at again.
        if code == RD_KAFKA_RESP_ERR_INVALID_PARTITIONS { error.isRetriable = true }
        throw error
    }
}
