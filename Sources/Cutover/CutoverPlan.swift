public import KafkaClient
import OffsetTranslate

/// Everything a cutover will do, and what that rests on. Making one changes nothing.
public struct CutoverPlan: Sendable {
    public var sourceAlias: String
    public var targetAlias: String
    public var offsets: [PlannedOffset]
    /// States of the groups on the target, where the brokers can tell.
    public var groupStates: [String: GroupState]
    /// What a person should know before agreeing.
    public var warnings: [String]

    public init(
        sourceAlias: String, targetAlias: String, offsets: [PlannedOffset], groupStates: [String: GroupState] = [:],
        warnings: [String] = []
    ) {
        self.sourceAlias = sourceAlias
        self.targetAlias = targetAlias
        self.offsets = offsets
        self.groupStates = groupStates
        self.warnings = warnings
    }

    public var groups: [String] { Set(offsets.map(\.group)).sorted() }

    /// Groups that have members on the target: their offsets can't be moved.
    public var activeGroups: [String] { groupStates.filter { $0.value.isActive }.keys.sorted() }

    public func count(_ matches: (PlannedOffset.Action) -> Bool) -> Int { offsets.count { matches($0.action) } }

    public var changes: Int { offsets.count { $0.commit != nil } }

    /// Records that may be read again at the most, over all changed or kept positions; `nil` where one has no bound.
    public var maxReplay: Int64? {
        var sum: Int64 = 0
        for offset in offsets where offset.translation.position != nil {
            if case .skip = offset.action { continue }
            guard let replay = offset.translation.maxReplay else { return nil }
            sum += replay
        }
        return sum
    }

    public var skipped: [PlannedOffset] {
        offsets.filter { if case .skip = $0.action { true } else { false } }
    }
}
