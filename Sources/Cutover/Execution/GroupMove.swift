public import KafkaClient

/// Moves one group's commits from where they are expected to where they are wanted: all of them, or none.
///
/// It looks again, writes down what it will do, commits, reads back, and writes down what came of it. Where brokers take some
/// partitions and refuse others, it puts back those that moved. Never throws: whatever happens is in the outcome.
public struct GroupMove: Sendable {
    /// One partition. No commit is a position too: the group has none there.
    public struct Step: Codable, Sendable, Hashable {
        public var partition: TopicPartition
        public var expected: CommittedOffset?
        public var wanted: CommittedOffset?

        public init(_ partition: TopicPartition, expected: CommittedOffset?, wanted: CommittedOffset?) {
            self.partition = partition
            self.expected = expected
            self.wanted = wanted
        }
    }

    public let group: String
    public let steps: [Step]
    /// It puts back what an earlier move has done.
    let isUndo: Bool
    private let partitions: [TopicPartition]
    private let wanted: Commits

    init(group: String, steps: [Step], isUndo: Bool = false) {
        self.group = group
        self.steps = steps
        self.isUndo = isUndo
        partitions = steps.map(\.partition).sorted()
        wanted = steps.reduce(into: [:]) { $0[$1.partition] = $1.wanted }
    }

    struct End: Sendable {
        var outcome: Outcome
        var journalError: JournalError?
    }

    private typealias Commits = [TopicPartition: CommittedOffset]

    /// - Parameter refusal: What speaks against moving the group, looked up just now.
    func run(
        on target: any KafkaCluster, _ journal: Journal, refusal: @Sendable () async throws -> String?
    ) async -> End {
        var outcome = Outcome(group: group, ending: .refused, remaining: Set(partitions).sorted())
        do {
            guard outcome.remaining.count == steps.count else {
                throw Refusal(reason: "there are two positions for one partition of group '\(group)': plan again")
            }
            let found = try await refusal()
            // The commits last: brokers guard against members by themselves, but not against somebody else's commit.
            let standing = try await target.committedOffsets(of: group, for: partitions)
            if standing == wanted {
                settle(&outcome, standing, .alreadyThere)
            } else {
                if let reason = found ?? moved(standing) { throw Refusal(reason: reason) }
                var intent = JournalEntry(.intent)
                intent.group = group
                intent.moves = steps.map { Step($0.partition, expected: standing[$0.partition], wanted: $0.wanted) }
                try await journal.append(intent)
                await move(target, from: standing, &outcome)
            }
        } catch let error as JournalError {
            outcome.failures.append("not moved: \(error)")
            return End(outcome: outcome, journalError: error)
        } catch let refusal as Refusal {
            outcome.failures = [refusal.reason]
        } catch {
            outcome.failures.append("not moved: \(error)")
        }
        var result = JournalEntry(.result)
        result.group = group
        result.outcome = outcome
        do throws(JournalError) {
            try await journal.append(result)
            return End(outcome: outcome)
        } catch {
            return End(outcome: outcome, journalError: error)
        }
    }

    private struct Refusal: Error { var reason: String }

    /// Somebody else's commit is not overwritten.
    private func moved(_ standing: Commits) -> String? {
        steps.first { standing[$0.partition] != $0.expected && standing[$0.partition] != $0.wanted }.map {
            isUndo
                ? "group '\(group)' has gone on since: its commit for \($0.partition) was moved to \(text($0.expected)) "
                    + "and is \(text(standing[$0.partition])) now. It is left there; to put it back all the same, stop it and "
                    + "set its offsets to \(text($0.wanted)) by hand"
                : "the plan is stale: the commit of group '\(group)' for \($0.partition) was \(text($0.expected)) "
                + "and is \(text(standing[$0.partition])) now; plan again"
        }
    }

    // MARK: Committing

    /// Commits, and whatever the answer was, or if there was none, reads back: only that tells.
    private func move(_ target: any KafkaCluster, from before: Commits, _ outcome: inout Outcome) async {
        var failures = await send(wanted, from: before, to: target)
        do {
            let standing = try await target.committedOffsets(of: group, for: partitions)
            settle(&outcome, standing, .moved)
            // The answer to a commit that stands nevertheless was merely lost.
            if outcome.remaining.isEmpty { return }
            for partition in outcome.remaining where failures.general == nil && failures.refused[partition] == nil {
                failures.refused[partition] = "committed \(text(wanted[partition])), but \(text(standing[partition])) was read back"
            }
            outcome.failures = failures.list(among: outcome.remaining)
            outcome.ending = .unmoved
            if standing != before { await putBack(target, before, standing, &outcome) }
        } catch {
            outcome.ending = .uncertain
            outcome.failures = failures.list(among: partitions)
            outcome.failures.append("could not read back what stands now: 'failover resume' will look: \(error)")
        }
    }

    /// All or nothing: what moved goes back to where it was. What somebody else has moved meanwhile is theirs.
    private func putBack(_ target: any KafkaCluster, _ before: Commits, _ standing: Commits, _ outcome: inout Outcome) async {
        let moved = partitions.filter { standing[$0] != before[$0] && standing[$0] == wanted[$0] }
        let goal = before.filter { moved.contains($0.key) }, from = standing.filter { moved.contains($0.key) }
        var failures = await send(goal, from: from, to: target)
        do {
            let now = try await target.committedOffsets(of: group, for: partitions)
            let stuck = partitions.filter { now[$0] != before[$0] }
            settle(&outcome, now, .mixed)
            outcome.ending = stuck.isEmpty ? .restored : .mixed
            for partition in stuck where failures.general == nil && failures.refused[partition] == nil {
                failures.refused[partition] = "could not be put back to \(text(before[partition])): it stands at \(text(now[partition]))"
            }
            outcome.failures += failures.list(among: stuck)
        } catch {
            outcome.ending = .uncertain
            outcome.failures += failures.list(among: partitions)
            outcome.failures.append("could not read back what stands now: 'failover resume' will look: \(error)")
        }
    }

    private struct Failures {
        /// Of the whole request.
        var general: String?
        var refused: [TopicPartition: String] = [:]

        func list(among partitions: [TopicPartition]) -> [String] {
            (general.map { [$0] } ?? []) + partitions.compactMap { partition in refused[partition].map { "\(partition): \($0)" } }
        }
    }

    /// Commits what has a position, removes what has none.
    private func send(_ goal: Commits, from standing: Commits, to target: any KafkaCluster) async -> Failures {
        var failures = Failures()
        let commits = goal.filter { standing[$0.key] != $0.value }
        let removals = standing.keys.filter { goal[$0] == nil }.sorted()
        do {
            if !commits.isEmpty { failures.refused = try await target.commit(commits, for: group).mapValues { "\($0)" } }
            if !removals.isEmpty {
                failures.refused.merge(try await target.deleteOffsets(of: group, for: removals).mapValues { "\($0)" }) { $1 }
            }
        } catch {
            failures.general = "\(error)"
        }
        return failures
    }

    /// Takes note of what stands as wanted; if all does, that is the ending.
    private func settle(_ outcome: inout Outcome, _ standing: Commits, _ ending: Outcome.Ending) {
        outcome.committed = wanted.filter { standing[$0.key] == $0.value }.mapValues(\.offset)
        outcome.remaining = partitions.filter { standing[$0] != wanted[$0] }
        if outcome.remaining.isEmpty { outcome.ending = ending }
    }
}
