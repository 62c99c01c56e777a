import OffsetTranslate

extension NewTopic {
    /// Compaction would leave one sync a partition, and groups that lag behind it without any. A week of history, Kafka's
    /// default retention, covers every group whose records are still there; stock readers only care for the newest.
    private static let historyKept = "604800000"

    /// One partition, compacted, as all of MM2's internal topics are.
    static func compacted(_ name: String, replicationFactor: Int) -> NewTopic {
        NewTopic(
            name: name, partitions: 1, replicationFactor: replicationFactor, configuration: ["cleanup.policy": "compact"])
    }

    static func offsetSyncs(_ name: String, replicationFactor: Int) -> NewTopic {
        var topic = compacted(name, replicationFactor: replicationFactor)
        topic.configuration["min.compaction.lag.ms"] = historyKept
        return topic
    }
}

extension KafkaCluster {
    /// Returns those that had to be created.
    func createMissing(_ topics: [NewTopic]) async throws -> [NewTopic] {
        let existing = try await self.topics()
        let missing = topics.filter { existing[$0.name] == nil }
        if !missing.isEmpty { try await createTopics(missing) }
        return missing
    }

    /// Groups that pass the filter; of those named, where the brokers can't list theirs.
    func groups(named names: [String], passing includes: (String) -> Bool) async throws -> [String] {
        let listed: [String]
        do {
            listed = try await groups().map(\.name)
        } catch let error as KafkaError where error.code == .unsupportedFeature {
            listed = names
        }
        return Set(listed.filter(includes)).sorted()
    }
}
