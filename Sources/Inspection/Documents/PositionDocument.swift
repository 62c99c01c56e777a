import Cutover
import KafkaClient
import OffsetTranslate

/// One partition of one group as JSON; docs/json.md describes it. Members without a value are missing.
public struct PositionDocument: Encodable, Sendable {
    public var group: String
    public var sourceTopic: String
    public var targetTopic: String
    public var partition: Int32
    public var upstreamOffset: Int64?
    /// "source", "checkpoint" or "captured".
    public var origin: String?
    public var checkpointWrittenAt: Int64?
    public var capturedAt: Int64?
    public var lag: Int64?
    public var plannedOffset: Int64?
    public var kind: String?
    public var low: Int64?
    public var high: Int64?
    public var maxReplay: Int64?
    /// The rule of the translation.
    public var rule: String?
    /// Why the translation is unknown, as a sentence.
    public var unknownBecause: String?
    public var currentOffset: Int64?
    public var distance: Int64?
    public var checkpoint: Checkpoint?
    /// ``SyncReason/name``.
    public var reason: String
    /// What the reason counts, by the names in ``SyncReason``.
    public var reasonFigures: [String: Int64]?
    public var severity: String
    /// The reason in a sentence, what it rests on, and what to do: where it was explained.
    public var summary: String?
    public var evidence: [String]?
    public var remedy: String?
    public var passes: Passes?
    public var ifLost: IfLost
    public var warnings: [String]

    public struct Checkpoint: Encodable, Sendable {
        public var upstreamOffset: Int64
        public var downstreamOffset: Int64
        public var writtenAt: Int64
    }

    /// Whether it goes away by itself.
    public struct Passes: Encodable, Sendable {
        /// "notNeeded", "within", "once" or "never".
        public var how: String
        /// Of "within".
        public var milliseconds: Int64?
        /// Of "once": what has to happen, as a sentence.
        public var when: String?

        init(_ passing: Explanation.Passing) {
            switch passing {
            case .notNeeded: how = "notNeeded"
            case .within(let time): (how, milliseconds) = ("within", time.milliseconds)
            case .once(let what): (how, when) = ("once", what)
            case .never: how = "never"
            }
        }
    }

    public struct IfLost: Encodable, Sendable {
        public var offset: Int64?
        public var origin: String?
        public var maxReplay: Int64?
    }

    public init(_ position: PositionSituation, explanation: Explanation? = nil) {
        summary = explanation?.summary
        evidence = explanation?.evidence
        remedy = explanation?.remedy
        passes = explanation.map { Passes($0.passes) }
        group = position.group
        sourceTopic = position.source.topic
        targetTopic = position.target.topic
        partition = position.source.partition
        upstreamOffset = position.upstream?.offset
        origin = position.origin?.name
        lag = position.lag
        currentOffset = position.current?.offset
        distance = position.distance
        checkpoint = position.checkpoint.map {
            Checkpoint(upstreamOffset: $0.upstreamOffset, downstreamOffset: $0.downstreamOffset, writtenAt: $0.writtenAt)
        }
        reason = position.reason.name
        reasonFigures = position.reason.figure.map { [$0.name: $0.value] }
        severity = position.reason.severity.rawValue
        ifLost = IfLost(
            offset: position.ifLost.position, origin: position.ifLost.origin?.name, maxReplay: position.ifLost.maxReplay)
        let translation = position.translation
        plannedOffset = translation?.position
        kind = translation?.kind.name
        low = translation?.low
        high = translation?.high
        maxReplay = translation?.maxReplay
        rule = translation?.evidence.rule.rawValue
        unknownBecause = translation?.reason.map { "\($0)" }
        warnings = translation?.warnings.map { "\($0)" } ?? []
        switch position.origin {
        case .checkpoint(let time): checkpointWrittenAt = time
        case .captured(let time): capturedAt = time
        case .sourceCommit, nil: break
        }
    }
}

extension SyncReason {
    /// What it counts, and the name of that.
    fileprivate var figure: (name: String, value: Int64)? {
        switch self {
        case .sourceRecreated(let logEnd): ("logEnd", logEnd)
        case .expiredOnSource(let lost), .expiredOnTarget(let lost): ("lost", lost)
        case .beforeFirstSync(let upstreamOffset): ("upstreamOffset", upstreamOffset)
        case .aheadOfMirror(let by), .targetAhead(let by), .checkpointAhead(let by): ("by", by)
        case .checkpointWouldRewind(let downstreamOffset): ("downstreamOffset", downstreamOffset)
        case .checkpointsStopped(let milliseconds): ("milliseconds", milliseconds)
        case .sourceLost(let maxReplay): maxReplay.map { ("maxReplay", $0) }
        case .syncedWithin(let records): ("records", records)
        default: nil
        }
    }
}
