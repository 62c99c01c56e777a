import Foundation
import Testing

/// What the command says to people who ask, and to those who ask wrongly.
@Suite struct CommandLineTests {
    private static let commands = ["demo", "sandbox", "doctor", "status", "groups", "explain", "translate", "verify", "syncs", "checkpoints", "heartbeats", "mirror", "capture", "plan", "drill", "cutover", "apply", "resume", "rollback", "failback", "journal"]

    @Test(arguments: commands) func helpIsHelpful(_ command: String) async throws {
        let result = try await Command.run(command, "--help")
        #expect(result.status == 0 && result.output.contains("OVERVIEW:") && result.output.contains("USAGE: failover \(command)"))
    }

    /// What `make completions` and `make man` are made from.
    @Test(arguments: ["bash", "zsh", "fish"]) func shellsComplete(_ shell: String) async throws {
        let result = try await Command.run("--generate-completion-script", shell)
        #expect(result.status == 0 && Self.commands.allSatisfy(result.output.contains))
        #expect(result.output.contains("jsonl") && result.output.contains("since") && result.output.contains("timestamp"))
        if shell == "bash" { #expect(result.output.contains("_add_completions -f") && result.output.contains("_add_completions -d")) }
    }

    /// Packages are named by the first line's first word.
    @Test func theVersion() async throws {
        let result = try await Command.run("--version")
        let lines = result.output.split(separator: "\n")
        #expect(result.status == 0 && lines.count == 3 && result.errors.isEmpty, "\(result)")
        #expect(lines.first?.wholeMatch(of: /\d+\.\d+\.\d+ \(librdkafka \d+\.\d+\.\d+.*\)/) != nil, "\(result.output)")
        #expect(lines.dropFirst().first?.contains("gzip, snappy, ssl, sasl") == true, "\(result.output)")
        #expect(lines.last?.wholeMatch(of: /Swift 6\.\d.*, (linux|macos)-\w+/) != nil, "\(result.output)")
    }

    @Test(arguments: [
        (["bogus"], "Unexpected argument 'bogus'"),
        (["cutover"], "--config FILE, or --source"),
        (["doctor", "--source", "a:1"], "--config FILE, or --source"),
        (["doctor", "--fail-on", "hope"], "hope"),
        (["plan", "--source", "a:1", "--target", "b:1", "--quiet-time", "4000"], "--quiet-time takes"),
        (["cutover", "--source", "a:1", "--target", "b:1", "--fence-keep-open"], "goes with --fence"),
        (["cutover", "--source", "a:1", "--target", "b:1", "--fence", "--fence-hook", "x"], "choose one"),
        (["groups", "--source", "a:1", "--target", "b:1", "--sourc-alias", "x"], "Did you mean '--source-alias'?"),
        (["mirror", "--source", "a:1", "--target", "b:1", "--tasks", "0"], "--tasks takes"),
        (["mirror", "--source", "a:1", "--target", "b:1", "--progress", "0"], "--progress takes"),
        (["mirror", "--source", "a:1", "--target", "b:1", "--metrics", "xml"], "jsonl"),
        (["demo", "--backlog", "1"], "--backlog takes"),
        (["groups", "--source", "a:1"], "--target"),
        (["capture", "--source", "a:1", "--target", "b:1", "--interval", "0"], "--interval takes"),
        (["groups", "--source", "a:1", "--target", "b:1", "--config", "x"], "leave out"),
        (["groups", "--source", "a:1", "--target", "b:1", "--assume", "hope"], "hope"),
        (["drill", "--source", "a:1", "--target", "b:1", "--max-rto", "0"], "--max-rto takes"),
        (["drill", "--source", "a:1", "--target", "b:1", "--switchover", "--source-lost"], "leave out --source-lost"),
        (["drill", "--source", "a:1", "--target", "b:1", "--clean-up", "x", "group"], "alone"),
        (["failback", "plan"], "--config FILE, or --source"),
        (["failback", "plan", "--source", "a:1", "--target", "b:1", "--divergence", "hope"], "hope"),
        (["translate"], "--config FILE, or --source"),
        (["translate", "--syncs", "s"], "--offsets FILE"),
        (["translate", "--syncs", "s", "--offsets", "o", "--source", "a:1", "--target", "b:1"], "without clusters"),
        (["translate", "--syncs", "s", "--offsets", "o", "--strategy", "timestamp"], "reads records on both clusters"),
        (["translate", "--syncs", "-", "--offsets", "-"], "one stdin"),
        (["translate", "--offsets", "o", "group", "--source", "a:1", "--target", "b:1"], "not both"),
        (["translate", "--ends", "e", "--source", "a:1", "--target", "b:1"], "--ends goes with --syncs"),
        (["translate", "--strategy", "identity", "--source-lost", "--source", "a:1", "--target", "b:1"], "reads the source's records"),
        (["translate", "--timeout", "0", "--syncs", "s", "--offsets", "o"], "--timeout takes"),
        (["verify", "--topic", "t", "--source", "a:1", "--target", "b:1"], "--topic goes with --audit"),
        (["verify", "--audit", "g", "--source", "a:1", "--target", "b:1"], "not groups"),
        (["verify", "--audit", "--last", "5", "--from", "1", "--source", "a:1", "--target", "b:1"], "not both"),
        (["verify", "--audit", "--source-lost", "--source", "a:1", "--target", "b:1"], "both clusters"),
        (["syncs", "--source", "a:1", "--target", "b:1", "--since", "yesterday"], "yesterday"),
        (["heartbeats", "--source", "a:1", "--target", "b:1", "--since", "1h", "--until", "2h"], "nothing can pass"),
        (["checkpoints", "--source", "a:1", "--target", "b:1", "--follow", "--stats"], "leave out --follow"),
        (["checkpoints", "--source", "a:1", "--target", "b:1", "--follow", "--until", "1h"], "leave out --until"),
        (["syncs", "--source", "a:1", "--target", "b:1", "--set", "source.cluster.sasl.password=hunter2"], "does not belong on the command line"),
    ])
    func wrongUseExitsWith64(_ arguments: [String], _ hint: String) async throws {
        let result = try await Command.start(arguments, in: Command.temporaryFolder()).finish()
        #expect(result.status == 64 && result.errors.contains(hint) && result.output.isEmpty, "\(result.errors)")
        #expect(!result.errors.contains("hunter2"))
    }

    @Test func aMissingConfigurationIsNamed() async throws {
        let result = try await Command.run("groups", "--config", "nowhere.properties")
        #expect(result.status == 1 && result.errors.contains("nowhere.properties") && result.output.isEmpty)
    }

    @Test func severalFlowsAreListed() async throws {
        let folder = try Command.temporaryFolder()
        try """
            clusters = A, B
            A.bootstrap.servers = 127.0.0.1:1
            B.bootstrap.servers = 127.0.0.1:2
            A->B.enabled = true
            B->A.enabled = true
            """.write(to: folder.appendingPathComponent("mm2.properties"), atomically: true, encoding: .utf8)
        let result = try await Command.run("groups", "--config", "mm2.properties", in: folder)
        #expect(result.status == 1 && result.errors.contains("A->B") && result.errors.contains("B->A"))
    }

    @Test(arguments: ["groups", "translate", "verify", "syncs", "checkpoints", "heartbeats", "mirror", "capture", "plan", "drill", "cutover"])
    func deadBrokersAreSaid(_ command: String) async throws {
        // One that does not end is killed, and has another status.
        let result = try await Command.run(command, "--source", "127.0.0.1:1", "--target", "127.0.0.1:2", "--timeout", "1")
        #expect(result.status == 1 && result.output.isEmpty)
        #expect(result.errors.contains("cluster '") && result.errors.contains("refused") && result.errors.contains("bootstrap address"), "\(result.errors)")
    }

    @Test func theWayHomeNeedsBothClusters() async throws {
        let result = try await Command.run("failback", "plan", "--source", "127.0.0.1:1", "--target", "127.0.0.1:2", "--timeout", "1")
        #expect(result.status == 1 && result.output.isEmpty && result.errors.contains("cluster 'source'"), "\(result.errors)")
    }

    @Test func aFileOfStartsIsChecked() async throws {
        let folder = try Command.temporaryFolder()
        func mirror(_ text: String) async throws -> Command.Result {
            try text.write(to: folder.appendingPathComponent("starts.json"), atomically: true, encoding: .utf8)
            return try await Command.run(
                "mirror", "--source", "127.0.0.1:1", "--target", "127.0.0.1:2", "--start-from", "starts.json", "--timeout", "1", in: folder)
        }
        for (text, hint) in [
            ("nonsense", "does not say where"), ("{}", "is missing"),
            (#"{"formatVersion":9,"source":"a","target":"b","offsetSyncsLocation":"target","starts":[]}"#, "format version 9"),
            (#"{"formatVersion":1,"source":"a","target":"b","offsetSyncsLocation":"target","starts":[]}"#, "a->b"),
            (#"{"formatVersion":1,"source":"source","target":"target","offsetSyncsLocation":"target","starts":[{"topic":"t","partition":0,"offset":-1,"targetTopic":"t","targetOffset":0}]}"#, "negative"),
        ] {
            let result = try await mirror(text)
            #expect(result.status == 1 && result.output.isEmpty && result.errors.contains(hint), "\(text): \(result.errors)")
        }
    }

    @Test func secretsStayOutOfErrorsAndLogs() async throws {
        let folder = try Command.temporaryFolder()
        try "clusters = A, B\nA.bootstrap.servers = 127.0.0.1:1\nB.bootstrap.servers = 127.0.0.1:2\nA->B.enabled = true\n".appending(
            """
            security.protocol = SASL_PLAINTEXT
            sasl.mechanism = PLAIN
            sasl.jaas.config = org.apache.kafka.common.security.plain.PlainLoginModule required username="ann" password="hunter2";
            """
        ).write(to: folder.appendingPathComponent("mm2.properties"), atomically: true, encoding: .utf8)
        let result = try await Command.run(
            "groups", "--config", "mm2.properties", "--timeout", "1", "--verbose", "--set", "source.cluster.ssl.key.password=${env:SECRET}",
            in: folder, environment: ["SECRET": "swordfish"])
        #expect(result.status == 1 && result.errors.contains("refused"))
        for secret in ["hunter2", "swordfish"] { #expect(!(result.errors + result.output).contains(secret)) }
    }
}
