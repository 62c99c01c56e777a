import KafkaClient
import MirrorLoop
import OffsetTranslate
import Testing

/// Two embedded clusters with a topic and its copy, and mirrors between them.
struct EmbeddedPair {
    let west: EmbeddedCluster
    let east: EmbeddedCluster
    let source: LibrdkafkaCluster
    let target: LibrdkafkaCluster
    let flow: ReplicationFlow
    let tasks: Int

    init(policy: any ReplicationPolicy = DefaultReplicationPolicy(), partitions: Int = 2, tasks: Int = 1) throws {
        west = try EmbeddedCluster(name: "west", brokers: 2)
        east = try EmbeddedCluster(name: "east", brokers: 2)
        flow = ReplicationFlow(from: "west", to: "east", policy: policy, offsetSyncsLocation: .target)
        self.tasks = tasks
        for topic in [flow.offsetSyncsTopic, flow.checkpointsTopic, flow.heartbeatsTopic] { try east.createTopic(topic, partitions: 1) }
        try east.createTopic(flow.tasksTopic, partitions: tasks)
        source = try LibrdkafkaCluster(name: "west", properties: west.properties)
        target = try LibrdkafkaCluster(name: "east", properties: east.properties, consumer: Self.session)
        try createTopic("orders", partitions: partitions)
    }

    /// As short as the embedded brokers allow: they wait that long for whoever left a group without a word.
    static let session = ClientProperties(["session.timeout.ms": "3500", "heartbeat.interval.ms": "100"])

    /// On both sides: the embedded brokers take no request for it.
    func createTopic(_ topic: String, partitions: Int) throws {
        try east.createTopic(flow.target(of: TopicPartition(topic: topic, partition: 0)).topic, partitions: partitions)
        try west.createTopic(topic, partitions: partitions)
    }

    var configuration: MirrorConfiguration {
        var configuration = MirrorConfiguration(flow: flow)
        configuration.tasks = tasks
        configuration.checkpointInterval = .milliseconds(200)
        return configuration
    }

    func mirror(groups: [String] = [], heartbeats: Bool = true) throws -> Mirror {
        var configuration = configuration
        configuration.emitsHeartbeats = heartbeats
        configuration.namedGroups = groups
        return try Mirror(source: source, target: target, configuration: configuration)
    }

    func log(_ partition: TopicPartition, of cluster: LibrdkafkaCluster) async throws -> [ConsumedRecord] {
        guard let bounds = try await cluster.logBounds(of: [partition])[partition] else { return [] }
        return try await cluster.scan([LogRange(partition, bounds)], into: []) { $0.append($1.copy()) }
    }

    func copies(of partition: TopicPartition) async throws -> [ConsumedRecord] { try await log(flow.target(of: partition), of: target) }

    var syncs: TranslationMap {
        get async throws {
            try await InternalTopic<OffsetSync>(flow.offsetSyncsTopic, on: target).read(into: TranslationMap()) { $0.append($1) }.0
        }
    }

    /// The timestamp tells which record it is.
    static func record(_ number: Int) -> Record {
        Record(
            key: number % 3 == 0 ? nil : Array("k\(number % 5)".utf8), value: number % 7 == 0 ? nil : Array("value \(number)".utf8),
            headers: number % 2 == 0 ? [Header(name: "h", value: [UInt8(number & 255)]), Header(name: "n", value: nil)] : [],
            timestamp: 1_700_000_000_000 + Int64(number))
    }
}

/// Within 90 s, and not before 200 looks: on a busy machine tests that compute may let nobody look for a minute.
func eventually(_ what: Comment, _ condition: () async throws -> Bool) async throws {
    let deadline = ContinuousClock.now + .seconds(90)
    var looks = 0
    while try await !condition() {
        looks += 1
        try #require(ContinuousClock.now < deadline || looks < 200, what)
        try await Task.sleep(for: .milliseconds(50))
    }
}
