import Foundation
import Testing

/// A sandbox in another process, with something to plan, for as long as a test needs it.
struct RunningSandbox {
    let folder: URL
    private let sandbox: Command.Running
    static let groups = ["billing", "search", "reports", "stock-take"]
    let config = ["--config", "sandbox.properties"]

    /// Whole procedures take minutes, and a machine of two cores to themselves: `make runbooks`.
    static var isAskedFor: Bool { ProcessInfo.processInfo.environment["FAILOVER_RUNBOOKS"] != nil }

    /// Whatever becomes of the body, the sandbox ends.
    static func with(_ arguments: [String] = [], _ body: (Self) async throws -> Void) async throws {
        let folder = try Command.temporaryFolder()
        let sandbox = try Command.start(["sandbox", "--backlog", "300"] + arguments, in: folder)
        defer { if sandbox.process.isRunning { kill(sandbox.process.processIdentifier, SIGKILL) } }
        let running = Self(folder: folder, sandbox: sandbox)
        try await running.begun()
        try await body(running)
        kill(sandbox.process.processIdentifier, SIGTERM)
        let ended = try await sandbox.finish(within: 90)
        #expect(ended.status == 0 && ended.errors.contains("The sandbox is gone."), "\(ended.errors)")
    }

    func failover(_ arguments: [String], within seconds: Int = 180) async throws -> Command.Result {
        try await Command.start(arguments, in: folder, environment: ["XDG_STATE_HOME": folder.path]).finish(within: seconds)
    }

    /// Until the command ends with 0.
    @discardableResult func eventually(_ arguments: [String]) async throws -> Command.Result {
        let deadline = ContinuousClock.now + .seconds(120)
        while true {
            let result = try await failover(arguments)
            if result.status == 0 { return result }
            try #require(ContinuousClock.now < deadline && sandbox.process.isRunning, "\(result)")
            try await Task.sleep(for: .milliseconds(500))
        }
    }

    /// - Parameter failing: What it says where it is not to be done.
    @discardableResult func tell(_ words: String..., failing: String? = nil) async throws -> String {
        let result = try await failover(["sandbox", "tell"] + words)
        #expect(result.status == (failing == nil ? 0 : 1) && result.output.isEmpty, "\(words): \(result)")
        if let failing { #expect(result.errors.contains(failing), "\(words): \(result)") }
        return result.errors
    }

    /// Until all groups have been checkpointed.
    private func begun() async throws {
        let deadline = ContinuousClock.now + .seconds(90)
        while !FileManager.default.fileExists(atPath: folder.appendingPathComponent("sandbox.socket").path) {
            try #require(ContinuousClock.now < deadline && sandbox.process.isRunning, "the sandbox did not come up")
            try await Task.sleep(for: .milliseconds(200))
        }
        try await eventually(["plan"] + Self.groups + config + ["--source-lost", "--out", "early.json"])
    }
}
