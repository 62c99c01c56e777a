import OffsetTranslate

/// What a survey adds up to.
public struct FlowTotals: Encodable, Sendable, Hashable {
    public var groups: Int
    /// Groups that have to be seen to.
    public var problems: Int
    public var notices: Int
    public var partitions: Int
    /// Of all consumers on the source; missing where it can't be asked.
    public var consumerLag: Int64?
    /// Offsets not copied yet, over the partitions where that can be told.
    public var replicationLag: Int64?
    /// Partitions where it can't be told.
    public var replicationLagUnknown: Int
    /// Since the oldest record that is not copied yet was written, in milliseconds.
    public var oldestUnreplicated: Int64?
    /// Records read again at the most if all groups were moved now: of those where there is a bound.
    public var maxReplay: Int64
    /// Groups where there is none.
    public var replayUnbounded: Int
    /// The same if the source died now.
    public var maxReplayIfLost: Int64
    public var replayUnboundedIfLost: Int
    /// Positions that nothing would be left of if the source died now.
    public var withoutPositionIfLost: Int

    /// `nil` where the target does not answer: nothing is known then, and zeros would look like good news.
    public init?(_ survey: FlowSurvey) {
        if survey.readiness[.targetReachable]?.status == .fail { return nil }
        groups = survey.groups.count
        partitions = survey.partitions.count
        (problems, notices, withoutPositionIfLost) = (0, 0, 0)
        (maxReplay, replayUnbounded, maxReplayIfLost, replayUnboundedIfLost) = (0, 0, 0, 0)
        var consumerLag: Int64? = 0
        for group in survey.groups {
            switch group.severity {
            case .problem: problems += 1
            case .notice: notices += 1
            case .good: break
            }
            withoutPositionIfLost += group.withoutPositionIfLost
            Self.add(group.maxReplay, to: &maxReplay, orTo: &replayUnbounded)
            Self.add(group.maxReplayIfLost, to: &maxReplayIfLost, orTo: &replayUnboundedIfLost)
            consumerLag = consumerLag.flatMap { sum in group.lag.map { sum.addingClamped($0) } }
        }
        self.consumerLag = consumerLag
        var lag: Int64 = 0
        replicationLagUnknown = 0
        for partition in survey.partitions { Self.add(partition.lag?.offsets, to: &lag, orTo: &replicationLagUnknown) }
        replicationLag = replicationLagUnknown == partitions && partitions > 0 ? nil : lag
        oldestUnreplicated = survey.partitions.lazy.compactMap(\.lag?.age).max().map { Int64($0 / .milliseconds(1)) }
    }

    private static func add(_ value: Int64?, to sum: inout Int64, orTo unknown: inout Int) {
        if let value { sum = sum.addingClamped(value) } else { unknown += 1 }
    }
}
