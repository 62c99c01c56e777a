import Foundation
import Testing

#if canImport(FoundationNetworking)
import FoundationNetworking
#endif

/// `failover serve` as a supervisor runs it.
@Suite(.serialized) struct ServeCommandTests {
    private struct Served {
        var running: Command.Running
        var url: String

        /// As soon as it says where it listens.
        init(_ arguments: String..., in folder: URL) async throws {
            running = try Command.start(["serve", "--listen", "127.0.0.1:0"] + arguments, in: folder)
            let deadline = ContinuousClock.now + .seconds(60)
            while true {
                let said = try String(contentsOf: running.errors, encoding: .utf8)
                if let address = said.firstMatch(of: /http:\/\/127\.0\.0\.1:\d+/)?.0 {
                    url = String(address)
                    return
                }
                try #require(ContinuousClock.now < deadline && running.process.isRunning, "\(said)")
                try await Task.sleep(for: .milliseconds(50))
            }
        }

        func get(_ path: String) async throws -> (status: Int, body: String) {
            let (data, response) = try await URLSession(configuration: .ephemeral).data(from: try #require(URL(string: url + path)))
            return ((response as? HTTPURLResponse)?.statusCode ?? 0, String(decoding: data, as: UTF8.self))
        }

        /// Until the answer is what is waited for.
        func wait(for path: String, _ isThere: (Int, [String: Any]) -> Bool) async throws -> [String: Any] {
            let deadline = ContinuousClock.now + .seconds(90)
            while true {
                let (status, body) = try await get(path)
                let document = try JSONSerialization.jsonObject(with: Data(body.utf8)) as? [String: Any] ?? [:]
                if isThere(status, document) { return document }
                try #require(ContinuousClock.now < deadline, "\(path): \(status) \(body.prefix(2000))")
                try await Task.sleep(for: .milliseconds(200))
            }
        }

        func end(_ signal: Int32 = SIGTERM) async throws -> Command.Result {
            kill(running.process.processIdentifier, signal)
            return try await running.finish()
        }
    }

    /// Nothing answers: it lives, says so, and ends when it is told to.
    @Test func withoutClusters() async throws {
        let folder = try Command.temporaryFolder()
        let served = try await Served("--source", "127.0.0.1:1", "--target", "127.0.0.1:2", "--timeout", "1", "--interval", "1", in: folder)
        #expect(try await served.get("/healthz").status == 200)
        let status = try await served.wait(for: "/api/v1/status") { status, document in status == 200 && document["verdict"] != nil }
        #expect(status["verdict"] as? String == "fail" && status["totals"] == nil)
        #expect(try await served.get("/metrics").body.contains("failover_readiness{source=\"source\",target=\"target\"} 2\n"))

        // The port is taken, and that is said at once.
        let second = try await Command.run(
            "serve", "--source", "127.0.0.1:1", "--target", "127.0.0.1:2", "--listen", String(served.url.dropFirst("http://".count)))
        #expect(second.status == 1 && second.errors.contains("is in use"), "\(second)")
        let result = try await served.end(SIGINT)
        #expect(result.status == 0 && result.output.isEmpty, "\(result)")
    }

    @Test func usage() async throws {
        for arguments in [["--listen", "nowhere"], ["--listen", "example.com:80"], ["--interval", "0"], ["--max-groups", "-1"]] {
            let result = try await Command.start(
                ["serve", "--source", "127.0.0.1:1", "--target", "127.0.0.1:2"] + arguments, in: try Command.temporaryFolder()
            ).finish()
            #expect(result.status == 64, "\(arguments): \(result)")
        }
    }

    @Test func aLivingFlow() async throws {
        let folder = try Command.temporaryFolder()
        let sandbox = try Command.start(["sandbox", "--backlog", "500"], in: folder)
        defer { if sandbox.process.isRunning { kill(sandbox.process.processIdentifier, SIGKILL) } }
        let deadline = ContinuousClock.now + .seconds(60)
        while !FileManager.default.fileExists(atPath: folder.appendingPathComponent("sandbox.properties").path) {
            try #require(ContinuousClock.now < deadline, "the sandbox did not come up")
            try await Task.sleep(for: .milliseconds(200))
        }
        let served = try await Served("--config", "sandbox.properties", "--timeout", "10", "--interval", "1", in: folder)
        let names: Set = ["billing", "reports", "search", "stock-take"]
        let groups = try await served.wait(for: "/api/v1/groups") { _, document in
            let groups = document["groups"] as? [[String: Any]] ?? []
            return names.isSubset(of: groups.compactMap { $0["name"] as? String }) && groups.contains { $0["kind"] as? String == "exact" }
        }
        #expect(groups["source"] as? String == "west" && groups["target"] as? String == "east")
        let one = try await served.wait(for: "/api/v1/groups/reports") { status, _ in status == 200 }
        let positions = try #require((one["groups"] as? [[String: Any]])?.first?["positions"] as? [[String: Any]])
        #expect(positions.count == 6 && positions.allSatisfy { ($0["summary"] as? String)?.isEmpty == false && $0["evidence"] is [String] })
        let metrics = try await served.get("/metrics").body
        #expect(metrics.contains("failover_source_up{source=\"west\",target=\"east\"} 1\n"))
        #expect(metrics.contains("failover_group_lag_records{source=\"west\",target=\"east\",group=\"billing\"}"))
        #expect(try await served.get("/readyz").status == 200)

        // west dies: what is known is known from east alone, and that is shown.
        kill(sandbox.process.processIdentifier, SIGUSR1)
        let lost = try await served.wait(for: "/api/v1/status") { _, document in document["sourceTrouble"] != nil }
        #expect(lost["verdict"] as? String == "fail" && (lost["totals"] as? [String: Any])?["consumerLag"] == nil)
        let result = try await served.end()
        #expect(result.status == 0, "\(result)")
    }
}
