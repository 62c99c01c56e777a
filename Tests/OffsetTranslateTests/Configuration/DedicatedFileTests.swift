import Testing

@testable import OffsetTranslate

@Suite("Configuration: mm2.properties")
struct ConfigurationDedicatedFileTests {
    private let base = """
        clusters = A, B
        A.bootstrap.servers = a:9092
        B.bootstrap.servers = b:9092
        A->B.enabled = true

        """

    @Test("Nothing but the clusters: MirrorMaker's defaults")
    func defaults() throws {
        let (flow, warnings) = try load(base)
        var expected = FlowConfiguration(
            source: .init(alias: "A", client: .init(["bootstrap.servers": "a:9092"])),
            target: .init(alias: "B", client: .init(["bootstrap.servers": "b:9092"])))
        expected.enabled = true
        #expect(flow == expected)
        #expect(warnings.isEmpty)
        #expect(flow.description == "A->B")
        #expect(flow.offsetSyncsCluster.alias == "A")
    }

    typealias Place = any KeyPath<FlowConfiguration, String> & Sendable

    /// Each key, its value, and the place in the result.
    @Test("Every key arrives", arguments: [
        ("topics = a.*, b", \.topics.include.description, "[\"a.*\", \"b\"]"),
        ("topics.exclude = x", \.topics.exclude.description, "[\"x\"]"),
        ("topics.blacklist = x", \.topics.exclude.description, "[\"x\"]"),
        ("groups = g", \.groups.include.description, "[\"g\"]"),
        ("groups.exclude =", \.groups.exclude.description, "[]"),
        ("config.properties.exclude = p", \.topicProperties.exclude.description, "[\"p\"]"),
        ("A->B.use.defaults.from = source", \.useDefaultsFrom.rawValue, "source"),
        ("offset-syncs.topic.location = target", \.offsetSyncsLocation.rawValue, "target"),
        ("offset.lag.max = 0", \.offsetLagMax.description, "0"),
        ("emit.offset-syncs.enabled = FALSE", \.emitOffsetSyncs.description, "false"),
        ("heartbeats.replication.enabled = false", \.heartbeatsReplication.description, "false"),
        ("refresh.topics.interval.seconds = 5", \.refreshTopics.interval.description, "5.0 seconds"),
        ("refresh.topics.enabled = false", \.refreshTopics.enabled.description, "false"),
        ("refresh.groups.interval.seconds = 5", \.refreshGroups.interval.description, "5.0 seconds"),
        ("sync.topic.configs.interval.seconds = 5", \.syncTopicConfigs.interval.description, "5.0 seconds"),
        ("sync.topic.acls.enabled = false", \.syncTopicACLs.enabled.description, "false"),
        ("emit.checkpoints.interval.seconds = 0", \.emitCheckpoints.interval.description, "0.0 seconds"),
        ("emit.checkpoints.interval.seconds = -1", \.emitCheckpoints.enabled.description, "false"),
        ("sync.group.offsets.enabled = true", \.syncGroupOffsets.enabled.description, "true"),
        ("sync.group.offsets.interval.seconds = 5", \.syncGroupOffsets.interval.description, "5.0 seconds"),
        ("emit.heartbeats.interval.seconds = 5", \.emitHeartbeats.interval.description, "5.0 seconds"),
        ("replication.factor = -1", \.replicationFactor.description, "-1"),
        ("offset-syncs.topic.replication.factor = 1", \.offsetSyncsReplicationFactor.description, "1"),
        ("checkpoints.topic.replication.factor = 1", \.checkpointsReplicationFactor.description, "1"),
        ("heartbeats.topic.replication.factor = 1", \.heartbeatsReplicationFactor.description, "1"),
        ("admin.timeout.ms = 5", \.adminTimeout.description, "0.005 seconds"),
        ("consumer.poll.timeout.ms = 5", \.consumerPollTimeout.description, "0.005 seconds"),
        ("B.offset.flush.interval.ms = 5", \.offsetFlushInterval.description, "0.005 seconds"),
        ("A.offset.flush.interval.ms = 5", \.offsetFlushInterval.description, "60.0 seconds"),
        ("tasks.max = 4", \.mirror.tasks.description, "4"),
        ("A->B.tasks.max = 4", \.mirror.tasks.description, "4"),
        ("failover.exactly.once = true", \.mirror.exactlyOnce.description, "true"),
        ("B.exactly.once.source.support = enabled", \.mirror.exactlyOnce.description, "true"),
        ("B.exactly.once.source.support = PREPARING", \.mirror.exactlyOnce.description, "false"),
        ("A.exactly.once.source.support = enabled", \.mirror.exactlyOnce.description, "false"),
        ("exactly.once.source.support = enabled", \.mirror.exactlyOnce.description, "false"),
        ("A->B.exactly.once.source.support = enabled", \.mirror.exactlyOnce.description, "false"),
        ("B.exactly.once.source.support = enabled\nfailover.exactly.once = false", \.mirror.exactlyOnce.description, "false"),
        ("failover.transaction.interval.ms = 50", \.mirror.transactionInterval.description, "0.05 seconds"),
        ("failover.transaction.records = 7", \.mirror.transactionRecords.description, "7"),
        ("failover.provenance.headers = true", \.mirror.provenanceHeaders.description, "true"),
        ("A->B.failover.in.flight.records = 7", \.mirror.inFlightRecords.description, "7"),
        ("failover.in.flight.mb = 2", \.mirror.inFlightBytes.description, "2097152"),
        ("failover.fetched.mb = 3", \.mirror.fetchedBytes.description, "3145728"),
        ("failover.refused.records = skip", \.mirror.refusedRecords.rawValue, "skip"),
        ("failover.source.reset = new-history", \.mirror.sourceReset.rawValue, "new-history"),
        ("failover.status.heartbeat.age.seconds = 3, 7", \.status.heartbeatAge.fail.description, "7"),
        ("failover.status.replication.lag = 3, 7", \.status.replicationLag.fail.description, "7"),
        ("failover.status.recovery.point.seconds = 3, 7", \.status.recoveryPoint.fail.description, "7"),
        ("failover.status.recovery.time.seconds = 3, 7", \.status.recoveryTime.fail.description, "7"),
        ("failover.status.checkpoint.age.seconds = 3, 7", \.status.checkpointAge.fail.description, "7"),
        ("failover.status.reread.records = 3, 7", \.status.reRead.fail.description, "7"),
        ("failover.status.retention.percent = 3, 7", \.status.retentionUsed.fail.description, "7"),
    ] as [(String, Place, String)])
    func keys(line: String, place: Place, expected: String) throws {
        #expect(try load(base + line).0[keyPath: place] == expected)
    }

    @Test("Replication policies", arguments: [
        ("", .mirrorMakerDefault),
        ("replication.policy.separator = _", .standard(separator: "_", internalSeparatorEnabled: true)),
        ("replication.policy.separator = _\nreplication.policy.internal.topic.separator.enabled = false",
         .standard(separator: "_", internalSeparatorEnabled: false)),
        // Read only where a separator is set.
        ("replication.policy.internal.topic.separator.enabled = false", .mirrorMakerDefault),
        ("replication.policy.class = org.apache.kafka.connect.mirror.IdentityReplicationPolicy", .plainIdentity),
        ("replication.policy.class = IdentityReplicationPolicy\nreplication.policy.separator = -",
         .identity(separator: "-", internalSeparatorEnabled: true)),
        ("replication.policy.class = com.x.P\nfailover.policy.prefix = {source}_",
         .custom(.init(className: "com.x.P", prefix: "{source}_"))),
        ("replication.policy.class = com.x.P\nfailover.policy.pattern = (.*)\nfailover.policy.replacement = $1.dr\n"
            + "failover.policy.inverse.pattern = (.*)[.]dr\nfailover.policy.inverse.replacement = $1",
         .custom(.init(className: "com.x.P", rename: .init(
            pattern: "(.*)", replacement: "$1.dr", inversePattern: "(.*)[.]dr", inverseReplacement: "$1")))),
    ] as [(String, ReplicationPolicySetting)])
    func policies(lines: String, expected: ReplicationPolicySetting) throws {
        #expect(try load(base + lines).0.replicationPolicy == expected)
    }

    @Test("Precedence: bare < cluster < kind of client; flow above all")
    func precedence() throws {
        func topics(_ lines: String) throws -> [String] { try load(base + lines).0.topics.include }
        #expect(try topics("topics = bare") == ["bare"])
        #expect(try topics("A->B.topics = flow\ntopics = bare") == ["flow"])
        #expect(try topics("B->A.topics = other\ntopics = bare") == ["bare"])

        func consumer(_ lines: String, _ name: String = "ssl.ca.location") throws -> String? {
            try load(base + "security.protocol = SSL\n" + lines).0.source.consumerProperties[name]
        }
        #expect(try consumer("ssl.ca.location = /bare") == "/bare")
        #expect(try consumer("A.ssl.ca.location = /cluster\nssl.ca.location = /bare") == "/cluster")
        #expect(try consumer("A.consumer.ssl.ca.location = /kind\nA.ssl.ca.location = /cluster") == "/kind")
        #expect(try consumer("A->B.source.consumer.ssl.ca.location = /flow\nA.consumer.ssl.ca.location = /kind") == "/flow")
        // MirrorMaker spells a cluster's own keys out for each kind of client, above these two.
        #expect(try consumer("A->B.consumer.ssl.ca.location = /flow\nA.ssl.ca.location = /cluster") == "/cluster")
        #expect(try consumer("A->B.source.cluster.ssl.ca.location = /flow\nA.ssl.ca.location = /cluster") == "/cluster")
        #expect(try consumer("A->B.consumer.ssl.ca.location = /flow") == "/flow")
        #expect(try consumer("B.ssl.ca.location = /other") == nil)
        #expect(try consumer("A.producer.ssl.ca.location = /other") == nil)
    }

    @Test("What differs for one kind of client, and nothing else, is in its overrides")
    func overrides() throws {
        let (flow, warnings) = try load(base + """
            security.protocol = SASL_PLAINTEXT
            sasl.mechanism = PLAIN
            A.sasl.jaas.config = x.PlainLoginModule required username="all" password="p";
            A.consumer.sasl.jaas.config = x.PlainLoginModule required username="reader" password="p";
            A.consumer.isolation.level = read_committed
            A.admin.request.timeout.ms = 1234
            A.client.id = me
            """)
        #expect(warnings.isEmpty)
        #expect(flow.source.client["sasl.username"] == "all")
        #expect(flow.source.client["client.id"] == "me")
        #expect(flow.source.consumer.names == ["auto.offset.reset", "enable.auto.commit", "isolation.level", "sasl.username"])
        #expect(flow.source.consumer["isolation.level"] == "read_committed")
        #expect(flow.source.consumerProperties["sasl.password"] == "p")
        #expect(flow.source.producer.names.isEmpty)
        #expect(flow.source.admin == .init(["socket.timeout.ms": "1234"]))
        #expect(flow.target.client["sasl.username"] == nil)
        #expect(try load(base + "A.isolation.level = read_committed").0.source.consumerProperties["isolation.level"] == "read_committed")
    }

    @Test("Choosing a flow")
    func flows() throws {
        let both = base + "B->A.enabled = true\nB->A.topics = back"
        #expect(try load(both, flow: ("B", "A")).0.topics.include == ["back"])
        let several = try #require(failure { () throws(ConfigurationError) in try load(both) })
        #expect(several.kind == .flow && several.remedy.contains("A->B, B->A"))

        let (off, warnings) = try load(base, flow: ("B", "A"))
        #expect(!off.enabled && off.source.alias == "B")
        #expect(warnings.contains { $0.key == "B->A.enabled" && $0.text.contains("not enabled") })

        let none = try #require(failure { () throws(ConfigurationError) in
            try load(base.replacing("true", with: "false"))
        })
        #expect(none.kind == .flow && none.remedy.contains("A->B.enabled = true"))
        let unknown = try #require(failure { () throws(ConfigurationError) in
            try load("clusters = primary, backup", flow: ("primry", "backup"))
        })
        #expect(unknown.kind == .flow && unknown.description.contains("“primary”"))
        #expect(failure { () throws(ConfigurationError) in try load(base, flow: ("A", "A")) }?.kind == .conflict)
    }

    @Test("Clusters that are called source and target, and names with dots")
    func aliases() throws {
        let (flow, warnings) = try load("""
            clusters = source, target
            source.bootstrap.servers = a:1
            target.bootstrap.servers = b:1
            source.consumer.fetch.min.bytes = 7
            source->target.enabled = true
            """)
        #expect(warnings.isEmpty)
        #expect(flow.source.consumer["fetch.min.bytes"] == "7")
        let dotted = try load("clusters=us.e,us.w\nus.e.bootstrap.servers=a:1\nus.w.bootstrap.servers=b:1\nus.e->us.w.enabled=true")
        #expect(dotted.0.description == "us.e->us.w" && dotted.1.isEmpty)
    }

    @Test("Errors name place, key and remedy", arguments: [
        ("offset.lag.max = many", "offset.lag.max", "digits"),
        ("offset.lag.max = -1", "offset.lag.max", "at least 0"),
        ("tasks.max = 0", "tasks.max", "1 to"),
        ("failover.in.flight.mb = 0", "failover.in.flight.mb", "1 to"),
        ("failover.refused.records = drop", "failover.refused.records", "stop or skip"),
        ("failover.source.reset = newHistory", "failover.source.reset", "stop or new-history"),
        ("failover.status.replication.lag = 7", "failover.status.replication.lag", "10000, 1000000"),
        ("failover.status.reread.records = 7, 3", "failover.status.reread.records", "10000, 1000000"),
        ("failover.status.reread.records = 7, -3", "failover.status.reread.records", "10000, 1000000"),
        ("B.exactly.once.source.support = yes", "B.exactly.once.source.support", "preparing"),
        ("sync.group.offsets.enabled = yes", "sync.group.offsets.enabled", "true or false"),
        ("offset-syncs.topic.location = A", "offset-syncs.topic.location", "source or target"),
        ("replication.factor = 0", "replication.factor", "At least 1"),
        ("replication.factor = 40000", "replication.factor", "32767"),
        ("refresh.topics.interval.seconds = 0", "refresh.topics.interval.seconds", "At least 1"),
        ("topics = a, *", "topics", ".*"),
        ("A->B.groups.exclude = (", "A->B.groups.exclude", "backslash"),
        ("replication.policy.separator = /", "replication.policy.separator", "letters"),
        ("replication.policy.class = com.example.MyPolicy", "replication.policy.class", "failover.policy.prefix"),
        ("A.security.protocol = TLS", "A.security.protocol", "SASL_SSL"),
        ("A.consumer.isolation.level = x", "A.consumer.isolation.level", "Correct"),
        ("B -> A.enabled = true", "B", "spaces"),
        ("A.client.id = \\u00", nil, "backslash"),
    ] as [(String, String?, String)])
    func errors(line: String, key: String?, advice: String) throws {
        let error = try #require(failure { () throws(ConfigurationError) in try load(base + line) })
        #expect(error.key == key)
        #expect(error.location == .init(file: "mm2.properties", line: 5))
        #expect(error.remedy.contains(advice), "\(error)")
        #expect(error.description.hasPrefix("mm2.properties:5: "))
    }

    @Test("Files that say too little", arguments: [
        ("", ConfigurationError.Kind.missing), ("clusters =", .invalid), ("clusters = A", .invalid),
        ("clusters = A, B\nA->B.enabled = true", .missing),
        ("clusters = A, B\nA->B.enabled = true\nA.bootstrap.servers = a:1\nB.bootstrap.servers =", .missing),
        ("clusters = A B, C\nC.bootstrap.servers=c:1\nA\\ B.bootstrap.servers=a:1\nA\\ B->C.enabled=true", .invalid),
    ])
    func incomplete(text: String, kind: ConfigurationError.Kind) throws {
        #expect(failure { () throws(ConfigurationError) in try load(text) }?.kind == kind)
    }

    @Test("Warnings name the key and the one that was meant", arguments: [
        ("topic.exclude = x", "topic.exclude", "“topics.exclude”"),
        ("A->B.topcs = x", "A->B.topcs", "“A->B.topics”"),
        ("B->A.emit.heartbeat.enabled = true", "B->A.emit.heartbeat.enabled", "“B->A.emit.heartbeats.enabled”"),
        ("A->C.enabled = true", "A->C.enabled", "does not name"),
        ("A->A.enabled = true", "A->A.enabled", "itself"),
        ("A.bootstrap.server = x", "A.bootstrap.server", "“A.bootstrap.servers”"),
        ("A.consumer.fetch.min.byte = 1", "A.consumer.fetch.min.byte", "“A.consumer.fetch.min.bytes”"),
        ("C.bootstrap.servers = x", "C.bootstrap.servers", "“A.bootstrap.servers”"),
        ("ssl.trustore.location = x", "ssl.trustore.location", "“ssl.truststore.location”"),
        ("A.replication.factor = 1", "A.replication.factor", "A->OTHER.replication.factor"),
        ("use.defaults.from = source", "use.defaults.from", "A->B.use.defaults.from"),
        ("offset.flush.interval.ms = 1", "offset.flush.interval.ms", "TARGET.offset.flush.interval.ms"),
        ("consumer.fetch.min.bytes = 1", "consumer.fetch.min.bytes", "MirrorMaker drops"),
        ("fetch.min.bytes = 1", "fetch.min.bytes", "A.consumer.fetch.min.bytes"),
        ("source.cluster.alias = x", "source.cluster.alias", "drops"),
        ("A.consumer.max.poll.records = 5", "A.consumer.max.poll.records", "nothing like it"),
        ("topics = a\ntopics = b", "topics", "lines 5 and 6"),
        ("topics.blacklist = a", "topics.blacklist", "topics.exclude"),
        ("topic.filter.class = com.example.F", "topic.filter.class", "Java code"),
        ("emit.offset-syncs.enabled = false", "emit.offset-syncs.enabled", "refuses"),
        ("A->B.emit.checkpoints.interval.seconds = -1", "emit.checkpoints.interval.seconds", "negative"),
        ("A->B.transforms = route", "A->B.transforms", "not applied"),
        ("A->B.ssl.ca.location = x", "A->B.ssl.ca.location", "A->B.source.cluster.ssl.ca.location"),
        ("B.bootstrap.servers = a:9092", "B.bootstrap.servers", "same cluster"),
        ("exactly.once.source.support = enabled", "exactly.once.source.support", "TARGET.exactly.once.source.support"),
        ("A->B.exactly.once.source.support = enabled", "exactly.once.source.support", "write B.exactly.once.source.support"),
        ("A.failover.exactly.once = true", "failover.exactly.once", "A->OTHER.failover.exactly.once"),
        ("failover.provenance.headers = true", "failover.provenance.headers", "needless"),
        ("failover.refused.record = skip", "failover.refused.record", "“failover.refused.records”"),
    ])
    func warnings(line: String, key: String, text: String) throws {
        let warnings = try load(base + line).1.filter { $0.severity == .warning }
        #expect(warnings.contains { $0.key.hasSuffix(key) && $0.text.contains(text) }, "\(warnings)")
    }

    @Test("Marked copies differ from their originals, which is said")
    func provenance() throws {
        let identity = "replication.policy.class = IdentityReplicationPolicy\n"
        let (flow, warnings) = try load(base + identity + "failover.provenance.headers = true")
        #expect(flow.mirror.provenanceHeaders && warnings.map(\.severity) == [.note])
        #expect(warnings.first?.text.contains("byte for byte") == true)
        #expect(try load(base + identity + "failover.provenance.headers = false").1.isEmpty)
    }

    @Test("Connect's own keys get a quiet note", arguments: [
        "tasks.max.enforce = true", "A->B.tasks.max.enforce = true", "key.converter = x", "offset.storage.replication.factor = 1",
        "B.offset.storage.topic = x", "header.converter = x", "dedicated.mode.enable.internal.rest = true",
        "config.providers.file.param.allowed.paths = /", "A->B.consumer.override.max.poll.records = 1", "listeners = http://x",
        "metric.reporters = x", "A.group.id = g", "task.shutdown.graceful.timeout.ms = 1", "A->B.errors.tolerance = all",
    ])
    func notes(line: String) throws {
        let warnings = try load(base + line).1
        #expect(warnings.count == 1)
        #expect(warnings.allSatisfy { $0.severity == .note && $0.location?.line == 5 }, "\(warnings)")
    }

    @Test("An empty separator and alias, the old way to unchanged names")
    func unprefixed() throws {
        let (flow, warnings) = try load("""
            {"connector.class": "MirrorSourceConnector", "source.cluster.alias": "", "target.cluster.alias": "B",
             "replication.policy.separator": "", "source.cluster.bootstrap.servers": "a:1",
             "target.cluster.bootstrap.servers": "b:1"}
            """)
        #expect(flow.source.alias.isEmpty)
        #expect(warnings.contains { $0.key == "replication.policy.separator" })
    }
}
