import KafkaClient
import MirrorLoop
import OffsetTranslate
import Testing

/// Tier 3: taking over from a stock mirror that kept its offset syncs on the source.
@Suite(.serialized) struct EmbeddedStockSyncsTests {
    private let orders = TopicPartition(topic: "orders", partition: 0)

    /// The copy has lost its first 50 records, and nothing of what comes behind them is copied again.
    @Test(arguments: [true, false])
    func aCopyWithoutItsBeginningIsGoneOnWith(syncHolds: Bool) async throws {
        let pair = try EmbeddedPair(partitions: 1)
        let stock = ReplicationFlow(from: "west", to: "east", policy: DefaultReplicationPolicy(), offsetSyncsLocation: .source)
        try pair.west.createTopic(stock.offsetSyncsTopic, partitions: 1)
        let west = try Producer(cluster: "west", properties: pair.west.properties)
        let east = try Producer(cluster: "east", properties: pair.east.properties)
        for number in 0..<200 { try west.produce(EmbeddedPair.record(number), to: orders) { _ in } }
        for number in 50..<150 { try east.produce(EmbeddedPair.record(number), to: pair.flow.target(of: orders)) { _ in } }
        let sync = OffsetSync(topicPartition: orders, upstreamOffset: 120, downstreamOffset: syncHolds ? 70 : 71)
        _ = try await west.send(
            Record(key: sync.encodedKey(), value: sync.encodedValue()), to: .init(topic: stock.offsetSyncsTopic, partition: 0))
        for producer in [west, east] { #expect(await producer.flush(within: .seconds(60))) }

        let mirror = try pair.mirror()
        let running = Task { try await mirror.run() }
        try await eventually("the mirror to catch up") { mirror.status.positions[orders] == 200 }
        running.cancel()
        try await running.value
        let originals = try await pair.log(orders, of: pair.source).map(\.record)
        // A sync that is wrong is not believed: nothing may be left out for it.
        #expect(try await pair.copies(of: orders).map(\.record) == Array(originals[50..<150] + originals[(syncHolds ? 150 : 0)...]))
        let last = try await pair.syncs.translate(180, of: orders, target: .init(start: 0, end: syncHolds ? 150 : 300))
        #expect(last.kind == .exact && last.position == (syncHolds ? 130 : 280))
    }
}
