import KafkaClient
import OffsetTranslate
import Testing

@Suite struct SyncStatisticsTests {
    private let orders = TopicPartition(topic: "orders", partition: 1)

    /// Each a second after the one before.
    private func statistics(_ pairs: [(Int64, Int64)], strict: Set<Int> = []) throws -> SyncStatistics.Partition {
        var statistics = SyncStatistics()
        for (index, pair) in pairs.enumerated() {
            statistics.insert(
                Located(
                    entry: OffsetSync(topicPartition: orders, upstreamOffset: pair.0, downstreamOffset: pair.1), offset: Int64(index),
                    timestamp: Int64(index) * 1000, marker: strict.contains(index) ? StrictMarker(previous: nil).encoded() : nil))
        }
        #expect(statistics.partitions.count == 1)
        return try #require(statistics.partitions[orders])
    }

    @Test func oneSync() throws {
        let one = try statistics([(7, 5)])
        #expect(one.syncs == 1 && one.strictSyncs == 0 && one.runs == 1 && one.largestGap == 0 && one.density == nil)
        #expect(one.oldest == SyncPoint(upstreamOffset: 7, downstreamOffset: 5, timestamp: 0) && one.newest == one.oldest)
    }

    @Test func aHealthyPartition() throws {
        let healthy = try statistics([(0, 0), (100, 100), (200, 200), (300, 298), (400, 398)], strict: [0, 1, 2, 3])
        #expect(healthy.syncs == 5 && healthy.strictSyncs == 4 && healthy.runs == 2 && healthy.largestGap == 100)
        #expect(healthy.sourceReturns == 0 && healthy.targetReturns == 0 && healthy.density == 10)
        #expect(healthy.newest == SyncPoint(upstreamOffset: 400, downstreamOffset: 398, timestamp: 4000))
    }

    @Test func whatGoesBackBeginsARun() throws {
        // The second (50, 150) has the difference of the third: still a new run, since the mirror went back.
        let back = try statistics([(0, 0), (100, 100), (50, 150), (80, 180), (80, 200)])
        #expect(back.sourceReturns == 2 && back.targetReturns == 0 && back.runs == 3 && back.largestGap == 100)
        #expect(back.density == 2000.0 / 130)
        let replaced = try statistics([(0, 0), (100, 100), (200, 5)])
        #expect(replaced.sourceReturns == 0 && replaced.targetReturns == 1 && replaced.runs == 2)
        let both = try statistics([(100, 100), (3, 3)])
        #expect(both.sourceReturns == 1 && both.targetReturns == 1 && both.runs == 2 && both.largestGap == 0 && both.density == nil)
    }

    @Test func writtenTwiceIsNoReturn() throws {
        let twice = try statistics([(0, 0), (10, 10), (10, 10), (20, 20)])
        #expect(twice.syncs == 4 && twice.sourceReturns == 0 && twice.targetReturns == 0 && twice.runs == 1 && twice.density == 100)
    }

    /// Against a recount of the list.
    @Test(arguments: TranslationGoldenTests.recordings) func whatMM2Wrote(_ recording: TranslationGoldenTests.Recording) throws {
        let syncs: [Located<OffsetSync>] = try GoldenData.entries("\(recording.name)/offset-syncs.jsonl")
        var statistics = SyncStatistics()
        for sync in syncs { statistics.insert(sync) }
        let partitions = Dictionary(grouping: syncs, by: \.entry.topicPartition)
        #expect(statistics.partitions.count == partitions.count && partitions.count == 7)
        for (partition, syncs) in partitions {
            let found = try #require(statistics.partitions[partition])
            #expect(found.syncs == syncs.count && found.strictSyncs == 0)
            #expect(found.oldest.upstreamOffset == syncs.first?.entry.upstreamOffset && found.newest.timestamp == syncs.last?.timestamp)
            let steps = zip(syncs, syncs.dropFirst()).map { a, b in
                (upstream: b.entry.upstreamOffset - a.entry.upstreamOffset, downstream: b.entry.downstreamOffset - a.entry.downstreamOffset)
            }
            #expect(found.largestGap == steps.map(\.upstream).max())
            #expect(found.sourceReturns == steps.count { $0.upstream <= 0 } && found.targetReturns == 0)
            #expect(found.runs == 1 + steps.count { $0.upstream <= 0 || $0.upstream != $0.downstream })
            let rising = steps.filter { $0.upstream > 0 }
            #expect(found.density == Double(rising.count) * 1000 / Double(rising.map(\.upstream).reduce(0, +)))
        }
        // The mirror of the second was killed before it had stored its place.
        let returns = statistics.partitions.values.map(\.sourceReturns).reduce(0, +)
        #expect(recording.name == "mm2-crash" ? returns > 0 : returns == 0)
    }
}
