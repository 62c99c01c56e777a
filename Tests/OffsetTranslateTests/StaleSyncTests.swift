import KafkaClient
import OffsetTranslate
import Testing

/// Tier 1: which answers rest on a sync that nothing came after.
@Suite struct StaleSyncTests {
    private let quiet = TopicPartition(topic: "quiet", partition: 0), busy = TopicPartition(topic: "busy", partition: 0)
    private let hour: Int64 = 3_600_000

    /// The quiet partition's sync at 1,000 was written so long before the busy one's.
    private func map(_ age: Int64) -> TranslationMap {
        var map = TranslationMap()
        map.append(OffsetSync(topicPartition: quiet, upstreamOffset: 1000, downstreamOffset: 1000), timestamp: 5)
        map.append(OffsetSync(topicPartition: busy, upstreamOffset: 7, downstreamOffset: 7), timestamp: 5 + age)
        return map
    }

    private func warnings(_ offset: Int64, _ map: TranslationMap) -> [Translation.Warning] {
        let question = TranslationQuestion(source: quiet, target: quiet, upstreamOffset: offset, bounds: LogBounds(start: 0, end: 2000))
        return SyncStrategy(map: map).translate([question]).flatMap(\.warnings)
    }

    @Test func farAheadOfAnOldSync() {
        #expect(warnings(1500, map(hour)) == [.aheadOfLastSync(by: 500), .staleSync(olderBy: hour)])
        #expect("\(Translation.Warning.staleSync(olderBy: hour))".contains("60 minutes older"))
    }

    @Test func nearAYoungOneOrBelowItThereIsNothingToSay() {
        // MM2 writes no sync for the next hundred records, however long they take to come.
        #expect(warnings(1100, map(hour)) == [.aheadOfLastSync(by: 100)])
        #expect(warnings(1500, map(600_000)) == [.aheadOfLastSync(by: 500)])
        #expect(warnings(1000, map(hour)).isEmpty)
        // The newest of all is not older than itself.
        #expect(warnings(1500, map(-hour)) == [.aheadOfLastSync(by: 500)])
    }

    @Test func timesThatCannotBe() {
        var map = TranslationMap()
        #expect(map.newestTimestamp == nil)
        map.append(OffsetSync(topicPartition: quiet, upstreamOffset: 1000, downstreamOffset: 1000), timestamp: .min)
        #expect(map.newestTimestamp == nil)
        map.append(OffsetSync(topicPartition: busy, upstreamOffset: 7, downstreamOffset: 7), timestamp: .max)
        #expect(map.newestTimestamp == .max)
        #expect(warnings(1500, map) == [.aheadOfLastSync(by: 500)])
        #expect(warnings(1500, self.map(.max - 5)).last == .staleSync(olderBy: .max - 5))
    }
}
