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
        let deadline = ContinuousClock.now + .seconds(90)
        while true {
            try #require(ContinuousClock.now < deadline, "the sandbox did not come up")
            try await Task.sleep(for: .milliseconds(500))
            guard FileManager.default.fileExists(atPath: folder.appendingPathComponent("sandbox.properties").path) else { continue }
            let result = try await failover("groups", "search", "reports", "stock-take", "--output", "json")
            guard result.status == 0, let groups = try result.json()["groups"] as? [[String: Any]] else { continue }
            let resting = groups.flatMap { $0["positions"] as? [[String: Any]] ?? [] }
                .filter { $0["kind"] as? String == "exact" && ($0["ifLost"] as? [String: Any])?["maxReplay"] as? Int == 0 }
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
        let wrong = try await failover("checkpoints", "--topic-name", "no.such.topic")
        #expect(wrong.status == 1 && wrong.errors.contains("no.such.topic") && wrong.errors.contains("'east'"))

        // By the records themselves: the copies lie elsewhere, and these brokers find no timestamp. Neither is glossed over.
        for (strategy, why) in [("identity", "does not preserve offsets"), ("timestamp", "contrary to their records")] {
            let answers = try await failover("translate", "reports", "--strategy", strategy)
            #expect(answers.status == 5 && answers.output.contains(why), "\(answers)")
        }

        // A cluster is an offset-preserving copy of itself.
        let properties = try String(contentsOf: folder.appendingPathComponent("sandbox.properties"), encoding: .utf8)
        let west = try #require(properties.split(separator: "\n").first { $0.hasPrefix("west.bootstrap.servers = ") }?.dropFirst(25))
        try #"{"topic":"orders","partition":0,"offset":500}"#.write(to: folder.appendingPathComponent("one"), atomically: true, encoding: .utf8)
        let itself = try await Command.start(
            ["translate", "--source", "\(west)", "--target", "\(west)", "--policy", "identity", "--strategy", "identity", "--offsets", "one", "--output", "jsonl"],
            in: folder
        ).finish()
        #expect(itself.status == 0 && itself.output.contains(#""targetOffset":500"#) && itself.output.contains(#""kind":"exact""#), "\(itself)")

        // A group at rest is moved, and stands at the copies of the records it wanted.
        let moved = try await failover("cutover", "--group", "stock-take", "--yes", "--journal", folder.appendingPathComponent("early.jsonl").path)
        #expect(moved.status == 0, "\(moved.errors)")
        let verified = try await failover("verify", "stock-take", "--output", "json")
        #expect(verified.status == 0, "\(verified)")
        let positions = try #require(try verified.json()["positions"] as? [[String: Any]])
        #expect(!positions.isEmpty && positions.allSatisfy { $0["verdict"] as? String == "matched" }, "\(verified.output)")
        let unmoved = try await failover("verify", "reports")
        #expect(unmoved.status == 5 && unmoved.output.contains("no commit here"), "\(unmoved)")
        try await isRehearsed(failover, in: folder)
        let audited = try await failover("verify", "--audit", "--topic", "orders", "--last", "500", "--output", "jsonl")
        #expect(audited.status == 0 && audited.output.split(separator: "\n").count == 3, "\(audited)")
        for line in audited.output.split(separator: "\n") {
            let found = try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
            // The sandbox writes records of its own between the copies.
            #expect(found["verdict"] as? String == "complete" && found["matched"] as? Int ?? 0 > 100, "\(line)")
            #expect((found["foreign"] as? [String: Any])?["count"] as? Int ?? 0 > 0, "\(line)")
        }
        let unknownTopic = try await failover("verify", "--audit", "--topic", "nothing")
        #expect(unknownTopic.status == 1 && unknownTopic.errors.contains("'nothing'"))

        // west dies. What was known stays known, from east alone.
        kill(sandbox.process.processIdentifier, SIGUSR1)
        let dry = try await failover("cutover", "--source-lost", "--group", "reports", "--group", "search", "--dry-run", "--output", "json")
        #expect(dry.status == 0)
        let offsets = try #require(try dry.json()["offsets"] as? [[String: Any]])
        #expect(offsets.count == 12 && offsets.allSatisfy { $0["action"] as? String == "create" && $0["maxReplay"] as? Int == 0 })
        #expect(try dry.json()["results"] == nil)

        try await translatesTheSameFromFiles(failover, in: folder)

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

        try await plansAppliesAndRollsBack(failover, journal, in: folder)

        kill(sandbox.process.processIdentifier, SIGTERM)
        let ended = try await sandbox.finish(within: 60)
        #expect(ended.status == 0 && ended.output.contains("west (source)"), "\(ended.errors)")
    }

    /// With the source alive, and all in its place; these brokers can't remove a commit, and that is said.
    private func isRehearsed(_ failover: (String...) async throws -> Command.Result, in folder: URL) async throws {
        let dry = try await failover("drill", "reports", "--dry-run")
        #expect(dry.status == 0 && dry.output.contains("6 create") && dry.errors.contains(".reports'"), "\(dry)")
        let drill = try await failover("drill", "reports", "--max-re-read", "0", "--output", "json")
        let report = try drill.json()
        #expect(drill.status == 5 && report["failures"] as? [String] == [] && report["passed"] as? Bool == false, "\(drill)")
        let positions = try #require(report["positions"] as? [[String: Any]]), groups = try #require(report["groups"] as? [[String: Any]])
        #expect(positions.count == 6 && positions.allSatisfy { ($0["verification"] as? [String: Any])?["verdict"] as? String == "matched" })
        #expect(groups.count == 1 && groups[0]["joined"] as? Bool == true && (groups[0]["problems"] as? [String])?.isEmpty == true)
        #expect((report["seconds"] as? [String: Any])?["rto"] is Double && (report["cleanUp"] as? [[String: Any]])?.first?["problem"] is String)
        // Its own commits are untouched: it has none here.
        let own = try await failover("verify", "reports")
        #expect(own.output.contains("no commit here"), "\(own)")
        let id = try #require(report["drill"] as? String), again = try await failover("drill", "--clean-up", id)
        #expect(again.status == 5 && again.errors.contains("drill.\(id).reports"), "\(again)")
        let real = try await failover("drill", "--clean-up", folder.appendingPathComponent("early.jsonl").path)
        #expect(real.status == 1 && real.errors.contains("is no drill"), "\(real)")
    }

    /// A plan kept in a file, carried out, looked at, and put back as far as these brokers can.
    private func plansAppliesAndRollsBack(_ failover: (String...) async throws -> Command.Result, _ journal: String, in folder: URL) async throws {
        func look(_ arguments: String...) async throws -> Command.Result {
            try await Command.start(["journal"] + arguments, in: folder, environment: ["XDG_STATE_HOME": folder.path]).finish()
        }
        let checked = try await look("check", journal)
        #expect(checked.status == 0 && checked.output.contains("unbroken"), "\(checked)")
        let planned = try await failover("plan", "search", "--source-lost", "--out", "plan.json", "--detailed-exitcode", "--output", "json")
        #expect(planned.status == 2, "\(planned)")
        #expect((try planned.json()["checks"] as? [[String: Any]])?.map { $0["status"] as? String } == ["unknown", "passed", "passed"])
        let file = folder.appendingPathComponent("plan.json"), text = try String(contentsOf: file, encoding: .utf8)
        try text.replacing(#""offset" : "#, with: #""offset" : 1"#).write(to: folder.appendingPathComponent("forged.json"), atomically: true, encoding: .utf8)
        let forged = try await failover("apply", "forged.json", "--yes")
        #expect(forged.status == 1 && forged.errors.contains("was changed after it was written"), "\(forged)")
        let applied = try await failover("apply", "plan.json", "--yes", "--journal-topic", "--output", "json")
        #expect(applied.status == 0, "\(applied)")
        let run = try #require(try applied.json()["run"] as? String)
        #expect((try applied.json()["results"] as? [[String: Any]])?.map { $0["ending"] as? String } == ["moved"])
        // It stands as planned, so the plan is not stale, and there is nothing left to do.
        let twice = try await failover("apply", "plan.json", "--yes")
        #expect(twice.status == 0, "\(twice)")
        // Whose machine is lost, the topic still knows.
        let copied = try await failover("journal", "fetch")
        #expect(copied.status == 0 && copied.output.contains(run), "\(copied)")
        let taken = try await failover("journal", "fetch", run)
        #expect(taken.status == 1 && taken.errors.contains("there is one already"), "\(taken)")
        let fetched = try await failover("journal", "fetch", run, "--journal-folder", "elsewhere")
        #expect(fetched.status == 0, "\(fetched)")
        let (original, copy) = try (
            Data(contentsOf: folder.appendingPathComponent("failover/failover-\(run).journal.jsonl")),
            Data(contentsOf: folder.appendingPathComponent("elsewhere/failover-\(run).journal.jsonl")))
        #expect(original == copy && !copy.isEmpty)
        let list = try await look("list")
        #expect(list.output.contains(run) && list.output.contains("done"), "\(list)")
        let shown = try await look("show", run)
        #expect(shown.status == 0 && shown.output.contains("search") && shown.output.contains("--yes"), "\(shown)")
        #expect(try await failover("resume", run, "--yes").status == 0)
        let back = try await failover("rollback", run, "--dry-run")
        #expect(back.status == 0 && back.output.contains("there was none: it is removed"), "\(back)")
        // These brokers can't remove a commit; the group stays where it is, and that is said.
        let undone = try await failover("rollback", run, "--yes")
        #expect(undone.status == 3 && undone.errors.contains("remove committed offsets"), "\(undone)")
        let damaged = folder.appendingPathComponent("damaged.jsonl")
        try String(contentsOfFile: journal, encoding: .utf8).replacing(#""user":""#, with: #""user":"x"#).write(to: damaged, atomically: true, encoding: .utf8)
        let refused = try await failover("rollback", damaged.path, "--yes")
        #expect(refused.status == 1 && refused.errors.contains("is damaged"), "\(refused)")
    }

    /// What the syncs say is the same, read from the topic or from what 'failover syncs' printed of it.
    private func translatesTheSameFromFiles(_ failover: (String...) async throws -> Command.Result, in folder: URL) async throws {
        // The mirror may still write what it had read: until nothing comes in between.
        var syncs = try await failover("syncs", "--output", "jsonl"), live = syncs
        for _ in 0..<20 {
            let before = syncs.output
            live = try await failover("translate", "search", "reports", "--source-lost", "--output", "jsonl")
            syncs = try await failover("syncs", "--output", "jsonl")
            if syncs.output == before { break }
        }
        #expect(live.status == 0, "\(live.errors)")
        let answers = try live.output.split(separator: "\n").map { try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any]) }
        #expect(answers.count == 12)
        func write(_ lines: [[String: Any]], _ name: String) throws {
            let text = try lines.map { String(decoding: try JSONSerialization.data(withJSONObject: $0), as: UTF8.self) }
            try text.joined(separator: "\n").write(to: folder.appendingPathComponent(name), atomically: true, encoding: .utf8)
        }
        try write(answers, "positions")
        try write(
            try answers.map { answer in
                let log = try #require((answer["evidence"] as? [String: Any])?["target"] as? [String: Any])
                return log.merging(["topic": answer["topic"] as Any, "partition": answer["partition"] as Any]) { a, _ in a }
            }, "ends")
        #expect(syncs.output.contains(#""previousUpstreamOffset""#))
        try syncs.output.write(to: folder.appendingPathComponent("syncs"), atomically: true, encoding: .utf8)
        let files = try await Command.start(
            ["translate", "--syncs", "syncs", "--offsets", "positions", "--ends", "ends", "--output", "jsonl"], in: folder
        ).finish()
        // Without clusters nobody names the copies.
        let named = try files.output.split(separator: "\n").map { line in
            var answer = try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
            answer["targetTopic"] = answer["topic"]
            return answer as NSDictionary
        }
        #expect(files.status == 0 && named == answers.map { $0 as NSDictionary })
        // By the file's positions, the clusters say so too, though the applications have written since.
        let byFile = try await failover("translate", "--offsets", "positions", "--source-lost", "--output", "jsonl")
        let positions = try byFile.output.split(separator: "\n").map { line in
            (try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])?["targetOffset"] as? Int
        }
        #expect(positions == answers.map { $0["targetOffset"] as? Int })
        let csv = try await failover("translate", "reports", "--source-lost", "--output", "csv")
        #expect(csv.status == 0 && csv.output.split(separator: "\n").count == 6 && csv.output.hasPrefix("reports,inventory,0,"))
        // What MM2 would commit is never above.
        let stock = try await failover("translate", "search", "reports", "--strategy", "mm2", "--source-lost", "--output", "jsonl")
        for (line, answer) in zip(stock.output.split(separator: "\n"), answers) {
            let offset = (try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])?["targetOffset"] as? Int
            #expect(try offset ?? 0 <= #require(answer["targetOffset"] as? Int))
        }
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
