import KafkaClient
import MirrorLoop
import OffsetTranslate
import Synchronization
import Testing

/// Tier 3: topics that come while the mirror runs, and partitions that can't be read for a while.
@Suite(.serialized) struct EmbeddedTopicsTests {
    private func mirroring(_ pair: EmbeddedPair, _ body: (Mirror, Events) async throws -> Void) async throws {
        let events = Events()
        var configuration = pair.configuration
        configuration.refreshTopicsInterval = .milliseconds(300)
        let mirror = try Mirror(source: pair.source, target: pair.target, configuration: configuration) { events.note($0) }
        let running = Task { try await mirror.run() }
        do {
            try await body(mirror, events)
        } catch {
            running.cancel()
            _ = try? await running.value
            Issue.record("\(events.all)")
            throw error
        }
        running.cancel()
        try await running.value
    }

    @Test func newTopicsAppear() async throws {
        let pair = try EmbeddedPair(partitions: 1)
        let producer = try Producer(cluster: "west", properties: pair.west.properties)
        try await mirroring(pair) { mirror, events in
            try await eventually("the mirror to run") { events.all.contains { $0.hasPrefix("mirroring orders-0") } }
            try pair.createTopic("returns", partitions: 2)
            let fresh = (0..<2).map { TopicPartition(topic: "returns", partition: Int32($0)) }
            for number in 0..<100 { try producer.produce(EmbeddedPair.record(number), to: fresh[number % 2]) { _ in } }
            #expect(await producer.flush(within: .seconds(60)))
            try await eventually("the new topic to be mirrored") { fresh.allSatisfy { mirror.status.positions[$0] == 50 } }
            for partition in fresh {
                #expect(try await pair.copies(of: partition).map(\.record) == pair.log(partition, of: pair.source).map(\.record))
            }
        }
    }

    /// What can't be read is given up at once, and begun with again at the next refresh, where the logs say; the others go on meanwhile.
    @Test(arguments: [KafkaError.Code.topicAuthorizationFailed, .offsetOutOfRange])
    func partitionsThatWereGivenUpAreTriedAgain(code: KafkaError.Code) async throws {
        let pair = try EmbeddedPair(partitions: 1)
        let producer = try Producer(cluster: "west", properties: pair.west.properties)
        let orders = TopicPartition(topic: "orders", partition: 0)
        try await mirroring(pair) { mirror, events in
            for number in 0..<200 { try producer.produce(EmbeddedPair.record(number), to: orders) { _ in } }
            try await eventually("the first records") { mirror.status.positions[orders] == 200 }
            pair.west.fail(next: .fetch, with: [code])
            try await eventually("it to be given up") { events.all.contains { $0.hasPrefix("ERROR: orders-0 is not mirrored on") } }
            for number in 200..<400 { try producer.produce(EmbeddedPair.record(number), to: orders) { _ in } }
            #expect(await producer.flush(within: .seconds(60)))
            try await eventually("it to be begun with again") { mirror.status.positions[orders] == 400 }
            #expect(events.all.filter { $0.hasPrefix("mirroring orders-0") }.count == 2)
            #expect(mirror.status.records == 400)
        }
        #expect(try await pair.copies(of: orders).map(\.record) == pair.log(orders, of: pair.source).map(\.record))
    }
}

/// What a mirror has said.
final class Events: Sendable {
    private let texts = Mutex<[String]>([])

    func note(_ event: MirrorEvent) { texts.withLock { $0.append("\(event)") } }
    var all: [String] { texts.withLock { $0 } }
    func contain(_ text: String) -> Bool { all.contains { $0.contains(text) } }
}
