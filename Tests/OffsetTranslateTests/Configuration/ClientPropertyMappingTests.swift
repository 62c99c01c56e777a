import KafkaClient
import Testing

@testable import OffsetTranslate

@Suite("Configuration: Java client properties")
struct ConfigurationClientPropertyTests {
    private static let plain = "org.apache.kafka.common.security.plain.PlainLoginModule"
    private static let scram = "org.apache.kafka.common.security.scram.ScramLoginModule"
    private static let oauth = "org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginModule"
    private static let kerberos = "com.sun.security.auth.module.Krb5LoginModule"

    private func mapped(_ properties: [String: String]) throws -> [String: String] {
        let mapping = try ClientPropertyMapping(properties)
        return Dictionary(uniqueKeysWithValues: mapping.properties.names.map { ($0, mapping.properties[$0] ?? "") })
    }

    @Test("Mapped", arguments: [
        (["bootstrap.servers": " a:1 , b:2 "], ["bootstrap.servers": "a:1,b:2"]),
        (["security.protocol": "SASL_SSL"], ["security.protocol": "sasl_ssl"]),
        (["request.timeout.ms": "1000"], ["socket.timeout.ms": "1000"]),
        (["request.timeout.ms": "1000", "socket.timeout.ms": "2000"], ["socket.timeout.ms": "2000"]),
        (["fetch.max.wait.ms": "7"], ["fetch.wait.max.ms": "7"]),
        (["buffer.memory": "33554432"], ["queue.buffering.max.kbytes": "32768"]),
        (["max.request.size": "2000000"], ["message.max.bytes": "2000000"]),
        (["client.id": "x", "fetch.max.bytes": "52428800", "acks": "all"],
         ["client.id": "x", "fetch.max.bytes": "52428800", "acks": "all"]),
        (["max.poll.records": "10", "key.serializer": "X", "enable.auto.commit": "true", "group.id": "g"], [:]),
        (["security.protocol": "SSL", "ssl.endpoint.identification.algorithm": ""],
         ["security.protocol": "ssl", "ssl.endpoint.identification.algorithm": "none"]),
        (["security.protocol": "SSL", "ssl.endpoint.identification.algorithm": "HTTPS"],
         ["security.protocol": "ssl", "ssl.endpoint.identification.algorithm": "https"]),
        (["security.protocol": "SSL", "ssl.truststore.type": "PEM", "ssl.truststore.location": "/ca.pem"],
         ["security.protocol": "ssl", "ssl.ca.location": "/ca.pem"]),
        (["security.protocol": "SSL", "ssl.truststore.location": "/ca.crt"],
         ["security.protocol": "ssl", "ssl.ca.location": "/ca.crt"]),
        (["security.protocol": "SSL", "ssl.keystore.type": "PEM", "ssl.keystore.location": "/k.pem", "ssl.key.password": "p"],
         ["security.protocol": "ssl", "ssl.key.location": "/k.pem", "ssl.certificate.location": "/k.pem", "ssl.key.password": "p"]),
        (["security.protocol": "SSL", "ssl.keystore.type": "PKCS12", "ssl.keystore.location": "/k", "ssl.keystore.password": " p "],
         ["security.protocol": "ssl", "ssl.keystore.location": "/k", "ssl.keystore.password": " p "]),
        (["security.protocol": "SSL", "ssl.keystore.location": "/k.p12", "ssl.key.password": "p"],
         ["security.protocol": "ssl", "ssl.keystore.location": "/k.p12", "ssl.keystore.password": "p"]),
        (["security.protocol": "SSL", "ssl.ca.location": "/ca", "ssl.key.location": "/k", "ssl.key.password": "p"],
         ["security.protocol": "ssl", "ssl.ca.location": "/ca", "ssl.key.location": "/k", "ssl.key.password": "p"]),
        // Nobody opens a store that TLS does not use.
        (["ssl.truststore.location": "/t.jks", "ssl.truststore.password": "p"], [:]),
    ] as [([String: String], [String: String])])
    func mapping(java: [String: String], native: [String: String]) throws {
        #expect(try mapped(java) == native)
    }

    @Test("User names and passwords in JAAS", arguments: [
        ("\(plain) required username=\"u\" password=\"p\";", "u", "p"),
        ("\(plain) required\n  username='u'\n  password='p'  ;  ", "u", "p"),
        ("\(scram) REQUIRED username=\"a \\\"q\\\"\" password=\"x\\\\y;z=\\101\";", "a \"q\"", "x\\y;z=A"),
        ("/* c */ \(plain) required // c\n username=u password=1234;", "u", "1234"),
        ("\(plain) required username=\"üser\" password=\"pä🙂\" serviceName=\"x\";", "üser", "pä🙂"),
        ("\(plain) required username=\"\" password=\"\";", "", ""),
    ])
    func jaas(text: String, user: String, password: String) throws {
        let native = try mapped(["security.protocol": "SASL_SSL", "sasl.mechanism": "plain", "sasl.jaas.config": text])
        #expect(native["sasl.username"] == user)
        #expect(native["sasl.password"] == password)
        #expect(native["sasl.mechanisms"] == "PLAIN")
        #expect(native["sasl.jaas.config"] == nil)
    }

    @Test("Malformed JAAS is refused without showing any of it", arguments: [
        "hunter2", "\(plain) hunter2", "\(plain) required username=\"hunter2", "\(plain) required password=hunter2",
        "\(plain) required password=hunter2 ; x", "\(plain) required password hunter2;", "\(plain) required password=;",
        "\(plain) required password=\"hunter2\";", ";", "=", "hunter2 required a=b;", "\"\\", "/*", "x required \"\n\";",
        "\(plain) required username=\"u\" password=\"hunter2\" tokenauth=\"true\";",
        "com.example.HunterLoginModule required password=\"hunter2\";",
    ])
    func badJaas(text: String) throws {
        let error = try #require(failure { () throws(ConfigurationError) in
            try ClientPropertyMapping([
                "security.protocol": "SASL_SSL", "sasl.mechanism": "SCRAM-SHA-512", "sasl.jaas.config": text,
            ])
        })
        #expect(error.key == "sasl.jaas.config")
        #expect(!error.remedy.isEmpty)
        #expect(!everythingPrinted(error).contains("hunter2"))
    }

    @Test("OAUTHBEARER with client credentials")
    func oidc() throws {
        var java = [
            "security.protocol": "SASL_SSL", "sasl.mechanism": "OAUTHBEARER",
            "sasl.oauthbearer.token.endpoint.url": "https://id/token",
            "sasl.login.callback.handler.class":
                "org.apache.kafka.common.security.oauthbearer.secured.OAuthBearerLoginCallbackHandler",
            "sasl.jaas.config":
                "\(Self.oauth) required clientId=\"me\" clientSecret=\"hunter2\" scope=\"all\" extension_logicalCluster=\"lkc\";",
        ]
        let entry = try JaasEntry(parsing: try #require(java["sasl.jaas.config"]))
        let expected = [
            "sasl.oauthbearer.client.id": "me", "sasl.oauthbearer.client.secret": "hunter2",
            "sasl.oauthbearer.scope": "all", "sasl.oauthbearer.extensions": "logicalCluster=lkc",
        ]
        let credentials = ClientPropertyMapping.credentials(entry)
        #expect(Dictionary(uniqueKeysWithValues: credentials.map { ($0.name, $0.value) }) == expected)
        if ClientProperties.check("sasl.oauthbearer.method", "oidc") == .accepted {
            let native = try mapped(java)
            #expect(native["sasl.oauthbearer.method"] == "oidc")
            #expect(native["sasl.oauthbearer.token.endpoint.url"] == "https://id/token")
            for (name, value) in expected { #expect(native[name] == value) }
        } else {
            let error = try #require(failure { () throws(ConfigurationError) in try ClientPropertyMapping(java) })
            #expect(error.kind == .unsupported && error.remedy.contains("oauthbearer_oidc"))
            #expect(error.problem.contains("(\(ClientLibrary.version)) was built without OIDC") && !"\(error)".contains("hunter2"))
        }

        java["sasl.login.callback.handler.class"] = "com.example.Handler"
        let error = try #require(failure { () throws(ConfigurationError) in try ClientPropertyMapping(java) })
        #expect(error.kind == .unsupported)
        #expect(error.key == "sasl.login.callback.handler.class")
    }

    @Test("OAUTHBEARER with tokens for tests")
    func unsecured() throws {
        let mapping = try ClientPropertyMapping([
            "security.protocol": "SASL_PLAINTEXT", "sasl.mechanism": "OAUTHBEARER",
            "sasl.jaas.config": "\(Self.oauth) required unsecuredLoginStringClaim_sub=\"alice\";",
        ])
        #expect(mapping.properties["enable.sasl.oauthbearer.unsecure.jwt"] == "true")
        #expect(mapping.properties["sasl.oauthbearer.config"] == "principalClaimName=sub principal=alice")
        #expect(mapping.warnings.count == 1)
    }

    @Test("Kerberos")
    func gssapi() throws {
        let base = ["security.protocol": "SASL_PLAINTEXT", "sasl.kerberos.service.name": "kafka"]
        let keytab = try mapped(base.merging([
            "sasl.jaas.config": "\(Self.kerberos) required useKeyTab=true keyTab=\"/k.keytab\" principal=\"me@R\" serviceName=\"broker\";",
            "sasl.kerberos.kinit.cmd": "/usr/bin/kinit",
        ]) { $1 })
        #expect(keytab["sasl.kerberos.keytab"] == "/k.keytab")
        #expect(keytab["sasl.kerberos.principal"] == "me@R")
        #expect(keytab["sasl.kerberos.kinit.cmd"] == "'/usr/bin/kinit' -k -t '%{sasl.kerberos.keytab}' '%{sasl.kerberos.principal}'")
        let ticket = try mapped(base.merging(["sasl.jaas.config": "\(Self.kerberos) required useTicketCache=true;"]) { $1 })
        #expect(ticket["sasl.kerberos.min.time.before.relogin"] == "0")
        let error = failure { () throws(ConfigurationError) in
            try ClientPropertyMapping(base.merging(["sasl.jaas.config": "\(Self.kerberos) required;"]) { $1 })
        }
        #expect(error?.kind == .unsupported)
    }

    /// Where a file of the JVM says who signs in, which nobody else knows.
    @Test func kerberosWithoutALoginModule() throws {
        let base = ["security.protocol": "SASL_SSL", "sasl.mechanism": "GSSAPI"]
        let mapping = try ClientPropertyMapping(base)
        #expect(mapping.properties["sasl.kerberos.min.time.before.relogin"] == "0" && mapping.warnings.map(\.key) == ["sasl.mechanism"])
        let native = try mapped(base.merging(["sasl.kerberos.keytab": "/k.keytab", "sasl.kerberos.kinit.cmd": "kinit -k x"]) { $1 })
        #expect(native["sasl.kerberos.min.time.before.relogin"] == nil && native["sasl.kerberos.kinit.cmd"] == "kinit -k x")
    }

    @Test("Refused, with what to do", arguments: [
        (["security.protocol": "SASL_SSL", "sasl.jaas.config": "\(kerberos) required useKeyTab=true keyTab=\"/k\";"], "sasl.jaas.config", "klist -k"),
        (["security.protocol": "SASL_SSL", "sasl.mechanism": "OAUTHBEARER"], "sasl.mechanism", "sasl.oauthbearer.token.endpoint.url"),
        (["security.protocol": "TLS"], "security.protocol", "SASL_SSL"),
        (["security.protocol": "SASL_SSL", "sasl.mechanism": "AWS_MSK_IAM"], "sasl.mechanism", "SCRAM"),
        (["security.protocol": "SASL_SSL", "sasl.mechanism": "DIGEST-MD5"], "sasl.mechanism", "PLAIN"),
        (["security.protocol": "SASL_SSL", "sasl.jaas.config": "\(plain) required username=\"u\" password=\"hunter2\";"],
         "sasl.jaas.config", "sasl.mechanism"),
        (["security.protocol": "SSL", "ssl.truststore.location": "/t.jks", "ssl.truststore.password": "hunter2"],
         "ssl.truststore.location", "keytool -list -rfc -keystore /t.jks"),
        (["security.protocol": "SSL", "ssl.truststore.location": "/t.p12"], "ssl.truststore.location", "openssl pkcs12 -in /t.p12"),
        (["security.protocol": "SSL", "ssl.truststore.location": "/t", "ssl.truststore.type": "BCFKS"],
         "ssl.truststore.location", "PEM"),
        (["security.protocol": "SSL", "ssl.keystore.location": "/k.jks", "ssl.keystore.password": "hunter2"],
         "ssl.keystore.location", "keytool -importkeystore -srckeystore /k.jks"),
        (["security.protocol": "SSL", "ssl.keystore.location": "/k.p12", "ssl.keystore.password": "hunter2", "ssl.key.password": "x"],
         "ssl.key.password", "same"),
        (["security.protocol": "SSL", "ssl.keystore.key": "hunter2"], "ssl.keystore.key", "Add"),
        (["security.protocol": "SSL", "ssl.keystore.key": "hunter2", "ssl.keystore.location": "/k.p12"], "ssl.keystore.key", "Remove"),
        (["security.protocol": "SSL", "ssl.truststore.certificates": "c", "ssl.truststore.location": "/t.pem"],
         "ssl.truststore.certificates", "Remove"),
        (["security.protocol": "SSL", "ssl.endpoint.identification.algorithm": "ldaps"],
         "ssl.endpoint.identification.algorithm", "Correct"),
        (["isolation.level": "read_comitted"], "isolation.level", "Correct"),
        (["request.timeout.ms": "soon"], "request.timeout.ms", "digits"),
        (["bootstrap.servers": " , "], "bootstrap.servers", "host:port"),
    ] as [([String: String], String, String)])
    func refused(java: [String: String], key: String, advice: String) throws {
        let error = try #require(failure { () throws(ConfigurationError) in
            try ClientPropertyMapping(java, at: .init(file: "f", line: 3))
        })
        #expect(error.key == key)
        #expect(error.remedy.contains(advice), "\(error)")
        #expect(error.location == .init(file: "f", line: 3))
        #expect(!everythingPrinted(error).contains("hunter2"))
    }

    @Test("Inline PEM on one line is what OpenSSL reads")
    func inlinePEM() throws {
        let body = String(repeating: "QUJD", count: 40)
        let certificate = "-----BEGIN CERTIFICATE----- \(body) -----END CERTIFICATE-----"
        let mapping = try ClientPropertyMapping([
            "security.protocol": "SSL", "ssl.truststore.type": "PEM", "ssl.truststore.certificates": certificate,
            "ssl.keystore.type": "PEM", "ssl.keystore.key": "-----BEGIN PRIVATE KEY-----\(body)-----END PRIVATE KEY-----",
            "ssl.keystore.certificate.chain": certificate + certificate,
        ])
        let lines = try #require(mapping.properties["ssl.ca.pem"]).split(separator: "\n")
        #expect(lines.first == "-----BEGIN CERTIFICATE-----" && lines.last == "-----END CERTIFICATE-----")
        #expect(lines.dropFirst().dropLast().joined() == body)
        #expect(lines.allSatisfy { $0.count <= 64 })
        #expect(mapping.warnings.map(\.key) == ["ssl.keystore.certificate.chain"])
        #expect(!everythingPrinted(mapping.properties).contains("QUJD") || !mapping.properties.description.contains("PRIVATE"))
        #expect(PEMText.normalised("no PEM") == "no PEM")
        let encrypted = "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n\nQUJD\n-----END RSA PRIVATE KEY-----\n"
        #expect(PEMText.normalised(encrypted) == encrypted)
    }

    @Test("Warned of, by name and with a guess", arguments: [
        ("max.poll.records", "1", "nothing like it", ConfigurationWarning.Severity.warning),
        ("ssl.protocol", "TLSv1.3", "nothing like it", .warning),
        ("ssl.cipher.suites", "TLS_AES_256_GCM_SHA384", "OpenSSL", .warning),
        ("bootstrap.server", "x", "“bootstrap.servers”", .warning),
        ("sasl.jaas.confg", "hunter2", "“sasl.jaas.config”", .warning),
        ("secruity.protocol", "SSL", "“security.protocol”", .warning),
        ("entirely.made.up", "x", "unknown", .warning),
        ("linger.ms", "99999999", "range", .warning),
        ("send.buffer.bytes", "-1", "range", .warning),
        ("replication.factor", "3", "MirrorMaker", .warning),
        ("sasl.mechanism", "PLAIN", "does not use SASL", .warning),
        ("enable.auto.commit", "true", "never committed", .note),
        ("plugin.library.paths", "/tmp/evil.so", "not loaded", .note),
        ("offset.storage.topic", "x", "Connect", .note),
        ("ssl.keystore.password", "hunter2", "does not use TLS", .note),
    ])
    func warned(name: String, value: String, text: String, severity: ConfigurationWarning.Severity) throws {
        let mapping = try ClientPropertyMapping([name: value])
        let warning = try #require(mapping.warnings.first)
        #expect(mapping.warnings.count == 1)
        #expect(warning.key == name && warning.severity == severity)
        #expect(warning.text.contains(text), "\(warning)")
        #expect(!everythingPrinted(warning).contains("hunter2"))
        #expect(mapping.properties.names.isEmpty)
    }

    @Test("Every name that may be suggested is one that is understood")
    func suggestions() throws {
        for name in ClientNames.native where ClientProperties.check(name, "1") == .unknown {
            Issue.record("librdkafka does not know \(name)")
        }
    }
}
