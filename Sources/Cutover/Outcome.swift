public import KafkaClient

extension Executor {
    /// What became of one group.
    public struct Outcome: Sendable, Hashable {
        public var group: String
        /// Positions that were read back as planned, or stood there already.
        public var committed: [TopicPartition: Int64] = [:]
        /// Partitions that were not seen at their planned position, in order.
        public var remaining: [TopicPartition]
        /// A commit was sent and could not be read back: the remaining partitions may stand at either position.
        public var isUncertain = false
        /// Why the group, or some partitions of it, did not move.
        public var failures: [String] = []

        public var succeeded: Bool { failures.isEmpty && remaining.isEmpty }

        init(group: String, remaining: [TopicPartition]) {
            self.group = group
            self.remaining = remaining
        }
    }
}
