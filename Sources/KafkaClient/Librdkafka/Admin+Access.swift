internal import CRdkafka

/// Requests that brokers check and do not carry out (`validateOnly`), with what each is refused for.
extension Admin {
    func creating(_ topics: [String]) throws(KafkaError) -> [String: KafkaError] {
        try create(topics.map { NewTopic(name: $0, partitions: 1) }, onlyCheck: true)
    }

    /// - Parameter topics: With a number of partitions that is more than they have.
    func growing(_ topics: [(name: String, count: Int)]) throws(KafkaError) -> [String: KafkaError] {
        try grow(topics, onlyCheck: true, deadline)
    }

    /// Asks for the settings that they have: should brokers carry that out all the same, nothing changes.
    func alteringSettings(of topics: [String]) async throws -> [String: KafkaError] {
        var refusals: [String: KafkaError] = [:]
        for (topic, answer) in try await settings(of: topics) {
            guard case .success(let settings) = answer else {
                // Nothing harmless is left to ask for.
                refusals[topic] = KafkaError(.failed, "try to change settings", message: "its settings can't be read (DESCRIBE_CONFIGS)")
                continue
            }
            do throws(KafkaError) {
                try replace(topic, with: try OwnSettings(among: settings).all(of: topic, cluster: handle.cluster), onlyCheck: true, deadline)
            } catch { refusals[topic] = error }
        }
        return refusals
    }

    /// Deletes a rule that nobody has.
    func alteringRules() throws(KafkaError) -> KafkaError? {
        do {
            try deleteNobodysRule("change access rules", deadline)
            return nil
        } catch {
            return error
        }
    }
}
