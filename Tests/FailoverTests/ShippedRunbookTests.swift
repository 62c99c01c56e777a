import Foundation
import Testing

/// The runbooks as they are shipped, carried out on a sandbox: programs stop and start what is there, and a file answers what only people can say.
@Suite struct ShippedRunbookTests {
    private static let runbooks = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("runbooks")
    private static let names = (try? FileManager.default.contentsOfDirectory(atPath: runbooks.path).filter { $0.hasSuffix(".yaml") }.sorted()) ?? []

    private struct Estate {
        let sandbox: RunningSandbox
        let program: String

        /// Parameters of type command, and what each tells the sandbox.
        func orders(_ orders: KeyValuePairs<String, String>) throws -> [String] {
            try orders.flatMap { name, order in
                let words = String(decoding: try JSONEncoder().encode([program, "sandbox", "tell", order]), as: UTF8.self)
                return ["--set", "\(name)=\(words)"]
            }
        }

        func run(_ name: String, _ answers: String, _ settings: [String] = [], status: Int32 = 0) async throws -> String {
            try answers.write(to: sandbox.folder.appendingPathComponent("answers.yaml"), atomically: true, encoding: .utf8)
            let file = ShippedRunbookTests.runbooks.appendingPathComponent(name + ".yaml").path
            let result = try await sandbox.failover(
                ["runbook", "run", file, "--yes", "--answers", "answers.yaml", "--set", "config=sandbox.properties"] + settings, within: 900)
            #expect(result.status == status, "\(name): \(result)")
            return result.errors
        }

        /// They run in the sandbox.
        func areThere(_ parts: String...) async throws {
            for part in parts {
                let said = try await sandbox.tell("start-\(part)")
                #expect(said.contains("already there"), "\(part)")
            }
        }
    }

    private func with(_ body: (Estate) async throws -> Void) async throws {
        let program = try Command.executable.path
        try await RunningSandbox.with { try await body(Estate(sandbox: $0, program: program)) }
    }

    @Test func allOfThemAreRunbooksAndListed() async throws {
        #expect(Self.names.count == 9)
        let files = Self.names.map { Self.runbooks.appendingPathComponent($0).path }
        let checked = try await Command.start(["runbook", "validate"] + files, in: try Command.temporaryFolder()).finish()
        #expect(checked.status == 0, "\(checked)")
        let overview = try String(contentsOf: Self.runbooks.appendingPathComponent("README.md"), encoding: .utf8)
        for name in Self.names { #expect(overview.contains("(\(name))"), "\(name) is not in the overview") }
    }

    /// Called off by a gate, called off by a person after groups were moved, and carried out: applications are never left down.
    @Test(.enabled(if: RunningSandbox.isAskedFor)) func aSwitchoverIsCalledOffAndThenCarriedOut() async throws {
        try await with { estate in
            let orders = try estate.orders([
                "stop-consumers": "stop-consumers", "restart-consumers": "start-consumers", "restart-producers": "start-producers",
                "stop-consumers-on-target": "stop-consumers-on-target", "start-producers": "start-producers-on-target", "stop-mirror": "stop-mirror",
            ])
            let producers = try estate.orders(["stop-producers": "stop-producers"])
            let answers = "answers: {agree: yes, lag-falls: yes}\napprovals: {go: Jane Doe}\nfailures: {start-consumers: rollback}\n"
            func run(_ settings: [String], status: Int32 = 0) async throws -> String {
                try await estate.run("planned-switchover", answers, orders + settings, status: status)
            }
            // Whatever it was that they stopped, the producers go on.
            let refused = try await run(["--set", #"stop-producers=["true"]"#, "--set", "drained-at=1000000"], status: 3)
            #expect(refused.contains("These checks failed: sourceTakesWrites") && !refused.contains("Approve the move"), "\(refused)")
            try await estate.areThere("consumers", "producers")

            let calledOff = try await run(producers + ["--set", #"start-consumers=["false"]"#], status: 5)
            #expect(calledOff.contains("positions committed and read back") && calledOff.contains("[undo] Put the groups' positions back"), "\(calledOff)")
            try await estate.areThere("consumers", "producers")

            let moved = try await run(producers + estate.orders(["start-consumers": "start-consumers-on-target"]) + ["--set", "mirror-afterwards=stop"])
            #expect(moved.contains("Completed."))
            try await estate.areThere("consumers-on-target", "producers-on-target")
            let stopped = try await estate.sandbox.tell("stop-mirror")
            #expect(stopped.contains("not there"))
        }
    }

    @Test(.enabled(if: RunningSandbox.isAskedFor)) func aLostClusterIsFailedOverAndItsGroupsComeHome() async throws {
        try await with { estate in
            let both: KeyValuePairs = [
                "stop-consumers": "stop-consumers", "stop-mirror": "stop-mirror", "stop-consumers-on-target": "stop-consumers-on-target",
            ]
            try await estate.sandbox.tell("source-down")
            _ = try await estate.run(
                "unplanned-failover", "answers: {decide: yes, lag-falls: yes, losses: not known}\napprovals: {go: Jane Doe}\n",
                estate.orders(both) + estate.orders([
                    "stop-producers": "stop-producers", "start-consumers": "start-consumers-on-target", "start-producers": "start-producers-on-target",
                ]))
            try await estate.sandbox.tell("produce", "50")
            try await estate.sandbox.tell("source-up")
            let home = try await estate.run(
                "failback",
                """
                answers: {home-quiet: yes, rebuilt: yes, divergence: pass, agree: yes, nothing-behind: yes, lag-falls: yes, given-up: some}
                approvals: {go: Jane Doe}

                """,
                ["--set", "flow=west->east", "--set", "flow-home=east->west"] + RunningSandbox.groups.flatMap { ["--set", "groups=\($0)"] }
                    + estate.orders(both) + estate.orders([
                        "start-mirror-home": "start-mirror-home", "stop-mirror-home": "stop-mirror-home", "start-consumers": "start-consumers",
                        "stop-producers-on-target": "stop-producers-on-target", "start-producers-on-target": "start-producers-on-target",
                        "start-consumers-on-target": "start-consumers-on-target", "start-producers": "start-producers",
                    ]))
            #expect(home.contains("Completed."))
            try await estate.areThere("consumers", "producers")
        }
    }

    @Test(.enabled(if: RunningSandbox.isAskedFor)) func whatOnlyLooksRunsToItsEnd() async throws {
        try await with { estate in
            _ = try await estate.run(
                "first-day-readiness", "answers: {complete: yes, clean: yes, lock: yes, alerts: yes, runbooks: yes, people: yes}\n")
            let drill = try await estate.run("quarterly-drill", "answers: {clean: yes}\n", ["--set", "max-rto=600"])
            #expect(drill.contains("drill.failures = []"))
            let there = try await estate.run("stuck-group", "answers: {decide: nothing}\n", ["--set", "group=reports"])
            #expect(there.contains("It is in step") && !there.contains("It is not there"), "\(there)")
            let missing = try await estate.run("stuck-group", "answers: {decide: nothing}\n", ["--set", "group=nobody"])
            #expect(missing.contains("It is not there") && !missing.contains("It is in step"), "\(missing)")
        }
    }

    @Test(.enabled(if: RunningSandbox.isAskedFor)) func mirrorsAreChanged() async throws {
        try await with { estate in
            let mirror = try estate.orders(["stop-mirror": "stop-mirror", "start-mirror": "start-mirror"])
            _ = try await estate.run(
                "migrate-from-mm2", "answers: {place-of-syncs: yes, rights: yes, go: yes, capture: yes}\n",
                estate.orders(["stop-mm2": "stop-mirror", "start-mm2": "start-mirror", "start-mirror": "start-mirror"]))
            _ = try await estate.run(
                "hand-back-to-mm2", "answers: {in-order: yes, read-syncs: yes, bring-forward: yes}\n",
                mirror + estate.orders(["start-mm2": "start-mirror"]))
            _ = try await estate.run(
                "source-topic-recreated",
                "answers: {meant: go-on, groups-on-source: yes, configure: yes, back-to-stop: yes, afterwards: nobody did}\n",
                mirror + ["--set", "topic=orders"])
        }
    }
}
