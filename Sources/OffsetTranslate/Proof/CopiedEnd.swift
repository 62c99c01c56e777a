public import KafkaClient

/// Whether a mirror has copied all that a source partition holds, by its last records.
public enum CopiedEnd: Hashable, Sendable {
    /// The source's last record is among the target's last 64; or the source's log holds no record.
    case complete
    /// It is not: not yet copied, or more than 64 other records came after its copy.
    case notSeen(offset: Int64)
    /// It is there, but an equal one comes shortly before it on the source: either may be the copy's original.
    case ambiguous(offset: Int64)

    /// Compares the ends of pairs of partitions, a source's and its copy's, as they are now.
    ///
    /// Reads up to 64 records of each partition, plus what stretches without records cost. Records are compared by
    /// timestamp, key, value and headers. Keyed by the source partition; one that either cluster lacks is missing.
    public static func compare(
        _ pairs: [(source: TopicPartition, target: TopicPartition)], source: any KafkaCluster, target: any KafkaCluster
    ) async throws -> [TopicPartition: CopiedEnd] {
        // The target second: what arrives in between may be there too early, not too late.
        let originals = try await last(pairs.map(\.source), in: source)
        let copies = try await last(pairs.map(\.target), in: target)
        return pairs.reduce(into: [:]) { ends, pair in
            guard let records = originals[pair.source], let copied = copies[pair.target] else { return }
            ends[pair.source] = end(records, copied)
        }
    }

    private typealias Entry = LogSamples<RecordFingerprint>.Entry

    private static func end(_ originals: [Entry], _ copies: [Entry]) -> CopiedEnd {
        guard let last = originals.last else { return .complete }
        guard copies.contains(where: { last.content.matches($0.content) }) else { return .notSeen(offset: last.offset) }
        let isAlone = !originals.dropLast().contains { $0.content == last.content }
        return isAlone ? .complete : .ambiguous(offset: last.offset)
    }

    private static func last(_ partitions: [TopicPartition], in cluster: any KafkaCluster) async throws -> [TopicPartition: [Entry]] {
        let searches = try await cluster.logBounds(of: partitions).map {
            LogSamples<RecordFingerprint>.Search(range: LogRange($0, $1), fromEnd: true)
        }
        let found = try await LogSamples.nearest(Set(searches), in: cluster) { RecordFingerprint($0) }
        return searches.reduce(into: [:]) { $0[$1.range.partition] = found[$1] ?? [] }
    }
}
