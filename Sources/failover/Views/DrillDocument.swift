import Cutover
import KafkaClient
import OffsetTranslate

/// The JSON of `failover drill`: see docs/json.md.
struct DrillDocument: Encodable {
    var formatVersion = 1
    var drill: String
    var source: String
    var target: String
    var mode: String
    var passed: Bool
    var failures: [String]
    var open: [String]
    var interruption: String?
    var seconds: Seconds
    var rpo: Loss
    var reRead: ReRead
    var refusals: [Check]
    var groups: [Group]
    var positions: [Position]
    var cleanUp: [Cleaning]

    struct Seconds: Encodable {
        var rto: Double?
        var plan: Double
        var commit: Double?
        var read: Double?
        var verify: Double?
        var cleanUp: Double?
    }

    struct Loss: Encodable {
        var records: Int64?
        var knownRecords: Int64
        var partitions: [Partition]

        struct Partition: Encodable {
            var topic: String
            var partition: Int32
            var records: Int64?
            var isAtLeast: Bool
            var oldestSeconds: Double?
            var obstacle: String?
        }
    }

    struct ReRead: Encodable {
        var records: Int64
        var precision: String
        var positionsNotTold: Int
        var notToldAtMost: Int64?
        var stockRecordsAtMost: Int64?
        var stockPositionsWithout: Int
    }

    struct Group: Encodable {
        var group: String
        var shadow: String
        var ending: String
        var joined: Bool?
        var firstAnswerSeconds: Double?
        var recordsRead: Int?
        var problems: [String]
    }

    struct Position: Encodable {
        var verification: VerificationLine
        var isLost: Bool
        var plannedUpstreamOffset: Int64?
        var origin: String?
        var writtenAt: Int64?
        var staleBy: Int64
        var stockOffset: Int64?
        var stockReReadAtMost: Int64?
    }

    struct Cleaning: Encodable {
        var shadow: String
        var problem: String?
    }

    init(_ report: DrillReport, _ limits: DrillLimits) {
        let verdict = report.verdict(limits), times = report.times, shadows = ShadowGroups(of: report.id)
        drill = report.id.rawValue
        (source, target, mode) = (report.plan.sourceAlias, report.plan.targetAlias, report.plan.mode.rawValue)
        passed = DrillView(report: report, limits: limits).status == nil
        (failures, open) = (verdict.failures, verdict.open)
        interruption = report.interruption.map { $0 is CancellationError ? "interrupted" : "\($0)" }
        seconds = Seconds(
            rto: report.recoveryTime?.seconds, plan: times.plan.seconds, commit: times.commit?.seconds, read: times.read?.seconds,
            verify: times.verify?.seconds, cleanUp: times.cleanUp?.seconds)
        rpo = Loss(
            records: report.recordsNotCopied, knownRecords: report.knownNotCopied,
            partitions: report.lags.map {
                .init(
                    topic: $0.source.topic, partition: $0.source.partition, records: $0.records, isAtLeast: $0.isAtLeast,
                    oldestSeconds: $0.age?.seconds, obstacle: $0.obstacle)
            })
        reRead = ReRead(
            records: report.reRead.records, precision: report.reRead.precision.rawValue,
            positionsNotTold: report.reReadNotTold.positions, notToldAtMost: report.reReadNotTold.atMost,
            stockRecordsAtMost: report.stockReRead.records, stockPositionsWithout: report.stockReRead.without)
        refusals = report.refusals
        let readings = Dictionary(report.readings.map { ($0.group, $0) }) { a, _ in a }
        groups = report.outcomes.map { outcome in
            let group = shadows.group(of: outcome.group) ?? outcome.group, reading = readings[group]
            return Group(
                group: group, shadow: outcome.group, ending: outcome.ending.rawValue, joined: reading?.joined,
                firstAnswerSeconds: reading?.firstAnswer?.seconds, recordsRead: reading?.records,
                problems: outcome.failures + (reading?.problems ?? []))
        }
        positions = report.positions.map {
            Position(
                verification: VerificationLine($0.finding), isLost: $0.isLost, plannedUpstreamOffset: $0.planned?.upstream.offset,
                origin: $0.planned?.origin.name, writtenAt: $0.writtenAt, staleBy: $0.staleness, stockOffset: $0.planned?.stockPosition,
                stockReReadAtMost: $0.stockReRead)
        }
        cleanUp = report.cleaning.map { Cleaning(shadow: $0.shadow, problem: $0.problem) }
    }
}
