import KafkaClient
import OffsetTranslate

/// One group as JSON; docs/json.md describes it. Members without a value are missing.
public struct GroupDocument: Encodable, Sendable {
    public var name: String
    public var sourceState: String?
    public var targetState: String?
    public var sourceMembers: Int?
    public var targetMembers: Int?
    /// In order of names.
    public var topics: [String]
    public var partitions: Int
    public var lag: Int64?
    public var kind: String?
    public var maxReplay: Int64?
    public var maxReplayIfLost: Int64?
    public var withoutPositionIfLost: Int
    public var distance: Int64?
    public var newestCheckpoint: Int64?
    public var severity: String
    /// ``SyncReason/name`` of what has to be seen to first.
    public var reason: String?
    /// Where each partition was asked for.
    public var positions: [PositionDocument]?

    public init(_ group: GroupSituation) {
        let worst = group.worst
        name = group.name
        sourceState = group.onSource?.state.rawValue
        targetState = group.onTarget?.state.rawValue
        sourceMembers = group.onSource?.members
        targetMembers = group.onTarget?.members
        topics = group.topics.sorted()
        partitions = group.positions.count
        lag = group.lag
        kind = group.kind?.name
        maxReplay = group.maxReplay
        maxReplayIfLost = group.maxReplayIfLost
        withoutPositionIfLost = group.withoutPositionIfLost
        distance = group.distance
        newestCheckpoint = group.newestCheckpoint
        severity = (worst?.reason.severity ?? .good).rawValue
        reason = worst?.reason.name
    }

    /// - Parameter explain: what there is to say of each position.
    public init(_ group: GroupSituation, withPositions: Bool, explain: (PositionSituation) -> Explanation? = { _ in nil }) {
        self.init(group)
        if withPositions { positions = group.positions.map { PositionDocument($0, explanation: explain($0)) } }
    }
}

/// Groups of a flow as JSON: of `failover groups --output json` and `/api/v1/groups`.
public struct GroupsDocument: Encodable, Sendable {
    public var formatVersion = 1
    public var source: String
    public var target: String
    /// Milliseconds since the epoch.
    public var takenAt: Int64
    public var groups: [GroupDocument]
    /// How many more there are.
    public var omitted: Int

    public init(_ survey: FlowSurvey, groups: [GroupDocument], omitted: Int = 0) {
        (source, target, takenAt) = (survey.sourceAlias, survey.targetAlias, survey.takenAt)
        (self.groups, self.omitted) = (groups, omitted)
    }

    /// Of a look at groups, or at some of them.
    public init(_ look: GroupLook, groups: [GroupSituation]) {
        let context = look.context
        (source, target, takenAt) = (context.flow.sourceAlias, context.flow.targetAlias, context.now)
        (self.groups, omitted) = (groups.map { GroupDocument($0, withPositions: true) }, 0)
    }
}
