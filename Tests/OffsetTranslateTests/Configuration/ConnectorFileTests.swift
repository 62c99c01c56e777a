import TestSupport
import Testing

@testable import OffsetTranslate

@Suite("Configuration: connector JSON")
struct ConfigurationConnectorFileTests {
    /// As a deployment on a Connect cluster has it: identity policy, everything but internal topics, three files.
    private static let common = """
        "source.cluster.alias": "source", "target.cluster.alias": "target",
        "source.cluster.bootstrap.servers": "kafka:29092", "target.cluster.bootstrap.servers": "kafka-target:29092",
        "replication.policy.class": "org.apache.kafka.connect.mirror.IdentityReplicationPolicy",
        "key.converter": "org.apache.kafka.connect.converters.ByteArrayConverter",
        "value.converter": "org.apache.kafka.connect.converters.ByteArrayConverter", "tasks.max": "1"
        """
    static func connector(_ kind: String, _ more: String, common: String = common) -> String {
        """
        {"name": "mm2-\(kind)", "config": {
        "connector.class": "org.apache.kafka.connect.mirror.Mirror\(kind)Connector",
        \(common)\(more.isEmpty ? "" : ",")
        \(more)
        }}
        """
    }
    private static let source = connector("Source", """
        "topics": ".*", "topics.exclude": ".*[\\\\-\\\\.]internal, connect-.*", "refresh.topics.interval.seconds": 60,
        "offset-syncs.topic.replication.factor": "1", "replication.factor": 1, "sync.topic.acls.enabled": false
        """)
    private static let checkpoint = connector("Checkpoint", """
        "groups": ".*", "groups.exclude": "console-consumer-.*, connect-.*, mm2-.*", "sync.group.offsets.enabled": "true",
        "checkpoints.topic.replication.factor": "1", "emit.checkpoints.interval.seconds": "10"
        """)
    private static let heartbeat = connector("Heartbeat", """
        "heartbeats.topic.replication.factor": "1", "emit.heartbeats.interval.seconds": "5"
        """)

    private func check(_ flow: FlowConfiguration, _ warnings: [ConfigurationWarning]) {
        #expect(flow.description == "source->target")
        #expect(flow.enabled)
        #expect(flow.replicationPolicy == .plainIdentity)
        #expect(flow.topics.matches("orders.orders") && !flow.topics.matches("connect-offsets"))
        #expect(!flow.groups.matches("mm2-x"))
        #expect(flow.refreshTopics == .init(every: .seconds(60)))
        #expect(flow.emitCheckpoints == .init(every: .seconds(10)))
        #expect(flow.emitHeartbeats == .init(every: .seconds(5)))
        #expect(flow.syncGroupOffsets.enabled && !flow.syncTopicACLs.enabled)
        #expect(flow.replicationFactor == 1 && flow.offsetSyncsReplicationFactor == 1)
        #expect(flow.checkpointsReplicationFactor == 1 && flow.heartbeatsReplicationFactor == 1)
        #expect(flow.source.client == .init(["bootstrap.servers": "kafka:29092"]))
        #expect(warnings.allSatisfy { $0.severity == .note }, "\(warnings)")
    }

    @Test("Three connectors of one flow, in any order")
    func together() throws {
        let files = [("s.json", Self.source), ("c.json", Self.checkpoint), ("h.json", Self.heartbeat)]
        let (flow, warnings) = try load(files)
        check(flow, warnings)
        let (reversed, others) = try load(Array(files.reversed()))
        check(reversed, others)
    }

    @Test("All of them in one file")
    func oneFile() throws {
        let array = "[\(Self.source), \(Self.checkpoint), \(Self.heartbeat)]"
        let (flow, warnings) = try load(array, file: "all.json")
        check(flow, warnings)
        let info = """
            {"a": {"info": \(Self.source)}, "b": {"info": \(Self.checkpoint)}, "h": {"info": \(Self.heartbeat)},
             "d": {"info": {"name": "d", "config": {"connector.class": "io.debezium.X", "database.password": "${vault:x:y}"}}}}
            """
        let (expanded, notes) = try load(info, file: "all.json")
        check(expanded, notes)
        #expect(notes.contains { $0.text.contains("“d” is not a MirrorMaker connector") })
    }

    @Test("A bare config map, and a properties file for standalone Connect")
    func bare() throws {
        let (flow, _) = try load("""
            {"name": "MirrorSourceConnector", "connector.class": "MirrorSource", "source.cluster.alias": "a",
             "source.cluster.bootstrap.servers": "a:1", "target.cluster.bootstrap.servers": "b:1", "groups": "g"}
            """)
        #expect(flow.description == "a->target")
        #expect(flow.replicationPolicy == .mirrorMakerDefault)
        let (standalone, warnings) = try load("""
            name=mm2
            connector.class=org.apache.kafka.connect.mirror.MirrorCheckpointConnector
            source.cluster.alias=a
            target.cluster.alias=b
            source.cluster.bootstrap.servers=a:1
            target.cluster.bootstrap.servers=b:1
            groups=g
            """)
        #expect(standalone.groups.include == ["g"])
        #expect(warnings.allSatisfy { $0.severity == .note })
    }

    @Test("Clients: source.cluster < consumer < source.consumer; overrides of Connect are not ours")
    func clients() throws {
        let (flow, warnings) = try load(Self.connector("Source", """
            "source.cluster.security.protocol": "SASL_SSL", "source.cluster.sasl.mechanism": "PLAIN",
            "source.cluster.sasl.jaas.config": "x.PlainLoginModule required username=\\"u\\" password=\\"hunter2\\";",
            "source.cluster.fetch.min.bytes": "1", "consumer.fetch.min.bytes": "2", "source.consumer.fetch.min.bytes": "3",
            "producer.linger.ms": "4", "target.producer.linger.ms": "5", "admin.timeout.ms": "7", "consumer.poll.timeout.ms": "8",
            "producer.override.linger.ms": "6"
            """), file: "s.json")
        #expect(flow.source.client["sasl.password"] == "hunter2")
        #expect(flow.source.consumerProperties["fetch.min.bytes"] == "3")
        #expect(flow.target.consumerProperties["fetch.min.bytes"] == "2")
        #expect(flow.source.producerProperties["linger.ms"] == "4")
        #expect(flow.target.producerProperties["linger.ms"] == "5")
        #expect(flow.adminTimeout == .milliseconds(7) && flow.consumerPollTimeout == .milliseconds(8))
        #expect(warnings.contains { $0.key == "producer.override.linger.ms" && $0.severity == .note })
        #expect(!warnings.contains { $0.severity == .warning }, "\(warnings)")
        #expect(!everythingPrinted(flow).contains("hunter2"))
    }

    @Test("What connectors of one flow must agree on", arguments: [
        ("\"source\"", "\"other\"", "source.cluster.alias"),
        ("kafka:29092", "elsewhere:29092", "source.cluster.bootstrap.servers"),
        ("IdentityReplicationPolicy", "DefaultReplicationPolicy", "replication.policy.class"),
        ("\"tasks.max\"", "\"offset-syncs.topic.location\": \"target\", \"tasks.max\"", "offset-syncs.topic.location"),
        ("\"tasks.max\"", "\"replication.policy.separator\": \"_\", \"tasks.max\"", "replication.policy.separator"),
    ])
    func conflicts(text: String, other: String, key: String) throws {
        let error = try #require(failure { () throws(ConfigurationError) in
            try load([("s.json", Self.source), ("c.json", Self.checkpoint.replacing(text, with: other))])
        })
        #expect(error.kind == .conflict, "\(error)")
        #expect(error.key == key)
        #expect(error.location?.file == "c.json")
        #expect(error.description.contains("mm2-Checkpoint") && error.description.contains("mm2-Source"))
    }

    @Test("tasks.max is the source connector's; where only another has it, that is Connect's business")
    func tasks() throws {
        let four = Self.source.replacing("\"tasks.max\": \"1\"", with: "\"tasks.max\": \"4\"")
        #expect(try load([("c.json", Self.checkpoint), ("s.json", four)]).0.mirror.tasks == 4)
        let none = Self.source.replacing(", \"tasks.max\": \"1\"", with: "")
        let (flow, warnings) = try load([("s.json", none), ("c.json", Self.checkpoint.replacing("\"tasks.max\": \"1\"", with: "\"tasks.max\": \"9\""))])
        #expect(flow.mirror.tasks == 1 && warnings.contains { $0.key == "tasks.max" })
        #expect(warnings.allSatisfy { $0.severity == .note }, "\(warnings)")
    }

    @Test("Brokers in another order are the same brokers")
    func sameBrokers() throws {
        let two = Self.source.replacing("kafka:29092", with: "a:1,b:2")
        let swapped = Self.checkpoint.replacing("kafka:29092", with: "b:2, a:1")
        #expect(try load([("s", two), ("c", swapped)]).0.source.client["bootstrap.servers"] == "a:1,b:2")
    }

    @Test("A connector's word counts for the keys it reads")
    func ownership() throws {
        let files = [
            ("s.json", Self.connector("Source", "\"groups\": \"wrong\", \"topics\": \"a\"")),
            ("c.json", Self.connector("Checkpoint", "\"groups\": \"right\", \"topics\": \"b\"")),
        ]
        let (flow, warnings) = try load(files)
        #expect(flow.groups.include == ["right"])
        #expect(flow.topics.include == ["a"])
        #expect(warnings.contains { $0.key == "topics" && $0.location?.file == "c.json" })
        let (unread, more) = try load([files[0], ("c.json", Self.connector("Checkpoint", ""))])
        #expect(unread.groups == .defaultGroups)
        #expect(more.contains { $0.key == "groups" && $0.text.contains("MirrorSourceConnector does not read") })
    }

    @Test("Choosing among several flows")
    func choosing() throws {
        let back = Self.source.replacing("\"source\"", with: "\"x\"").replacing("\"target\"", with: "\"y\"")
        let files = [("1.json", Self.source), ("2.json", back)]
        #expect(try load(files, flow: ("x", "y")).0.description == "x->y")
        let conflict = try #require(failure { () throws(ConfigurationError) in try load(files) })
        #expect(conflict.remedy.contains("source->target, x->y"))
        let none = try #require(failure { () throws(ConfigurationError) in try load(files, flow: ("p", "q")) })
        #expect(none.kind == .flow && none.remedy.contains("source->target"))
    }

    @Test("JSON that is none, with its line", arguments: [
        ("{", 1), ("{\n\"a\": 1,\n}", 3), ("{\n\"a\" 1}", 2), ("{\"a\": tru}", 1), ("{\"a\": \"\n\"}", 1), ("{\"a\": \"\\x\"}", 1),
        ("{\"a\": \"\\u12\"}", 1), ("{} {}", 1), ("[1, 2", 1), ("{\"a\": 01}", 1), ("[\n]", 1), ("{}", 1),
        ("{\"name\": \"x\"}", 1), (String(repeating: "[", count: 100_000), 1), ("{\"a\":", 1), ("{'a': 1}", 1), ("[\"", 1),
    ])
    func malformed(text: String, line: Int) throws {
        let error = try #require(failure { () throws(ConfigurationError) in try load(text, file: "x.json") })
        #expect(error.kind == .malformed, "\(error)")
        #expect(error.location == .init(file: "x.json", line: line))
    }

    @Test("JSON values: escapes, numbers, null, nesting, duplicates")
    func values() throws {
        let json = try JSONText(parsing: Array(#"{"a": "\u0041\ud83d\ude00\n\/", "b": -1.5e3, "c": null}"#.utf8), file: "f")
        guard case .string("A😀\n/")? = json["a"]?.value, case .literal("-1.5e3")? = json["b"]?.value, case .null? = json["c"]?.value
        else {
            Issue.record("\(json)")
            return
        }
        let nested = try #require(failure { () throws(ConfigurationError) in
            try load(Self.connector("Source", "\"topics\": [\"a\", \"b\"]"), file: "x.json")
        })
        #expect(nested.key == "topics" && nested.location?.line == 8)
        let (flow, warnings) = try load(Self.connector("Source", "\"topics\": \"a\",\n\"topics\": \"b\", \"groups\": null"), file: "x.json")
        #expect(flow.topics.include == ["b"])
        #expect(warnings.contains { $0.key == "topics" && $0.text.contains("lines 8 and 9") })
        #expect(warnings.contains { $0.key == "groups" && $0.text.contains("null") })
    }

    @Test("Other shortcomings", arguments: [
        ("\"source.cluster.alias\": \"source\",", "", ConfigurationError.Kind.missing, "source.cluster.alias"),
        ("\"source.cluster.alias\": \"source\"", "\"source.cluster.alias\": \"\"", .invalid, "source.cluster.alias"),
        ("\"source.cluster.alias\": \"source\"", "\"source.cluster.alias\": \"a b\"", .invalid, "source.cluster.alias"),
        ("\"source.cluster.alias\": \"source\"", "\"source.cluster.alias\": \"target\"", .conflict, "target.cluster.alias"),
        ("\"source.cluster.bootstrap.servers\": \"kafka:29092\",", "", .missing, "source.cluster.bootstrap.servers"),
        ("mirror.MirrorSourceConnector", "file.FileStreamSource", .flow, nil),
    ] as [(String, String, ConfigurationError.Kind, String?)])
    func shortcomings(text: String, other: String, kind: ConfigurationError.Kind, key: String?) throws {
        let error = try #require(failure { () throws(ConfigurationError) in
            try load(Self.source.replacing(text, with: other), file: "x.json")
        })
        #expect(error.kind == kind && error.key == key, "\(error)")
        #expect(!error.remedy.isEmpty)
    }

    @Test("Warnings", arguments: [
        ("\"security.protocol\": \"SSL\"", "security.protocol", "source.cluster.security.protocol"),
        ("\"sync.topics.configs.enabled\": \"true\"", "sync.topics.configs.enabled", "“sync.topic.configs.enabled”"),
        ("\"source.cluster.bootstrap.server\": \"x\"", "source.cluster.bootstrap.server", "“source.cluster.bootstrap.servers”"),
        ("\"transforms\": \"route\"", "transforms", "not applied"),
        ("\"enabled\": \"false\"", "enabled", "not enabled"),
    ])
    func warned(member: String, key: String, text: String) throws {
        let warnings = try load(Self.connector("Source", member), file: "x.json").1
        #expect(warnings.contains { $0.key == key && $0.text.contains(text) && $0.location?.line == 8 }, "\(warnings)")
    }

    @Test("A dedicated file goes alone")
    func mixed() {
        let dedicated = "clusters=a,b\na.bootstrap.servers=a:1\nb.bootstrap.servers=b:1\na->b.enabled=true"
        #expect(failure { () throws(ConfigurationError) in try load([("a", dedicated), ("b", Self.source)]) }?.kind == .conflict)
        #expect(failure { () throws(ConfigurationError) in try load([("a", dedicated), ("b", dedicated)]) }?.kind == .conflict)
        #expect(failure { () throws(ConfigurationError) in try load([]) }?.kind == .flow)
    }

    @Test("Any bytes are read or refused, never a crash")
    func fuzz() {
        var random = SeededGenerator(seed: 2)
        let seeds = [Array(Self.source.utf8), Array("clusters=A,B\nA->B.enabled=true\nA.bootstrap.servers=a:1\nB.sasl.jaas.config=x".utf8)]
        let likely = Array("{}[]\",:\\u0truefalsn \n=.->$".utf8)
        for round in 0..<1500 {
            var bytes = seeds[round % 2]
            for _ in 0..<Int.random(in: 1...6, using: &random) {
                let at = Int.random(in: 0..<bytes.count, using: &random)
                switch Int.random(in: 0...3, using: &random) {
                case 0: bytes[at] = UInt8.random(in: 0...255, using: &random)
                case 1: bytes.insert(likely[Int.random(in: 0..<likely.count, using: &random)], at: at)
                case 2 where bytes.count > 2: bytes.remove(at: at)
                default: bytes = Array(bytes.prefix(max(1, at)))
                }
            }
            let content = ConfigurationFile.Content(bytes: bytes, file: "f")
            _ = try? ConfigurationFile.load([content], flow: nil, resolver: .init(environment: [:]))
        }
        for length in 0..<200 {
            let bytes = [UInt8(ascii: "{")] + (0..<length).map { _ in likely[Int.random(in: 0..<likely.count, using: &random)] }
            _ = try? JSONText(parsing: bytes, file: "f")
            _ = try? JaasEntry(parsing: String(decoding: bytes, as: UTF8.self))
        }
    }
}
