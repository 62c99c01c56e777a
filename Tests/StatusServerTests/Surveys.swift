import Cutover
import Foundation
@testable import Inspection
import KafkaClient
import OffsetTranslate

/// Surveys by hand.
enum Surveys {
    static let now = Int64(Date().timeIntervalSince1970 * 1000)

    /// - Parameter ahead: the position's translation is a range of so many offsets.
    static func position(
        _ group: String, _ topic: String = "orders", _ partition: Int32 = 0, offset: Int64 = 1_000, lag: Int64? = 5, ahead: Int64 = 0,
        ifLost: PositionSituation.IfLost = .init(position: 980, origin: .checkpoint(writtenAt: now - 60_000), maxReplay: 20),
        reason: SyncReason = .syncedWithin(records: 20)
    ) -> PositionSituation {
        var position = PositionSituation(
            group: group, source: TopicPartition(topic: topic, partition: partition),
            target: TopicPartition(topic: "west.\(topic)", partition: partition))
        position.upstream = CommittedOffset(offset: offset)
        position.origin = .sourceCommit
        position.lag = lag
        position.translation = Translation(
            position: offset, kind: ahead == 0 ? .exact : .bounded, low: offset, high: offset + ahead, evidence: Evidence(rule: .interval))
        position.current = CommittedOffset(offset: offset - 40)
        position.ifLost = ifLost
        position.reason = reason
        return position
    }

    static func group(_ name: String, _ positions: [PositionSituation]) -> GroupSituation {
        GroupSituation(name: name, onSource: .init(state: .stable, members: 3), onTarget: .init(state: .empty, members: 0), positions: positions)
    }

    static func partition(_ topic: String, _ partition: Int32, lag: PartitionSituation.Lag?) -> PartitionSituation {
        var situation = PartitionSituation(
            source: TopicPartition(topic: topic, partition: partition), target: TopicPartition(topic: "west.\(topic)", partition: partition))
        situation.sourceLog = LogBounds(start: 0, end: 5_000)
        situation.targetLog = LogBounds(start: 0, end: 4_990)
        situation.lag = lag
        return situation
    }

    /// A flow with something of everything.
    static func mixed(more: [GroupSituation] = []) -> FlowSurvey {
        let groups = [
            group("billing", [position("billing"), position("billing", "orders", 1, lag: 2)]),
            group("billing-audit", [
                position("billing-audit", "invoices", ahead: 300, reason: .aheadOfMirror(by: 120)),
                position("billing-audit", "invoices", 1, ifLost: .init(), reason: .noSyncs),
            ]),
            group("reports", [position("reports", "clicks", lag: 90_000, ifLost: .init(position: 10), reason: .checkpointsStopped(milliseconds: 720_000))]),
            group("search", [position("search", "clicks", lag: 12, ifLost: .init(position: 1_000, maxReplay: 0), reason: .syncedExactly)]),
            group("stock-take", [position("stock-take", "stock", reason: .noCheckpoint)]),
        ]
        var survey = FlowSurvey(
            sourceAlias: "us-west", targetAlias: "us-east", sourceClusterID: "W", targetClusterID: "E", takenAt: now, took: .milliseconds(840),
            groups: (groups + more).sorted { $0.name < $1.name },
            partitions: [
                partition("clicks", 0, lag: .init(offsets: 1_200, age: .seconds(42))), partition("invoices", 0, lag: .init(offsets: 120, age: .seconds(8))),
                partition("orders", 0, lag: .init(offsets: 0, age: .zero)), partition("orders", 1, lag: nil),
            ],
            heartbeats: .init(newest: now - 1_500, newestMirrored: now - 2_500))
        survey.readiness = Readiness(checks: [
            ReadinessCheck(.sourceReachable, .pass, "'us-west' answers"), ReadinessCheck(.heartbeat, .pass, "the mirror beat 1.5 s ago", value: 1.5, unit: .seconds),
            ReadinessCheck(.replicationLag, .warn, "1,320 records are not copied yet", remedy: "Look at the mirror's own lag.", value: 1_320, unit: .records),
            ReadinessCheck(
                .positionsIfLost, .fail, "1 position would be gone with the source", findings: ["billing-audit invoices-1: no offset sync is known"],
                remedy: "Run 'failover capture', or keep offset syncs on the target.", value: 1, unit: .count),
            ReadinessCheck(.retention, .unknown, "the brokers do not tell topic settings"),
        ])
        return survey
    }

    /// Many groups of some partitions each, all alike but for their figures.
    static func many(groups: Int, partitions: Int) -> FlowSurvey {
        let all = (0..<groups).map { index in
            let name = "service-\(index)"
            return group(name, (0..<partitions).map { position(name, "topic-\(index % 100)", Int32($0), lag: Int64(index)) })
        }
        return FlowSurvey(
            sourceAlias: "us-west", targetAlias: "us-east", takenAt: now, took: .seconds(1), groups: all,
            partitions: (0..<min(groups, 100)).flatMap { topic in
                (0..<partitions).map { partition("topic-\(topic)", Int32($0), lag: .init(offsets: Int64(topic), age: .seconds(1))) }
            })
    }
}
