import Cutover
import KafkaClient
import OffsetTranslate

/// A plan for people: one line a position, then what it adds up to.
struct PlanView {
    var plan: CutoverPlan

    var text: String {
        var table = Table([
            ("", .left), ("GROUP", .left), ("TOPIC", .left), ("PART", .right), ("UPSTREAM", .right), ("FROM", .left), ("CURRENT", .right),
            ("PLANNED", .right), ("KIND", .left), ("RE-READ", .right), ("MM2", .right), ("ACTION", .left),
        ])
        for offset in plan.offsets {
            table.add([
                Self.glyph(offset.action), offset.group, offset.target.topic, "\(offset.target.partition)",
                offset.upstream.offset.grouped, offset.origin.text, (offset.current?.offset).grouped, offset.translation.position.grouped,
                offset.translation.kind.name,
                offset.translation.maxReplay.map { $0 == 0 ? "0" : "<=\($0.grouped)" } ?? "-", offset.stockPosition.grouped,
                Self.action(offset),
            ], styles: Self.styles(offset.action))
        }
        return ([table.text, "", summary] + checks + notes).joined(separator: "\n")
    }

    private var summary: String {
        let counts = ["create", "advance", "rewind", "keep", "skip"].compactMap { name -> String? in
            let count = plan.count { $0.name == name }
            return count == 0 ? nil : "\(count.grouped) \(name)"
        }
        let bytes = plan.maxReplayBytes.map { $0 == 0 ? "" : " (about \($0.inBytes)" + age + ")" } ?? ""
        let replay = plan.maxReplay.map { "at most \($0.grouped) record\($0 == 1 ? "" : "s") re-read" + bytes } ?? "re-reads without a bound"
        return "\(plan.sourceAlias) -> \(plan.targetAlias): \(plan.groups.count.grouped) group\(plan.groups.count == 1 ? "" : "s"), "
            + (counts.isEmpty ? "nothing to do" : counts.joined(separator: ", ")) + "; " + replay + "."
    }

    /// How far back in time the farthest re-read goes.
    private var age: String {
        plan.offsets.compactMap(\.replay?.milliseconds).max().map { ", up to \(max(1, $0 / 1000)) s of records" } ?? ""
    }

    private var checks: [String] {
        plan.checks.flatMap { check in
            let word = switch check.status {
            case .passed: Console.styled("pass", .green)
            case .failed: Console.styled("FAIL", .red)
            case .unknown: Console.styled("?", .yellow) + "   "
            }
            return ["\(word)  \(check.kind.rawValue): \(check.evidence)"] + check.findings.map(\.description).shortened(to: 5).map { "       \($0)" }
        }
    }

    private var notes: [String] {
        plan.offsets.flatMap { offset in
            offset.translation.warnings.map { "! \(offset.group) \(offset.target): \($0)" }
        }
    }

    private static func glyph(_ action: PlannedOffset.Action) -> String {
        switch action {
        case .create: "+"
        case .advance: "↑"
        case .rewind: "↓"
        case .keep: "="
        case .skip: "!"
        }
    }

    /// Of the glyph: what a person should look at first.
    private static func styles(_ action: PlannedOffset.Action) -> [Int: Console.Style] {
        switch action {
        case .create, .advance, .keep: [:]
        case .rewind: [0: .yellow]
        case .skip: [0: .red]
        }
    }

    private static func action(_ offset: PlannedOffset) -> String {
        if case .skip(let reason) = offset.action { return "skip: \(reason)" }
        return offset.action.name
    }

    /// The JSON of `failover cutover --output json`.
    struct Document: Encodable {
        var formatVersion = 1
        var source: String
        var target: String
        var offsets: [Row]
        /// "switchover" or "failover".
        var mode: String
        var checks: [Check]
        var warnings: [String]
        /// Absent in a dry run.
        var run: String?
        /// Absent in a dry run.
        var results: [Result]?

        struct Row: Encodable {
            var group: String
            var sourceTopic: String
            var targetTopic: String
            var partition: Int32
            var upstreamOffset: Int64
            /// "source", "checkpoint" or "captured".
            var origin: String
            /// Milliseconds since the epoch, of the checkpoint.
            var checkpointWrittenAt: Int64?
            /// Milliseconds since the epoch: when `failover capture` saw the position change.
            var capturedAt: Int64?
            var currentOffset: Int64?
            var plannedOffset: Int64?
            var kind: String
            var low: Int64?
            var high: Int64?
            var maxReplay: Int64?
            /// About what that comes to, where records could be looked at: uncompressed, and from the first to the last by their timestamps.
            var replayBytes: Int64?
            var replayMilliseconds: Int64?
            var stockOffset: Int64?
            var action: String
            var reason: String?
            var warnings: [String]
        }

        struct Result: Encodable {
            var group: String
            /// How it ended: "moved", "alreadyThere", "movedOn", "movedBack", "refused", "unmoved", "restored", "mixed" or "uncertain".
            var ending: String
            var committed: [String: Int64]
            /// Planned partitions that were not seen at their planned position.
            var remaining: [String]
            /// Whether the remaining ones moved is not known.
            var isUncertain: Bool
            var failures: [String]
        }

        init(_ plan: CutoverPlan, run: RunID?, outcomes: [Outcome]?) {
            mode = plan.mode.rawValue
            checks = plan.checks
            self.run = run?.rawValue
            source = plan.sourceAlias
            target = plan.targetAlias
            warnings = plan.warnings
            offsets = plan.offsets.map { offset in
                var row = Row(
                    group: offset.group, sourceTopic: offset.source.topic, targetTopic: offset.target.topic,
                    partition: offset.target.partition, upstreamOffset: offset.upstream.offset, origin: offset.origin.name,
                    currentOffset: offset.current?.offset, plannedOffset: offset.translation.position,
                    kind: offset.translation.kind.name, low: offset.translation.low, high: offset.translation.high,
                    maxReplay: offset.translation.maxReplay, replayBytes: offset.replay?.bytes,
                    replayMilliseconds: offset.replay?.milliseconds, stockOffset: offset.stockPosition, action: offset.action.name,
                    warnings: offset.translation.warnings.map { "\($0)" })
                switch offset.origin {
                case .sourceCommit: break
                case .checkpoint(let time): row.checkpointWrittenAt = time
                case .captured(let time): row.capturedAt = time
                }
                if case .skip(let reason) = offset.action { row.reason = "\(reason)" }
                return row
            }
            results = outcomes?.map { outcome in
                Result(
                    group: outcome.group, ending: outcome.ending.rawValue,
                    committed: outcome.committed.reduce(into: [:]) { $0[$1.key.description] = $1.value },
                    remaining: outcome.remaining.map(\.description), isUncertain: outcome.ending == .uncertain,
                    failures: outcome.failures)
            }
        }
    }
}
