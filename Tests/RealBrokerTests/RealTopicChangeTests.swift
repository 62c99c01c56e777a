import KafkaClient
import MirrorLoop
import OffsetTranslate
import Testing

/// What changes about topics while they are mirrored, and what records are made of.
@Suite(.serialized, .enabled(if: RealClusters.present, "needs FAILOVER_TEST_SOURCE and FAILOVER_TEST_TARGET"))
struct RealTopicChangeTests {
    private func mirroring(_ clusters: RealClusters, access: Bool = false, _ body: (Mirror) async throws -> Void) async throws {
        try await clusters.mirroring({
            $0.refreshTopicsInterval = .seconds(1)
            $0.syncsTopicSettings = true
            $0.syncTopicSettingsInterval = .seconds(1)
            $0.syncsAccess = access
            $0.syncAccessInterval = .seconds(1)
        }, body)
    }

    private func own(_ topic: String, on cluster: LibrdkafkaCluster) async throws -> [String: String] {
        guard let answer = try await cluster.topicSettings(of: [topic])[topic] else { return [:] }
        return try answer.get().filter { $0.origin == .topic }.reduce(into: [:]) { $0[$1.name] = $1.value }
    }

    @Test func partitionsAndSettingsFollow() async throws {
        let clusters = try await RealClusters(), copy = clusters.flow.target(of: clusters.partitions[0]).topic
        let producer = try Producer(cluster: clusters.source.name, properties: clusters.source.properties)
        try await mirroring(clusters) { mirror in
            for number in 0..<30 { _ = try await producer.send(Record(value: [UInt8(number)]), to: clusters.partitions[number % 3]) }
            try await eventually("the first records") { clusters.partitions.allSatisfy { mirror.status.positions[$0] == 10 } }
            try await clusters.source.createPartitions(of: clusters.topic, upTo: 5)
            try await clusters.source.alterTopicSettings(of: clusters.topic, SettingsChange(set: ["retention.ms": "700000"]))
            let added = (3..<5).map { TopicPartition(topic: clusters.topic, partition: $0) }
            // The first one does not know of them for a while.
            let another = try Producer(cluster: clusters.source.name, properties: clusters.source.properties)
            for number in 0..<20 { _ = try await another.send(Record(value: [UInt8(number)]), to: added[number % 2]) }
            try await eventually("the added partitions") { added.allSatisfy { mirror.status.positions[$0] == 10 } }
            #expect(try await clusters.target.topics()[copy] == 5)
            try await eventually("the setting") { try await own(copy, on: clusters.target) == ["retention.ms": "700000"] }
            try await clusters.source.alterTopicSettings(of: clusters.topic, SettingsChange(remove: ["retention.ms"]))
            try await eventually("its removal") { try await own(copy, on: clusters.target).isEmpty }
        }
        for partition in (0..<5).map({ TopicPartition(topic: clusters.topic, partition: $0) }) {
            let original = try await clusters.log(partition, of: clusters.source).map(\.record)
            #expect(try await clusters.log(clusters.flow.target(of: partition), of: clusters.target).map(\.record) == original)
        }
    }

    @Test func accessRulesFollow() async throws {
        let clusters = try await RealClusters(), copy = clusters.flow.target(of: clusters.partitions[0]).topic, app = "User:\(clusters.run)"
        // What is said about a topic at all shuts out whoever is not named: the tests themselves must stay in.
        let all = [AccessRule(.allow, .all, on: .topic, named: clusters.topic, to: "User:*")]
        let stay = [AccessRule(.allow, .all, on: .topic, named: copy, to: "User:*")]
        do {
            #expect(try await clusters.target.createACLs(stay).isEmpty)
        } catch let error as KafkaError where error.code == .securityDisabled {
            return
        }
        #expect(try await clusters.source.createACLs(all).isEmpty)
        let rules = [
            AccessRule(.allow, .read, on: .topic, named: clusters.topic, to: app), .init(.allow, .write, on: .topic, named: clusters.topic, to: app),
        ]
        try await mirroring(clusters, access: true) { mirror in
            try await eventually("the mirror to run") { mirror.status.positions.count == 3 }
            #expect(try await clusters.source.createACLs(rules).isEmpty)
            let wanted: Set = Set(stay).union([
                AccessRule(.allow, .read, on: .topic, named: copy, to: app), .init(.allow, .read, on: .topic, named: copy, to: "User:*"),
            ])
            try await eventually("the copy's rules") {
                try await Set(clusters.target.acls(matching: AccessRuleFilter(resourceType: .topic, name: copy))) == wanted
            }
        }
        _ = try await clusters.source.deleteACLs(all + rules)
        _ = try await clusters.target.deleteACLs(matching: [AccessRuleFilter(resourceType: .topic, name: copy)])
    }

    /// Every kind of key, value, header and timestamp, in batches of every codec.
    @Test(arguments: ["none", "gzip", "snappy", "lz4", "zstd"]) func allOfARecordGoesOver(codec: String) async throws {
        let clusters = try await RealClusters(), partition = clusters.partitions[0]
        // Some are of years ago.
        try await clusters.source.alterTopicSettings(of: clusters.topic, SettingsChange(set: ["retention.ms": "-1"]))
        let payloads: [[UInt8]?] = [nil, [], [0], Array("ä\u{0}x".utf8), Array(repeating: 65, count: 5000)]
        let headers: [[Header]] = [
            [], [Header(name: "a", value: nil)], [Header(name: "a", value: [])], [Header(name: "", value: [1])],
            [Header(name: "a", value: [1]), Header(name: "b", value: nil), Header(name: "a", value: [2]), Header(name: "a", value: [1])],
        ]
        var records: [Record] = []
        for key in payloads {
            for value in payloads {
                for list in headers {
                    for timestamp in [Int64(1), 1_700_000_000_123] { records.append(Record(key: key, value: value, headers: list, timestamp: timestamp)) }
                }
            }
        }
        let producer = try Producer(
            cluster: clusters.source.name,
            properties: clusters.source.properties.merging(ClientProperties(["compression.type": codec, "linger.ms": "50"])))
        for record in records { try producer.produce(record, to: partition) { _ in } }
        #expect(await producer.flush(within: .seconds(30)))
        try await mirroring(clusters) { mirror in
            try await eventually("all records") { mirror.status.positions[partition] == Int64(records.count) }
        }
        let originals = try await clusters.log(partition, of: clusters.source), copies = try await clusters.log(clusters.flow.target(of: partition), of: clusters.target)
        #expect(originals.map(\.record) == records)
        #expect(copies.map(\.record) == records && copies.map(\.offset) == originals.map(\.offset))
    }
}
