import Foundation
import OffsetTranslate

extension HostileInput {
    static let properties = HostileInput("properties", words: ["\\u0041", "\\\n", "\\\r\n", "=", ":", "#", "!", "\\u", "\\t", "\\\\", "\u{0C}"]) {
        ["a = b\n# no\n! no\nc:\\\n  d\\u00e9\\t\n\\ e\\=f=g\\\\\n", "a", "\u{FEFF}k=v\r\n\r\nk=w\r", "k=\\ud83d\\ude00", "k=\\u12", "\\"].map { Data($0.utf8) } + [Data([0x61, 0x3D, 0xFF])]
    } read: { data in
        guard let read = try attempt(ConfigurationError.self, { try JavaProperties(parsing: data, file: "f") }) else { return false }
        _ = read.duplicates
        func escaped(_ text: String) -> String { text.utf16.map { "\\u" + String(0x10000 + UInt32($0), radix: 16).dropFirst() }.joined() }
        let text = read.entries.map { "\(escaped($0.key))=\(escaped($0.value))" }.joined(separator: "\n")
        let again = try JavaProperties(parsing: text, file: "f")
        try require(again.entries.map(\.key) == read.entries.map(\.key) && again.entries.map(\.value) == read.entries.map(\.value), "read back otherwise: \(text)")
        return true
    }

    static let configuration = HostileInput("mm2-properties", words: keys + ["A->B.", "->", "A.", ".enabled = true\n", "clusters = ", "\n", "${env:X}", "${file:/x:y}"]) {
        let security = """
            A.security.protocol = SASL_SSL
            A.sasl.mechanism = PLAIN
            A.sasl.jaas.config = org.apache.kafka.common.security.plain.PlainLoginModule required username="a" password="b";
            A.ssl.truststore.type = PEM
            A.ssl.truststore.certificates = -----BEGIN CERTIFICATE----- MIIB -----END CERTIFICATE-----

            """
        let flows = "clusters = A, B\nA.bootstrap.servers = a:1\nB.bootstrap.servers = b:1\nA->B.enabled = true\nA->B.topics = orders.*, x\ngroups = g[0-9]+\n"
        return [
            flows, flows + security, flows + "B->A.enabled = true\nreplication.policy.class = x.MyPolicy\nfailover.policy.prefix = m.\n",
            "connector.class=org.apache.kafka.connect.mirror.MirrorSourceConnector\nsource.cluster.alias=A\nsource.cluster.bootstrap.servers=a:1\ntarget.cluster.bootstrap.servers=b:1\nconsumer.max.poll.records=5\n",
        ].map { Data($0.utf8) }
    } read: { data in try readConfiguration(data) }

    static let connectors = HostileInput(
        "connector-json", words: keys + ["{", "}", "[", "]", ":", ",", "null", "\"name\":", "\"config\":{", "\"info\":", "\\u0041", "\\\"", "true", "-1.5e3", "\"connector.class\":\""]
    ) {
        let source = #""connector.class":"org.apache.kafka.connect.mirror.MirrorSourceConnector","source.cluster.alias":"A","target.cluster.alias":"B","source.cluster.bootstrap.servers":"a:1","target.cluster.bootstrap.servers":"b:1""#
        return [
            #"{"name":"m","config":{\#(source),"tasks.max":3,"topics":"a\u0062.*"}}"#,
            #"[{"name":"m","config":{\#(source)}},{"name":"c","config":{"connector.class":"MirrorCheckpointConnector","source.cluster.alias":"A","target.cluster.alias":"B","source.cluster.bootstrap.servers":"a:1","target.cluster.bootstrap.servers":"b:1"}}]"#,
            #"{"m":{"info":{"name":"m","config":{\#(source)},"tasks":[]},"status":{}}}"#,
        ].map { Data($0.utf8) }
    } read: { data in try readConfiguration(data) }

    private static let keys = [
        "bootstrap.servers", "source.cluster.", "target.cluster.", "alias", "topics", "groups", "topics.exclude", "replication.policy.class", "replication.policy.separator",
        "failover.policy.pattern", "failover.policy.replacement", "tasks.max", "offset-syncs.topic.location", "sync.group.offsets.enabled", "consumer.", "producer.", "admin.",
        "security.protocol", "sasl.jaas.config", "sasl.mechanism", "ssl.truststore.location", "ssl.keystore.type", "IdentityReplicationPolicy", "config.providers",
        "refresh.topics.interval.seconds", "9223372036854775807", "-1", "failover.status.",
    ]

    private static func readConfiguration(_ data: Data) throws -> Bool {
        let loaded = try withFile(data) { path in
            try attempt(ConfigurationError.self) { try ConfigurationFile.load(paths: [path], resolver: ConfigValueResolver(environment: ["X": "x"])) }
        }
        guard let (flow, warnings) = loaded else { return false }
        for warning in warnings { try requireShowable("\(warning)") }
        _ = (flow.description, flow.topics.matches("orders"), flow.groups.matches("billing"), flow.topicProperties.matches("retention.ms"))
        let policy = try attempt(ReplicationPolicyError.self) { try flow.replicationPolicy.policy(sourceAlias: flow.source.alias) }
        if let policy {
            let copy = policy.remoteTopic("orders", from: flow.source.alias)
            _ = (policy.upstreamTopic(of: copy), policy.originalTopic(of: copy), policy.isCycle(topic: copy, targetAlias: flow.target.alias))
        }
        return true
    }
}
