public import KafkaClient

/// Carries a plan out, group by group: looks again, writes down what it will do, commits, reads back, writes down what came
/// of it.
///
/// All partitions of a group go in one request. Running it again is safe: what already stands is left alone.
public struct Executor: Sendable {
    public var target: any KafkaCluster
    public var journal: Journal
    /// How many groups are under way at the same time, at the most.
    public var parallelism: Int

    public init(target: any KafkaCluster, journal: Journal, parallelism: Int = 16) {
        self.target = target
        self.journal = journal
        self.parallelism = parallelism
    }

    /// Moves the plan's groups, several at a time. A group that fails does not keep the others from being moved.
    ///
    /// - Parameter progress: Called once for each group as it ends, never twice at the same time.
    /// - Returns: What became of each group with something to commit, in the order of the plan.
    /// - Throws: ``JournalError`` where nothing can be written down: nothing was done then. ``CutoverInterrupted`` where
    ///   the journal failed, or the task was cancelled, later on: it says which groups are done.
    public func apply(_ plan: CutoverPlan, progress: @Sendable (Outcome) -> Void = { _ in }) async throws -> [Outcome] {
        let groups = Dictionary(grouping: plan.offsets.filter { $0.commit != nil }, by: \.group)
            .map { GroupCutover(group: $0.key, offsets: $0.value, target: target, journal: journal) }
            .sorted { $0.group < $1.group }
        try journal.append(.begin(plan))

        var waiting = groups[...]
        var outcomes: [Outcome] = []
        var cause: (any Error)?
        await withTaskGroup(of: GroupCutover.End.self) { tasks in
            while true {
                if cause == nil, Task.isCancelled { cause = CancellationError() }
                while cause == nil, outcomes.count + max(1, parallelism) > groups.count - waiting.count,
                    let next = waiting.popFirst()
                {
                    tasks.addTask { await next.run() }
                }
                guard let end = await tasks.next() else { return }
                outcomes.append(end.outcome)
                progress(end.outcome)
                cause = cause ?? end.journalError
            }
        }
        outcomes.sort { $0.group < $1.group }
        do {
            try journal.append(.end(succeeded: cause == nil && outcomes.allSatisfy(\.succeeded)))
        } catch {
            cause = cause ?? error
        }
        if let cause { throw CutoverInterrupted(cause: cause, outcomes: outcomes, notStarted: waiting.map(\.group)) }
        return outcomes
    }
}
