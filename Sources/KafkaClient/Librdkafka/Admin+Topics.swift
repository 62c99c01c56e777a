internal import CRdkafka

extension Admin {
    func createTopics(_ topics: [NewTopic]) throws(KafkaError) {
        let refusals = try create(topics).values.filter { $0.code != .topicAlreadyExists }
        if let refusal = refusals.first { throw refusal }
    }

    /// - Parameter onlyCheck: Brokers say what they would do, and don't.
    /// - Returns: What each topic was refused for.
    func create(_ topics: [NewTopic], onlyCheck: Bool = false) throws(KafkaError) -> [String: KafkaError] {
        guard !topics.isEmpty else { return [:] }
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
            options: { Self.set($0, deadline, onlyCheck: onlyCheck) },
            send: { [requests] in
                var requests = requests
                rd_kafka_CreateTopics(handle.raw, &requests, requests.count, $0, $1)
            })
        var count = 0
        let results = rd_kafka_CreateTopics_result_topics(rd_kafka_event_CreateTopics_result(event.raw), &count)
        return refusals(results, count, "create the topic")
    }

    private static func set(_ options: OpaquePointer, _ deadline: Deadline, onlyCheck: Bool) {
        rd_kafka_AdminOptions_set_operation_timeout(options, deadline.milliseconds(), nil, 0)
        if onlyCheck { rd_kafka_AdminOptions_set_validate_only(options, 1, nil, 0) }
    }

    /// By topic. The results are the event's.
    private func refusals(_ results: UnsafeMutablePointer<OpaquePointer?>?, _ count: Int, _ operation: String) -> [String: KafkaError] {
        (0..<count).reduce(into: [:]) { refusals, index in
            let result = results?[index], code = rd_kafka_topic_result_error(result)
            guard code != RD_KAFKA_RESP_ERR_NO_ERROR else { return }
            let topic = String(cString: rd_kafka_topic_result_name(result))
            refusals[topic] = handle.error(
                code, operation, topic: topic, message: rd_kafka_topic_result_error_string(result).map { String(cString: $0) })
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
        guard known < count, var error = try grow([(topic, count)], deadline)[topic] else { return }
        // The controller may have them already, and the broker that was asked above not know yet: that is looked at again.
        if error.code == .invalidPartitions { error.isRetriable = true }
        throw error
    }

    /// As ``create(_:onlyCheck:)``.
    func grow(_ topics: [(name: String, count: Int)], onlyCheck: Bool = false, _ deadline: Deadline) throws(KafkaError) -> [String: KafkaError] {
        let operation = "add partitions to the topic"
        var requests: [OpaquePointer?] = []
        defer { requests.forEach { rd_kafka_NewPartitions_destroy($0) } }
        var text = [CChar](repeating: 0, count: 512)
        for topic in topics {
            guard let request = rd_kafka_NewPartitions_new(topic.name, topic.count, &text, text.count) else {
                throw KafkaError(.invalidArgument, operation, cluster: handle.cluster, topic: topic.name, message: string(text))
            }
            requests.append(request)
        }
        let handle = handle
        let event = try ask(
            RD_KAFKA_ADMIN_OP_CREATEPARTITIONS, operation, topic: topics.first?.name, deadline,
            options: { Self.set($0, deadline, onlyCheck: onlyCheck) },
            send: { [requests] in
                var requests = requests
                rd_kafka_CreatePartitions(handle.raw, &requests, requests.count, $0, $1)
            })
        var count = 0
        let results = rd_kafka_CreatePartitions_result_topics(rd_kafka_event_CreatePartitions_result(event.raw), &count)
        guard count == topics.count else { throw handle.error(RD_KAFKA_RESP_ERR__BAD_MSG, operation, topic: topics.first?.name) }
        return refusals(results, count, operation)
    }
}
