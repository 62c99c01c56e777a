import Foundation
@testable import OffsetTranslate
import Testing

/// Against recordings of the stock class, and the vectors of its own test (`OffsetSyncStoreTest`).
@Suite struct StockOffsetSyncStoreTests {
    private let partition = TopicPartition(topic: "topic1", partition: 2)

    private func store(
        mustReadToEnd: Bool = false, preload: [(Int64, Int64)] = [], live: [(Int64, Int64)] = []
    ) -> StockOffsetSyncStore {
        var store = StockOffsetSyncStore(mustReadToEnd: mustReadToEnd)
        for (up, down) in preload { store.append(partition, upstreamOffset: up, downstreamOffset: down) }
        store.finishReadingToEnd()
        for (up, down) in live { store.append(partition, upstreamOffset: up, downstreamOffset: down) }
        return store
    }

    private func diagonal(_ offsets: some Sequence<Int64>) -> [(Int64, Int64)] { offsets.map { ($0, $0) } }

    // MARK: Recorded from the stock class

    private struct Recorded: Decodable {
        var `case`: Int
        var mustReadToEnd: Bool
        var preload: [[Int64]]
        var live: [[Int64]]
        var queries: [[Int64?]]
    }

    private func answer(_ recorded: Int64?) -> StockOffsetSyncStore.Answer {
        guard let recorded else { return .none }
        return recorded == -1 ? .beforeEarliest : .offset(recorded)
    }

    @Test func answersAsTheStockClassDid() throws {
        let cases = try GoldenData.lines("offset-sync-store.jsonl").map {
            try JSONDecoder().decode(Recorded.self, from: Data($0.utf8))
        }
        #expect(cases.count == 400)
        var answers = 0
        for recorded in cases {
            let store = store(
                mustReadToEnd: recorded.mustReadToEnd, preload: recorded.preload.map { ($0[0], $0[1]) },
                live: recorded.live.map { ($0[0], $0[1]) })
            for query in recorded.queries {
                let expected = answer(query[1])
                let upstream = try #require(query[0])
                #expect(store.translate(partition, upstream) == expected, "case \(recorded.case), offset \(upstream)")
                answers += 1
            }
        }
        #expect(answers > 4_000)
    }

    // MARK: OffsetSyncStoreTest

    @Test func translatesAtAndAfterASync() {
        var store = store()
        store.append(partition, upstreamOffset: 100, downstreamOffset: 200)
        #expect(store.translate(partition, 150) == .offset(201))
        store.append(partition, upstreamOffset: 150, downstreamOffset: 251)
        #expect(store.translate(partition, 150) == .offset(251))
        #expect(store.translate(partition, 5) == .beforeEarliest)
    }

    @Test func aDownstreamResetCounts() {
        let store = store(live: [(100, 200), (150, 251), (200, 10)])
        #expect(store.translate(partition, 200) == .offset(10))
    }

    @Test func anUpstreamResetForgets() {
        let store = store(live: [(100, 200), (150, 251), (200, 10), (20, 20)])
        #expect(store.translate(partition, 20) == .offset(20))
        #expect(store.translate(partition, 19) == .beforeEarliest)
        #expect(store.survivingSyncs(of: partition).map(\.upstreamOffset) == [20])
    }

    @Test func saysNothingWithoutSyncs() {
        #expect(store().translate(partition, 0) == .none)
        #expect(store(live: [(0, 0)]).translate(TopicPartition(topic: "topic1", partition: 3), 0) == .none)
        #expect(store().survivingSyncs(of: partition).isEmpty)
    }

    @Test(arguments: [true, false]) func saysNothingDuringStartUp(mustReadToEnd: Bool) {
        var store = StockOffsetSyncStore(mustReadToEnd: mustReadToEnd)
        #expect(store.translate(partition, 100) == .none)
        store.append(partition, upstreamOffset: 100, downstreamOffset: 200)
        #expect(store.translate(partition, 100) == .none)
        store.finishReadingToEnd()
        #expect(store.translate(partition, 100) == .offset(200))
    }

    @Test func startUpKeepsTheLastSyncOrManyOfThem() {
        let preload = diagonal(stride(from: 0, through: 1000, by: 10))
        #expect(store(mustReadToEnd: true, preload: preload).survivingSyncs(of: partition).map(\.upstreamOffset) == [1000])
        let all = store(preload: preload)
        #expect(all.translate(partition, 479) == .offset(1))
        #expect(all.translate(partition, 719) == .offset(481))
        #expect(all.translate(partition, 999) == .offset(991))
    }

    @Test(arguments: [
        (true, [1000, 4840, 6760, 8680, 9160, 9640, 9880, 9940, 9970, 9990, 10000]),
        (false, [0, 3840, 7680, 8640, 9120, 9600, 9840, 9900, 9960, 9990, 10000]),
    ] as [(Bool, [Int64])])
    func pastSyncsSurviveSparsely(mustReadToEnd: Bool, survivors: [Int64]) {
        var store = store(
            mustReadToEnd: mustReadToEnd, preload: diagonal(stride(from: 0, through: 1000, by: 10)),
            live: diagonal(stride(from: 1000, through: 10000, by: 10)))
        let syncs = store.survivingSyncs(of: partition)
        #expect(syncs.map(\.upstreamOffset) == survivors.reversed())
        #expect(syncs.allSatisfy { $0.topicPartition == partition && $0.downstreamOffset == $0.upstreamOffset })
        #expect(store.translate(partition, survivors[0] - 1) == .beforeEarliest)
        for (older, newer) in zip(survivors, survivors.dropFirst()) {
            #expect(store.translate(partition, newer - 1) == .offset(older + 1))
            #expect(store.translate(partition, newer) == .offset(newer))
            #expect(store.translate(partition, newer + 1) == .offset(newer + 1))
            #expect(store.translate(partition, newer + 2) == .offset(newer + 1))
        }
        store.append(partition, upstreamOffset: 1500, downstreamOffset: 11000)
        #expect(store.translate(partition, 1499) == .beforeEarliest)
        #expect(store.translate(partition, 1500) == .offset(11000))
        #expect(store.translate(partition, 2000) == .offset(11001))
    }

    // MARK: The edges of 64 bits

    @Test func lastOffsetsDoNotTrap() {
        let top = Int64.max
        let syncs: [(Int64, Int64)] = [(0, 0), (top - 100, 5), (top - 1, 6), (top, top)]
        let store = store(live: syncs)
        #expect(store.translate(partition, top) == .offset(top))
        #expect(store.translate(partition, top - 1) == .offset(6))
        // More than 2^62 behind the newest: no slot may hold it any more.
        #expect(store.translate(partition, 1) == .beforeEarliest)
    }

    @Test func theLastDownstreamOffsetWraps() {
        #expect(store(live: [(5, .max)]).translate(partition, 6) == .offset(.min))
    }
}
