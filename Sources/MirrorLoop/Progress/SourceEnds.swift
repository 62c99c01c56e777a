public import OffsetTranslate
internal import Synchronization

/// Asks a cluster for the ends of its logs, for lags: what does not answer is not waited for, and is no error.
public final class SourceEnds: Sendable {
    private let cluster: any KafkaCluster
    private let isAsking = Mutex(false)

    public init(of cluster: any KafkaCluster) { self.cluster = cluster }

    /// - Returns: The ends of those logs that exist; `nil` where the cluster did not say in time, nor has answered the question before.
    public func ends(of partitions: some Collection<TopicPartition>, within timeout: Duration) async -> [TopicPartition: Int64]? {
        guard !partitions.isEmpty else { return [:] }
        // Questions that nobody waits for any more must not pile up.
        guard isAsking.withLock({ isAsking in
            defer { isAsking = true }
            return !isAsking
        }) else { return nil }
        let (answers, answer) = AsyncStream.makeStream(of: [TopicPartition: Int64]?.self)
        let question = Array(partitions)
        Task {
            let bounds = try? await cluster.logBounds(of: question)
            isAsking.withLock { $0 = false }
            answer.yield(bounds?.mapValues(\.end))
        }
        let patience = Task {
            try await Task.sleep(for: timeout)
            answer.yield(nil)
        }
        defer { patience.cancel() }
        for await first in answers { return first }
        return nil
    }
}
