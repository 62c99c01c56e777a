import Foundation
@testable import Inspection
import KafkaClient
import Testing

/// What is seen of certificates and keys, in files and in the configuration itself.
@Suite struct CredentialTests {
    private typealias Samples = CredentialSamples

    private func folder() throws -> URL {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("doctor-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        return folder
    }

    private func write(_ text: String, _ name: String, in folder: URL, mode: Int = 0o600) throws -> String {
        let file = folder.appendingPathComponent(name)
        try Data(text.utf8).write(to: file)
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: file.path)
        return file.path
    }

    /// The check, at a time.
    private func credentials(_ properties: [String: String], at seconds: Int64 = Samples.validFrom + 1) -> DoctorCheck? {
        var facts = ClusterFacts(alias: "west")
        facts.usesTLS = true
        facts.credentials = CredentialFacts.all(of: ClientProperties(properties))
        return ClusterJudge(facts, now: seconds * 1000).checks.first { $0.kind == .credentials }
    }

    @Test func aPairInFiles() throws {
        let folder = try folder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let properties = [
            "ssl.ca.location": try write(Samples.certificate, "ca.pem", in: folder, mode: 0o644),
            "ssl.certificate.location": try write(Samples.certificate, "client.pem", in: folder, mode: 0o644),
            "ssl.key.location": try write(Samples.encryptedKey, "client.key", in: folder), "ssl.key.password": "swordfish",
        ]
        let check = try #require(credentials(properties))
        #expect(check.status == .pass && check.findings.isEmpty && check.remedy == nil && check.cluster == "west", "\(check)")
        #expect(check.evidence.contains("1 certificate trusted by \(folder.path)/ca.pem (until 2056-11-25)"), "\(check)")
        #expect(check.evidence.contains("client.key is a key, which fits the certificate"), "\(check)")
    }

    @Test(arguments: [
        (["ssl.key.password": "tunny"], "holds no key that the configured password opens"),
        (["ssl.key.pem": CredentialSamples.otherKey], "ssl.key.pem is not the key of the certificate"),
        (["ssl.key.pem": "nonsense"], "ssl.key.pem holds no key"),
        (["ssl.certificate.pem": "nonsense"], "ssl.certificate.pem holds no certificate"),
        (["ssl.ca.pem": ""], "ssl.ca.pem holds no certificate"),
        (["ssl.ca.location": "/nowhere/ca.pem"], "/nowhere/ca.pem does not exist"),
        (["ssl.crl.location": "/"], "/ is a folder"),
        (["sasl.kerberos.keytab": "/nowhere/keytab"], "/nowhere/keytab does not exist"),
    ])
    func whatDoesNotDo(_ change: [String: String], _ finding: String) throws {
        let sound = ["ssl.certificate.pem": Samples.certificate, "ssl.key.pem": Samples.encryptedKey, "ssl.key.password": "swordfish"]
        #expect(credentials(sound)?.status == .pass)
        let check = try #require(credentials(sound.merging(change) { $1 }))
        #expect(check.status == .fail && check.findings.contains { $0.contains(finding) } && check.remedy != nil, "\(check)")
        #expect(!"\(check)".contains("swordfish") && !"\(check)".contains("tunny"))
    }

    @Test func aStore() throws {
        let folder = try folder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = folder.appendingPathComponent("client.p12")
        try #require(Data(base64Encoded: Samples.store, options: .ignoreUnknownCharacters)).write(to: path)
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path.path)
        let opened = try #require(credentials(["ssl.keystore.location": path.path, "ssl.keystore.password": "swordfish"]))
        #expect(opened.status == .pass && opened.evidence == "\(path.path) (until 2056-11-25), with its key", "\(opened)")
        #expect(credentials(["ssl.keystore.location": path.path, "ssl.keystore.password": "tunny"])?.status == .fail)
        #expect(credentials(["ssl.keystore.location": path.path])?.status == .fail)
    }

    /// A key that anybody may read warns; a group that runs the command may have it.
    @Test func whoMayReadAKey() throws {
        let folder = try folder()
        defer { try? FileManager.default.removeItem(at: folder) }
        for (mode, status) in [(0o600, .pass), (0o640, .pass), (0o644, .warn), (0o604, .warn)] as [(Int, CheckStatus)] {
            let check = try #require(credentials(["ssl.key.location": try write(Samples.key, "client.key", in: folder, mode: mode)]))
            #expect(check.status == status, "\(String(mode, radix: 8)): \(check)")
            #expect(check.findings.isEmpty == (status == .pass))
        }
    }

    @Test(arguments: [
        (CredentialSamples.validFrom - 1, CheckStatus.fail, "is not valid before 2026-11-26"),
        (CredentialSamples.validFrom, .pass, ""), (CredentialSamples.validTo - 31 * 86_400, .pass, ""),
        (CredentialSamples.validTo - 30 * 86_400, .warn, "expires on 2056-11-25"), (CredentialSamples.validTo - 1, .warn, "expires on 2056-11-25"),
        (CredentialSamples.validTo, .fail, "expired on 2056-11-25"),
    ])
    func dates(_ time: Int64, _ status: CheckStatus, _ finding: String) throws {
        let check = try #require(credentials(["ssl.certificate.pem": Samples.certificate], at: time))
        #expect(check.status == status && check.findings.count == (status == .pass ? 0 : 1), "\(check)")
        #expect(check.findings.first?.contains(finding) ?? finding.isEmpty, "\(check)")
        // What is trusted is checked in the same way, where there is no other.
        #expect(credentials(["ssl.ca.pem": Samples.certificate], at: time)?.status == status)
    }

    /// Paths that came from a secret store are not shown.
    @Test func secretPathsStaySecret() throws {
        var properties = ClientProperties()
        properties.setSecret("ssl.key.location", to: "/vault/hunter2")
        let facts = CredentialFacts.all(of: properties)
        #expect(facts.map(\.credential.name) == ["ssl.key.location"] && facts.first?.trouble == "does not exist")
        #expect(CredentialJudge(facts: facts[0], now: 0).findings.allSatisfy { !$0.text.contains("hunter2") })
    }

    @Test func withoutFiles() {
        #expect(CredentialFacts.all(of: ClientProperties(["security.protocol": "ssl", "ssl.ca.location": "probe"])).isEmpty)
        #expect(credentials([:])?.evidence == "the system's trusted certificates, and no file")
    }
}
