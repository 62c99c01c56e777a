import Cutover
import Inspection
import KafkaClient
import OffsetTranslate

/// Columns of `failover groups`, a line a group.
enum GroupColumns {
    static func all(now: Int64) -> [Column<GroupSituation>] {
        [
            .text("group", "GROUP") { $0.name },
            .text("sourceState", "ON SOURCE") { $0.onSource?.text },
            .text("targetState", "ON TARGET") { $0.onTarget?.text },
            .count("topics", "TOPICS") { $0.topics.count },
            .count("partitions", "PARTS") { $0.positions.count },
            .number("lag", "LAG") { $0.lag },
            .text("kind", "KIND") { $0.kind?.name },
            bound("maxReplay", "RE-READ") { $0.maxReplay },
            bound("maxReplayIfLost", "IF LOST") { $0.maxReplayIfLost },
            .count("withoutPositionIfLost") { $0.withoutPositionIfLost },
            .number("distance", "DISTANCE") { $0.distance },
            .time("newestCheckpoint", "CHECKPOINT", now: now) { $0.newestCheckpoint },
            .text("severity") { $0.severity.rawValue },
            .reason { $0.worst?.reason },
        ]
    }

    /// A worst case; "?" where there is none for what has one.
    fileprivate static func bound<Row>(
        _ name: String, _ title: String, where hasOne: @escaping @Sendable (Row) -> Bool = { _ in true }, _ value: @escaping @Sendable (Row) -> Int64?
    ) -> Column<Row> {
        var column = Column.number(name, title, value)
        column.shown = { row in value(row).map { $0 == 0 ? "0" : "<=\($0.grouped)" } ?? (hasOne(row) ? "?" : "-") }
        return column
    }

    /// What is below the table.
    static func summary(_ groups: [GroupSituation], _ look: GroupLook) -> String {
        if look.groups.isEmpty {
            return "0 groups: none has commits or checkpoints that this flow mirrors and the filter lets through, or the brokers can't list theirs (name one to look at it)."
        }
        let problems = groups.count { $0.severity == .problem }, without = groups.reduce(0) { $0 + $1.withoutPositionIfLost }
        var parts = [counted(groups.count, "group")]
        if problems > 0 { parts.append("\(problems.grouped) with a problem ('failover explain GROUP' says why)") }
        if without > 0 { parts.append("\(counted(without, "position")) would be gone with '\(look.context.flow.sourceAlias)'") }
        return parts.joined(separator: ", ") + "."
    }
}

/// Columns of `failover groups`, a line a partition.
enum PositionColumns {
    static func all(now: Int64, showsGroup: Bool) -> [Column<PositionSituation>] {
        [
            .text("group", showsGroup ? "GROUP" : nil) { $0.group },
            .text("sourceTopic", "TOPIC") { $0.source.topic },
            .text("targetTopic") { $0.target.topic },
            .partition { $0.source.partition },
            .number("upstreamOffset", "UPSTREAM") { $0.upstream?.offset },
            .number("lag", "LAG") { $0.lag },
            .number("plannedOffset", "TRANSLATED") { $0.translation?.position },
            .number("currentOffset", "ON TARGET") { $0.current?.offset },
            .number("distance", "DISTANCE") { $0.distance },
            .text("kind", "KIND") { $0.translation?.kind.name },
            .number("low") { $0.translation?.low },
            .number("high") { $0.translation?.high },
            GroupColumns.bound("maxReplay", "RE-READ", where: \.isPosition) { $0.translation?.maxReplay },
            GroupColumns.bound("maxReplayIfLost", "IF LOST", where: \.isPosition) { $0.ifLost.maxReplay },
            .text("origin", "FROM") { $0.origin?.name },
            .time("checkpointWrittenAt", "CHECKPOINT", now: now) { $0.checkpoint?.writtenAt },
            .text("severity") { $0.reason.severity.rawValue },
            .reason { $0.reason },
        ]
    }
}

extension Column {
    /// Why it is in step, or not.
    fileprivate static func reason(_ reason: @escaping @Sendable (Row) -> SyncReason?) -> Column {
        var column = text("reason", "STATUS") { reason($0)?.name }
        column.alignment = .whole
        column.style = { reason($0)?.severity.style }
        return column
    }
}

extension SyncReason.Severity {
    var style: Console.Style? {
        switch self {
        case .good: .green
        case .notice: nil
        case .problem: .red
        }
    }
}

extension GroupSituation.Presence {
    /// "Stable 3", "Empty".
    fileprivate var text: String { members == 0 ? "\(state)" : "\(state) \(members)" }
}
