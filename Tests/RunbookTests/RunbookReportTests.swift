import Cutover
import Foundation
@testable import Runbooks
import Testing

@Suite struct RunbookReportTests {
    private typealias F = DocumentFixture

    private func report(_ entries: [RunbookEntry], parameters: [String: Value] = ["config": "mm2.properties", "token": "${env:PAGER_TOKEN}", "stop": []]) throws -> RunbookReport {
        RunbookReport(F.history(parameters: parameters, entries), try F.runbook())
    }

    private func json(_ report: RunbookReport) throws -> [String: Any] {
        try #require(JSONSerialization.jsonObject(with: JSONEncoder().encode(report)) as? [String: Any])
    }

    @Test func aRunThatWentWell() throws {
        let rest = ["page", "read", "hook"].flatMap { [F.started($0), F.ended($0)] }
        let report = try report(F.moved + rest + [F.end(.completed)])
        #expect(report.ending == .completed)
        #expect(report.steps.map(\.state) == [.skipped] + Array(repeating: .done, count: 10))
        let recovery = try #require(report.recovery)
        // From the beginning of 'decide', two seconds in, to the end of 'move'.
        #expect(recovery.seconds == 16 && recovery.isWithinTarget == true && recovery.problem == nil)
        #expect(recovery.lost?.records == nil && recovery.lost?.unknown == ["look.lag"] && recovery.lost?.isWithinTarget == nil)
        let look = report.steps[2].attempts[0]
        #expect(look.seconds == 12 && look.isWithinTarget == false && look.command == ["failover", "groups", "--flow=A->B"])
        let approval = try #require(report.approvals.first)
        #expect(report.approvals.count == 1 && approval.isApproved && approval.by == "Joan" && approval.time == F.time(15) && approval.needsFourEyes)
        #expect(approval.question == "Move 1 groups to B?")
        let markdown = report.markdown
        for part in [
            "# Report: Unplanned failover\n", "> **Completed.**\n", "- **Run:** `20260301T100000-abcd`\n", "jane on ops1 (process 4711)",
            "- **Recovery time (RTO):** **16 s**; target 30 min **met**, from the beginning of the step `decide` to the end of the step `move`\n",
            "- **Records lost (RPO):** **not known** `look.lag` could not be told; target 0, by `look.lag`\n",
            "| `config` | file | `mm2.properties` |\n", "| `token` | secret | in the environment variable `PAGER_TOKEN` |\n",
            "| 1 | Tell everybody (`tell`) | **skipped** |  |  |  | parameters.max-re-read \\> 5000: parameters.max-re-read = 1,000 |\n",
            "| 3 | Look (`look`) | **done** | 1 | 12 s **late** | 10 s |  |\n", "- **Question:** Is the source lost for good?\n",
            "- **Question:** Has the mirror been stopped?\n", "- **Answer:** `yes`, by jane, 2026-03-01 10:00:03 UTC\n", "- **Cutover:** run `c1`\n",
            "- **Found groups:** `\"billing\"`\n", "| 2026-03-01 10:00:03 UTC | 3 s | `decide` | answered by jane: yes |\n",
            "| `look` | `evidence/look-1.out` | 2 | `44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a` |\n",
            "26 lines, each with the hash of the line before",
        ] { #expect(markdown.contains(part), "\(part)") }
        #expect(!markdown.contains("Prose(") && !report.html.contains("Prose("))
    }

    @Test func documentsAreStable() throws {
        let document = try json(try report(F.moved))
        #expect(document["formatVersion"] as? Int == 1)
        #expect(document["ending"] == nil)
        #expect(Set(document.keys) == ["formatVersion", "run", "runbook", "parameters", "begun", "latest", "seconds", "parts", "steps", "approvals", "recovery", "timeline", "journal"])
        let steps = try #require(document["steps"] as? [[String: Any]])
        #expect(steps.map { $0["state"] as? String } == ["skipped"] + Array(repeating: "done", count: 7) + Array(repeating: "notBegun", count: 3))
        #expect((document["journal"] as? [String: Any])?["lines"] as? Int == F.moved.count + 1)
        let text = String(decoding: try JSONEncoder().encode(try report(F.moved)), as: UTF8.self)
        #expect(text.contains("${env:PAGER_TOKEN}") && !text.contains("shown"))
    }

    /// Nobody can tell a run that is live from one that was killed.
    @Test func aRunWithoutAnEnd() throws {
        let report = try report(Array(F.moved.dropLast()))
        #expect(report.ending == nil)
        #expect(report.steps[7].state == .noEnd)
        #expect(report.recovery?.seconds == nil && report.recovery?.isWithinTarget == nil)
        #expect(report.recovery?.problem == "the step 'move', to whose end it counts, is not done")
        for text in [report.markdown, report.html] {
            #expect(text.contains("This run has no end."))
            #expect(text.contains("under way, or was killed"))
            #expect(text.contains("Without an end in the journal, so that what became of them is not known"))
            #expect(text.contains("What became of it is not known."))
            #expect(text.contains("not measured"))
            #expect(!text.contains("Completed"))
        }
    }

    @Test func whoeverWentOnIsNamed() throws {
        let report = try report([F.started("decide"), F.end(.paused), F.resumed(), F.started("decide"), F.resumed(), F.end(.interrupted)])
        #expect(report.parts.map(\.by.user) == ["jane", "joe", "joe"])
        #expect(report.markdown.contains("| resumed | joe on ops2 (process 99) | **no end: killed** |\n"))
        #expect(report.markdown.contains("| resumed | joe on ops2 (process 99) | interrupted from outside, "))
        #expect(report.markdown.contains("> **Interrupted from outside.**"))
    }

    @Test func whatWasGoneBackFromIsShownAsSuch() throws {
        var first = F.moved
        first[first.count - 1] = F.ended("move", .failed, "group 'billing' is active")
        let report = try report(first + [F.end(.stopped), F.resumed(from: "plan"), F.started("plan"), F.ended("plan", found: ["groups": 2, "target": "B"]), F.end(.paused)])
        let plan = report.steps[4]
        #expect(plan.state == .done && plan.attempts.map(\.isSuperseded) == [true, false])
        #expect(report.steps[6].state == .notBegun && report.steps[7].state == .notBegun)
        #expect(report.approvals.map(\.isSuperseded) == [true])
        // What it was asked about then, not what is known now.
        #expect(report.approvals[0].question == "Move 1 groups to B?")
        #expect(report.markdown.contains("**superseded** Somebody has gone back since: it does not count any more."))
        #expect(report.markdown.contains("| resumed, back to the step `plan` |"))
        #expect(report.recovery?.seconds == nil)
    }

    @Test func aNoIsAnAnswerToo() throws {
        let report = try report(Array(F.moved.prefix(12)) + [F.started("go"), F.answered("no", by: "Joan"), F.ended("go", .failed, "Joan said no"), F.end(.declined)])
        #expect(report.approvals.map(\.isApproved) == [false] && report.approvals[0].by == "Joan")
        #expect(report.markdown.contains("| **declined**, four eyes | Joan |"))
        #expect(report.markdown.contains("> **Declined: somebody said no.** At the step `go`."))
    }

    /// A failure that was gone on from is not where it stopped.
    @Test func whereItStoppedIsSaid() throws {
        let interrupted = try report([
            F.started("page"), F.ended("page", .failed, "no answer"), F.started("hook"), F.resumed(), F.answered("stop", by: "joe"), F.end(.declined),
        ])
        #expect(interrupted.stoppedAt == "hook")
        #expect(interrupted.markdown.contains("**Declined: somebody said no.** At the step `hook`."))
        #expect(interrupted.markdown.contains("- **Decided:** `stop`, by joe, "))
        let undone = try report(F.moved + [RunbookEntry(.rollback), F.started("move", undoes: true), F.ended("move", .failed, undoes: true, "active"), F.end(.rolledBackInPart)])
        #expect(undone.stoppedAt == "move")
        #expect(undone.markdown.contains("| `move` | Put them back | **failed** | active |"))
        #expect(try report(F.moved + [F.end(.completed)]).stoppedAt == nil)
    }

    @Test func whatWasUndoneIsNoRecovery() throws {
        let report = try report(F.moved + [RunbookEntry(.rollback), F.started("move", undoes: true), F.ended("move", undoes: true, found: ["groups": 1]), F.end(.rolledBack)])
        #expect(report.recovery?.seconds == nil)
        #expect(report.recovery?.problem?.contains("undone from 2026-03-01 10:00:19 UTC on") == true)
        #expect(report.steps[7].compensation?.state == .done)
        #expect(report.markdown.contains("| `move` | Put them back | **done** |"))
        #expect(report.markdown.contains("> **Rolled back: what was done was undone.**"))
        #expect(report.markdown.contains("| `move` | from here on") == false && report.markdown.contains("from here on, what was done is undone"))
    }

    @Test func lossIsHeldAgainstItsTarget() throws {
        func loss(_ lag: Value?) throws -> RunbookReport.RecoveryReport.Loss? {
            try report([F.started("look"), F.ended("look", found: lag.map { ["lag": $0] } ?? [:])]).recovery?.lost
        }
        #expect(try loss(0)?.isWithinTarget == true)
        #expect(try loss(5)?.isWithinTarget == false)
        #expect(try loss(nil)?.isWithinTarget == nil)
        #expect(try loss(5)?.records == 5)
    }

    @Test func hostileTextStaysData() throws {
        let evil = "</p><script>x</script>|\n# h\n```"
        let report = try report(
            [F.started("decide", ["x", evil]), F.answered(evil, by: evil), F.ended("decide", .failed, evil, found: ["answer": .text(evil)])], parameters: ["config": .text(evil)])
        #expect(!report.html.contains("<script"))
        #expect(report.html.contains("&lt;script&gt;"))
        let lines = report.markdown.split(separator: "\n")
        #expect(!lines.contains { $0.hasPrefix("# h") || $0 == "```" && $0.hasPrefix("``` ") })
        for line in lines where line.hasPrefix("| 2026") { #expect(line.replacing("\\|", with: "").count { $0 == "|" } == 5) }
    }

    /// For screens and paper, from nowhere else.
    @Test func htmlStandsAlone() throws {
        let html = try report(F.moved).html
        for part in ["<meta charset=\"utf-8\">", "width=device-width", "prefers-color-scheme: dark", "@media print", "default-src 'none'"] { #expect(html.contains(part)) }
        for part in ["<script", "http://", "https://", "<link", "@import", "url("] { #expect(!html.contains(part), "\(part)") }
    }
}
