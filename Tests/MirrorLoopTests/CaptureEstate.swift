import KafkaClient
import MirrorLoop
import OffsetTranslate
import Synchronization
import Testing

/// Two embedded clusters, and a mirror between them that keeps its offset syncs on the source: played by hand.
struct CaptureEstate {
    let west: EmbeddedCluster
    let east: EmbeddedCluster
    let source: LibrdkafkaCluster
    let target: LibrdkafkaCluster
    let flow = ReplicationFlow(from: "west", to: "east", policy: IdentityReplicationPolicy(sourceAlias: "west"))
    let original = TopicPartition(topic: "mm2-offset-syncs.east.internal", partition: 0)
    let copy = TopicPartition(topic: "mm2-offset-syncs.west.internal", partition: 0)
    let orders = TopicPartition(topic: "orders", partition: 0)
    private let toSource: Producer
    private let toTarget: Producer

    /// - Parameters:
    ///   - east: The target of another estate, whose source is lost or was made anew.
    ///   - hasCaptured: The topic for positions is there. Embedded clusters have no controller that would create it.
    init(east other: EmbeddedCluster? = nil, hasCaptured: Bool = true) throws {
        west = try EmbeddedCluster(name: "west")
        east = try other ?? EmbeddedCluster(name: "east")
        for topic in [original.topic, "orders"] { try west.createTopic(topic, partitions: 1) }
        for topic in [copy.topic, "orders"] + (hasCaptured ? [flow.capturedTopic] : []) { try east.createTopic(topic, partitions: 1) }
        source = try LibrdkafkaCluster(name: "west", properties: west.properties, timeout: .seconds(3))
        target = try LibrdkafkaCluster(name: "east", properties: east.properties, timeout: .seconds(3))
        toSource = try Producer(cluster: "west", properties: west.properties)
        toTarget = try Producer(cluster: "east", properties: east.properties)
    }

    func capture(_ groups: String..., events: Events = Events()) throws -> Capture {
        var configuration = CaptureConfiguration(flow: flow)
        configuration.namedGroups = groups
        configuration.interval = .milliseconds(20)
        return try Capture(source: source, target: target, configuration: configuration) { events.append("\($0)") }
    }

    static func sync(_ upstream: Int64, _ downstream: Int64, after previous: (Int64, Int64)? = nil, time: Int64 = 0) throws -> Record {
        let sync = OffsetSync(
            topicPartition: .init(topic: "orders", partition: 0), upstreamOffset: upstream, downstreamOffset: downstream)
        let marker = StrictMarker(previous: previous.map { .init(upstreamOffset: $0.0, downstreamOffset: $0.1) })
        return Record(
            key: try sync.encodedKey(), value: sync.encodedValue(),
            headers: previous == nil ? [] : [Header(name: StrictMarker.headerName, value: marker.encoded())],
            timestamp: 1_700_000_000_000 + time)
    }

    func writeOnSource(_ records: [Record], to partition: TopicPartition? = nil) async throws {
        for record in records { try toSource.produce(record, to: partition ?? original) { _ in } }
        try #require(await toSource.flush(within: .seconds(60)))
    }

    func writeOnTarget(_ records: [Record], to partition: TopicPartition? = nil) async throws {
        for record in records { try toTarget.produce(record, to: partition ?? copy) { _ in } }
        try #require(await toTarget.flush(within: .seconds(60)))
    }

    func log(_ partition: TopicPartition, of cluster: LibrdkafkaCluster) async throws -> [ConsumedRecord] {
        guard let bounds = try await cluster.logBounds(of: [partition])[partition] else { return [] }
        return try await cluster.scan([LogRange(partition, bounds)], into: []) { $0.append($1.copy()) }
    }

    /// What was captured has to be, record by record.
    func expectFaithfulCopy() async throws {
        let originals = try await log(original, of: source)
        let wanted = originals.map { found in
            var record = found.record
            record.headers.append(
                Header(name: CapturedMarker.headerName, value: CapturedMarker(sourceOffset: found.offset).encoded()))
            return record
        }
        let copies = try await log(copy, of: target).map(\.record)
        #expect(copies.count == wanted.count)
        let difference = zip(copies, wanted).enumerated().first { $0.element.0 != $0.element.1 }
        #expect(difference == nil)
    }

    var positions: [Located<Checkpoint>] {
        get async throws {
            try await InternalTopic<Checkpoint>(flow.capturedTopic, on: target).read(into: []) { $0.append($1) }.0
        }
    }

    func eventually(_ what: Comment, _ condition: () async throws -> Bool) async throws {
        let deadline = ContinuousClock.now + .seconds(90)
        while try await !condition() {
            try #require(ContinuousClock.now < deadline, what)
            try await Task.sleep(for: .milliseconds(30))
        }
    }

    /// What a capture said.
    final class Events: Sendable {
        private let said = Mutex<[String]>([])
        func append(_ text: String) { said.withLock { $0.append(text) } }
        func count(_ part: String) -> Int { said.withLock { $0.count { $0.contains(part) } } }
    }
}
