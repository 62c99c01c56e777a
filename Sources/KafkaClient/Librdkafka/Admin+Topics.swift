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

    /// Some hundred topics a request: the answer holds every setting of each.
    func configuration(of topics: [String], chunk: Int = 200) async throws -> [String: [String: String]] {
        var configurations: [String: [String: String]] = [:]
        // Asked one by one, so that a chunk may take as long as any request.
        for start in stride(from: 0, to: topics.count, by: chunk) {
            let some = Array(topics[start..<min(start + chunk, topics.count)])
            let answers = try await retrying { (deadline: Deadline) throws(KafkaError) in try self.describe(some, deadline) }
            configurations.merge(answers) { $1 }
        }
        return configurations
    }

    private func describe(_ topics: [String], _ deadline: Deadline) throws(KafkaError) -> [String: [String: String]] {
        let operation = "read the configuration of topics", handle = handle
        let requests = topics.map { rd_kafka_ConfigResource_new(RD_KAFKA_RESOURCE_TOPIC, $0) }
        defer { requests.forEach { rd_kafka_ConfigResource_destroy($0) } }
        let event = try ask(RD_KAFKA_ADMIN_OP_DESCRIBECONFIGS, operation, deadline) {
            var requests = requests
            rd_kafka_DescribeConfigs(handle.raw, &requests, requests.count, $0, $1)
        }
        var count = 0
        let results = rd_kafka_DescribeConfigs_result_resources(rd_kafka_event_DescribeConfigs_result(event.raw), &count)
        var configurations: [String: [String: String]] = [:]
        for index in 0..<count {
            guard let result = results?[index] else { continue }
            let topic = String(cString: rd_kafka_ConfigResource_name(result))
            let code = rd_kafka_ConfigResource_error(result)
            if code == RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART { continue }
            guard code == RD_KAFKA_RESP_ERR_NO_ERROR else {
                throw handle.error(
                    code, operation, topic: topic,
                    message: rd_kafka_ConfigResource_error_string(result).map { String(cString: $0) })
            }
            var entryCount = 0
            let entries = rd_kafka_ConfigResource_configs(result, &entryCount)
            configurations[topic] = (0..<entryCount).reduce(into: [:]) { settings, index in
                guard let entry = entries?[index], let value = rd_kafka_ConfigEntry_value(entry) else { return }
                settings[String(cString: rd_kafka_ConfigEntry_name(entry))] = String(cString: value)
            }
        }
        return configurations
    }
}
