public import KafkaClient

extension InMemoryCluster {
    public func createTopics(_ topics: [NewTopic]) async throws {
        let operation = "create the topic"
        try await perform(.createTopics, operation) { [name] contents in
            for topic in topics where contents.topics[topic.name] == nil && contents.refusedTopics[topic.name] == nil {
                contents.topics[topic.name] = Array(repeating: InMemoryLog(), count: topic.partitions)
                contents.configuration[topic.name] = topic.configuration
            }
            // Brokers take each for itself.
            for topic in topics where contents.topics[topic.name] == nil { try contents.check(topic.name, operation, cluster: name) }
        }
    }

    public func createPartitions(of topic: String, upTo count: Int) async throws {
        let operation = "add partitions to the topic"
        try await perform(.createPartitions, operation) { [name] contents in
            guard let logs = contents.topics[topic] else {
                throw KafkaError(.unknownTopicOrPartition, operation, cluster: name, topic: topic)
            }
            guard logs.count < count else { return }
            try contents.check(topic, operation, cluster: name)
            contents.topics[topic] = logs + Array(repeating: InMemoryLog(), count: count - logs.count)
        }
    }

    public func topicSettings(of topics: [String]) async throws -> [String: Result<[TopicSetting], KafkaError>] {
        let operation = "read the configuration of topics"
        return try await perform(.topicSettings, operation) { [name] contents in
            topics.reduce(into: [:]) { answers, topic in
                guard contents.topics[topic] != nil else { return }
                answers[topic] = contents.hiddenSettings.contains(topic)
                    ? .failure(KafkaError(.topicAuthorizationFailed, operation, cluster: name, topic: topic))
                    : .success(contents.settings(of: topic))
            }
        }
    }

    public func alterTopicSettings(of topic: String, _ change: SettingsChange) async throws {
        let operation = "change the configuration"
        try await perform(.alterTopicSettings, operation) { [name] contents in
            guard contents.topics[topic] != nil else {
                throw KafkaError(.unknownTopicOrPartition, operation, cluster: name, topic: topic)
            }
            try contents.check(topic, operation, cluster: name)
            contents.configuration[topic] = change.applied(to: contents.configuration[topic] ?? [:])
        }
    }
}

extension ClusterContents {
    /// Kafka's own (`LogConfig`).
    private static let defaults = [
        "cleanup.policy": "delete", "retention.ms": "604800000", "retention.bytes": "-1", "min.insync.replicas": "1",
    ]

    /// The nearest to the topic wins.
    fileprivate func settings(of topic: String) -> [TopicSetting] {
        var settings = Self.defaults.reduce(into: [:]) { $0[$1.key] = TopicSetting($1.key, $1.value, origin: .nowhere) }
        let isLogAppendTime = topics[topic]?.contains(where: \.isLogAppendTime) ?? false
        let stamp = "message.timestamp.type"
        settings[stamp] = TopicSetting(
            stamp, isLogAppendTime ? "LogAppendTime" : "CreateTime", origin: isLogAppendTime ? .topic : .nowhere)
        for setting in brokerSettings { settings[setting.name] = setting }
        for (name, value) in configuration[topic] ?? [:] { settings[name] = TopicSetting(name, value, origin: .topic) }
        return settings.values.sorted { $0.name < $1.name }
    }

    fileprivate func check(_ topic: String, _ operation: String, cluster: String) throws(KafkaError) {
        if let code = refusedTopics[topic] { throw KafkaError(code, operation, cluster: cluster, topic: topic) }
    }
}
