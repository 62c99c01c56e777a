import Foundation
import Testing

/// What a runbook does to an estate, done to the sandbox: there, and home again.
@Suite struct SandboxTellTests {
    @Test(arguments: ["identity", "default"]) func thereAndHomeByOrders(_ policy: String) async throws {
        let folder = try Command.temporaryFolder()
        let sandbox = try Command.start(["sandbox", "--backlog", "300", "--policy", policy], in: folder)
        defer { if sandbox.process.isRunning { kill(sandbox.process.processIdentifier, SIGKILL) } }
        func failover(_ arguments: [String]) async throws -> Command.Result {
            try await Command.start(arguments, in: folder, environment: ["XDG_STATE_HOME": folder.path]).finish(within: 180)
        }
        func tell(_ words: String..., failing: String? = nil) async throws {
            let result = try await failover(["sandbox", "tell"] + words)
            #expect(result.status == (failing == nil ? 0 : 1) && result.output.isEmpty, "\(words): \(result)")
            if let failing { #expect(result.errors.contains(failing), "\(words): \(result)") }
        }
        let config = ["--config", "sandbox.properties"], groups = ["billing", "search", "reports", "stock-take"]
        let named = groups.flatMap { ["--group", $0] }
        /// Until the command ends with 0.
        func eventually(_ arguments: [String]) async throws -> Command.Result {
            let deadline = ContinuousClock.now + .seconds(120)
            while true {
                let result = try await failover(arguments)
                if result.status == 0 { return result }
                try #require(ContinuousClock.now < deadline, "\(result)")
                try await Task.sleep(for: .milliseconds(500))
            }
        }

        let deadline = ContinuousClock.now + .seconds(90)
        while !FileManager.default.fileExists(atPath: folder.appendingPathComponent("sandbox.socket").path) {
            try #require(ContinuousClock.now < deadline && sandbox.process.isRunning)
            try await Task.sleep(for: .milliseconds(200))
        }
        // Until there is something to plan: all groups have been checkpointed.
        _ = try await eventually(["plan"] + groups + config + ["--quiet-time", "0", "--source-lost", "--out", "early.json"])

        try await tell("stop-consumers")
        try await tell("stop-consumers")
        try await tell("stop-producers")
        _ = try await eventually(["plan"] + groups + config + ["--out", "there.json"])
        let moved = try await failover(["apply", "there.json", "--yes"] + config)
        #expect(moved.status == 0, "\(moved)")
        let verified = try await failover(["verify"] + groups + config)
        #expect(verified.status == 0 && verified.output.contains("19 matched"), "\(verified)")

        try await tell("stop-mirror")
        try await tell("source-down")
        try await tell("start-consumers-on-target")
        try await tell("start-consumers", failing: "stop-consumers-on-target first")
        try await tell("start-producers-on-target")
        try await tell("produce", "50")
        try await tell("source-up")

        _ = try await failover(["failback", "plan"] + config + named + ["--starts", "starts.json"])
        try await tell("start-mirror-home", "nowhere.json", failing: "nowhere.json")
        try await tell("start-mirror-home", "starts.json")
        try await tell("start-mirror", failing: "stop-mirror-home first")
        try await tell("stop-producers-on-target")
        // The groups have read, and the mirror has brought home, what was written there.
        _ = try await eventually(["failback", "plan"] + config + named + ["--divergence", "pass", "--out", "home.json"])
        try await tell("stop-consumers-on-target")
        _ = try await eventually(["failback", "plan"] + config + named + ["--divergence", "pass", "--out", "home.json"])
        let home = try await failover(["apply", "home.json", "--yes"] + config)
        #expect(home.status == 0, "\(home)")
        try await tell("stop-mirror-home")
        try await tell("start-consumers")
        try await tell("start-producers")

        let wrong = try await failover(["sandbox", "tell", "stop-everything"])
        #expect(wrong.status == 64 && wrong.errors.contains("start-mirror-home FILE"), "\(wrong)")
        kill(sandbox.process.processIdentifier, SIGTERM)
        let ended = try await sandbox.finish(within: 90)
        #expect(ended.status == 0 && ended.errors.contains("The sandbox is gone."), "\(ended.errors)")
        try await tell("stop-mirror", failing: "no sandbox listens")
    }
}
