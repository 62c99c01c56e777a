import Foundation
import Testing

/// The planned switchover, killed (SIGKILL) at each of its steps and resumed.
@Suite struct RunbookKillTests {
    @Test(.enabled(if: RunningSandbox.isAskedFor)) func killedAtEachStepItGoesOn() async throws {
        try await RunningSandbox.with { sandbox in
            let switchover = try Switchover(sandbox)
            var process = try switchover.begin(), run: String?, killed: [String] = [], ended: Command.Result?
            let deadline = ContinuousClock.now + .seconds(900)
            while ended == nil {
                try #require(ContinuousClock.now < deadline, "killed at \(killed)")
                run = run ?? switchover.run
                let step = run.flatMap { switchover.latestStep(of: $0) }
                if process.process.isRunning {
                    if let step, !killed.contains(step) {
                        killed.append(step)
                        kill(process.process.processIdentifier, SIGKILL)
                    } else {
                        try await Task.sleep(for: .milliseconds(1))
                        continue
                    }
                }
                let result = try await process.finish()
                // 7: what the process that was killed has left under way is not over yet.
                if result.status == 0 { ended = result } else { process = try switchover.resume(try #require(run, "\(result)")) }
            }
            let id = try #require(run), report = try await switchover.report(id)
            #expect(report["ending"] as? String == "completed", "\(report)")
            let recovery = report["recovery"] as? [String: Any], lost = recovery?["lost"] as? [String: Any]
            #expect(lost?["records"] as? Int == 0, "\(report)")
            // Gates and notes are over within a millisecond, and may be missed: CrashTests are exact there.
            let working = [
                "look", "rehearsal", "stop-consumers", "consumers-gone", "stop-producers", "drained", "plan", "move", "verify", "left-behind",
                "start-consumers", "consumers-seen", "start-producers",
            ]
            #expect(Set(killed).isSuperset(of: working), "killed at \(killed)")
            // Everything is as if nothing had happened.
            let verified = try await sandbox.failover(["journal", "list", "--output", "json"])
            #expect(verified.output.contains(#""state" : "done""#), "\(verified)")
            for part in ["consumers-on-target", "producers-on-target"] {
                let said = try await sandbox.tell("start-\(part)")
                #expect(said.contains("already there"), "\(part)")
            }
        }
    }

    private struct Switchover {
        let sandbox: RunningSandbox
        private let settings: [String]
        private let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("runbooks/planned-switchover.yaml").path

        init(_ sandbox: RunningSandbox) throws {
            self.sandbox = sandbox
            let program = try Command.executable.path
            let orders = [
                "stop-consumers": "stop-consumers", "restart-consumers": "start-consumers", "stop-producers": "stop-producers",
                "restart-producers": "start-producers", "start-consumers": "start-consumers-on-target",
                "stop-consumers-on-target": "stop-consumers-on-target", "start-producers": "start-producers-on-target",
            ]
            settings = try orders.flatMap { name, order in
                ["--set", name + "=" + String(decoding: try JSONEncoder().encode([program, "sandbox", "tell", order]), as: UTF8.self)]
            }
            try "answers: {agree: yes, lag-falls: yes}\napprovals: {go: Jane Doe}\n"
                .write(to: sandbox.folder.appendingPathComponent("answers.yaml"), atomically: true, encoding: .utf8)
        }

        func begin() throws -> Command.Running {
            try start(["runbook", "run", file, "--yes", "--answers", "answers.yaml", "--set", "config=sandbox.properties"] + settings)
        }

        func resume(_ run: String) throws -> Command.Running { try start(["runbook", "resume", run, "--answers", "answers.yaml"]) }

        private func start(_ arguments: [String]) throws -> Command.Running {
            try Command.start(arguments, in: sandbox.folder, environment: ["XDG_STATE_HOME": sandbox.folder.path])
        }

        private var runs: URL { sandbox.folder.appendingPathComponent("failover/runbooks") }

        var run: String? { try? FileManager.default.contentsOfDirectory(atPath: runs.path).first }

        /// The last that was begun.
        func latestStep(of run: String) -> String? {
            guard let text = try? String(contentsOf: runs.appendingPathComponent(run).appendingPathComponent("journal.jsonl"), encoding: .utf8) else { return nil }
            for line in text.split(separator: "\n").reversed() where line.contains(#""step":"started""#) {
                let entry = try? JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
                return entry?["id"] as? String
            }
            return nil
        }

        func report(_ run: String) async throws -> [String: Any] {
            try await sandbox.failover(["runbook", "report", run, "--output", "json"]).json()
        }
    }
}
