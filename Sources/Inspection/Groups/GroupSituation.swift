public import KafkaClient
public import OffsetTranslate

/// One group on both sides of a flow.
public struct GroupSituation: Sendable, Hashable {
    public var name: String
    /// `nil` where the group does not exist there, or the brokers can't tell.
    public var onSource: Presence?
    public var onTarget: Presence?
    /// In order of source partitions.
    public var positions: [PositionSituation]

    public struct Presence: Sendable, Hashable {
        public var state: GroupState
        public var members: Int
    }

    public init(name: String, onSource: Presence? = nil, onTarget: Presence? = nil, positions: [PositionSituation]) {
        self.name = name
        self.onSource = onSource
        self.onTarget = onTarget
        self.positions = positions
    }

    public var topics: Set<String> { Set(positions.map(\.source.topic)) }

    /// Those that a failover is about.
    public var known: some Sequence<PositionSituation> { positions.lazy.filter(\.isPosition) }

    /// Over all partitions; `nil` where the source can't be asked.
    public var lag: Int64? { positions.lazy.filter { $0.upstream != nil }.map(\.lag).clampedSum }

    /// Records read again at the most if the group were moved now, while the source lives; `nil` where one has no bound.
    public var maxReplay: Int64? { known.map { $0.translation?.maxReplay }.clampedSum }

    /// Records read again at the most if the source died now; `nil` where one has no bound, or would have no position.
    public var maxReplayIfLost: Int64? { known.map(\.ifLost.maxReplay).clampedSum }

    /// Positions that nothing would be left of if the source died now.
    public var withoutPositionIfLost: Int { known.reduce(0) { $0 + ($1.ifLost.position == nil ? 1 : 0) } }

    /// From translated positions to commits on the target, the furthest of all; `nil` where there is no commit.
    public var distance: Int64? { positions.compactMap(\.distance).max { $0.magnitude < $1.magnitude } }

    /// Of its newest checkpoint, in milliseconds since the epoch.
    public var newestCheckpoint: Int64? { positions.compactMap(\.checkpoint?.writtenAt).max() }

    /// The least certain of its translations; `nil` without any.
    public var kind: Translation.Kind? { known.compactMap(\.translation?.kind).max { $0.uncertainty < $1.uncertainty } }

    /// What has to be seen to first.
    public var worst: PositionSituation? {
        positions.max { a, b in
            let (of, than) = (a.reason.severity, b.reason.severity)
            if of != than { return of < than }
            if of == .good { return (a.ifLost.maxReplay ?? 0) < (b.ifLost.maxReplay ?? 0) }
            return a.reason.place > b.reason.place
        }
    }

    public var severity: SyncReason.Severity { positions.lazy.map(\.reason.severity).max() ?? .good }
}

extension Translation.Kind {
    /// By how little a position of this kind may be relied on.
    fileprivate var uncertainty: Int {
        switch self {
        case .exact: 0
        case .exactByProof: 1
        case .bounded: 2
        case .estimate: 3
        case .unknown: 4
        }
    }
}
