import KafkaClient

/// The groups of the demonstration and the sandbox.
enum DemoGroups {
    /// One at the head, one half-way, one thousands behind, one at the end of a quiet topic only.
    static func make(_ estate: Estate, backlog: Int64, areMembers: Bool) -> [GroupApplication] {
        func application(_ group: String, _ limits: [TopicPartition: Int64]? = nil) -> GroupApplication {
            GroupApplication(group, limits: limits, isMember: areMembers, estate: estate)
        }
        func limits(_ limit: (TopicPartition) -> Int64) -> [TopicPartition: Int64] {
            Dictionary(uniqueKeysWithValues: Estate.partitions.map { ($0, limit($0)) })
        }
        let quiet = TopicPartition(topic: "inventory", partition: 0)
        return [
            application("billing"),
            application("search", limits { backlog / 2 + Int64($0.partition) * 13 }),
            application("reports", limits { backlog / 20 + Int64($0.partition) * 7 }),
            application("stock-take", [quiet: backlog]),
        ]
    }
}
