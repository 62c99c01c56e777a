import OffsetTranslate

/// A flow's status as JSON: of `failover status --output json` and `/api/v1/status`. docs/json.md describes it. Members without a
/// value are missing.
public struct StatusDocument: Encodable, Sendable {
    public var formatVersion = 1
    public var source: String
    public var target: String
    public var sourceClusterID: String?
    public var targetClusterID: String?
    /// Why the source does not answer, as a sentence.
    public var sourceTrouble: String?
    /// Missing where nobody can say.
    public var sourceAnswers: Bool?
    /// Milliseconds since the epoch.
    public var takenAt: Int64
    public var tookMilliseconds: Int64
    /// "pass", "warn" or "fail".
    public var verdict: String
    public var checks: [ReadinessCheck]
    public var heartbeats: Heartbeats
    /// "source" or "target".
    public var offsetSyncsLocation: String
    /// Missing where the target does not answer.
    public var totals: FlowTotals?
    public var warnings: [String]

    public struct Heartbeats: Encodable, Sendable {
        public var newest: Int64?
        public var newestMirrored: Int64?
    }

    public init(_ survey: FlowSurvey, totals: FlowTotals?) {
        source = survey.sourceAlias
        target = survey.targetAlias
        sourceClusterID = survey.sourceClusterID
        targetClusterID = survey.targetClusterID
        sourceTrouble = survey.sourceTrouble
        sourceAnswers = survey.sourceAnswers
        takenAt = survey.takenAt
        tookMilliseconds = survey.took.milliseconds
        verdict = survey.readiness.verdict.rawValue
        checks = survey.readiness.checks
        heartbeats = Heartbeats(newest: survey.heartbeats.newest, newestMirrored: survey.heartbeats.newestMirrored)
        offsetSyncsLocation = survey.offsetSyncsLocation.rawValue
        self.totals = totals
        warnings = survey.warnings
    }

    public init(_ survey: FlowSurvey) { self.init(survey, totals: FlowTotals(survey)) }
}
