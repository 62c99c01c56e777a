import Cutover
import Foundation
import Runbooks

/// A line of `failover runbook list`.
struct RunbookRow: Encodable {
    var name: String
    var file: String
    var title: String?
    var useWhen: [String]?
    var steps: Int?
    /// Why it can't be used.
    var problem: String?

    init(_ name: String, _ file: URL) {
        (self.name, self.file) = (name, file.path)
        do {
            let runbook = try Runbook(try RunbookPlaces.text(of: file.path), file: file.path)
            (title, useWhen, steps) = (runbook.title, runbook.useWhen, runbook.steps.count)
        } catch let unreadable as RunbookUnreadable {
            problem = unreadable.problems.first.map { "\($0)" }
        } catch {
            problem = "\(error)"
        }
    }

    static func table(_ rows: [RunbookRow]) -> String {
        var table = Table([("RUNBOOK", .left), ("TITLE", .left), ("STEPS", .right), ("WHEN", .left)])
        for row in rows {
            table.add([row.name, row.title ?? "not a runbook", row.steps.map { "\($0)" } ?? "-", row.problem ?? row.useWhen?.first ?? ""])
        }
        return table.text
    }
}

/// A line of `failover runbook list --runs`.
struct RunbookRunRow: Encodable {
    var run: String
    var runbook: String?
    var begun: String?
    var by: String?
    /// The step that it came to.
    var step: String?
    var state: String

    init(_ id: String, _ journal: String) {
        run = id
        do {
            let history = try RunbookHistory(journal: journal)
            runbook = (try? Runbook(history.text.text, file: history.text.path))?.title ?? history.text.path
            (begun, by) = (history.begun, history.by?.address)
            step = history.attempts.last?.id
            state = history.ending?.rawValue ?? "not ended: interrupted, or live"
        } catch {
            state = "damaged: \(error)"
        }
    }

    static func table(_ rows: [RunbookRunRow]) -> String {
        var table = Table([("RUN", .left), ("RUNBOOK", .left), ("BY", .left), ("STEP", .left), ("STATE", .left)])
        for row in rows { table.add([row.run, row.runbook ?? "-", row.by ?? "-", row.step ?? "-", row.state]) }
        return table.text
    }
}
