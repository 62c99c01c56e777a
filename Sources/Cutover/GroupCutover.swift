import KafkaClient
import OffsetTranslate

/// One group's part of a cutover. Never throws: whatever happens is in the outcome.
struct GroupCutover: Sendable {
    let group: String
    /// Those with something to commit.
    let offsets: [PlannedOffset]
    let target: any KafkaCluster
    let journal: Journal

    struct End: Sendable {
        var outcome: Executor.Outcome
        var journalError: JournalError?
    }

    private typealias Commits = [TopicPartition: CommittedOffset]

    private enum Decision {
        case alreadyThere
        case refuse(String)
        case commit(before: Commits)
    }

    func run() async -> End {
        let wanted = offsets.reduce(into: Commits()) { $0[$1.target] = $1.commit }
        var outcome = Executor.Outcome(group: group, remaining: wanted.keys.sorted())
        do {
            switch try await lookAgain(wanted) {
            case .alreadyThere: settle(&outcome, wanted, standing: wanted)
            case .refuse(let reason): outcome.failures = [reason]
            case .commit(let before):
                try journal.append(.intent(group: group, before: before, wanted: wanted))
                await commit(wanted, &outcome)
            }
        } catch let error as JournalError {
            outcome.failures.append("not moved: \(error)")
            return End(outcome: outcome, journalError: error)
        } catch {
            outcome.failures.append("not moved: \(error)")
        }
        do throws(JournalError) {
            try journal.append(.result(outcome))
            return End(outcome: outcome)
        } catch {
            return End(outcome: outcome, journalError: error)
        }
    }

    // MARK: Looking again

    /// Looks again, right before acting, at what the plan stands on. The commits come last: brokers guard against members
    /// by themselves, but not against somebody else's commit.
    private func lookAgain(_ wanted: Commits) async throws -> Decision {
        guard wanted.count == offsets.count else {
            return .refuse("the plan has two positions for one partition of group '\(group)': plan again")
        }
        let partitions = offsets.map(\.target)
        let bounds = try await target.logBounds(of: partitions)
        let active = try await activity()
        let standing = try await target.committedOffsets(of: group, for: partitions)
        if standing == wanted { return .alreadyThere }
        if let refusal = active ?? stale(standing, wanted) ?? stale(bounds) { return .refuse(refusal) }
        return .commit(before: standing)
    }

    private func activity() async throws -> String? {
        do {
            guard let listing = try await target.group(named: group), listing.state.isActive else { return nil }
            return "group '\(group)' is \(listing.state) on '\(target.name)' with \(listing.memberCount) member(s): stop its consumers there first"
        } catch let error as KafkaError where error.code == .unsupportedFeature {
            // The brokers refuse a commit into an active group by themselves.
            return nil
        }
    }

    private func stale(_ standing: Commits, _ wanted: Commits) -> String? {
        for offset in offsets where standing[offset.target] != offset.current && standing[offset.target] != wanted[offset.target] {
            return "the plan is stale: the commit of group '\(group)' for \(offset.target) was \(Self.text(offset.current)) "
                + "and is \(Self.text(standing[offset.target])) now; plan again"
        }
        return nil
    }

    private func stale(_ bounds: [TopicPartition: LogBounds]) -> String? {
        for offset in offsets {
            guard let log = bounds[offset.target] else {
                return "the plan is stale: \(offset.target) does not exist on '\(target.name)' any more; plan again"
            }
            if let planned = offset.translation.evidence.target, log.end < planned.end {
                return "the plan is stale: the log of \(offset.target) ended at \(planned.end) and ends at \(log.end) now: "
                    + "truncated or re-created; plan again"
            }
            if let commit = offset.commit, !(log.start...log.end).contains(commit.offset) {
                return "the plan is stale: \(offset.target) holds \(log) now, position \(commit.offset) is outside; plan again"
            }
        }
        return nil
    }

    // MARK: Committing

    /// Commits, and whatever the answer was, or if there was none, reads back: only that tells.
    private func commit(_ wanted: Commits, _ outcome: inout Executor.Outcome) async {
        var refused: [TopicPartition: KafkaError] = [:]
        var commitError: (any Error)?
        do {
            refused = try await target.commit(wanted, for: group)
        } catch {
            commitError = error
        }
        do {
            let standing = try await target.committedOffsets(of: group, for: wanted.keys.sorted())
            settle(&outcome, wanted, standing: standing)
            // The answer to a commit that stands nevertheless was merely lost.
            if let commitError, !outcome.remaining.isEmpty { outcome.failures.append("\(commitError)") }
            for partition in outcome.remaining where commitError == nil {
                outcome.failures.append(
                    refused[partition].map { "\(partition): \($0)" }
                        ?? "\(partition): committed \(Self.text(wanted[partition])), but \(Self.text(standing[partition])) was read back")
            }
        } catch {
            outcome.isUncertain = true
            if let commitError { outcome.failures.append("\(commitError)") }
            outcome.failures += refused.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }
            outcome.failures.append("could not read back what stands now; the same command again will show: \(error)")
        }
    }

    private func settle(_ outcome: inout Executor.Outcome, _ wanted: Commits, standing: Commits) {
        for (partition, commit) in wanted where standing[partition] == commit { outcome.committed[partition] = commit.offset }
        outcome.remaining.removeAll { outcome.committed[$0] != nil }
    }

    private static func text(_ commit: CommittedOffset?) -> String {
        guard let commit else { return "none" }
        return commit.metadata.isEmpty ? "\(commit.offset)" : "\(commit.offset) with metadata"
    }
}
