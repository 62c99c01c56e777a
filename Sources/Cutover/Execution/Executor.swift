import KafkaClient

/// Moves many groups, several at a time, each by itself: one that fails does not keep the others from being moved.
///
/// Groups go in waves: log ends and states are looked up for a wave at once, right before it; each group's own commits right
/// before it is moved. No wave waits for the end of the one before.
struct Executor: Sendable {
    let target: any KafkaCluster
    let journal: Journal
    /// How many groups are under way at the same time, at the most.
    var parallelism = 32
    /// The logs that positions were planned for; a position outside of its log now is refused. Empty: none is looked at.
    var planned: [TopicPartition: LogBounds] = [:]

    /// - Parameter progress: Called once for each group as it ends, never twice at the same time.
    /// - Returns: What became of each group, by name.
    /// - Throws: ``CutoverInterrupted`` where the journal failed, or the task was cancelled: it says which groups are done.
    func run(_ moves: [GroupMove], progress: @Sendable (Outcome) -> Void = { _ in }) async throws(CutoverInterrupted) -> [Outcome] {
        var waiting = moves.sorted { $0.group < $1.group }[...]
        var outcomes: [Outcome] = []
        var cause: (any Error)?
        await withTaskGroup(of: GroupMove.End.self) { tasks in
            var running = 0
            @discardableResult
            func take() async -> Bool {
                guard let end = await tasks.next() else { return false }
                running -= 1
                outcomes.append(end.outcome)
                progress(end.outcome)
                cause = cause ?? end.journalError
                return true
            }
            while !waiting.isEmpty, !isOver() {
                let wave = waiting.prefix(max(1, parallelism) * 8)
                // While the last ones of the wave before are under way. Where that fails, each group is looked at by itself: the trouble
                // may be one group's, or over.
                let look = try? await Look(Array(wave), planned, target)
                for move in wave {
                    while running >= max(1, parallelism) { await take() }
                    guard !isOver() else { break }
                    running += 1
                    waiting.removeFirst()
                    tasks.addTask { [planned] in
                        await move.run(on: target, journal) {
                            if let look { return look.refusal(of: move) }
                            return try await Look([move], planned, target).refusal(of: move)
                        }
                    }
                }
            }
            while await take() {}
        }
        func isOver() -> Bool {
            if cause == nil, Task.isCancelled { cause = CancellationError() }
            return cause != nil
        }
        outcomes.sort { $0.group < $1.group }
        if let cause { throw CutoverInterrupted(cause: cause, outcomes: outcomes, notStarted: waiting.map(\.group)) }
        return outcomes
    }
}

/// What a wave's groups and logs look like right before it.
private struct Look: Sendable {
    /// `nil`: the brokers can't tell. They refuse a commit into an active group by themselves.
    private let groups: [String: GroupListing]?
    private var logs: [TopicPartition: LogBounds] = [:]
    private let planned: [TopicPartition: LogBounds]
    private let cluster: String

    init(_ wave: [GroupMove], _ planned: [TopicPartition: LogBounds], _ target: any KafkaCluster) async throws {
        self.planned = planned
        cluster = target.name
        let partitions = Set(wave.flatMap(\.steps).map(\.partition)).filter { planned[$0] != nil }
        if !partitions.isEmpty { logs = try await target.logBounds(of: partitions.sorted()) }
        groups = try await target.listed(wave.map(\.group))
    }

    func refusal(of move: GroupMove) -> String? {
        active(move.group) ?? move.steps.lazy.compactMap(stale).first
    }

    private func active(_ group: String) -> String? {
        guard let listing = groups?[group], listing.state.isActive else { return nil }
        return "group '\(group)' is \(listing.state) on '\(cluster)' with \(listing.memberCount) member(s): stop its consumers there first"
    }

    private func stale(_ step: GroupMove.Step) -> String? {
        guard let before = planned[step.partition] else { return nil }
        guard let log = logs[step.partition] else {
            return "the plan is stale: \(step.partition) does not exist on '\(cluster)' any more; plan again"
        }
        if log.end < before.end {
            return "the plan is stale: the log of \(step.partition) ended at \(before.end) and ends at \(log.end) now: "
                + "truncated or re-created; plan again"
        }
        if let wanted = step.wanted?.offset, !(log.start...log.end).contains(wanted) {
            return "the plan is stale: \(step.partition) holds \(log) now, position \(wanted) is outside; plan again"
        }
        return nil
    }
}
