import Cutover
import Foundation
import KafkaClient
import OffsetTranslate

/// A line of `failover journal list`.
struct RunRow: Encodable {
    var run: String
    var journal: String
    var begun: String?
    var by: String?
    var flow: String?
    var groups: Int?
    var done: Int?
    var state: String

    init(_ id: RunID, _ path: String) {
        run = id.rawValue
        journal = path
        do {
            let history = try RunHistory(try Data(contentsOf: URL(fileURLWithPath: path)))
            begun = history.begun
            by = history.by?.address
            flow = history.plan.map { "\($0.sourceAlias)->\($0.targetAlias)" }
            groups = history.plan?.groups.count
            done = groups.map { $0 - history.unfinished.count }
            state = history.state
        } catch {
            state = "damaged: \(error)"
        }
    }

    static func table(_ rows: [RunRow]) -> String {
        var table = Table([("RUN", .left), ("FLOW", .left), ("BY", .left), ("GROUPS", .right), ("DONE", .right), ("STATE", .left)])
        for row in rows {
            table.add([row.run, row.flow ?? "-", row.by ?? "-", row.groups.map { $0.grouped } ?? "-", row.done.map { $0.grouped } ?? "-", row.state])
        }
        return table.text
    }
}

extension RunHistory {
    var state: String {
        let part = rollbacks > 0 ? "rollback" : "run"
        if approval == nil { return "never agreed to" }
        guard let succeeded else { return "\(part) not ended: interrupted, or live" }
        if rollbacks > 0 { return succeeded ? "rolled back" : "not wholly rolled back" }
        return succeeded ? "done" : "not wholly done"
    }
}

/// A run for people.
struct RunView {
    var history: RunHistory
    var path: String

    var text: String {
        var lines = ["Run \(history.id): \(history.state)", "Journal \(path), \(history.lines) lines, unbroken"]
        if let by = history.by { lines.append("Begun \(history.begun) by \(by.address)") }
        if let approval = history.approval {
            lines.append("Agreed to by: \(approval.manner)" + (approval.overrides.isEmpty ? "" : "; accepted: \(approval.overrides.map(\.flag).joined(separator: " "))"))
            if !approval.leftOut.isEmpty { lines.append("Left out: \(approval.leftOut.joined(separator: ", "))") }
        }
        if history.resumptions > 0 { lines.append("Resumed \(history.resumptions) time\(history.resumptions == 1 ? "" : "s")") }
        if history.discardedBytes > 0 { lines.append("Its last line has no end (\(history.discardedBytes) bytes): nothing was done on the strength of it") }
        var table = Table([("GROUP", .left), ("PARTITION", .left), ("BEFORE", .right), ("WANTED", .right), ("ENDING", .left)])
        for (group, record) in history.groups.sorted(by: { $0.key < $1.key }) {
            let ending = (record.isRolledBack ? "rollback: " : "") + (record.outcome?.ending.rawValue ?? "not known: begun, no result")
            if record.moves.isEmpty { table.add([group, "-", "-", "-", ending]) }
            for step in record.moves {
                table.add([group, "\(step.partition)", (step.expected?.offset).grouped, (step.wanted?.offset).grouped, ending])
            }
        }
        let failures = history.groups.sorted { $0.key < $1.key }.flatMap { group, record in
            (record.outcome?.failures ?? []).map { "! \(group): \($0)" }
        }
        return (lines + ["", table.text] + failures).joined(separator: "\n")
    }
}

/// What a rollback would do.
struct RollbackView {
    var moves: [GroupMove]

    var text: String {
        var table = Table([("GROUP", .left), ("PARTITION", .left), ("PUT AT", .right), ("BACK TO", .right), ("", .left)])
        for move in moves {
            for step in move.steps where step.expected != step.wanted {
                table.add([
                    move.group, "\(step.partition)", (step.expected?.offset).grouped, (step.wanted?.offset).grouped,
                    step.wanted == nil ? "there was none: it is removed" : "",
                ])
            }
        }
        return table.text
    }
}
