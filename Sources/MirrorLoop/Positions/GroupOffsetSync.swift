internal import KafkaClient

/// Commits translated positions on the target, for groups that are not in use there: `sync.group.offsets`.
///
/// A group is served in one go: its state is known to have been Empty, or the group not to exist, a moment ago; its commits are
/// read, what is lower is committed, and read back. Brokers take a commit from outside only while a group has no members
/// (`ClassicGroup.validateOffsetCommit`, `ConsumerGroup.validateOffsetCommit`), but compare it with nothing: a group that starts,
/// commits and stops between the reading and the commit is set back (KAFKA-19794 is the same with the whole round in between).
/// What is left of that is in docs/mirror.md.
struct GroupOffsetSync: Sendable {
    let target: any KafkaCluster
    /// Groups that are served at the same time.
    var parallelism = 32
    /// How old the look at a group's state may be when its commit is sent. Less than ``joining``.
    var freshness: Duration = .seconds(1)
    /// How long a group takes at least from its first member to its first commit (`group.initial.rebalance.delay.ms`): a commit
    /// that is done within that, counted from when the group was seen to be empty, has nothing to set back.
    var joining: Duration = .seconds(3)
    var now: @Sendable () -> ContinuousClock.Instant = { .now }
    private(set) var memory: GroupOffsetMemory

    /// - Parameter own: Positions that mirrors before this one may have committed, by group and target partition.
    init(target: any KafkaCluster, own: [String: [TopicPartition: Int64]] = [:]) {
        self.target = target
        memory = GroupOffsetMemory(own: own)
    }

    /// Groups in a batch. Of the smallest, all are asked for at once.
    private var sizes: ClosedRange<Int> { parallelism...max(parallelism, 512) }
    private static let attempts = 3

    /// Serves every group whose position has changed since it was last served.
    ///
    /// - Throws: `CancellationError`; everything else is in the answer.
    mutating func round(_ wanted: TranslatedPositions) async throws -> GroupOffsetRound {
        var round = GroupOffsetRound()
        memory.beginRound()
        let changed = wanted.groups.filter { !$1.isEmpty && !memory.isSettled($0, at: $1) }
        guard !changed.isEmpty else { return round }
        do {
            var queue = try await idle(changed.keys.sorted(), changed, &round)[...]
            var attempts: [String: Int] = [:]
            var size = sizes.lowerBound
            while !queue.isEmpty {
                let batch = Array(queue.prefix(size))
                queue = queue.dropFirst(batch.count)
                let begun = now()
                var again: [String] = []
                for result in try await serve(batch, wanted, &round) {
                    attempts[result.group, default: 0] += 1
                    if result.ending == .stale, attempts[result.group, default: 0] < Self.attempts {
                        again.append(result.group)
                    } else {
                        round.take(result)
                        memory.take(result)
                    }
                }
                queue = (again + queue)[...]
                // As many at a time as the look at their states stays fresh for.
                let taken = now() - begun
                if taken < freshness / 4 { size = min(size * 2, sizes.upperBound) }
                if taken > freshness / 2 { size = max(size / 2, sizes.lowerBound) }
            }
            try await checkLogs(wanted, &round)
        } catch let error as KafkaError {
            round.isUnsupported = error.code == .unsupportedFeature
            round.trouble.append("group offsets not committed on '\(target.name)': \(error)")
        }
        return round
    }

    /// Those without members; the others are done with.
    private mutating func idle(
        _ groups: [String], _ wanted: TranslatedPositions.ByGroup, _ round: inout GroupOffsetRound
    ) async throws -> [String] {
        let states = try await target.groups(named: groups)
        return groups.filter { group in
            guard states[group]?.state.isActive == true else { return true }
            let result = GroupOffsetResult.ended(group, wanted[group] ?? [:], .inUse)
            round.take(result)
            memory.take(result)
            return false
        }
    }

    private mutating func serve(
        _ batch: [String], _ wanted: TranslatedPositions, _ round: inout GroupOffsetRound
    ) async throws -> [GroupOffsetResult] {
        let partitions = Set(batch.flatMap { wanted.groups[$0].map { Array($0.keys) } ?? [] })
        let logs = try await target.logBounds(of: partitions.sorted())
        // Counted from before the brokers are asked.
        let checked = now()
        let idle = try await idle(batch, wanted.groups, &round)
        return try await concurrently(idle, atMost: parallelism) { [self] group in
            try await serve(group, wanted.groups[group] ?? [:], wanted.ends, logs, checked: checked)
        }
    }

    /// A topic that was made anew while it was committed for, after its log was looked at.
    private func checkLogs(_ wanted: TranslatedPositions, _ round: inout GroupOffsetRound) async throws {
        let committed = Set(round.results.flatMap(\.committed.keys))
        guard !committed.isEmpty else { return }
        let logs = try await target.logBounds(of: committed.sorted())
        for partition in committed.sorted() {
            guard let log = logs[partition], log.end < wanted.ends[partition] ?? 0 else { continue }
            let groups = round.results.filter { $0.committed[partition] != nil }.map(\.group)
            round.trouble.append(
                """
                \(partition) on '\(target.name)' was truncated or made anew while positions were committed there: its log is \(log) now. \
                Delete the commits of \(groups.listed("group")) for it
                """)
        }
    }
}
