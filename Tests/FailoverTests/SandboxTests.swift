import Foundation
import Testing

/// The commands against the sandbox in another process, as the README shows them.
@Suite(.serialized) struct SandboxTests {
    @Test func aFailoverByHand() async throws {
        let folder = try Command.temporaryFolder()
        let sandbox = try Command.start(["sandbox", "--backlog", "1000"], in: folder)
        defer { if sandbox.process.isRunning { kill(sandbox.process.processIdentifier, SIGKILL) } }
        let config = ["--config", "sandbox.properties", "--timeout", "10"]
        func failover(_ arguments: String...) async throws -> Command.Result {
            try await Command.start(arguments + config, in: folder, environment: ["XDG_STATE_HOME": folder.path]).finish()
        }
        // Until the groups that come to rest have been checkpointed: 6 + 6 + 1 partitions.
        let deadline = ContinuousClock.now + .seconds(60)
        while true {
            try #require(ContinuousClock.now < deadline, "the sandbox did not come up")
            try await Task.sleep(for: .milliseconds(500))
            guard FileManager.default.fileExists(atPath: folder.appendingPathComponent("sandbox.properties").path) else { continue }
            let result = try await failover("groups", "search", "reports", "stock-take", "--output", "json")
            guard result.status == 0, let offsets = try result.json()["offsets"] as? [[String: Any]] else { continue }
            let resting = offsets.filter { $0["group"] as? String != "billing" && $0["kind"] as? String == "exact" }
            let (checkpoints) = try await failover("checkpoints", "--output", "jsonl")
            if resting.count == 13, checkpoints.output.split(separator: "\n").count >= 13 { break }
        }

        let syncs = try await failover("syncs", "--topic", "orders", "--partition", "1", "--output", "jsonl")
        #expect(syncs.status == 0)
        for line in syncs.output.split(separator: "\n") {
            let sync = try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
            #expect(sync["topic"] as? String == "orders" && sync["partition"] as? Int == 1 && sync["strict"] as? Bool == true)
            #expect(sync["upstreamOffset"] is Int && sync["downstreamOffset"] is Int)
        }
        #expect(try await failover("heartbeats").output.contains("west"))
        // Looked for on the wrong side, they are found on the other, and that is said.
        let elsewhere = try await failover("syncs", "--set", "offset-syncs.topic.location=source", "--output", "jsonl")
        #expect(elsewhere.status == 0 && !elsewhere.output.isEmpty && elsewhere.errors.contains("mm2-offset-syncs.west.internal"))
        let wrong = try await failover("checkpoints", "--topic-name", "no.such.topic")
        #expect(wrong.status == 1 && wrong.errors.contains("no.such.topic") && wrong.errors.contains("'east'"))

        // west dies. What was known stays known, from east alone.
        kill(sandbox.process.processIdentifier, SIGUSR1)
        let dry = try await failover("cutover", "--source-lost", "--group", "reports", "--group", "search", "--dry-run", "--output", "json")
        #expect(dry.status == 0)
        let offsets = try #require(try dry.json()["offsets"] as? [[String: Any]])
        #expect(offsets.count == 12 && offsets.allSatisfy { $0["action"] as? String == "create" && $0["maxReplay"] as? Int == 0 })
        #expect(try dry.json()["results"] == nil)

        let unasked = try await failover("cutover", "--source-lost", "--group", "reports")
        #expect(unasked.status == 3 && unasked.errors.contains("--yes"))
        let unknown = try await failover("cutover", "--source-lost", "--group", "nobody", "--yes")
        #expect(unknown.status == 1 && unknown.errors.contains("'nobody'") && unknown.errors.contains("reports"))

        let journal = folder.appendingPathComponent("j.jsonl").path
        let done = try await failover("cutover", "--source-lost", "--group", "reports", "--yes", "--journal", journal)
        #expect(done.status == 0 && done.output.contains("6 create"), "\(done.errors)")
        let again = try await failover("cutover", "--source-lost", "--group", "reports", "--yes", "--journal", journal)
        #expect(again.status == 0 && again.output.contains("6 keep") && again.errors.contains("Nothing to commit"))
        let lines = try String(contentsOfFile: journal, encoding: .utf8).split(separator: "\n")
        #expect(lines.count >= 4 && lines.contains { $0.contains(#""step":"intent""#) } && lines.contains { $0.contains(#""succeeded":true"#) })

        let unwritable = try await failover("cutover", "--source-lost", "--group", "search", "--yes", "--journal", "/dev/full")
        #expect(unwritable.status == 1 && unwritable.errors.contains("/dev/full"))
        #expect(try await failover("cutover", "--source-lost", "--group", "search", "--dry-run").output.contains("6 create"))

        kill(sandbox.process.processIdentifier, SIGTERM)
        let ended = try await sandbox.finish(within: 60)
        #expect(ended.status == 0 && ended.output.contains("west (source)"))
    }

    @Test(arguments: ["identity", "default"]) func theDemonstrationHolds(_ policy: String) async throws {
        let result = try await Command.start(
            ["demo", "--output", "json", "--backlog", "1500", "--rate", "1000", "--policy", policy], in: Command.temporaryFolder()
        ).finish(within: 180)
        #expect(result.status == 0, "\(result.errors)")
        let report = try result.json()
        #expect(report["passed"] as? Bool == true && report["formatVersion"] as? Int == 1)
        let groups = try #require(report["groups"] as? [[String: Any]])
        #expect(groups.count == 4)
        for group in groups {
            #expect(group["lost"] as? Int == 0 && group["reread"] as? Int == 0)
            #expect(try #require(group["readBefore"] as? Int) > 0 && #require(group["readAfter"] as? Int) > 0)
        }
        // The comparison is not empty: the stock algorithm does re-read here.
        let stock = groups.compactMap { ($0["stock"] as? [String: Any])?["reread"] as? Int }.reduce(0, +)
        #expect(stock > 1000)
    }
}
