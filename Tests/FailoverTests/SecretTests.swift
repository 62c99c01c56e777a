import Foundation
import Testing

/// What is secret in a configuration shows nowhere, however much is asked to be told.
@Suite struct SecretTests {
    private static let secrets = ["hunter2-of-the-source", "hunter2-of-the-key", "vault-user", "token-of-the-target"]

    @Test(arguments: [
        ["status", "--verbose"], ["groups", "--verbose"], ["plan", "--verbose", "--out", "plan.json"], ["cutover", "--dry-run", "--verbose"],
        ["mirror", "--verbose"], ["status", "--permissions", "--verbose"], ["status", "--permissions", "--output", "acls", "--principal", "User:x"],
    ]) func nowhere(_ arguments: [String]) async throws {
        let folder = try Command.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        try Data("password=hunter2-of-the-source\nuser=vault-user\nkey=hunter2-of-the-key\n".utf8).write(to: folder.appendingPathComponent("secrets.properties"))
        let secrets = "${file:\(folder.path)/secrets.properties"
        // Nobody listens there; librdkafka says all that it can about it.
        try Data("""
            clusters = west, east
            west.bootstrap.servers = 127.0.0.1:1
            east.bootstrap.servers = 127.0.0.1:1
            security.protocol = SASL_PLAINTEXT
            sasl.mechanism = PLAIN
            debug = all
            west.debug = all
            east.debug = all
            west.ssl.key.password = \(secrets):key}
            west.sasl.jaas.config = org.apache.kafka.common.security.plain.PlainLoginModule required username="\(secrets):user}" password="\(secrets):password}";
            east.sasl.jaas.config = org.apache.kafka.common.security.plain.PlainLoginModule required username="plain" password="${env:EAST_TOKEN}";
            west->east.enabled = true

            """.utf8).write(to: folder.appendingPathComponent("mm2.properties"))
        let running = try Command.start(
            arguments + ["--config", "mm2.properties", "--timeout", "1"], in: folder, environment: ["EAST_TOKEN": "token-of-the-target", "XDG_STATE_HOME": folder.path])
        let result = try await running.finish()
        if arguments.contains("--verbose") { #expect(result.status != 0 && result.errors.contains("127.0.0.1:1")) }
        let files = try FileManager.default.subpathsOfDirectory(atPath: folder.path).filter { !$0.hasSuffix(".properties") }
        for file in files {
            let text = String(decoding: FileManager.default.contents(atPath: folder.appendingPathComponent(file).path) ?? Data(), as: UTF8.self)
            for secret in Self.secrets { #expect(!text.contains(secret), "'\(secret)' in \(file) of \(arguments)") }
        }
        #expect(files.count >= 2)
    }
}
