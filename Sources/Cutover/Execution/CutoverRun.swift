public import KafkaClient
import OffsetTranslate

/// A plan being carried out: begun, resumed after whatever stopped it, or undone. Everything goes through its journal.
public struct CutoverRun: Sendable {
    public let id: RunID
    public let plan: CutoverPlan
    public let journal: Journal
    let target: any KafkaCluster
    /// Where every group stood when this process took the run up.
    let history: RunHistory?
    /// How many groups are under way at the same time, at the most.
    public var parallelism = 32

    /// Begins a run: writes the plan and the approval down. Nothing is changed yet.
    ///
    /// - Parameters:
    ///   - plan: As admitted (``Admission``).
    ///   - path: Of the journal: a file that does not exist yet, or is empty.
    ///   - topic: Gets a copy of every line.
    /// - Throws: ``JournalError``.
    public static func begin(
        _ plan: CutoverPlan, _ approval: Approval, by: Operator, id: RunID, journal path: String, copy topic: JournalTopic? = nil,
        on target: any KafkaCluster
    ) async throws -> CutoverRun {
        let file = try await JournalFile(path: path)
        try await file.requireEmpty()
        let copy = try await topic?.sink(for: id)
        let journal = Journal(path: path, sinks: [file] + (copy.map { [$0] } ?? []))
        return try await begin(plan, approval, by: by, id: id, journal, copiedTo: topic?.name, on: target)
    }

    static func begin(
        _ plan: CutoverPlan, _ approval: Approval, by: Operator, id: RunID, _ journal: Journal, copiedTo: String? = nil,
        on target: any KafkaCluster
    ) async throws -> CutoverRun {
        var begin = JournalEntry(.begin), agreed = JournalEntry(.agreed)
        (begin.run, begin.by, begin.copiedTo) = (id, by, copiedTo)
        agreed.approval = approval
        try await journal.append(lines(begin, plan) + [.init(agreed)])
        return CutoverRun(id: id, plan: plan, journal: journal, target: target, history: nil)
    }

    /// A line for what the plan is, and one for each group: none grows with the plan.
    private static func lines(_ head: JournalEntry, _ plan: CutoverPlan) throws -> [JournalEntry.Encoded] {
        let text = try PlanText(plan)
        var head = head
        (head.plan, head.digest) = (plan, text.digest)
        head.plan?.offsets = []
        return [.init(head)] + text.groups.map { group in
            var planned = JournalEntry(.planned)
            planned.group = group.name
            return JournalEntry.Encoded(planned, offsets: group.offsets)
        }
    }

    /// Takes up a run that was begun, by its journal.
    ///
    /// - Parameter copy: Reaches the topic that the run's lines are copied to, if there is one.
    /// - Throws: ``JournalDamage``, ``JournalError`` (also where another process is at it), ``RunError``.
    public static func open(
        _ path: String, copy: (_ topic: String) -> JournalTopic? = { _ in nil }, on target: any KafkaCluster
    ) async throws -> CutoverRun {
        let file = try await JournalFile(path: path)
        let contents = try await file.contents(), history = try RunHistory(contents)
        try await file.cut(to: history.end)
        let copy = try await history.copiedTo.flatMap(copy)?.sink(for: history.id, after: contents.prefix(history.end), of: path)
        return try open(history, Journal(path: path, chain: history.chain, sinks: [file] + (copy.map { [$0] } ?? [])), on: target)
    }

    static func open(_ history: RunHistory, _ journal: Journal, on target: any KafkaCluster) throws -> CutoverRun {
        guard let plan = history.plan, history.approval != nil else { throw RunError.neverAgreed(history.id) }
        return CutoverRun(id: history.id, plan: plan, journal: journal, target: target, history: history)
    }

    // MARK: Behind a fence

    /// Keeps producers from the source's topics. Written down first, so that it can be taken down after a crash.
    ///
    /// - Throws: ``FenceError`` where it does not stand after the time given.
    public func raise(_ fence: some SourceFence, _ record: FenceRecord, within time: Duration = .seconds(10)) async throws {
        try await journal.append(entry(.fence, record))
        try await fence.raise(record)
        let deadline = ContinuousClock.now + time
        while try await fence.isUp(record) == false {
            guard ContinuousClock.now < deadline else { throw FenceError.notUp(cluster: plan.sourceAlias) }
            try await Task.sleep(for: .milliseconds(50))
        }
        try await journal.append(entry(.fenced, record))
    }

    /// Takes the fence down.
    public func lift(_ fence: some SourceFence, _ record: FenceRecord) async throws {
        try await journal.append(entry(.unfence, record))
        try await fence.lift(record)
        try await journal.append(entry(.unfenced, record))
    }

    private func entry(_ step: JournalEntry.Step, _ record: FenceRecord) -> JournalEntry {
        var entry = JournalEntry(step)
        entry.fence = record
        return entry
    }

    /// Goes on with a plan that was made again behind the fence, for the same groups. No group has been begun yet.
    public func replanned(_ plan: CutoverPlan) async throws -> CutoverRun {
        try await journal.append(Self.lines(JournalEntry(.replanned), plan))
        var run = CutoverRun(id: id, plan: plan, journal: journal, target: target, history: history)
        run.parallelism = parallelism
        return run
    }

    // MARK: Forward

    /// Moves the plan's groups.
    ///
    /// - Parameter progress: Called once for each group as it ends, never twice at the same time.
    /// - Returns: What became of each group with something to commit, by name.
    /// - Throws: ``CutoverInterrupted`` where the journal failed, or the task was cancelled: it says which groups are done.
    public func apply(progress: @Sendable (Outcome) -> Void = { _ in }) async throws -> [Outcome] {
        try await finish { () async throws(CutoverInterrupted) in
            try await executor.run(moves(of: plan.groups), progress: progress)
        }
    }

    /// Goes on: looks at what is done, completes what was half done, and does the rest.
    ///
    /// A group whose positions stood and which has been moved on since, by its own consumers, is done.
    /// - Returns: What became of each group; of those that were done, what stands now.
    public func resume(by: Operator, progress: @Sendable (Outcome) -> Void = { _ in }) async throws -> [Outcome] {
        guard let history else { throw RunError.notOpened }
        guard history.rollbacks == 0 else { throw RunError.rolledBack(id) }
        try await takeUp(.resume, history, by)
        let planned = Dictionary(grouping: plan.offsets, by: \.group)
        let done = try await concurrently(history.groups.keys.filter(history.isDone).sorted(), atMost: parallelism) {
            try await standing($0, planned[$0] ?? [])
        }
        return try await finish { () async throws(CutoverInterrupted) in
            done.forEach(progress)
            let moved = try await executor.run(moves(of: history.unfinished), progress: progress)
            return (done + moved).sorted { $0.group < $1.group }
        }
    }

    /// What stands of a group that is done.
    private func standing(_ group: String, _ planned: [PlannedOffset]) async throws -> Outcome {
        let wanted = planned.reduce(into: [TopicPartition: CommittedOffset]()) { $0[$1.target] = $1.commit }
        let now = try await target.committedOffsets(of: group, for: wanted.keys.sorted())
        var outcome = Outcome(group: group, ending: .alreadyThere)
        outcome.committed = wanted.filter { now[$0.key] == $0.value }.mapValues(\.offset)
        outcome.remaining = wanted.keys.filter { now[$0] != wanted[$0] }.sorted()
        let lost = outcome.remaining.filter { now[$0].map(\.offset) ?? -1 < wanted[$0].map(\.offset) ?? 0 }
        if !outcome.remaining.isEmpty { outcome.ending = lost.isEmpty ? .movedOn : .movedBack }
        outcome.failures = lost.map { "\($0): was committed at \(text(wanted[$0])) and stands at \(text(now[$0])) now: somebody has moved it back" }
        return outcome
    }

    private func moves(of groups: [String]) -> [GroupMove] {
        let wanted = Set(groups)
        return Dictionary(grouping: plan.offsets.filter { $0.commit != nil && wanted.contains($0.group) }, by: \.group).map { group, offsets in
            // What was begun may stand where it was, where it goes, or between the two.
            let before = history?.groups[group]?.moves ?? []
            let begun = Dictionary(before.map { ($0.partition, $0) }) { $1 }
            return GroupMove(
                group: group,
                steps: offsets.map { offset in
                    GroupMove.Step(
                        offset.target, expected: begun[offset.target].map(\.expected) ?? offset.current, wanted: offset.commit)
                })
        }
    }

    private var executor: Executor {
        Executor(
            target: target, journal: journal, parallelism: parallelism,
            planned: plan.offsets.reduce(into: [:]) { $0[$1.target] = $1.translation.evidence.target })
    }

    // MARK: Back

    /// Puts the groups that this run has moved back to where they were, each only if nobody has moved it since.
    ///
    /// A commit that did not exist before is removed where the cluster can do that (``KafkaCluster/deleteOffsets(of:for:)``);
    /// where it can't, the group stays, wholly, and its outcome says so.
    /// - Returns: What became of each group that had been moved.
    public func rollBack(by: Operator, progress: @Sendable (Outcome) -> Void = { _ in }) async throws -> [Outcome] {
        guard let history else { throw RunError.notOpened }
        try await takeUp(.rollback, history, by)
        return try await finish { () async throws(CutoverInterrupted) in
            try await Executor(target: target, journal: journal, parallelism: parallelism).run(history.undoing, progress: progress)
        }
    }

    /// Writes down who goes on, or back.
    private func takeUp(_ step: JournalEntry.Step, _ history: RunHistory, _ by: Operator) async throws {
        var entry = JournalEntry(step)
        (entry.run, entry.by) = (id, by)
        entry.discardedBytes = history.discardedBytes > 0 ? history.discardedBytes : nil
        try await journal.append(entry)
    }

    /// Writes the end down, whatever it is.
    private func finish(_ work: () async throws(CutoverInterrupted) -> [Outcome]) async throws -> [Outcome] {
        var interrupted: CutoverInterrupted?, outcomes: [Outcome] = []
        do throws(CutoverInterrupted) { outcomes = try await work() } catch { interrupted = error }
        var end = JournalEntry(.end)
        end.succeeded = interrupted == nil && outcomes.allSatisfy(\.succeeded)
        do throws(JournalError) {
            try await journal.append(end)
        } catch {
            interrupted = interrupted ?? CutoverInterrupted(cause: error, outcomes: outcomes, notStarted: [])
        }
        if let interrupted { throw interrupted }
        return outcomes
    }
}

/// A run can't be taken up.
public enum RunError: Error, CustomStringConvertible {
    case neverAgreed(RunID)
    case rolledBack(RunID)
    case notOpened

    public var description: String {
        switch self {
        case .neverAgreed(let id): "nobody agreed to run \(id), so nothing was done: there is nothing to resume or to undo. Plan again."
        case .rolledBack(let id): "run \(id) has been rolled back, or that was begun: 'failover rollback \(id)' finishes it. To move the groups after all, plan again."
        case .notOpened: "this run has only just begun"
        }
    }
}
