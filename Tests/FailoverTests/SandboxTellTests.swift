import Foundation
import Testing

/// What a runbook does to an estate, done to the sandbox: there, and home again.
@Suite struct SandboxTellTests {
    @Test(.enabled(if: RunningSandbox.isAskedFor), arguments: ["identity", "default"]) func thereAndHomeByOrders(_ policy: String) async throws {
        try await RunningSandbox.with(["--policy", policy]) { sandbox in
            let groups = RunningSandbox.groups, config = sandbox.config, named = groups.flatMap { ["--group", $0] }
            try await sandbox.tell("stop-consumers")
            try await sandbox.tell("stop-consumers")
            try await sandbox.tell("stop-producers")
            try await sandbox.eventually(["plan"] + groups + config + ["--out", "there.json"])
            let moved = try await sandbox.failover(["apply", "there.json", "--yes"] + config)
            #expect(moved.status == 0, "\(moved)")
            let verified = try await sandbox.failover(["verify"] + groups + config)
            #expect(verified.status == 0 && verified.output.contains("19 matched"), "\(verified)")

            try await sandbox.tell("stop-mirror")
            try await sandbox.tell("source-down")
            try await sandbox.tell("start-consumers-on-target")
            try await sandbox.tell("start-consumers", failing: "first (stop-consumers-on-target)")
            try await sandbox.tell("start-producers-on-target")
            try await sandbox.tell("produce", "50")
            try await sandbox.tell("source-up")

            _ = try await sandbox.failover(["failback", "plan"] + config + named + ["--starts", "starts.json"])
            try await sandbox.tell("start-mirror-home", "nowhere.json", failing: "nowhere.json")
            try await sandbox.tell("start-mirror-home", "starts.json")
            try await sandbox.tell("start-mirror", failing: "first (stop-mirror-home)")
            try await sandbox.tell("stop-producers-on-target")
            // The groups have read, and the mirror has brought home, what was written there.
            let home = ["failback", "plan"] + config + named + ["--divergence", "pass", "--out", "home.json"]
            try await sandbox.eventually(home)
            try await sandbox.tell("stop-consumers-on-target")
            try await sandbox.eventually(home)
            let applied = try await sandbox.failover(["apply", "home.json", "--yes"] + config)
            #expect(applied.status == 0, "\(applied)")
            try await sandbox.tell("stop-mirror-home")
            try await sandbox.tell("start-consumers")
            try await sandbox.tell("start-producers")

            let wrong = try await sandbox.failover(["sandbox", "tell", "stop-everything"])
            #expect(wrong.status == 64 && wrong.errors.contains("start-mirror-home FILE"), "\(wrong)")
        }
        let nobody = try await Command.run("sandbox", "tell", "stop-mirror")
        #expect(nobody.status == 1 && nobody.errors.contains("no sandbox listens"), "\(nobody)")
    }
}
