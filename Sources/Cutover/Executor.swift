public import KafkaClient

/// Carries a plan out, group by group: looks again, writes down what it will do, commits, reads back, writes down what came
/// of it.
///
/// All partitions of a group go in one request. Running it again is safe: what already stands is left alone.
public struct Executor: Sendable {
    public var target: any KafkaCluster
    public var journal: Journal

    public init(target: any KafkaCluster, journal: Journal) {
        self.target = target
        self.journal = journal
    }

    /// What became of one group.
    public struct Outcome: Sendable {
        public var group: String
        public var committed: [TopicPartition: Int64] = [:]
        /// Why the group, or some partitions of it, did not move.
        public var failures: [String] = []
        public var succeeded: Bool { failures.isEmpty }
    }

    /// - Parameter progress: Called after each group.
    /// - Throws: ``JournalError`` only: where nothing can be written down, nothing is done.
    public func apply(_ plan: CutoverPlan, progress: @Sendable (Outcome) -> Void = { _ in }) async throws -> [Outcome] {
        try journal.append(.begin(plan))
        var outcomes: [Outcome] = []
        for group in plan.groups {
            let offsets = plan.offsets.filter { $0.group == group && $0.commit != nil }
            guard !offsets.isEmpty else { continue }
            let outcome = try await apply(group, offsets)
            try journal.append(.result(outcome))
            outcomes.append(outcome)
            progress(outcome)
        }
        try journal.append(.end(succeeded: outcomes.allSatisfy(\.succeeded)))
        return outcomes
    }

    private func apply(_ group: String, _ offsets: [PlannedOffset]) async throws -> Outcome {
        var outcome = Outcome(group: group)
        let partitions = offsets.map(\.target)
        let wanted = Dictionary(uniqueKeysWithValues: offsets.compactMap { offset in offset.commit.map { (offset.target, $0) } })
        do {
            if let refusal = try await refusal(group, offsets, wanted) {
                outcome.failures = [refusal]
                return outcome
            }
            try journal.append(.intent(group: group, before: offsets, wanted: wanted))
            for (partition, error) in try await commit(wanted, for: group) {
                outcome.failures.append("\(partition): \(error)")
            }
            let standing = try await target.committedOffsets(of: group, for: partitions)
            for (partition, commit) in wanted.sorted(by: { $0.key < $1.key }) {
                if standing[partition] == commit {
                    outcome.committed[partition] = commit.offset
                } else if outcome.failures.isEmpty {
                    let found = standing[partition].map { "\($0.offset)" } ?? "nothing"
                    outcome.failures.append("\(partition): committed \(commit.offset), but \(found) was read back")
                }
            }
        } catch let error as KafkaError {
            outcome.failures.append(error.description)
        }
        return outcome
    }

    /// A time-out may hide a commit that happened; the reading back afterwards tells.
    private func commit(
        _ wanted: [TopicPartition: CommittedOffset], for group: String
    ) async throws -> [TopicPartition: KafkaError] {
        do {
            return try await target.commit(wanted, for: group)
        } catch let error as KafkaError where error.isRetriable {
            guard try await target.committedOffsets(of: group, for: Array(wanted.keys)) == wanted else { throw error }
            return [:]
        }
    }

    /// Looks again, right before acting, at what the plan stands on.
    private func refusal(
        _ group: String, _ offsets: [PlannedOffset], _ wanted: [TopicPartition: CommittedOffset]
    ) async throws -> String? {
        do {
            if let listing = try await target.group(named: group), listing.state.isActive {
                return "group '\(group)' is \(listing.state) on '\(target.name)' with \(listing.memberCount) member(s): stop its consumers there first"
            }
        } catch let error as KafkaError where error.code == .unsupportedFeature {
            // The brokers refuse a commit into an active group by themselves.
        }
        let standing = try await target.committedOffsets(of: group, for: offsets.map(\.target))
        for offset in offsets where standing[offset.target] != offset.current && standing[offset.target] != wanted[offset.target] {
            let then = offset.current.map { "\($0.offset)" } ?? "none", now = standing[offset.target].map { "\($0.offset)" } ?? "none"
            return "the plan is stale: the commit of group '\(group)' for \(offset.target) was \(then) and is \(now) now; plan again"
        }
        let bounds = try await target.logBounds(of: offsets.map(\.target))
        for offset in offsets {
            guard let log = bounds[offset.target], let commit = offset.commit else { continue }
            if commit.offset > log.end || commit.offset < log.start {
                return "the plan is stale: \(offset.target) holds \(log) now, position \(commit.offset) is outside; plan again"
            }
        }
        return nil
    }
}
