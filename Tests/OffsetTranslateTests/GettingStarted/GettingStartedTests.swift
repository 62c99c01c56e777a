import Foundation
import OffsetTranslate
import Testing

/// The article's program, as it stands there, over real sockets.
@Suite(.serialized) struct GettingStartedTests {
    private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()

    @Test func theArticleHasTheProgram() throws {
        let article = Self.folder.appendingPathComponent("../../../Sources/OffsetTranslate/OffsetTranslate.docc/GettingStarted.md")
        let program = try String(contentsOf: Self.folder.appendingPathComponent("TranslatedPositions.swift"), encoding: .utf8)
        #expect(try String(contentsOf: article, encoding: .utf8).contains("```swift\n\(program)```"))
    }

    @Test func theProgramDoesWhatTheArticleSays() async throws {
        let west = try EmbeddedCluster(name: "west"), east = try EmbeddedCluster(name: "east")
        let orders = (0..<2).map { TopicPartition(topic: "orders", partition: $0) }
        let copies = (0..<2).map { TopicPartition(topic: "west.orders", partition: $0) }
        let topic = TopicPartition(topic: "mm2-offset-syncs.west.internal", partition: 0)
        try west.createTopic("orders", partitions: 2)
        for (name, partitions) in [("west.orders", 2), (topic.topic, 1)] { try east.createTopic(name, partitions: partitions) }
        // Three records of somebody else, and 100 copies behind them.
        let producer = try Producer(cluster: "east", properties: east.properties)
        for copy in copies {
            for number in 0..<103 { try producer.produce(Record(value: Array("\(number)".utf8)), to: copy) { _ in } }
        }
        for partition in orders {
            for upstream in [0, 60] as [Int64] {
                let sync = OffsetSync(topicPartition: partition, upstreamOffset: upstream, downstreamOffset: upstream + 3)
                try producer.produce(Record(key: try sync.encodedKey(), value: sync.encodedValue()), to: topic) { _ in }
            }
        }
        #expect(await producer.flush(within: .seconds(60)))
        let source = try LibrdkafkaCluster(name: "west", properties: west.properties)
        let refused = try await source.commit([orders[0]: CommittedOffset(offset: 60), orders[1]: CommittedOffset(offset: 30)], for: "billing")
        #expect(refused.isEmpty)

        let positions = try await translatedPositions(of: "billing", west: west.bootstrapServers, east: east.bootstrapServers)
        #expect(Set(positions.keys) == Set(copies))
        let exact = try #require(positions[copies[0]]), bounded = try #require(positions[copies[1]])
        #expect(exact.kind == .exact && exact.position == 63 && exact.maxReplay == 0)
        #expect(bounded.kind == .bounded && bounded.position == 4 && bounded.high == 63 && bounded.maxReplay == 59)
    }
}
