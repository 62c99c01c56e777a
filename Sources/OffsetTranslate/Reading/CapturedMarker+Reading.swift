public import KafkaClient

extension CapturedMarker {
    /// The mark that a record carries; `nil` where there is none, or none that can be read.
    public init?(of message: borrowing MessageView) {
        let read = message.withHeader(Self.headerName) { bytes in bytes.flatMap { try? Self.decode($0) } }
        guard let read else { return nil }
        self = read
    }

    /// Whether an offset-syncs topic holds what a capture relayed from the source: its newest record says so.
    ///
    /// Such a copy may be behind its original, so it is read only where that can't be. An empty topic is no less behind.
    public static func isCopy(_ topic: String, on cluster: any KafkaCluster) async throws -> Bool {
        let partition = TopicPartition(topic: topic, partition: 0)
        guard let bounds = try await cluster.logBounds(of: [partition])[partition] else { return false }
        guard !bounds.isEmpty else { return true }
        // The newest record survives compaction; some control records may lie above it.
        let newest = LogRange(partition, LogBounds(start: max(bounds.start, bounds.end - 100), end: bounds.end))
        return try await cluster.scan([newest], into: false) { $0 = CapturedMarker(of: $1) != nil }
    }
}
