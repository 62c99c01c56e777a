import KafkaClient
import OffsetTranslate
import Synchronization
import Testing

@testable import MirrorLoop

/// Tier 3: records that the target does not take, and partitions that don't get on.
@Suite struct EmbeddedRefusalTests {
    /// What a mirror says.
    private final class Told: Sendable {
        private let events = Mutex<[MirrorEvent]>([])
        func note(_ event: MirrorEvent) { events.withLock { $0.append(event) } }
        var all: [MirrorEvent] { events.withLock { $0 } }

        var refused: [TopicPartition: Int64] {
            all.reduce(into: [:]) { if case .partitionHalted(let partition, .refused(let offset, _)) = $1 { $0[partition] = offset } }
        }
        var leftOut: [TopicPartition: Int64] {
            all.reduce(into: [:]) { if case .recordLeftOut(let partition, let offset, _) = $1 { $0[partition] = offset } }
        }
        var hasLostTasks: Bool { all.contains { if case .tasksRevoked(isLost: true) = $0 { true } else { false } } }
        var timesBegunAgain: Int { all.reduce(0) { if case .startingAgain = $1 { $0 + 1 } else { $0 } } }
    }

    private func run(_ pair: EmbeddedPair, target: LibrdkafkaCluster? = nil, _ told: Told, _ change: (inout MirrorConfiguration) -> Void = { _ in }) throws -> (mirror: Mirror, running: Task<Void, any Error>) {
        var configuration = pair.configuration
        configuration.emitsHeartbeats = false
        configuration.emitsCheckpoints = false
        configuration.refreshTopicsInterval = .milliseconds(300)
        change(&configuration)
        let mirror = try Mirror(source: pair.source, target: target ?? pair.target, configuration: configuration) { told.note($0) }
        return (mirror, Task { try await mirror.run() })
    }

    private let first = TopicPartition(topic: "orders", partition: 0), second = TopicPartition(topic: "orders", partition: 1)

    @Test func aRecordThatIsTooLargeStopsItsPartitionOrIsLeftOut() async throws {
        let pair = try EmbeddedPair()
        let small = try LibrdkafkaCluster(
            name: "east", properties: pair.east.properties, consumer: EmbeddedPair.session,
            producer: ClientProperties(["message.max.bytes": "2000"]))
        let producer = try Producer(cluster: "west", properties: pair.west.properties)
        for number in 0..<40 {
            var record = EmbeddedPair.record(number)
            if number == 20 { record.value = Array(repeating: 7, count: 5000) }
            _ = try await producer.send(record, to: number % 2 == 0 ? first : second)
        }
        // Stopped there, and the other partition goes on.
        var told = Told()
        var (mirror, running) = try run(pair, target: small, told)
        try await eventually("the refusal") { told.refused == [first: 10] }
        try await eventually("the other partition") { try await pair.copies(of: second).count == 20 }
        #expect(try await pair.copies(of: first).count == 10)
        running.cancel()
        try await running.value

        // Left out, as the operator says, and that is on record.
        told = Told()
        (mirror, running) = try run(pair, target: small, told) { $0.refusedRecords = .skip }
        try await eventually("the rest") { try await pair.copies(of: first).count == 19 }
        #expect(told.leftOut == [first: 10] && told.refused.isEmpty)
        // As a kill would: nothing is written any more.
        mirror.abandon()
        _ = try? await running.value
        #expect(try await FlowNoteLog(flow: pair.flow, target: pair.target).read().leftOut == [first: [10]])

        // Who comes after knows: nothing is looked for that is not there, and nothing copied twice.
        told = Told()
        (mirror, running) = try run(pair, target: small, told)
        try await eventually("the place") { mirror.status.positions[first] == 20 && mirror.status.positions[second] == 20 }
        running.cancel()
        try await running.value
        let originals = try await pair.log(first, of: pair.source).filter { $0.offset != 10 }.map(\.record)
        #expect(try await pair.copies(of: first).map(\.record) == originals)
        #expect(told.refused.isEmpty && told.leftOut.isEmpty)
    }

    /// Nothing behind a refused batch goes over, and whatever of it is taken the next time is there once.
    @Test func aRefusedBatchIsTakenApart() async throws {
        let pair = try EmbeddedPair(partitions: 1)
        let producer = try Producer(cluster: "west", properties: pair.west.properties)
        for number in 0..<50 { try producer.produce(EmbeddedPair.record(number), to: first) { _ in } }
        #expect(await producer.flush(within: .seconds(60)))
        let told = Told()
        let (mirror, running) = try run(pair, told)
        try await eventually("the first records to be over") { mirror.status.positions[first] == 50 }
        // The refusal is for records: their offset sync, which would end the mirror by it, must not be on its way any more.
        try await eventually("their sync") { try await pair.syncs[first] != nil }
        pair.east.fail(next: .produce, with: [.invalidRecord])
        for number in 50..<3000 { try producer.produce(EmbeddedPair.record(number), to: first) { _ in } }
        #expect(await producer.flush(within: .seconds(60)))
        try await eventually("the mirror to catch up") { mirror.status.positions[first] == 3000 }
        running.cancel()
        try await running.value
        #expect(told.timesBegunAgain == 1)
        #expect(try await pair.copies(of: first).map(\.record) == pair.log(first, of: pair.source).map(\.record))
    }

    /// A partition whose target stands still takes no room from the others, and goes on where it was.
    @Test func aStuckPartitionDoesNotStallTheOthers() async throws {
        let pair = try EmbeddedPair()
        let copies = [first, second].map(pair.flow.target(of:))
        pair.east.setLeader(of: copies[0], to: 1)
        pair.east.setLeader(of: copies[1], to: 2)
        for topic in [pair.flow.offsetSyncsTopic, pair.flow.tasksTopic] { pair.east.setLeader(of: TopicPartition(topic: topic, partition: 0), to: 2) }
        pair.east.setCoordinator(ofGroup: pair.flow.mirrorGroup, to: 2)
        let told = Told()
        let (mirror, running) = try run(pair, told) {
            $0.limits.records = 1000
            $0.limits.fetched = 1000
            $0.limits.patience = .milliseconds(300)
        }
        try await eventually("its start") { mirror.status.positions.count == 2 }
        pair.east.goDown(broker: 1)
        let producer = try Producer(cluster: "west", properties: pair.west.properties)
        for number in 0..<12_000 { try producer.produce(EmbeddedPair.record(number), to: number % 2 == 0 ? first : second) { _ in } }
        #expect(await producer.flush(within: .seconds(60)))
        try await eventually("the other partition") { mirror.status.positions[second] == 6000 }
        #expect(mirror.status.positions[first] ?? 0 < 6000)
        pair.east.comeUp(broker: 1)
        try await eventually("the one that stood still") { mirror.status.positions[first] == 6000 }
        running.cancel()
        try await running.value
        for partition in [first, second] {
            #expect(try await pair.copies(of: partition).map(\.record) == pair.log(partition, of: pair.source).map(\.record))
        }
    }

    /// It stops when it is told to, says that not all got over, and whoever goes on loses nothing: also where it has been away for so
    /// long that the mirror's tasks are not its own any more.
    @Test(.timeLimit(.minutes(5)), arguments: [false, true])
    func aTargetThatIsAwayDoesNotKeepAMirrorFromStopping(untilTheTasksAreLost: Bool) async throws {
        let pair = try EmbeddedPair(partitions: 1)
        let target = try LibrdkafkaCluster(name: "east", properties: pair.east.properties, consumer: EmbeddedPair.session, timeout: .seconds(2))
        let told = Told()
        let (mirror, running) = try run(pair, target: target, told) {
            $0.emitsHeartbeats = true
            $0.heartbeatInterval = .milliseconds(100)
        }
        let producer = try Producer(cluster: "west", properties: pair.west.properties)
        func produce(_ numbers: Range<Int>) async throws {
            for number in numbers { _ = try await producer.send(EmbeddedPair.record(number), to: first) }
        }
        // The last of these has no sync until the mirror drains: there is something to be said, however far it reads of the others.
        try await produce(0..<20)
        try await eventually("the first records to be over") { mirror.status.positions[first] == 20 }
        pair.east.goDown()
        try await produce(20..<40)
        // A heartbeat is on its way, and so are records.
        try await Task.sleep(for: .milliseconds(500))
        // On a slow machine they may be lost without waiting for it.
        if untilTheTasksAreLost { try await eventually("the tasks to be lost") { told.hasLostTasks } }
        let begun = ContinuousClock.now
        running.cancel()
        await #expect(throws: MirrorError.self) { try await running.value }
        #expect(ContinuousClock.now - begun < .seconds(60))

        pair.east.comeUp()
        let (next, again) = try run(pair, Told())
        try await eventually("the rest") { next.status.positions[first] == 40 }
        again.cancel()
        try await again.value
        #expect(try await pair.copies(of: first).map(\.record) == pair.log(first, of: pair.source).map(\.record))
    }

    /// Two mirrors in opposite directions under the identity policy: each record crosses once.
    @Test func withProvenanceNothingGoesBackWhereItCameFrom() async throws {
        let pair = try EmbeddedPair(policy: IdentityReplicationPolicy(sourceAlias: "west"), partitions: 1)
        let opposite = ReplicationFlow(from: "east", to: "west", policy: IdentityReplicationPolicy(sourceAlias: "east"), offsetSyncsLocation: .target)
        for topic in [opposite.offsetSyncsTopic, opposite.tasksTopic] { try pair.west.createTopic(topic, partitions: 1) }
        let west = try Producer(cluster: "west", properties: pair.west.properties), east = try Producer(cluster: "east", properties: pair.east.properties)
        for number in 0..<50 {
            _ = try await west.send(Record(value: Array("west \(number)".utf8), timestamp: 1), to: first)
            _ = try await east.send(Record(value: Array("east \(number)".utf8), timestamp: 1), to: first)
        }
        let told = Told()
        let (there, going) = try run(pair, told) { $0.marksProvenance = true }
        var configuration = MirrorConfiguration(flow: opposite, includesTopic: { $0 == "orders" })
        (configuration.emitsHeartbeats, configuration.emitsCheckpoints, configuration.marksProvenance) = (false, false, true)
        let home = try LibrdkafkaCluster(name: "west", properties: pair.west.properties, consumer: EmbeddedPair.session)
        let back = try Mirror(source: pair.target, target: home, configuration: configuration)
        let coming = Task { try await back.run() }
        func values(_ cluster: LibrdkafkaCluster) async throws -> [String] {
            try await pair.log(first, of: cluster).map { String(decoding: $0.record.value ?? [], as: UTF8.self) }
        }
        try await eventually("both to have all") {
            let (here, there) = (try await values(pair.source).count, try await values(pair.target).count)
            return here >= 100 && there >= 100
        }
        try await eventually("both at the end") { there.status.positions[first] == 100 && back.status.positions[first] == 100 }
        try await Task.sleep(for: .milliseconds(500))
        for task in [going, coming] { task.cancel() }
        try await going.value
        try await coming.value
        let all = ((0..<50).map { "west \($0)" } + (0..<50).map { "east \($0)" }).sorted()
        #expect(try await values(pair.source).sorted() == all)
        #expect(try await values(pair.target).sorted() == all)
        #expect(there.status.flows[first]?.passedOver == 50 && back.status.flows[first]?.passedOver == 50)
    }
}
