import Cutover
import KafkaClient

/// One position of `failover verify --output json` and `jsonl`: see docs/json.md.
struct VerificationLine: Encodable {
    var group: String
    var sourceTopic: String
    var targetTopic: String
    var partition: Int32
    var sourceOffset: Int64
    var targetOffset: Int64?
    var verdict: String
    var isFailure: Bool
    var records: Int64?
    var precision: String?
    var low: Int64?
    var high: Int64?
    var reason: String?
    var evidence: Evidence

    struct Evidence: Encodable {
        var sourceBefore: Place?
        var sourceNext: Place?
        var targetBefore: Place?
        var targetNext: Place?
        var copyOffset: Int64?
        var uncopied: Int
    }

    struct Place: Encodable {
        var offset: Int64
        var timestamp: Int64

        init(_ place: PositionFinding.Place) {
            offset = place.offset
            timestamp = place.timestamp
        }
    }

    init(_ finding: PositionFinding) {
        let position = finding.position, found = finding.evidence
        group = position.group
        sourceTopic = position.source.topic
        targetTopic = position.target.topic
        partition = position.target.partition
        sourceOffset = position.sourceOffset
        targetOffset = position.targetOffset
        isFailure = finding.isFailure
        evidence = Evidence(
            sourceBefore: found.sourceBefore.map(Place.init), sourceNext: found.sourceNext.map(Place.init),
            targetBefore: found.targetBefore.map(Place.init), targetNext: found.targetNext.map(Place.init), copyOffset: found.copy,
            uncopied: found.uncopied)
        switch finding.verdict {
        case .matched: verdict = "matched"
        case .behind(let count):
            verdict = "behind"
            set(count)
        case .ahead(let count):
            verdict = "ahead"
            set(count)
        case .movedOn(let count):
            verdict = "movedOn"
            set(count)
        case .ambiguous(let range):
            verdict = "ambiguous"
            (low, high) = (range.lowerBound, range.upperBound)
        case .notMatched(let mismatch):
            verdict = "notMatched"
            reason = "\(mismatch)"
        case .notReadable(let obstacle):
            verdict = "notReadable"
            reason = "\(obstacle)"
        }
    }

    private mutating func set(_ count: PositionFinding.Count) {
        records = count.records
        precision = count.precision.rawValue
    }
}
