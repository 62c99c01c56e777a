public import OffsetTranslate
internal import Synchronization

/// How far a mirror process has come.
public struct MirrorStatus: Sendable {
    /// The next upstream offset of each source partition that is this process's now, as far as acknowledged by the target.
    public var positions: [TopicPartition: Int64]
    /// What has gone over each partition, also those that are another process's by now.
    public var flows: [TopicPartition: CopyFlow]
    public var checkpoints: Int
    /// From the moment at which a group's commits were asked for to the acknowledgement of its checkpoint (`checkpoint-latency-ms`).
    public var checkpointLatencies: [GroupPartition: CopyFlow.Spread] = [:]
    public var heartbeats: Int
    /// Groups with at least one checkpoint from this mirror.
    public var groups: Int
    /// Why partitions of this process are not mirrored on. Of events (``MirrorSituation``): empty as the mirror gives it.
    public var halted: [TopicPartition: String] = [:]

    public var records: Int { flows.values.reduce(0) { $0 + $1.records } }
    /// Bytes of keys and values.
    public var bytes: Int { flows.values.reduce(0) { $0 + $1.bytes } }
}

/// What a mirror process has done over all its tenures.
final class MirrorCounters: Sendable {
    private struct Counts: Sendable {
        var checkpoints = 0
        var heartbeats = 0
        var groups: Set<String> = []
        var latencies: [GroupPartition: CopyFlow.Spread] = [:]
        /// Of tenures that are over.
        var flows: [TopicPartition: CopyFlow] = [:]
    }
    private let counts = Mutex(Counts())

    func count(_ checkpoint: Checkpoint, after latency: Duration) {
        counts.withLock {
            $0.checkpoints += 1
            $0.groups.insert(checkpoint.group)
            $0.latencies[GroupPartition(checkpoint), default: CopyFlow.Spread()].count(Int64(latency / .milliseconds(1)))
        }
    }

    func countHeartbeat() { counts.withLock { $0.heartbeats += 1 } }

    /// Keeps what copies have done that come to their end.
    func keep(_ copies: [TopicPartition: PartitionCopy]) {
        counts.withLock { counts in
            for (partition, copy) in copies { counts.flows[partition, default: CopyFlow()] += copy.flow }
        }
    }

    func status(with copies: [TopicPartition: PartitionCopy]) -> MirrorStatus {
        counts.withLock { counts in
            var flows = counts.flows
            for (partition, copy) in copies { flows[partition, default: CopyFlow()] += copy.flow }
            return MirrorStatus(
                positions: copies.mapValues(\.position), flows: flows, checkpoints: counts.checkpoints,
                checkpointLatencies: counts.latencies, heartbeats: counts.heartbeats, groups: counts.groups.count)
        }
    }
}
