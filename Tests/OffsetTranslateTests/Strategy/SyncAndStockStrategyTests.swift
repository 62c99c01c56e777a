import OffsetTranslate
import Testing

/// Tier 1: what syncs alone say, ours and MM2's way.
@Suite struct SyncAndStockStrategyTests {
    private let partition = TopicPartition(topic: "orders", partition: 0)

    private func question(_ offset: Int64, _ bounds: LogBounds? = nil) -> TranslationQuestion {
        TranslationQuestion(source: partition, target: partition, upstreamOffset: offset, bounds: bounds)
    }

    private func stock(_ syncs: (Int64, Int64)...) -> StockStrategy {
        var store = StockOffsetSyncStore()
        for (upstream, downstream) in syncs { store.append(partition, upstreamOffset: upstream, downstreamOffset: downstream) }
        store.finishReadingToEnd()
        return StockStrategy(store: store)
    }

    @Test func syncsAnswerAsTheMapDoes() {
        var map = TranslationMap()
        for sync in [(0, 0), (100, 100), (200, 250)] as [(Int64, Int64)] {
            map.append(OffsetSync(topicPartition: partition, upstreamOffset: sync.0, downstreamOffset: sync.1))
        }
        let bounds = LogBounds(start: 10, end: 300)
        let offsets: [Int64] = [.min, 0, 100, 150, 200, 260, .max]
        for assumption in Assumption.allCases {
            let answers = SyncStrategy(map: map, assumption: assumption).translate(offsets.map { question($0, bounds) })
            #expect(answers == offsets.map { map.translate($0, of: partition, assuming: assumption, target: bounds) })
        }
    }

    @Test func stockIsExactOnASyncAndUnboundedElsewhere() {
        let answers = stock((0, 0), (100, 200), (150, 251)).translate([question(100), question(120), question(150), question(151)])
        #expect(answers.map(\.position) == [200, 201, 251, 252])
        #expect(answers.map(\.kind) == [.exact, .bounded, .exact, .bounded])
        #expect(answers.map(\.high) == [200, nil, 251, nil] && answers.allSatisfy { $0.warnings.isEmpty })
        #expect(answers.map(\.evidence.rule) == [.onSync, .interval, .onSync, .afterLast])
        #expect(answers[1].evidence.below?.upstreamOffset == 100 && answers[1].evidence.above?.upstreamOffset == 150)
    }

    @Test func stockKnowsWhatItDoesNotKnow() {
        #expect(stock().translate([question(5)]).first?.kind == .unknown(.noSyncs))
        #expect(stock((100, 200)).translate([question(99), question(.min)]).allSatisfy { $0.kind == .unknown(.forgottenByStock) })
    }

    @Test func stockIsNeverHeldInsideTheLog() {
        let strategy = stock((0, 0), (100, 200), (150, 251))
        let beyond = strategy.translate([question(150, .init(start: 0, end: 251)), question(200, .init(start: 0, end: 100))])
        #expect(beyond.map(\.position) == [251, 252] && beyond.allSatisfy { $0.kind == .estimate && $0.low == nil })
        #expect(beyond.allSatisfy { $0.warnings == [.beyondTargetLogEnd(downstreamOffset: 251)] })
        let expired = strategy.translate([question(100, .init(start: 205, end: 300))])[0]
        #expect(expired.position == 200 && expired.kind == .bounded && expired.warnings == [.expiredOnTarget(lost: 5)])
    }

    /// Stock forgets nothing when the target goes back: what it says of before is nobody's position.
    @Test func stockAfterTheTargetWasMadeAgain() {
        let strategy = stock((0, 0), (100, 200), (200, 10))
        let answer = strategy.translate([question(100)])[0]
        #expect(answer.position == 200 && answer.kind == .estimate && answer.warnings == [.historyTainted])
        #expect(strategy.translate([question(200)])[0].kind == .exact)
    }

    @Test func theLastOffsetsThereAreDoNotTrap() {
        let strategy = stock((5, .max))
        let answers = strategy.translate([question(5), question(6), question(.max, .init(start: 0, end: .max))])
        #expect(answers.map(\.position) == [.max, .min, .min])
        #expect(answers.allSatisfy { $0.kind == .estimate && $0.warnings == [.beyondTargetLogEnd(downstreamOffset: .max)] })
    }
}
