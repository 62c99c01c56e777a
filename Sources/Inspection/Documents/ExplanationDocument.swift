import OffsetTranslate

/// Why positions are where they are, as JSON: of `failover explain --output json`. docs/json.md describes it.
public struct ExplanationDocument: Encodable, Sendable {
    public var formatVersion = 1
    public var source: String
    public var target: String
    /// Milliseconds since the epoch.
    public var takenAt: Int64
    public var positions: [PositionDocument]

    public init(_ look: GroupLook, _ positions: [PositionSituation]) {
        let context = look.context
        (source, target, takenAt) = (context.flow.sourceAlias, context.flow.targetAlias, context.now)
        self.positions = positions.map { PositionDocument($0, explanation: context.explain($0)) }
    }
}
