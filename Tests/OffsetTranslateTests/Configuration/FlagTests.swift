import Foundation
import Testing

@testable import OffsetTranslate

@Suite("Configuration: command line and files")
struct ConfigurationFlagTests {
    @Test("A flow from flags")
    func flags() throws {
        var warnings: [ConfigurationWarning] = []
        let flow = try FlowConfiguration(
            sourceBootstrap: "a:1", targetBootstrap: "b:1", sourceAlias: "A", targetAlias: "B", policy: "identity",
            sourceProperties: ["security.protocol": "SSL", "consumer.fetch.min.bytes": "5"],
            targetProperties: ["sasl.usrname": "x"], settings: ["topics": "t", "topcs": "u"], warnings: &warnings)
        #expect(flow.description == "A->B")
        #expect(flow.enabled)
        #expect(flow.replicationPolicy == .plainIdentity)
        #expect(flow.source.client["security.protocol"] == "ssl")
        #expect(flow.source.consumer["fetch.min.bytes"] == "5" && flow.target.consumer["fetch.min.bytes"] == nil)
        #expect(flow.topics.include == ["t"])
        #expect(Set(warnings.map(\.key)) == ["topcs", "target.cluster.sasl.usrname"])
        #expect(warnings.allSatisfy { $0.text.contains("Did you mean") && $0.description.hasPrefix("command line: ") })
    }

    @Test("Flags that say nothing make MirrorMaker's defaults")
    func defaults() throws {
        var warnings: [ConfigurationWarning] = []
        let flow = try FlowConfiguration(sourceBootstrap: "a:1", targetBootstrap: "b:1", warnings: &warnings)
        let expected = FlowConfiguration(
            source: .init(alias: "source", client: .init(["bootstrap.servers": "a:1"])),
            target: .init(alias: "target", client: .init(["bootstrap.servers": "b:1"])))
        #expect(flow == expected && warnings.isEmpty)
    }

    @Test("Two principals are warned of: there is one ticket cache", arguments: [("one@R", "one@R", false), ("one@R", "two@R", true)])
    func principals(source: String, target: String, isWarnedOf: Bool) throws {
        func client(_ principal: String) -> [String: String] {
            ["security.protocol": "SASL_SSL", "sasl.mechanism": "GSSAPI",
             "sasl.jaas.config": "com.sun.security.auth.module.Krb5LoginModule required useKeyTab=true keyTab=\"/k\" principal=\"\(principal)\";"]
        }
        var warnings: [ConfigurationWarning] = []
        _ = try FlowConfiguration(
            sourceBootstrap: "a:1", targetBootstrap: "b:1", sourceProperties: client(source), targetProperties: client(target), warnings: &warnings)
        #expect(warnings.map(\.key) == (isWarnedOf ? ["target.cluster.sasl.jaas.config"] : []))
        #expect(warnings.allSatisfy { $0.text.contains("one ticket cache") && !$0.text.contains("two@R") })
    }

    @Test("Bad flags", arguments: [("", "b:1", "default"), ("a:1", " ", "default"), ("a:1", "b:1", "identiy")])
    func bad(source: String, target: String, policy: String) {
        let error = failure { () throws(ConfigurationError) in
            var warnings: [ConfigurationWarning] = []
            return try FlowConfiguration(sourceBootstrap: source, targetBootstrap: target, policy: policy, warnings: &warnings)
        }
        #expect(error?.location?.file == "command line")
    }

    @Test("Overrides count more than files, and are checked")
    func overrides() throws {
        let text = "clusters=A,B\nA.bootstrap.servers=a:1\nB.bootstrap.servers=b:1\nA->B.enabled=true\nA->B.topics=t"
        let (flow, warnings) = try load(
            text, overrides: ["topics": "u", "target.cluster.bootstrap.servers": "c:1", "grups": "g", "offset.lag.max": "${env:LAG}"],
            environment: ["LAG": "7"])
        #expect(flow.topics.include == ["u"] && flow.offsetLagMax == 7)
        #expect(flow.target.client["bootstrap.servers"] == "c:1")
        #expect(warnings.map(\.key) == ["grups"])
    }

    @Test("Files on disk, and those that are not there")
    func files() throws {
        try withTemporaryDirectory { directory in
            let path = "\(directory)/mm2.properties"
            let text = "clusters=A,B\nA.bootstrap.servers=${file:\(path):real}\nB.bootstrap.servers=b:1\nA->B.enabled=true\nreal=a:1"
            try text.write(toFile: path, atomically: true, encoding: .utf8)
            let (flow, warnings) = try ConfigurationFile.load(path: path)
            #expect(flow.source.client["bootstrap.servers"] == "a:1")
            #expect(!everythingPrinted(flow).contains("a:1"))
            #expect(warnings.map(\.key) == ["real"])
            #expect(warnings.first?.location == .init(file: path, line: 5))
            for bad in ["\(directory)/none", directory, "", "a\0b"] {
                let error = try #require(failure { () throws(ConfigurationError) in try ConfigurationFile.load(path: bad) })
                #expect(error.kind == .unreadable && !error.remedy.isEmpty)
            }
            #expect(failure { () throws(ConfigurationError) in try ConfigurationFile.load(path: "/dev/zero") }?.kind == .unreadable)
        }
    }

    @Test("Secrets appear in nothing that can be printed", arguments: [
        "A.client.id = ${env:S}", "A.bootstrap.servers = ${env:S}", "topics = (${env:S}", "offset.lag.max = ${env:S}",
        "sync.group.offsets.enabled = ${env:S}", "A.security.protocol = ${env:S}", "A.consumer.isolation.level = ${env:S}",
        "A.sasl.password = ${env:S}", "A.sasl.password = hunter2", "A.consumer.sasl.passwrd = hunter2",
        "A.sasl.jaas.config = x.PlainLoginModule required username=\"u\" password=\"hunter2\";",
        "security.protocol=SASL_SSL\nsasl.mechanism=PLAIN\nsasl.jaas.config = x.PlainLoginModule required username=\"u\" password=\"${env:S}\";",
        "security.protocol=SASL_SSL\nsasl.mechanism=PLAIN\nsasl.jaas.config = ${env:S}",
        "security.protocol=SASL_SSL\nsasl.mechanism=${env:S}",
        "security.protocol=SSL\nssl.keystore.location = ${env:S}", "security.protocol=SSL\nssl.truststore.type = ${env:S}\nssl.truststore.location=/x",
        "security.protocol=SSL\nssl.keystore.key = hunter2\nssl.keystore.certificate.chain = public",
        "replication.policy.class = ${env:S}", "replication.policy.separator = /${env:S}", "offset-syncs.topic.location = ${env:S}",
        "topics = ${env:S}", "groups = ${env:S}, (", "A.request.timeout.ms = ${env:S}", "failover.policy.prefix = /${env:S}\nreplication.policy.class = x.Y",
        "A.ssl.endpoint.identification.algorithm = ${env:S}",
    ])
    func secrets(lines: String) throws {
        let text = "clusters=A,B\nA.bootstrap.servers=a:1\nB.bootstrap.servers=b:1\nA->B.enabled=true\n\(lines)"
        do throws(ConfigurationError) {
            let (flow, warnings) = try load(text, environment: ["S": "hunter2"])
            let printed = everythingPrinted(warnings) + flow.description + flow.source.description + flow.target.description
                + everythingPrinted(flow.source) + everythingPrinted(flow.target) + everythingPrinted(flow)
            #expect(!printed.contains("hunter2"), "\(printed)")
        } catch {
            #expect(!everythingPrinted(error).contains("hunter2"))
        }
    }
}
