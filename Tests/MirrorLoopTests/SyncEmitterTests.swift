import OffsetTranslate
import TestSupport
import Testing

@testable import MirrorLoop

/// Tier 1: which acknowledged records get a sync.
@Suite struct SyncEmitterTests {
    private func syncs(_ pairs: [(Int64, Int64)], lagMax: Int64 = 100) -> [SyncEmitter.Emission] {
        var emitter = SyncEmitter(offsetLagMax: lagMax)
        return pairs.compactMap { emitter.acknowledge(.init(upstreamOffset: $0.0, downstreamOffset: $0.1)) }
    }

    @Test func firstRecordAlwaysGetsOne() {
        #expect(syncs([(7, 90)]) == [.init(pair: .init(upstreamOffset: 7, downstreamOffset: 90), previous: nil)])
    }

    @Test func contiguousRecordsGetOneEveryLagMaxAsStockDoes() {
        // With offset.lag.max=100 stock MM2's contiguous syncs fall at 0, 101, 202.
        #expect(syncs((0..<300).map { ($0, $0) }).map(\.pair.upstreamOffset) == [0, 101, 202])
        #expect(syncs((0..<5).map { ($0, $0) }, lagMax: 0).map(\.pair.upstreamOffset) == [0, 1, 2, 3, 4])
    }

    @Test func everyBreakGetsOneAndNamesItsPredecessor() {
        let emitted = syncs([(0, 10), (1, 11), (5, 12), (6, 13), (7, 20), (8, 21)])
        #expect(emitted.map(\.pair) == [.init(upstreamOffset: 0, downstreamOffset: 10), .init(upstreamOffset: 5, downstreamOffset: 12), .init(upstreamOffset: 7, downstreamOffset: 20)])
        #expect(emitted.map(\.previous) == [nil, .init(upstreamOffset: 0, downstreamOffset: 10), .init(upstreamOffset: 5, downstreamOffset: 12)])
    }

    @Test func flushSyncsTheHeadOnce() {
        var emitter = SyncEmitter(offsetLagMax: 100)
        #expect(emitter.flush() == nil)
        _ = emitter.acknowledge(.init(upstreamOffset: 0, downstreamOffset: 0))
        #expect(emitter.flush() == nil)
        _ = emitter.acknowledge(.init(upstreamOffset: 1, downstreamOffset: 1))
        #expect(emitter.flush()?.pair == .init(upstreamOffset: 1, downstreamOffset: 1))
        #expect(emitter.flush() == nil)
    }

    /// Whatever the gaps on either side, and wherever flushes fall: a history built from the marked syncs translates every
    /// mirrored position exactly.
    @Test func randomHistoriesTranslateExactly() throws {
        for seed in UInt64(1)...400 {
            var random = SeededGenerator(seed: seed)
            var emitter = SyncEmitter(offsetLagMax: Int64.random(in: 0...40, using: &random))
            var history = PartitionHistory()
            var copies: [(upstream: Int64, downstream: Int64)] = []
            var upstream = Int64.random(in: 0...5, using: &random), downstream = Int64.random(in: 0...500, using: &random)
            func take(_ emission: SyncEmitter.Emission?) {
                guard let emission else { return }
                history.append(
                    upstreamOffset: emission.pair.upstreamOffset, downstreamOffset: emission.pair.downstreamOffset, marker: emission.marker)
            }
            for _ in 0..<Int.random(in: 1...300, using: &random) {
                copies.append((upstream, downstream))
                take(emitter.acknowledge(.init(upstreamOffset: upstream, downstreamOffset: downstream)))
                if Int.random(in: 0..<20, using: &random) == 0 { take(emitter.flush()) }
                upstream += Int.random(in: 0..<10, using: &random) == 0 ? Int64.random(in: 2...30, using: &random) : 1
                downstream += Int.random(in: 0..<10, using: &random) == 0 ? Int64.random(in: 2...9, using: &random) : 1
            }
            take(emitter.flush())
            let target = LogBounds(start: 0, end: downstream + 3)
            for wanted in copies[0].upstream...(copies[copies.count - 1].upstream + 1) {
                let translation = history.translate(wanted, target: target)
                let position = try #require(translation.position)
                let right = copies.first { $0.upstream >= wanted }?.downstream ?? target.end
                #expect(position <= right, "seed \(seed): skips at \(wanted)")
                #expect(translation.kind == .exact, "seed \(seed): not exact at \(wanted)")
                #expect(!copies.contains { $0.downstream >= position && $0.downstream < right }, "seed \(seed): re-reads at \(wanted)")
            }
        }
    }
}
