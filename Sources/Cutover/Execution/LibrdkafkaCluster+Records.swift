import KafkaClient

/// What the topics that runs keep on the target have in common.
extension LibrdkafkaCluster {
    func createMissingTopic(_ topic: NewTopic) async throws {
        if try await topics()[topic.name] == nil { try await createTopics([topic]) }
    }

    /// A producer whose records are sent at once and stand on all in-sync replicas, or fail within the cluster's deadline.
    nonisolated func recordKeeper() throws(KafkaError) -> Producer {
        try Producer(
            cluster: name,
            properties: producerProperties.merging(ClientProperties([
                "acks": "all", "linger.ms": "0", "message.timeout.ms": "\(max(1000, timeout.milliseconds))",
            ])))
    }
}
