import Cutover
import KafkaClient
import OffsetTranslate

/// The way home, for people: what each partition has to do, then each group.
struct FailbackView {
    var plan: FailbackPlan

    var text: String {
        var table = Table([
            ("ON \(plan.groups.sourceAlias.uppercased())", .left), ("PART", .right), ("LOG", .left), ("COPIES END", .right), ("KNOWN BY", .left),
            ("WRITTEN SINCE", .right), ("HOME", .left), ("NEVER GOT OVER", .right), ("REVERSE MIRROR", .left),
        ])
        for partition in plan.partitions {
            let fence = partition.fence
            table.add([
                partition.away.topic, "\(partition.away.partition)", "\(partition.awayLog)",
                fence.isExact ? fence.start.grouped : "\(fence.start)...\(fence.end)",
                Self.basis(fence.basis), partition.written.grouped,
                partition.homeLog == nil ? "\(partition.home.topic) (missing)" : partition.home.topic,
                partition.divergence.map { ($0.isCounted ? "" : "<=") + $0.records.grouped } ?? "-", Self.reverse(partition.reverse),
            ])
        }
        return ([table.text, ""] + notes + [PlanView(plan: plan.groups).text]).joined(separator: "\n")
    }

    private var notes: [String] {
        var notes = plan.partitions.flatMap { partition in partition.warnings.map { "! \(partition.away): \($0)" } }
        let doubled = plan.partitions.filter { if case .start = $0.reverse { true } else { false } }.reduce(Int64(0)) { $0 + $1.fence.maxDoubled }
        if doubled > 0 { notes.append("! the reverse mirror may copy up to \(doubled.grouped) records home that are there already") }
        let lost = plan.partitions.filter { $0.origin == .copyOfLostLog }
        if !lost.isEmpty {
            notes.append(
                "! \(plan.groups.targetAlias) lacks the logs that were copied to "
                    + "\(lost.map(\.away.description).joined(separator: ", ")): all of it goes back, and what had never got over is lost")
        }
        return notes.isEmpty ? [] : notes + [""]
    }

    static func basis(_ basis: CopyFence.Basis) -> String {
        switch basis {
        case .syncs: "offset syncs"
        case .records: "records"
        case .lastSync: "last sync only"
        case .sourceReplaced: "nothing copied is left at home"
        case .neverMirrored: "not a copy"
        case .nothing: "nothing to tell by"
        }
    }

    static func reverse(_ reverse: FailbackPartition.Reverse) -> String {
        switch reverse {
        case .start(let start): "start at \(start.offset.grouped)"
        case .fromBeginning: "from the beginning"
        case .begun(let first, _): "begun at \(first.grouped)"
        case .nothingWritten: "nothing to copy"
        }
    }

    /// The JSON of `failover failback plan --output json`; see docs/json.md.
    struct Document: Encodable {
        var formatVersion = 1
        var partitions: [Row]
        var groups: PlanView.Document
        var reverse: ReverseStartFile

        struct Row: Encodable {
            var topic: String
            var partition: Int32
            var logStart: Int64
            var logEnd: Int64
            var homeTopic: String
            var homeLogStart: Int64?
            var homeLogEnd: Int64?
            var origin: String
            var copiesEnd: Int64
            var copiesEndAtMost: Int64
            var isExact: Bool
            var knownBy: String
            var firstWritten: Int64
            var homeOffset: Int64
            /// Absent where the log that was copied is gone.
            var divergence: Divergent?
            var reverse: String
            var warnings: [String]
        }

        struct Divergent: Encodable {
            var ranges: [LogBounds]
            var records: Int64
            var isCounted: Bool
        }

        init(_ plan: FailbackPlan) {
            groups = PlanView.Document(plan.groups, run: nil, outcomes: nil)
            reverse = ReverseStartFile(plan)
            partitions = plan.partitions.map { partition in
                let fence = partition.fence
                let reverse = switch partition.reverse {
                case .start: "start"
                case .fromBeginning: "fromBeginning"
                case .begun: "begun"
                case .nothingWritten: "nothingWritten"
                }
                return Row(
                    topic: partition.away.topic, partition: partition.away.partition, logStart: partition.awayLog.start,
                    logEnd: partition.awayLog.end, homeTopic: partition.home.topic, homeLogStart: partition.homeLog?.start,
                    homeLogEnd: partition.homeLog?.end, origin: partition.origin.rawValue, copiesEnd: fence.start, copiesEndAtMost: fence.end,
                    isExact: fence.isExact, knownBy: fence.basis.rawValue, firstWritten: fence.firstWritten, homeOffset: fence.home,
                    divergence: partition.divergence.map { Divergent(ranges: $0.ranges, records: $0.records, isCounted: $0.isCounted) },
                    reverse: reverse, warnings: partition.warnings)
            }
        }
    }
}
