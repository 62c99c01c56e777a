import KafkaClient
import OffsetTranslate
import Testing

/// Tier 1: the look-up without evidence; that it agrees with translations is a property of random histories.
@Suite struct OffsetBoundsTests {
    private let orders = TopicPartition(topic: "orders", partition: 0), target = LogBounds(start: 0, end: 200)

    private var map: TranslationMap {
        var map = TranslationMap()
        for (upstream, downstream): (Int64, Int64) in [(100, 40), (200, 90)] {
            map.append(OffsetSync(topicPartition: orders, upstreamOffset: upstream, downstreamOffset: downstream))
        }
        return map
    }

    @Test func ofOnePartition() {
        #expect(map.bounds(of: 150, of: orders) == OffsetBounds(low: 41, high: 90))
        #expect(map.bounds(of: 200, of: orders)?.isExact == true)
        #expect(map.bounds(of: 201, of: orders) == OffsetBounds(low: 91, high: nil))
        #expect(map.bounds(of: 201, of: orders, target: target) == OffsetBounds(low: 91, high: 200))
        #expect(map.bounds(of: 50, of: orders) == nil)
        #expect(map.bounds(of: 50, of: TopicPartition(topic: "orders", partition: 1)) == nil)
        #expect(map.bounds(of: .min, of: orders, target: target) == OffsetBounds(low: 0, high: 40))
    }

    @Test func ofManyOffsets() throws {
        let history = try #require(map[orders]), offsets: [Int64] = [.max, 50, 201, 150, 100, -1]
        for assumption in Assumption.allCases {
            #expect(history.bounds(of: offsets, assuming: assumption, target: target)
                == offsets.map { history.bounds(of: $0, assuming: assumption, target: target) })
        }
        #expect(history.bounds(of: []).isEmpty)
    }
}
