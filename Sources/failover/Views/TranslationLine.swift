import KafkaClient
import OffsetTranslate

/// One answer of `failover translate` as JSON; `docs/json.md` describes it. Absent values are null, not missing; only `group`
/// and `targetTopic` are missing where there are none.
struct TranslationLine: Encodable {
    private let position: TranslatedPosition

    init(_ position: TranslatedPosition) { self.position = position }

    private enum Key: String, CodingKey {
        case group, topic, partition, offset, targetTopic, targetOffset, kind, low, high, maxReplay, evidence, reason, warnings
    }

    func encode(to encoder: any Encoder) throws {
        var line = encoder.container(keyedBy: Key.self)
        let translation = position.translation
        try line.encodeIfPresent(position.group, forKey: .group)
        try line.encode(position.source.topic, forKey: .topic)
        try line.encode(position.source.partition, forKey: .partition)
        try line.encode(position.offset, forKey: .offset)
        try line.encodeIfPresent(position.target?.topic, forKey: .targetTopic)
        try line.encode(translation.position, forKey: .targetOffset)
        // How it was proven is the evidence's business.
        try line.encode(translation.isExact ? "exact" : translation.kind.name, forKey: .kind)
        try line.encode(translation.low, forKey: .low)
        try line.encode(translation.high, forKey: .high)
        try line.encode(translation.maxReplay, forKey: .maxReplay)
        try line.encode(EvidenceFields(evidence: translation.evidence), forKey: .evidence)
        try line.encode(translation.reason.map { "\($0)" }, forKey: .reason)
        try line.encode(translation.warnings.map { "\($0)" }, forKey: .warnings)
    }
}

private struct EvidenceFields: Encodable {
    var evidence: Evidence

    private enum Key: String, CodingKey { case rule, assumption, below, above, target }

    func encode(to encoder: any Encoder) throws {
        var fields = encoder.container(keyedBy: Key.self)
        try fields.encode(evidence.rule, forKey: .rule)
        try fields.encode(evidence.assumption, forKey: .assumption)
        try fields.encode(evidence.below.map(Sync.init), forKey: .below)
        try fields.encode(evidence.above.map(Sync.init), forKey: .above)
        try fields.encode(evidence.target.map { Log(logStart: $0.start, logEnd: $0.end) }, forKey: .target)
    }

    private struct Sync: Encodable {
        var point: SyncPoint

        init(_ point: SyncPoint) { self.point = point }

        private enum Key: String, CodingKey { case upstreamOffset, downstreamOffset, timestamp }

        func encode(to encoder: any Encoder) throws {
            var fields = encoder.container(keyedBy: Key.self)
            try fields.encode(point.upstreamOffset, forKey: .upstreamOffset)
            try fields.encode(point.downstreamOffset, forKey: .downstreamOffset)
            try fields.encode(point.timestamp < 0 ? nil : point.timestamp, forKey: .timestamp)
        }
    }

    private struct Log: Encodable {
        var logStart: Int64
        var logEnd: Int64
    }
}
