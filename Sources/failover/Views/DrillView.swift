import Cutover
import KafkaClient
import OffsetTranslate

/// A drill's scorecard for people.
struct DrillView {
    var report: DrillReport
    var limits: DrillLimits

    /// `nil`: the drill passed.
    var status: ExitStatus? {
        let verdict = report.verdict(limits)
        if let error = report.interruption {
            if !report.remaining.isEmpty { return .partial }
            return error is CancellationError ? .cancelled : .error
        }
        if !verdict.failures.isEmpty { return .refused }
        return verdict.open.isEmpty ? nil : .partial
    }

    var text: String {
        if report.interruption != nil {
            return (["", Self.cleaning(report.cleaning, on: report.plan.targetAlias)] + verdict).joined(separator: "\n")
        }
        return scorecard
    }

    private var scorecard: String {
        (["", table] + details + ["", recovery, loss, reRead, refusals, Self.cleaning(report.cleaning, on: report.plan.targetAlias)] + verdict).joined(separator: "\n")
    }

    private var table: String {
        var table = Table([
            ("", .left), ("GROUP", .left), ("POSITIONS", .right), ("MATCHED", .right), ("BEHIND", .right), ("RE-READ", .right),
            ("MM2", .right), ("AHEAD", .right), ("NONE", .right), ("NOT TOLD", .right), ("STALE BY", .right), ("FIRST ANSWER", .right),
        ])
        let readings = Dictionary(report.readings.map { ($0.group, $0) }) { a, _ in a }
        for (group, positions) in Dictionary(grouping: report.positions, by: \.finding.position.group).sorted(by: { $0.key < $1.key }) {
            func count(_ matches: (PositionFinding.Verdict) -> Bool) -> String { positions.count { matches($0.finding.verdict) }.grouped }
            let wrong = positions.contains { $0.finding.isFailure || $0.isLost }, open = positions.contains(where: \.finding.isOpen)
            let known = positions.compactMap(\.reRead), stock = positions.compactMap(\.stockReRead)
            table.add([
                wrong ? "!" : open ? "?" : "=", group, positions.count.grouped, count { $0 == .matched },
                count { if case .behind = $0 { true } else { false } },
                known.isEmpty ? "-" : known.reduce(Int64(0)) { $0.addingClamped($1.records) }.grouped,
                stock.isEmpty ? "-" : "<=" + stock.reduce(Int64(0)) { $0.addingClamped($1) }.grouped,
                positions.count(where: \.finding.isFailure).grouped, positions.count(where: \.isLost).grouped,
                positions.count { $0.finding.isOpen && !$0.isLost }.grouped,
                positions.reduce(Int64(0)) { $0.addingClamped($1.staleness) }.grouped,
                readings[group]?.firstAnswer.map(\.text) ?? "-",
            ], styles: wrong ? [0: .red] : open ? [0: .yellow] : [:])
        }
        return table.text
    }

    /// Positions that are not simply right.
    private var details: [String] {
        let shown = report.positions.filter { $0.finding.verdict != .matched }
        return shown.prefix(20).map { position in
            let pair = position.finding.position
            return "\(position.finding.isFailure || position.isLost ? "!" : "-") \(pair.group) \(pair.target): "
                + "\(pair.sourceOffset.grouped) on \(report.plan.sourceAlias), \(pair.targetOffset.grouped) here: \(position.finding.verdict.text)"
        } + (shown.count > 20 ? ["... and \((shown.count - 20).grouped) more; --output json has them all"] : [])
    }

    private var recovery: String {
        let times = report.times
        let parts = [
            ("plan", times.plan), ("commit", times.commit), ("last group's first answer", report.readings.compactMap(\.firstAnswer).max()),
        ].compactMap { name, time in time.map { "\(name) \($0.text)" } }.joined(separator: ", ")
        return "RTO  \(report.recoveryTime?.text ?? "not measured") (\(parts)). Not in it: noticing the loss, deciding, DNS, restarting applications."
    }

    private var loss: String {
        guard !report.lags.isEmpty else { return "RPO  not measured: the source was not asked." }
        let total = report.recordsNotCopied.map(\.grouped) ?? "at least \(report.knownNotCopied.grouped)"
        let since = report.lags.compactMap(\.age).max()
        let oldest = report.knownNotCopied > 0 ? since.map { "; the oldest was \($0.text) old" } ?? "; their timestamps don't tell how old" : ""
        let written = report.positions.compactMap(\.writtenAt).min().map { "; the oldest position was \(age(of: $0, now: report.plan.createdAt)) old" } ?? ""
        let stale = report.positions.reduce(Int64(0)) { $0.addingClamped($1.staleness) }
        return "RPO  \(total) records of \(report.lags.count.grouped) partitions had not been copied\(oldest). "
            + "Groups had committed up to \(stale.grouped) offsets beyond what was known on \(report.plan.targetAlias)\(written)."
    }

    private var reRead: String {
        let count = report.reRead, stock = report.stockReRead, open = report.reReadNotTold
        let bound = open.atMost.map { "at most \($0.grouped) by the plan" } ?? "without a bound"
        let parts = [
            "\(count.text) record\(count.records == 1 ? "" : "s")",
            open.positions > 0 ? "besides \(open.positions.grouped) position\(open.positions == 1 ? "" : "s") that could not be compared: \(bound)" : nil,
            stock.records.map { "from MM2's own positions at most \($0.grouped)" },
            stock.without > 0 ? "MM2 has no position for \(stock.without.grouped)" : nil,
        ]
        return "Re-read  \(parts.compactMap { $0 }.joined(separator: "; "))."
    }

    private var refusals: String {
        let failed = report.refusals
        guard !failed.isEmpty else { return "A cutover would not have been refused." }
        return (["A cutover would have been refused because:"] + failed.flatMap { check in
            ["- \(check.kind.rawValue): \(check.evidence)"] + check.findings.map(\.description).shortened(to: 5).map { "    \($0)" }
        }).joined(separator: "\n")
    }

    static func cleaning(_ cleaned: [DrillReport.Cleaning], on target: String) -> String {
        let left = cleaned.filter { $0.problem != nil }
        guard !left.isEmpty else { return "Cleaned up: \(cleaned.count.grouped) shadow group\(cleaned.count == 1 ? "" : "s") without commits." }
        return (["NOT cleaned up, \(left.count.grouped) of \(cleaned.count.grouped) shadow groups. Their commits on '\(target)' expire by the brokers' offsets.retention.minutes (7 days by default):"]
            + left.map { "! \($0.shadow): \($0.problem ?? "")" }.shortened(to: 20))
            .joined(separator: "\n")
    }

    private var verdict: [String] {
        let verdict = report.verdict(limits)
        if let error = report.interruption {
            return [Console.styled("ENDED EARLY", .red) + ": \(error is CancellationError ? "interrupted" : "\(error)")"]
        }
        let failures = verdict.failures.map { "! \($0)" }, open = verdict.open.map { "? \($0)" }
        if !failures.isEmpty { return [Console.styled("FAILED", .red)] + Self.first(failures + open) }
        return open.isEmpty ? [Console.styled("PASSED", .green)] : ["NOT TOLD whether it would have gone well"] + Self.first(open)
    }

    private static func first(_ lines: [String]) -> [String] {
        Array(lines.prefix(20)) + (lines.count > 20 ? ["... and \((lines.count - 20).grouped) more"] : [])
    }
}

extension Duration {
    fileprivate var text: String { self < .seconds(120) ? "\(seconds) s" : "\(components.seconds.grouped) s" }
}
