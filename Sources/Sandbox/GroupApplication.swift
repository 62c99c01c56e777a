import KafkaClient
import OffsetTranslate
internal import Synchronization

/// An application that reads as a consumer group: it takes records, remembers which, and commits after each batch.
final class GroupApplication: Sendable {
    let group: String
    private let isMember: Bool
    private let estate: Estate

    private struct State: Sendable {
        /// Up to which sequence number of each partition it reads before it stops; none means it keeps up with the head.
        var limits: [TopicPartition: Int64]?
        /// What it was given, by source partition, in order; doubled where a record came twice.
        var seen: [TopicPartition: [Int64]] = [:]
        /// By partition of the cluster it reads from.
        var committed: [TopicPartition: Int64] = [:]
        var first: ContinuousClock.Instant?
    }
    private let state: Mutex<State>
    private let stopping = Atomic(false)
    private let settled = Atomic(false)

    /// - Parameter isMember: By the group protocol; otherwise it takes its partitions by itself. The embedded brokers never forget a group that had
    ///   members, and refuse what others commit for it from then on.
    init(_ group: String, limits: [TopicPartition: Int64]? = nil, isMember: Bool = true, estate: Estate) {
        self.group = group
        self.isMember = isMember
        self.estate = estate
        state = Mutex(State(limits: limits))
    }

    var seen: [TopicPartition: [Int64]] { state.withLock { $0.seen } }
    var seenCount: Int { state.withLock { $0.seen.values.reduce(0) { $0 + $1.count } } }
    var committed: [TopicPartition: Int64] { state.withLock { $0.committed } }
    /// When it had its first answer: a record, or the certainty that there is none.
    var resumed: ContinuousClock.Instant? { state.withLock { $0.first } }

    /// Whether it has begun to read since ``begin()``.
    var isSettled: Bool { settled.load(ordering: .acquiring) }

    /// It may read, again.
    func begin() {
        stopping.store(false, ordering: .releasing)
        settled.store(false, ordering: .releasing)
    }

    /// It finishes its batch, commits, and leaves.
    func stop() { stopping.store(true, ordering: .releasing) }

    private var isStopping: Bool { stopping.load(ordering: .acquiring) }

    /// Reads until stopped, or until it has reached all its limits. It has none any more once it reads the target.
    func read(on side: ClusterSide) async throws {
        if side == .target { state.withLock { $0.limits = nil } }
        let cluster = side == .source ? estate.source : estate.target
        let consumer = try GroupConsumer(cluster: cluster.name, group: group, properties: cluster.properties)
        if isMember {
            try await consumer.subscribe(to: estate.topics(on: side))
        } else {
            try await consumer.assign(Estate.partitions.map { side == .source ? $0 : estate.flow.target(of: $0) })
        }
        while !isStopping, !hasReachedLimits {
            let batch = try await consumer.poll(max: 200, timeout: .milliseconds(100))
            if !isSettled, try await !consumer.assignment().isEmpty { settled.store(true, ordering: .releasing) }
            try await take(batch.filter { isWanted($0) }, consumer) { [estate] in side == .source ? $0 : estate.flow.source(of: $0) ?? $0 }
        }
        settled.store(true, ordering: .releasing)
        await consumer.close()
    }

    /// Applications survive their cluster: what could not be committed is read again when it is back.
    func keepReading(on side: ClusterSide) async throws {
        while !isStopping {
            do {
                return try await read(on: side)
            } catch let error as KafkaError where !error.isFatal {
                try await Task.sleep(for: .milliseconds(500))
            }
        }
    }

    /// Goes on against the target until it has read to the log ends given.
    func readTarget(topics: [String], to ends: [TopicPartition: Int64], from positions: [TopicPartition: Int64]) async throws {
        let consumer = try GroupConsumer(cluster: estate.target.name, group: group, properties: estate.target.properties)
        try await consumer.subscribe(to: topics)
        var missing = ends.filter { positions[$0.key] ?? 0 < $0.value }
        let deadline = ContinuousClock.now + .seconds(60)
        while true {
            if missing.isEmpty, try await !consumer.assignment().isEmpty { break }
            guard ContinuousClock.now < deadline else {
                throw DemoError("group '\(group)' did not reach the end of \(missing.keys.sorted()) within a minute")
            }
            let batch = try await consumer.poll(max: 2000, timeout: .milliseconds(100))
            try await take(batch, consumer) { [estate] in estate.flow.source(of: $0) ?? $0 }
            for record in batch where record.offset + 1 >= ends[record.topicPartition] ?? .max {
                missing[record.topicPartition] = nil
            }
        }
        state.withLock { $0.first = $0.first ?? .now }
        await consumer.close()
    }

    private func take(
        _ batch: [ConsumedRecord], _ consumer: GroupConsumer, _ source: (TopicPartition) -> TopicPartition
    ) async throws {
        guard !batch.isEmpty else { return }
        var offsets: [TopicPartition: CommittedOffset] = [:]
        for record in batch {
            offsets[record.topicPartition] = CommittedOffset(offset: record.offset + 1, metadata: "by \(group)")
            let partition = source(record.topicPartition)
            state.withLock { state in
                state.first = state.first ?? .now
                if let sequence = Sample.sequence(of: record.record) {
                    state.seen[partition, default: []].append(sequence)
                }
            }
        }
        if let refused = try await consumer.commit(offsets).values.first { throw refused }
        state.withLock { state in for (partition, commit) in offsets { state.committed[partition] = commit.offset } }
    }

    private func isWanted(_ record: ConsumedRecord) -> Bool {
        guard let limits = state.withLock(\.limits) else { return true }
        guard let sequence = Sample.sequence(of: record.record) else { return false }
        return sequence < limits[record.topicPartition] ?? 0
    }

    private var hasReachedLimits: Bool {
        let (limits, seen) = state.withLock { ($0.limits, $0.seen) }
        guard let limits else { return false }
        return limits.allSatisfy { (seen[$0.key]?.last ?? -1) >= $0.value - 1 }
    }
}

/// Why the demonstration could not be carried to its end.
public struct DemoError: Error, CustomStringConvertible {
    public var description: String
    init(_ description: String) { self.description = description }
}
