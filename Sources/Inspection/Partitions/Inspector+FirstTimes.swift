import KafkaClient

extension Inspector {
    /// When the first record of each range was written; of those without a timestamp, the next one that has any. -1: none has.
    ///
    /// - Returns: `nil` where retention, or somebody, deletes what is to be read, time and again.
    func firstTimes(_ ranges: [LogRange], on cluster: any KafkaCluster) async throws -> [TopicPartition: Int64]? {
        var ranges = ranges
        for _ in 0..<3 {
            do {
                return try await cluster.scan(ranges, into: [:]) { found, message in
                    let partition = TopicPartition(topic: message.topic, partition: message.partition)
                    if found[partition] ?? -1 < 0 { found[partition] = message.timestamp }
                }
            } catch let error as KafkaError where [.offsetOutOfLog, .offsetOutOfRange, .unknownTopicOrPartition].contains(error.code) {
                let logs = try await cluster.logBounds(of: ranges.map(\.partition).sorted())
                ranges = ranges.compactMap { range in
                    guard let log = logs[range.partition], log.end >= range.bounds.end else { return nil }
                    return LogRange(range.partition, LogBounds(start: max(log.start, range.bounds.start), end: max(log.start, range.bounds.end)))
                }
            }
        }
        return nil
    }
}
