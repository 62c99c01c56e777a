import KafkaClient

/// Compares what a group was given, before and after, with what there was. Records are told apart by partition and
/// sequence number, not by offset.
struct Audit: Sendable {
    /// What the source had acknowledged.
    var produced: [TopicPartition: Set<Int64>]
    /// What had reached the target.
    var replicated: [TopicPartition: Set<Int64>]

    struct Finding: Sendable, Hashable {
        /// Records seen on the source, and on the target.
        var before = 0
        var after = 0
        /// On the target, and never given to the group.
        var lost = 0
        /// Given to the group more than once.
        var reread = 0
        /// Lost with the source: acknowledged there, never copied, and never seen by the group.
        var unreplicated = 0
    }

    /// - Parameter topics: What the group subscribes to.
    func examine(
        topics: Set<String>, before: [TopicPartition: [Int64]], after: [TopicPartition: [Int64]]
    ) -> Finding {
        var finding = Finding()
        for (partition, all) in produced where topics.contains(partition.topic) {
            let early = before[partition] ?? [], late = after[partition] ?? []
            let copies = replicated[partition] ?? []
            var seen = Set<Int64>()
            for sequence in early + late where !seen.insert(sequence).inserted { finding.reread += 1 }
            finding.before += early.count
            finding.after += late.count
            finding.lost += copies.subtracting(seen).count
            finding.unreplicated += all.subtracting(copies).subtracting(seen).count
        }
        return finding
    }
}
