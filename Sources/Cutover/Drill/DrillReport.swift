import KafkaClient
import OffsetTranslate

/// What a drill came to.
public struct DrillReport: Sendable {
    public let id: RunID
    /// Of the real groups, as it would have been carried out.
    public let plan: CutoverPlan
    public var times: Times
    /// Of the shadow groups' commits.
    public var outcomes: [Outcome] = []
    public var readings: [ShadowReading] = []
    public var positions: [Position] = []
    public var lags: [CopyLag] = []
    public var cleaning: [Cleaning] = []
    /// Why the source could not be looked at, or not wholly.
    public var obstacles: [String] = []
    /// What ended it early; it cleaned up all the same.
    public var interruption: (any Error)?

    /// How long each step took; `nil` where the drill did not get so far.
    public struct Times: Sendable, Hashable {
        public var plan: Duration
        public var commit: Duration?
        public var read: Duration?
        public var verify: Duration?
        public var cleanUp: Duration?

        public init(plan: Duration) { self.plan = plan }
    }

    /// One position of a real group on the source, and where its shadow stood.
    public struct Position: Sendable, Hashable {
        /// Of the real group. Its target position is the shadow's.
        public var finding: PositionFinding
        public var planned: PlannedOffset?

        /// Source offsets that the group had committed beyond what the plan knew of.
        public var staleness: Int64 {
            guard let planned else { return 0 }
            let (behind, overflow) = finding.position.sourceOffset.subtractingReportingOverflow(planned.upstream.offset)
            return overflow ? 0 : max(0, behind)
        }

        /// When the position was written down that the plan took, in milliseconds since the epoch.
        public var writtenAt: Int64? {
            switch planned?.origin {
            case .checkpoint(let time), .captured(let time): time
            case .sourceCommit, nil: nil
            }
        }

        /// The group has a position on the source and got none: its consumers would start by their `auto.offset.reset`.
        public var isLost: Bool { finding.verdict == .notReadable(.noCommit) }

        /// Records that are read again at least, at the most, or just so many; `nil` where that is not known.
        public var reRead: PositionFinding.Count? {
            switch finding.verdict {
            case .matched: .init(0)
            case .behind(let count): count
            case .ahead, .movedOn, .ambiguous, .notMatched, .notReadable: nil
            }
        }

        /// What MM2's own position would read again, at the most, counted by offsets; `nil` where it has none, or nothing was verified.
        public var stockReRead: Int64? {
            guard reRead != nil, let stock = planned?.stockPosition, let right = finding.evidence.copy ?? finding.position.targetOffset else { return nil }
            let (count, overflow) = right.subtractingReportingOverflow(stock)
            return overflow ? nil : max(0, count)
        }
    }

    /// What became of a shadow group.
    public struct Cleaning: Sendable, Hashable {
        public var shadow: String
        /// Why its commits, or some, are still there; `nil` where they are gone.
        public var problem: String?
    }

    public init(id: RunID, plan: CutoverPlan, planned: Duration) {
        self.id = id
        self.plan = plan
        times = Times(plan: planned)
    }
}

extension DrillReport {
    /// Checks that would have refused a cutover, unless accepted by their flags.
    public var refusals: [Check] { plan.checks.filter { $0.status == .failed } }

    /// Plan, commit, and the slowest group's first answer. What people take, and what notices the loss, is not in it.
    public var recoveryTime: Duration? {
        guard let commit = times.commit, !readings.isEmpty, interruption == nil else { return nil }
        let answers = readings.map(\.firstAnswer)
        guard !answers.contains(nil) else { return nil }
        return times.plan + commit + (answers.compactMap { $0 }.max() ?? .zero)
    }

    /// Records that had not been copied, over all partitions; `nil` where some partition could not be told.
    public var recordsNotCopied: Int64? {
        guard !lags.isEmpty, !lags.contains(where: { $0.records == nil || $0.isAtLeast }) else { return nil }
        return knownNotCopied
    }

    /// The same, of those partitions that could be told.
    public var knownNotCopied: Int64 { lags.reduce(0) { $0.addingClamped($1.records ?? 0) } }

    /// Records that are read again, as far as the records told.
    public var reRead: PositionFinding.Count {
        positions.compactMap(\.reRead).reduce(.init(0)) { sum, count in
            let precision = [sum.precision, count.precision]
            return .init(
                sum.records.addingClamped(count.records),
                precision.contains(.atLeast) ? .atLeast : precision.contains(.atMost) ? .atMost : .exact)
        }
    }

    /// Of positions that the records did not tell of: how many, and what they read again at the most by the plan, from where the group
    /// was known to stand; `nil` where one has no bound.
    public var reReadNotTold: (positions: Int, atMost: Int64?) {
        let open = positions.filter { $0.reRead == nil }, bounds = open.map { $0.planned?.translation.maxReplay }
        return (open.count, bounds.contains(nil) ? nil : bounds.reduce(0) { $0.addingClamped($1 ?? 0) })
    }

    /// What MM2's own positions would read again, at the most, as far as the records told; and how many positions it has not.
    public var stockReRead: (records: Int64?, without: Int) {
        let known = positions.compactMap(\.stockReRead)
        return (known.isEmpty ? nil : known.reduce(0) { $0.addingClamped($1) }, positions.count { $0.planned?.stockPosition == nil })
    }

    /// Shadow groups that still have commits.
    public var remaining: [Cleaning] { cleaning.filter { $0.problem != nil } }
}
