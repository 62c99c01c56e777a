import Foundation
import KafkaClient
import TestSupport
import Testing

/// `failover doctor`, from a machine alone to clusters that answer.
@Suite struct DoctorCommandTests {
    private struct Checks {
        var document: [String: Any]
        var result: Command.Result

        /// - Parameter arguments: After `doctor`.
        init(_ arguments: [String], in folder: URL, environment: [String: String] = [:], status: Int32) async throws {
            result = try await Command.start(
                ["doctor", "--output", "json"] + arguments, in: folder, environment: ["XDG_STATE_HOME": folder.path].merging(environment) { $1 }
            ).finish()
            #expect(result.status == status && result.errors.isEmpty, "\(result)")
            document = try result.json()
            #expect((document["verdict"] as? String == "fail") == (status == 3))
        }

        subscript(kind: String, cluster: String? = nil) -> [String: Any] {
            (document["checks"] as? [[String: Any]] ?? []).first { $0["kind"] as? String == kind && $0["cluster"] as? String == cluster } ?? [:]
        }

        func expect(_ kind: String, of cluster: String? = nil, _ status: String, _ words: String = "") {
            let check = self[kind, cluster]
            #expect(check["status"] as? String == status && (words.isEmpty || "\(check)".contains(words)), "\(kind): \(check)")
        }
    }

    @Test func theMachineAlone() async throws {
        let folder = try Command.temporaryFolder()
        let checks = try await Checks([], in: folder, status: 0)
        let build = try #require(checks.document["build"] as? [String: Any])
        #expect(build["librdkafka"] as? String == ClientLibrary.version && (build["features"] as? [String])?.contains("ssl") == true)
        #expect(checks.document["source"] == nil && checks.document["formatVersion"] as? Int == 1)
        checks.expect("journal", "pass", folder.appendingPathComponent("failover").path)
        checks.expect("runbooks", "warn")
        // It only looks.
        #expect(!FileManager.default.fileExists(atPath: folder.appendingPathComponent("failover").path))

        let text = try await Command.run("doctor", "--fail-on", "warn", in: folder)
        #expect(text.status == 3 && text.output.contains("warn     runbooks: ") && text.output.contains("To do: "), "\(text)")
    }

    @Test func foldersThatAreNone() async throws {
        let folder = try Command.temporaryFolder()
        #expect(FileManager.default.createFile(atPath: folder.appendingPathComponent("file").path, contents: nil))
        let checks = try await Checks(["--journal-folder", "file/journals"], in: folder, status: 3)
        checks.expect("journal", "fail", "is no folder")
    }

    @Test func clustersThatAnswer() async throws {
        let west = try EmbeddedCluster(name: "west"), east = try EmbeddedCluster(name: "east", brokers: 3), folder = try Command.temporaryFolder()
        let arguments = ["--source", west.bootstrapServers, "--target", east.bootstrapServers]
        let checks = try await Checks(arguments, in: folder, status: 0)
        for (alias, count) in [("source", "1 broker"), ("target", "3 brokers")] {
            checks.expect("addresses", of: alias, "pass")
            checks.expect("brokers", of: alias, "pass", count)
            checks.expect("brokerAddresses", of: alias, "pass")
            checks.expect("credentials", of: alias, "pass", "not encrypted")
        }
        checks.expect("configuration", "pass")
        // The embedded ones have an id for the process.
        #expect(["pass", "unknown"].contains(checks["distinctClusters"]["status"] as? String ?? ""))
        checks.expect("openFiles", "pass", "3 brokers a cluster")
    }

    @Test func oneClusterTwice() async throws {
        let east = try EmbeddedCluster(name: "east")
        let checks = try await Checks(["--source", east.bootstrapServers, "--target", east.bootstrapServers], in: try Command.temporaryFolder(), status: 3)
        checks.expect("distinctClusters", "fail", "the same cluster")
    }

    /// Each in its own words, and none of them keeps it.
    @Test func addressesThatDoNotAnswer() async throws {
        let hole = try BlackHole(), east = try EmbeddedCluster(name: "east")
        let begun = ContinuousClock.now
        let checks = try await Checks(
            ["--source", "127.0.0.1:1,\(hole.address),nowhere", "--target", "\(east.bootstrapServers),127.0.0.1:1", "--timeout", "2"],
            in: try Command.temporaryFolder(), status: 3)
        withExtendedLifetime(hole) {}
        #expect(ContinuousClock.now - begun < .seconds(60))
        checks.expect("addresses", of: "source", "fail", "refused by 127.0.0.1:1")
        checks.expect("addresses", of: "source", "fail", "no answer from \(hole.address) in time")
        checks.expect("brokers", of: "source", "unknown")
        checks.expect("addresses", of: "target", "warn", "1 of 2")
        checks.expect("brokers", of: "target", "pass")
        checks.expect("distinctClusters", "unknown")
    }

    /// A port that is open, and speaks something else.
    @Test func anotherProtocol() async throws {
        let west = try EmbeddedCluster(name: "west"), folder = try Command.temporaryFolder()
        try Data("no certificate".utf8).write(to: folder.appendingPathComponent("ca.pem"))
        let checks = try await Checks(
            ["--source", west.bootstrapServers, "--target", west.bootstrapServers, "--timeout", "2", "--set", "source.cluster.security.protocol=SSL"],
            in: folder, status: 3)
        checks.expect("addresses", of: "source", "pass")
        checks.expect("brokers", of: "source", "fail", "security.protocol")

        let without = try await Checks(
            ["--source", west.bootstrapServers, "--target", west.bootstrapServers, "--timeout", "2", "--set", "source.cluster.security.protocol=SSL",
             "--set", "source.cluster.ssl.ca.location=ca.pem"], in: folder, status: 3)
        without.expect("credentials", of: "source", "fail", "ca.pem holds no certificate")
        without.expect("brokers", of: "source", "fail")
    }

    @Test func configurationsThatDoNotDo() async throws {
        let folder = try Command.temporaryFolder()
        let missing = try await Checks(["--config", "nowhere.properties"], in: folder, status: 3)
        missing.expect("configuration", "fail", "nowhere.properties")
        #expect(missing["addresses", "source"].isEmpty)

        try """
            clusters = a, b
            a.bootstrap.servers = 127.0.0.1:1
            b.bootstrap.servers = 127.0.0.1:2
            a->b.enabled = true
            a->b.topcis = orders
            """.write(to: folder.appendingPathComponent("mm2.properties"), atomically: true, encoding: .utf8)
        let warned = try await Checks(["--config", "mm2.properties", "--timeout", "2"], in: folder, status: 3)
        warned.expect("configuration", "warn", "topcis")
        #expect(warned.document["source"] as? String == "a")
    }
}
