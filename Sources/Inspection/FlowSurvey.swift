public import OffsetTranslate

/// Everything that was seen of a flow in one look.
public struct FlowSurvey: Sendable {
    public var sourceAlias: String
    public var targetAlias: String
    public var sourceClusterID: String?
    public var targetClusterID: String?
    /// Why the source does not answer; `nil` while it does.
    public var sourceTrouble: String?
    /// `false` only where it was asked, and gave no answer; `nil` where nobody can say: it was not asked, refuses to be, or the target was not there to go on from.
    public var sourceAnswers: Bool?
    /// Milliseconds since the epoch, when the look began.
    public var takenAt: Int64
    /// How long it took.
    public var took: Duration
    /// In order of names.
    public var groups: [GroupSituation]
    /// In order of source partitions.
    public var partitions: [PartitionSituation]
    public var heartbeats: HeartbeatSituation
    public var offsetSyncsLocation: OffsetSyncsLocation
    public var readiness: Readiness
    /// What a person should know besides.
    public var warnings: [String]

    /// Whether the source was asked, and answered.
    public var isSourceKnown: Bool { sourceTrouble == nil && readiness[.sourceReachable]?.status != .unknown }

    public init(
        sourceAlias: String, targetAlias: String, sourceClusterID: String? = nil, targetClusterID: String? = nil,
        sourceTrouble: String? = nil, takenAt: Int64, took: Duration, groups: [GroupSituation], partitions: [PartitionSituation],
        heartbeats: HeartbeatSituation = .init(), offsetSyncsLocation: OffsetSyncsLocation = .target,
        readiness: Readiness = .init(checks: []), warnings: [String] = []
    ) {
        self.sourceAlias = sourceAlias
        self.targetAlias = targetAlias
        self.sourceClusterID = sourceClusterID
        self.targetClusterID = targetClusterID
        self.sourceTrouble = sourceTrouble
        self.takenAt = takenAt
        self.took = took
        self.groups = groups
        self.partitions = partitions
        self.heartbeats = heartbeats
        self.offsetSyncsLocation = offsetSyncsLocation
        self.readiness = readiness
        self.warnings = warnings
    }
}
