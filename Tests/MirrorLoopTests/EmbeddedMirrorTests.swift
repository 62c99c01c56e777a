import KafkaClient
import MirrorLoop
import OffsetTranslate
import Synchronization
import TestSupport
import Testing

/// Tier 3: the mirror between embedded brokers.
@Suite(.serialized) struct EmbeddedMirrorTests {
    @Test(arguments: [true, false])
    func everyFieldGoesOverAndPositionsTranslate(identity: Bool) async throws {
        let pair = try EmbeddedPair(policy: identity ? IdentityReplicationPolicy(sourceAlias: "west") : DefaultReplicationPolicy())
        let producer = try Producer(cluster: "west", properties: pair.west.properties)
        for number in 0..<300 { try producer.produce(EmbeddedPair.record(number), to: .init(topic: "orders", partition: Int32(number % 2))) { _ in } }
        #expect(await producer.flush(within: .seconds(60)))
        let partition = TopicPartition(topic: "orders", partition: 1)
        _ = try await pair.source.commit([partition: .init(offset: 77, metadata: "mine")], for: "g")

        let mirror = try pair.mirror(groups: ["g"])
        let running = Task { try await mirror.run() }
        try await eventually("a checkpoint of the group") {
            let (table, _) = try await InternalTopic<Checkpoint>(pair.flow.checkpointsTopic, on: pair.target)
                .read(into: CheckpointTable()) { $0.insert($1) }
            guard let checkpoint = table.groups["g"]?[pair.flow.target(of: partition)] else { return false }
            return checkpoint.entry.upstreamOffset == 77 && checkpoint.entry.downstreamOffset == 77
                && checkpoint.entry.metadata == "mine" && ExactCheckpointMarker.isPresent(checkpoint.marker)
                && mirror.status.checkpointLatencies[GroupPartition(group: "g", partition: pair.flow.target(of: partition))]?.count ?? 0 > 0
        }
        running.cancel()
        try await running.value

        for number in 0..<2 {
            let source = TopicPartition(topic: "orders", partition: Int32(number))
            let original = try await pair.log(source, of: pair.source), copy = try await pair.log(pair.flow.target(of: source), of: pair.target)
            #expect(original.count == 150 && original.map(\.record) == copy.map(\.record))
            // Read before it was acknowledged.
            let flow = try #require(mirror.status.flows[source])
            #expect(flow.age.count == 150 && flow.latency.count == 150 && 0 < flow.age.min)
            #expect(flow.age.sum <= flow.latency.sum && flow.age.max <= flow.latency.max)
        }
        let map = try await pair.syncs
        for wanted in Int64(0)...150 {
            let translation = map.translate(wanted, of: partition, target: .init(start: 0, end: 150))
            #expect(translation.position == wanted && translation.kind == .exact)
        }
        let (beats, _) = try await InternalTopic<Heartbeat>(pair.flow.heartbeatsTopic, on: pair.target).read(into: 0) { count, _ in count += 1 }
        #expect(beats > 0)
    }

    /// Killed again and again under load, with somebody else writing into the target: nothing lost, nothing twice, in order.
    @Test func killedMirrorsNeitherLoseNorDouble() async throws {
        let pair = try EmbeddedPair()
        let producer = try Producer(cluster: "west", properties: pair.west.properties)
        let foreign = try Producer(cluster: "east", properties: pair.east.properties)
        let partitions = (0..<2).map { TopicPartition(topic: "orders", partition: Int32($0)) }
        var produced = 0
        var random = SeededGenerator(seed: 42)
        for life in 0..<6 {
            let mirror = try pair.mirror()
            let running = Task { try await mirror.run() }
            if life % 3 > 0 { try await eventually("the tasks") { !mirror.status.positions.isEmpty } }
            for _ in 0..<Int.random(in: 100...600, using: &random) {
                try producer.produce(EmbeddedPair.record(produced), to: partitions[produced % 2]) { _ in }
                produced += 1
            }
            _ = try await foreign.send(Record(value: Array("foreign".utf8)), to: pair.flow.target(of: partitions[0]))
            try await Task.sleep(for: .milliseconds(Int.random(in: 0...400, using: &random)))
            mirror.abandon()
            running.cancel()
            _ = try? await running.value
        }
        #expect(await producer.flush(within: .seconds(60)))
        let mirror = try pair.mirror()
        let running = Task { try await mirror.run() }
        var ends: [TopicPartition: LogBounds] = [:]
        ends = try await pair.source.logBounds(of: partitions)
        try await eventually("the mirror to catch up") {
            let positions = mirror.status.positions
            return partitions.allSatisfy { positions[$0] == ends[$0]?.end }
        }
        running.cancel()
        try await running.value

        let map = try await pair.syncs
        for partition in partitions {
            let original = try await pair.log(partition, of: pair.source)
            let copies = try await pair.log(pair.flow.target(of: partition), of: pair.target)
            let mirrored = copies.filter { $0.record.value != Array("foreign".utf8) }
            // The timestamp tells which record it is.
            #expect(mirrored.map(\.record.timestamp) == original.map(\.record.timestamp))
            #expect(mirrored.count > 700 && zip(mirrored, original).allSatisfy { $0.record == $1.record })
            // And the syncs of all those lives make one exact history.
            let bounds = LogBounds(start: 0, end: copies[copies.count - 1].offset + 1)
            let wrong = zip(original, mirrored).filter { record, copy in
                let translation = map.translate(record.offset, of: partition, target: bounds)
                guard let position = translation.position, position <= copy.offset, translation.kind == .exact else { return true }
                return mirrored.contains { $0.offset >= position && $0.offset < copy.offset }
            }
            #expect(wrong.isEmpty)
        }
    }

    @Test func troubleOnTheWayDelaysAndLosesNothing() async throws {
        let pair = try EmbeddedPair()
        let producer = try Producer(cluster: "west", properties: pair.west.properties)
        let partition = TopicPartition(topic: "orders", partition: 0)
        let mirror = try pair.mirror()
        let running = Task { try await mirror.run() }
        pair.east.fail(next: .produce, with: [.notEnoughReplicas, .requestTimedOut, .notLeader, .notEnoughReplicas])
        pair.west.fail(next: .fetch, with: [.notLeader, .requestTimedOut])
        for number in 0..<500 { try producer.produce(EmbeddedPair.record(number), to: partition) { _ in } }
        #expect(await producer.flush(within: .seconds(60)))
        pair.east.setLeader(of: pair.flow.target(of: partition), to: 2)
        pair.east.goDown(broker: 1)
        for number in 500..<1000 { try producer.produce(EmbeddedPair.record(number), to: partition) { _ in } }
        #expect(await producer.flush(within: .seconds(60)))
        try await Task.sleep(for: .milliseconds(500))
        pair.east.comeUp(broker: 1)
        try await eventually("the mirror to catch up") { mirror.status.positions[partition] == 1000 }
        running.cancel()
        try await running.value
        let original = try await pair.log(partition, of: pair.source), copy = try await pair.log(pair.flow.target(of: partition), of: pair.target)
        #expect(copy.map(\.record) == original.map(\.record))
    }

    /// A topic that is deleted while it is looked at, say.
    @Test func aLookAtTheSourceThatFailsEndsNothing() async throws {
        let pair = try EmbeddedPair(partitions: 1)
        let producer = try Producer(cluster: "west", properties: pair.west.properties)
        let partition = TopicPartition(topic: "orders", partition: 0)
        for number in 0..<10 { _ = try await producer.send(EmbeddedPair.record(number), to: partition) }
        var configuration = pair.configuration
        (configuration.emitsCheckpoints, configuration.emitsHeartbeats) = (false, false)
        configuration.sourceWatchInterval = .milliseconds(100)
        let warnings = Mutex<[String]>([])
        let mirror = try Mirror(source: pair.source, target: pair.target, configuration: configuration) { event in
            if case .warning(let text) = event { warnings.withLock { $0.append(text) } }
        }
        let running = Task { try await mirror.run() }
        try await eventually("the mirror to catch up") { mirror.status.positions[partition] == 10 }
        pair.west.fail(next: .listOffsets, with: Array(repeating: .topicAuthorizationFailed, count: 6))
        try await eventually("it to be said") { warnings.withLock { $0.contains { $0.contains("source topics not looked after") } } }
        for number in 10..<20 { _ = try await producer.send(EmbeddedPair.record(number), to: partition) }
        try await eventually("the mirror to go on") { mirror.status.positions[partition] == 20 }
        running.cancel()
        try await running.value
        // Once, though it failed several times.
        #expect(warnings.withLock { $0.count { $0.contains("source topics not looked after") } } == 1)
    }

    @Test func aTargetThatContradictsTheSyncsIsRefused() async throws {
        let pair = try EmbeddedPair(partitions: 1)
        let producer = try Producer(cluster: "west", properties: pair.west.properties)
        let partition = TopicPartition(topic: "orders", partition: 0)
        for number in 0..<10 { _ = try await producer.send(EmbeddedPair.record(number), to: partition) }
        // A sync that promises more than the target holds.
        let control = try Producer(cluster: "east", properties: pair.east.properties)
        let sync = OffsetSync(topicPartition: partition, upstreamOffset: 5, downstreamOffset: 50)
        _ = try await control.send(
            Record(key: sync.encodedKey(), value: sync.encodedValue()), to: .init(topic: pair.flow.offsetSyncsTopic, partition: 0))
        await #expect(throws: MirrorError.self) { try await pair.mirror().run() }
        #expect(try await pair.log(pair.flow.target(of: partition), of: pair.target).isEmpty)
    }

    /// With its syncs on its source, the opposite flow keeps them in the topic of the same name.
    @Test func theOppositeFlowsSyncsAreNotMixedWithOurs() async throws {
        let pair = try EmbeddedPair(partitions: 1)
        let opposite = ReplicationFlow(from: "east", to: "west", policy: DefaultReplicationPolicy(), offsetSyncsLocation: .source)
        #expect(opposite.offsetSyncsTopic == pair.flow.offsetSyncsTopic)
        try pair.east.createTopic("orders", partitions: 1)
        for topic in ["east.orders", opposite.checkpointsTopic, opposite.heartbeatsTopic, opposite.tasksTopic] { try pair.west.createTopic(topic, partitions: 1) }
        let orders = TopicPartition(topic: "orders", partition: 0)
        for (name, cluster) in [("west", pair.west), ("east", pair.east)] {
            let producer = try Producer(cluster: name, properties: cluster.properties)
            for number in 0..<10 { _ = try await producer.send(Record(value: Array("\(name) \(number)".utf8), timestamp: 1), to: orders) }
        }
        let configuration = MirrorConfiguration(flow: opposite, includesTopic: { $0 == "orders" })
        let other = try Mirror(source: pair.target, target: pair.source, configuration: configuration)
        let running = Task { try await other.run() }
        try await eventually("the opposite mirror to be there") { other.status.positions[orders] == 10 }
        running.cancel()
        try await running.value

        let before = try await pair.syncs.partitions
        #expect(before == [orders])
        do {
            try await pair.mirror().run()
            Issue.record("two flows keep their syncs in one topic")
        } catch let error as MirrorError {
            #expect("\(error)".contains("holds the offset syncs of the opposite flow, east->west (of its orders-0, for one)"), "\(error)")
            #expect("\(error)".contains("offset-syncs.topic.location=source"))
        }
        #expect(try await pair.syncs.partitions == before)
        #expect(try await pair.log(pair.flow.target(of: orders), of: pair.target).isEmpty)
    }
}
