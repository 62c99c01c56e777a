import OffsetTranslate
import Sandbox

struct DemoView {
    var report: DemoReport

    var text: String {
        var table = Table([
            ("GROUP", .left), ("READ ON WEST", .right), ("READ ON EAST", .right), ("LOST", .right), ("RE-READ", .right),
            ("MM2 WOULD RE-READ", .right),
        ])
        for group in report.groups {
            let gap = group.stock.missing > 0 ? " (+\(group.stock.missing) without a position)" : ""
            table.add([
                group.name, group.readBefore.grouped, group.readAfter.grouped, group.lost.grouped, group.reread.grouped,
                group.stock.reread.grouped + gap,
            ])
        }
        let lost = report.groups.reduce(0) { $0 + $1.lost }, reread = report.groups.reduce(0) { $0 + $1.reread }
        let stock = report.groups.reduce(0) { $0 + $1.stock.reread }
        let verdict = "Audit of every replicated record: lost \(lost.grouped), re-read \(reread.grouped)."
        return """

            \(table.text)

            \(Console.styled(verdict, report.passed ? .green : .red)) MM2's translation of the same offset syncs: re-read \(stock.grouped).
            RTO  \(seconds(report.recoverySeconds)) from the kill to the last group's first answer (the brokers' 3 s join delay included).
            RPO  \(report.unreplicated.grouped) of \(report.produced.grouped) acknowledged records had not been replicated and died with west.
                 The groups had paused before the kill: commits later than the last checkpoint (MM2: every 60 s) would be re-read.
            \(report.positionsExact.grouped) of \(report.positionsCommitted.grouped) committed positions exact. The whole run took \(seconds(report.elapsedSeconds)).
            """
    }

    private func seconds(_ value: Double) -> String { "\((value * 10).rounded() / 10) s" }
}
