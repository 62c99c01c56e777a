internal import CRdkafka

extension Admin {
    /// Some hundred topics a request: the answer holds every setting of each.
    func settings(of topics: [String], chunk: Int = 200) async throws -> [String: Result<[TopicSetting], KafkaError>] {
        var all: [String: Result<[TopicSetting], KafkaError>] = [:]
        // Asked one by one, so that a chunk may take as long as any request.
        for start in stride(from: 0, to: topics.count, by: chunk) {
            let some = Array(topics[start..<min(start + chunk, topics.count)])
            let answers = try await retrying { (deadline: Deadline) throws(KafkaError) in try self.describe(some, deadline) }
            all.merge(answers) { $1 }
        }
        return all
    }

    private func describe(
        _ topics: [String], _ deadline: Deadline
    ) throws(KafkaError) -> [String: Result<[TopicSetting], KafkaError>] {
        let operation = "read the configuration of topics", handle = handle
        let requests = topics.map { rd_kafka_ConfigResource_new(RD_KAFKA_RESOURCE_TOPIC, $0) }
        defer { requests.forEach { rd_kafka_ConfigResource_destroy($0) } }
        let event = try ask(
            RD_KAFKA_ADMIN_OP_DESCRIBECONFIGS, operation, topic: topics.count == 1 ? topics[0] : nil, deadline
        ) {
            var requests = requests
            rd_kafka_DescribeConfigs(handle.raw, &requests, requests.count, $0, $1)
        }
        var count = 0
        let results = rd_kafka_DescribeConfigs_result_resources(rd_kafka_event_DescribeConfigs_result(event.raw), &count)
        var answers: [String: Result<[TopicSetting], KafkaError>] = [:]
        for index in 0..<count {
            guard let result = results?[index] else { continue }
            let topic = String(cString: rd_kafka_ConfigResource_name(result))
            if let error = refusal(result, operation) {
                if error.isRetriable { throw error }
                if error.code != .unknownTopicOrPartition { answers[topic] = .failure(error) }
                continue
            }
            var entryCount = 0
            let entries = rd_kafka_ConfigResource_configs(result, &entryCount)
            answers[topic] = .success((0..<entryCount).compactMap { entries?[$0].map { TopicSetting($0) } })
        }
        return answers
    }

    /// librdkafka 2.0.2 has only the request that replaces all of a topic's own settings, so they are read, merged and written.
    ///
    /// Whoever changes one of them in between loses that change: brokers offer no way to notice (`IncrementalAlterConfigs` needs
    /// none; librdkafka has it from 2.2 on).
    func alterSettings(of topic: String, _ change: SettingsChange) async throws {
        guard !change.isEmpty else { return }
        let before = try await retrying { (deadline: Deadline) throws(KafkaError) in
            // Each attempt reads anew: the one before may have been carried out, or others may have come between.
            let own = try self.ownSettings(of: topic, deadline)
            if let wanted = try own.changed(by: change, of: topic, cluster: self.handle.cluster) {
                try self.replace(topic, with: wanted, deadline)
            }
            return own
        }
        // The controller answers before every broker knows, and whoever is asked next shall not read what was before.
        let deadline = deadline
        while try !ownSettings(of: topic, deadline).shows(change, since: before) {
            guard !deadline.hasPassed else {
                // Not as if nobody had answered: that would be no trouble of this topic's.
                throw KafkaError(
                    .failed, "see the configuration that was changed", cluster: handle.cluster, topic: topic,
                    message: "the brokers took the change, and do not show it", isRetriable: true)
            }
            try await Task.sleep(for: .milliseconds(50))
        }
    }

    private func ownSettings(of topic: String, _ deadline: Deadline) throws(KafkaError) -> OwnSettings {
        guard let answer = try describe([topic], deadline)[topic] else {
            throw handle.error(RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART, "change the configuration", topic: topic)
        }
        return OwnSettings(among: try answer.get())
    }

    /// - Parameter onlyCheck: Brokers say what they would do, and don't.
    func replace(_ topic: String, with settings: [String: String], onlyCheck: Bool = false, _ deadline: Deadline) throws(KafkaError) {
        let operation = "change the configuration", handle = handle
        let request = rd_kafka_ConfigResource_new(RD_KAFKA_RESOURCE_TOPIC, topic)
        defer { rd_kafka_ConfigResource_destroy(request) }
        for (name, value) in settings { rd_kafka_ConfigResource_set_config(request, name, value) }
        let event = try ask(
            RD_KAFKA_ADMIN_OP_ALTERCONFIGS, operation, topic: topic, deadline,
            options: { if onlyCheck { rd_kafka_AdminOptions_set_validate_only($0, 1, nil, 0) } }
        ) {
            var requests = [request]
            rd_kafka_AlterConfigs(handle.raw, &requests, 1, $0, $1)
        }
        var count = 0
        let results = rd_kafka_AlterConfigs_result_resources(rd_kafka_event_AlterConfigs_result(event.raw), &count)
        guard count == 1, let result = results?[0] else {
            throw handle.error(RD_KAFKA_RESP_ERR__BAD_MSG, operation, topic: topic)
        }
        if let error = refusal(result, operation) { throw error }
    }

    private func refusal(_ result: OpaquePointer, _ operation: String) -> KafkaError? {
        let code = rd_kafka_ConfigResource_error(result)
        guard code != RD_KAFKA_RESP_ERR_NO_ERROR else { return nil }
        return handle.error(
            code, operation, topic: String(cString: rd_kafka_ConfigResource_name(result)),
            message: rd_kafka_ConfigResource_error_string(result).map { String(cString: $0) })
    }
}

extension TopicSetting {
    fileprivate init(_ entry: OpaquePointer) {
        let origin: Origin = switch rd_kafka_ConfigEntry_source(entry) {
        case RD_KAFKA_CONFIG_SOURCE_DYNAMIC_TOPIC_CONFIG: .topic
        case RD_KAFKA_CONFIG_SOURCE_DYNAMIC_BROKER_CONFIG: .broker
        case RD_KAFKA_CONFIG_SOURCE_DYNAMIC_DEFAULT_BROKER_CONFIG: .allBrokers
        case RD_KAFKA_CONFIG_SOURCE_STATIC_BROKER_CONFIG: .brokerFile
        case RD_KAFKA_CONFIG_SOURCE_DEFAULT_CONFIG: .nowhere
        default: .unknown
        }
        self.init(
            String(cString: rd_kafka_ConfigEntry_name(entry)), rd_kafka_ConfigEntry_value(entry).map { String(cString: $0) },
            origin: origin, isReadOnly: rd_kafka_ConfigEntry_is_read_only(entry) == 1,
            isSensitive: rd_kafka_ConfigEntry_is_sensitive(entry) == 1)
    }
}
