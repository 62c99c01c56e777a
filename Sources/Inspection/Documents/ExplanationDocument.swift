import OffsetTranslate

/// Why a group's positions are where they are, as JSON: of `failover explain --output json`. docs/json.md describes it.
public struct ExplanationDocument: Encodable, Sendable {
    public var formatVersion = 1
    public var source: String
    public var target: String
    /// Milliseconds since the epoch.
    public var takenAt: Int64
    public var positions: [Position]

    public struct Position: Encodable, Sendable {
        /// As in `failover groups --output json`.
        public var position: PositionDocument
        public var summary: String
        public var evidence: [String]
        public var remedy: String?
        /// "notNeeded", "within", "once" or "never".
        public var passes: String
        /// Of "within".
        public var withinMilliseconds: Int64?
        /// Of "once": what has to happen, as a sentence.
        public var once: String?
    }

    public init(_ look: GroupLook, _ positions: [PositionSituation]) {
        let context = look.context
        (source, target, takenAt) = (context.flow.sourceAlias, context.flow.targetAlias, context.now)
        self.positions = positions.map { position in
            let explanation = context.explain(position)
            var document = Position(
                position: PositionDocument(position), summary: explanation.summary, evidence: explanation.evidence, remedy: explanation.remedy,
                passes: "never")
            switch explanation.passes {
            case .notNeeded: document.passes = "notNeeded"
            case .within(let time): (document.passes, document.withinMilliseconds) = ("within", time.milliseconds)
            case .once(let what): (document.passes, document.once) = ("once", what)
            case .never: break
            }
            return document
        }
    }
}
