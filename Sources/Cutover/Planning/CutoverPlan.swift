public import KafkaClient
public import OffsetTranslate

/// Everything a cutover will do, and what that rests on. Making one changes nothing.
///
/// It is a value that can be kept in a file (``PlanFile``), shown, and carried out later (``CutoverRun``): it holds all that is
/// needed to see by then whether it is still right.
public struct CutoverPlan: Sendable, Hashable, Codable {
    /// What happens to the source.
    public enum Mode: String, Sendable, Hashable, Codable, CaseIterable {
        /// The source lives: its producers and the groups' consumers are stopped, and the mirror has copied everything.
        case switchover
        /// The source is lost. Positions come from what is on the target.
        case failover
        /// The way home (``FailbackPlanner``): the groups stand on what was the target, and go back to what was the source.
        case failback
    }

    public var mode: Mode
    public var sourceAlias: String
    public var targetAlias: String
    /// As the brokers report them; `nil` where they don't, and for a source that is lost.
    public var sourceClusterID: String?
    public var targetClusterID: String?
    /// Milliseconds since the epoch.
    public var createdAt: Int64
    /// What was assumed of a foreign mirror's offset syncs.
    public var assumption: Assumption
    public var offsets: [PlannedOffset]
    /// States of the groups on the target, where the brokers can tell.
    public var groupStates: [String: GroupState]
    /// What has to hold before anything is committed, each with its evidence.
    public var checks: [Check]
    /// What a person should know before agreeing.
    public var warnings: [String]

    public init(
        mode: Mode, sourceAlias: String, targetAlias: String, sourceClusterID: String? = nil, targetClusterID: String? = nil,
        createdAt: Int64 = 0, assumption: Assumption = .nothing, offsets: [PlannedOffset], groupStates: [String: GroupState] = [:],
        checks: [Check] = [], warnings: [String] = []
    ) {
        self.mode = mode
        self.sourceAlias = sourceAlias
        self.targetAlias = targetAlias
        self.sourceClusterID = sourceClusterID
        self.targetClusterID = targetClusterID
        self.createdAt = createdAt
        self.assumption = assumption
        self.offsets = offsets
        self.groupStates = groupStates
        self.checks = checks
        self.warnings = warnings
    }

    public var groups: [String] { Set(offsets.map(\.group)).sorted() }

    public func count(_ matches: (PlannedOffset.Action) -> Bool) -> Int { offsets.count { matches($0.action) } }

    public var changes: Int { offsets.count { $0.commit != nil } }

    /// Records that may be read again at the most, over all changed or kept positions; `nil` where one has no bound.
    public var maxReplay: Int64? {
        var sum: Int64 = 0
        for offset in offsets where offset.translation.position != nil {
            if case .skip = offset.action { continue }
            guard let replay = offset.translation.maxReplay else { return nil }
            sum = sum.addingClamped(replay)
        }
        return sum
    }

    /// About how many bytes that comes to; `nil` where nothing is known of one.
    public var maxReplayBytes: Int64? {
        offsets.filter { $0.replayed != nil }.reduce(0) { sum, offset in
            sum.flatMap { sum in offset.replay.map { sum.addingClamped($0.bytes) } }
        }
    }

    public var skipped: [PlannedOffset] {
        offsets.filter { if case .skip = $0.action { true } else { false } }
    }

    /// The same plan for some of its groups only. What was found of others no longer counts.
    public func restricted(to groups: Set<String>) -> CutoverPlan {
        var plan = self
        plan.offsets = offsets.filter { groups.contains($0.group) }
        plan.groupStates = groupStates.filter { groups.contains($0.key) }
        plan.checks = checks.map { $0.restricted(to: groups) }
        return plan
    }
}
