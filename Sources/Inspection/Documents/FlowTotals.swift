import OffsetTranslate

/// What a survey adds up to.
public struct FlowTotals: Encodable, Sendable, Hashable {
    public var groups: Int
    /// Groups that have to be seen to.
    public var problems: Int
    public var notices: Int
    /// Partitions that the flow copies; this, and what is said of the source's records and of its death, missing where it can't be asked.
    public var partitions: Int?
    /// Of all consumers on the source; missing where it can't be asked.
    public var consumerLag: Int64?
    /// Offsets not copied yet, over the partitions where that can be told.
    public var replicationLag: Int64?
    /// Partitions where it can't be told.
    public var replicationLagUnknown: Int?
    /// Since the oldest record that is not copied yet was written, in milliseconds.
    public var oldestUnreplicated: Int64?
    /// Records read again at the most if all groups were moved now: of those where there is a bound.
    public var maxReplay: Int64
    /// Groups where there is none.
    public var replayUnbounded: Int
    /// The same if the source died now.
    public var maxReplayIfLost: Int64?
    public var replayUnboundedIfLost: Int?
    /// Positions that nothing would be left of if the source died now.
    public var withoutPositionIfLost: Int?

    /// `nil` where the target does not answer: nothing is known then, and zeros would look like good news.
    public init?(_ survey: FlowSurvey) {
        if survey.readiness[.targetReachable]?.status == .fail { return nil }
        groups = survey.groups.count
        problems = survey.groups.count { $0.severity == .problem }
        notices = survey.groups.count { $0.severity == .notice }
        (maxReplay, replayUnbounded) = Self.sum(survey.groups.lazy.map(\.maxReplay))
        guard survey.isSourceKnown else { return }
        consumerLag = survey.groups.lazy.map(\.lag).clampedSum
        partitions = survey.partitions.count
        let lag = Self.sum(survey.partitions.lazy.map(\.lag?.offsets))
        replicationLagUnknown = lag.unknown
        replicationLag = lag.unknown == survey.partitions.count && !survey.partitions.isEmpty ? nil : lag.sum
        oldestUnreplicated = survey.partitions.lazy.compactMap(\.lag?.age).max().map { $0.milliseconds }
        let lost = Self.sum(survey.groups.lazy.map(\.maxReplayIfLost))
        (maxReplayIfLost, replayUnboundedIfLost) = (lost.sum, lost.unknown)
        withoutPositionIfLost = survey.groups.reduce(0) { $0 + $1.withoutPositionIfLost }
    }

    private static func sum(_ values: some Sequence<Int64?>) -> (sum: Int64, unknown: Int) {
        values.reduce((0, 0)) { result, value in value.map { (result.sum.addingClamped($0), result.unknown) } ?? (result.sum, result.unknown + 1) }
    }
}
