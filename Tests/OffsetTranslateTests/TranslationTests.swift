import OffsetTranslate
import Testing

/// One example per rule.
@Suite struct TranslationTests {
    private func history(_ syncs: (Int64, Int64)...) -> PartitionHistory {
        var history = PartitionHistory()
        for (upstream, downstream) in syncs { history.append(upstreamOffset: upstream, downstreamOffset: downstream) }
        return history
    }

    /// Each sync names the one before; `nil` starts a chain.
    private func chain(_ syncs: (Int64, Int64)...) -> PartitionHistory {
        var history = PartitionHistory()
        var previous: StrictMarker.Pair?
        for (upstream, downstream) in syncs {
            history.append(upstreamOffset: upstream, downstreamOffset: downstream, marker: StrictMarker(previous: previous))
            previous = .init(upstreamOffset: upstream, downstreamOffset: downstream)
        }
        return history
    }

    private func range(_ translation: Translation) -> [Int64?] { [translation.low, translation.high] }

    @Test func onASync() {
        let translation = history((100, 80), (200, 150)).translate(200)
        #expect(translation.position == 150)
        #expect(translation.kind == .exact)
        #expect(translation.maxReplay == 0)
        #expect(translation.evidence.rule == .onSync)
        #expect(translation.evidence.below?.upstreamOffset == 200)
    }

    @Test func betweenSyncs() {
        let history = history((100, 80), (200, 150))
        #expect(range(history.translate(190)) == [81, 150])
        #expect(range(history.translate(190, assuming: .dense)) == [140, 150])
        #expect(range(history.translate(110, assuming: .dense)) == [81, 90])
        #expect(range(history.translate(110, assuming: .strict)) == [90, 90])
        #expect(history.translate(190).maxReplay == 69)
    }

    @Test func neighboursOnTheTargetLeaveOnePosition() {
        #expect(history((100, 80), (200, 81)).translate(150).kind == .exact)
    }

    @Test func strictChainIsExactThroughout() {
        let history = chain((0, 0), (100, 100), (150, 120), (250, 220))
        for (offset, position): (Int64, Int64) in [(0, 0), (57, 57), (100, 100), (101, 101), (119, 119), (130, 120), (200, 170), (251, 221)] {
            let translation = history.translate(offset)
            #expect(translation.position == position)
            #expect(translation.kind == .exact, "\(offset)")
        }
        #expect(range(history.translate(252)) == [221, nil])
        #expect(range(history.translate(252, assuming: .strict, target: LogBounds(start: 0, end: 300))) == [221, 222])
        #expect(history.translate(252).warnings == [.aheadOfLastSync(by: 2)])
    }

    @Test func aMarkSpeaksOnlyForTheSyncItNames() {
        var history = PartitionHistory()
        history.append(upstreamOffset: 0, downstreamOffset: 0, marker: StrictMarker(previous: nil))
        history.append(
            upstreamOffset: 100, downstreamOffset: 90,
            marker: StrictMarker(previous: .init(upstreamOffset: 60, downstreamOffset: 50)))
        #expect(range(history.translate(30)) == [1, 50])
        // The sync that compaction removed is known from its successor's mark.
        #expect(history.translate(60).position == 50)
        #expect(range(history.translate(75)) == [65, 65])
    }

    @Test func aMarkThatNamesAnOlderSyncVouchesForNothing() {
        var history = history((0, 0), (50, 50))
        history.append(
            upstreamOffset: 100, downstreamOffset: 90,
            marker: StrictMarker(previous: .init(upstreamOffset: 0, downstreamOffset: 0)))
        #expect(range(history.translate(75)) == [51, 90])
    }

    @Test func aRewindIntoAStrictRunEndsIt() {
        var history = chain((0, 0), (100, 100))
        history.append(upstreamOffset: 60, downstreamOffset: 101)
        // The source need not hold a record at 55 to 59: then the next one is at 101.
        #expect(range(history.translate(55)) == [55, 101])
        history.append(upstreamOffset: 100, downstreamOffset: 141)
        #expect(range(history.translate(55)) == [55, 101])
        #expect(range(history.translate(80)) == [102, 141])
    }

    @Test func aNewChainSaysNothingOfWhatLiesBeforeIt() {
        var history = chain((0, 0), (50, 50))
        history.append(upstreamOffset: 100, downstreamOffset: 100, marker: StrictMarker(previous: nil))
        #expect(range(history.translate(75)) == [51, 100])
    }

    @Test func strictRunsCollapse() {
        var history = PartitionHistory()
        var previous: StrictMarker.Pair?
        for offset in stride(from: Int64(0), to: 1_000_000, by: 100) {
            history.append(upstreamOffset: offset + 7, downstreamOffset: offset, marker: StrictMarker(previous: previous))
            previous = .init(upstreamOffset: offset + 7, downstreamOffset: offset)
        }
        #expect(history.runCount == 1)
        #expect(history.translate(123_456).position == 123_449)
    }

    @Test func aRewindOverrulesWhatIsAboveIt() {
        // The bounds of 55 come from (100,100), which followed (50,50) in the log; dense from (60,150) would skip records.
        let history = history((0, 0), (50, 50), (100, 100), (60, 150), (200, 290))
        #expect(range(history.translate(55)) == [51, 150])
        #expect(range(history.translate(55, assuming: .dense)) == [55, 150])
        #expect(history.translate(60).position == 150)
        #expect(range(history.translate(100)) == [151, 290])
        // The restart may have begun below: its first sync can be lost.
        #expect(range(history.translate(50)) == [50, 150])
    }

    @Test func copiesNotYetMadeAgainAreNotSkipped() {
        // The mirror died a second time at 62: what lies in 63...100 has its only copy below the last sync.
        let history = history((0, 0), (50, 50), (100, 100), (60, 101), (62, 103))
        let translation = history.translate(62)
        #expect(range(translation) == [51, 103])
        #expect(translation.warnings == [.earlierCopies(upTo: 100, otherwise: 103)])
        var recreated = history
        recreated.disregardEarlierCopies()
        #expect(recreated.translate(62).position == 103)
        var caughtUp = history
        caughtUp.append(upstreamOffset: 100, downstreamOffset: 141)
        #expect(caughtUp.translate(62).position == 103)
    }

    @Test func whatATruncationLeftIsNoLowerBound() {
        // Truncated to 5, the mirror went on at 105: offset 10 now holds record 110, and 105...109 lie below it.
        let history = history((0, 0), (10, 10), (100, 100), (120, 20))
        let translation = history.translate(10, target: LogBounds(start: 0, end: 30))
        #expect(range(translation) == [0, 20])
        #expect(translation.warnings == [.historyTainted])
        #expect(history.translate(10).kind == .unknown(.targetReplaced))
        #expect(history.translate(120).kind == .exact)
    }

    @Test func copiesThatATruncationLeftAreNotSkipped() {
        // Truncated to 25, the mirror began again at 5 and died at 7: 8...24 are still where they were.
        let history = history((10, 10), (20, 20), (30, 30), (5, 25))
        let target = LogBounds(start: 0, end: 28)
        #expect(range(history.translate(5, target: target)) == [0, 25])
        #expect(range(history.translate(29, target: target)) == [0, 28])
        #expect(history.translate(30, target: target).low == 26)
        #expect(history.translate(29).kind == .unknown(.targetReplaced))
    }

    @Test func beforeTheFirstSync() {
        let history = history((100, 80))
        #expect(history.translate(90).kind == .unknown(.beforeFirstSync))
        #expect(range(history.translate(90, target: LogBounds(start: 0, end: 90))) == [0, 80])
        #expect(range(history.translate(90, assuming: .dense, target: LogBounds(start: 0, end: 90))) == [70, 80])
        #expect(history.translate(90, target: LogBounds(start: 80, end: 90)).kind == .exact)
    }

    @Test func afterTheLastSync() {
        let history = history((100, 80))
        #expect(range(history.translate(110)) == [81, nil])
        #expect(history.translate(110).maxReplay == nil)
        #expect(range(history.translate(110, target: LogBounds(start: 0, end: 85))) == [81, 85])
        #expect(range(history.translate(103, assuming: .dense, target: LogBounds(start: 0, end: 85))) == [81, 83])
        #expect(history.translate(110, target: LogBounds(start: 0, end: 81)).kind == .exact)
    }

    @Test func noSyncs() {
        #expect(PartitionHistory().translate(1).kind == .unknown(.noSyncs))
        #expect(PartitionHistory().translate(1, target: LogBounds(start: 0, end: 0)).position == nil)
        let partition = TopicPartition(topic: "t", partition: 0)
        #expect(TranslationMap().translate(1, of: partition).kind == .unknown(.noSyncs))
    }

    @Test func expiredIsSaid() {
        let history = history((100, 80), (200, 180))
        let translation = history.translate(100, target: LogBounds(start: 95, end: 300))
        #expect(range(translation) == [95, 180])
        #expect(translation.warnings == [.expiredOnTarget(lost: 15)])
    }

    @Test func aSyncBeyondTheLogEndVoidsThemAll() {
        let translation = history((0, 0), (100, 80)).translate(50, target: LogBounds(start: 0, end: 60))
        #expect(range(translation) == [0, 60])
        #expect(translation.warnings == [.beyondTargetLogEnd(downstreamOffset: 80), .historyTainted])
    }

    @Test func anIntervalThatIsNotDenseIsNotTakenForDense() {
        let translation = history((0, 0), (100, 140), (300, 320)).translate(90, assuming: .dense)
        #expect(range(translation) == [1, 140])
        #expect(translation.warnings == [.notDense(excess: 40)])
    }

    @Test func theWayHome() {
        let history = history((100, 80), (200, 150))
        #expect(history.translateBack(80).position == 100 && history.translateBack(150).kind == .exact)
        // The record after a sync's is the next one on the source.
        #expect(range(history.translateBack(81)) == [101, 101])
        #expect(range(history.translateBack(140)) == [101, 200])
        #expect(range(history.translateBack(140, assuming: .dense)) == [160, 190])
        #expect(range(history.translateBack(151)) == [201, 201])
        #expect(range(history.translateBack(160, source: LogBounds(start: 0, end: 300))) == [201, 300])
        #expect(range(history.translateBack(40, source: LogBounds(start: 20, end: 300))) == [20, 100])
        #expect(history.translateBack(40).kind == .unknown(.beforeFirstSync))
        #expect(range(chain((0, 0), (100, 100), (150, 120)).translateBack(57)) == [57, 57])
        #expect(range(chain((0, 0), (100, 100), (150, 120)).translateBack(115)) == [115, 115])
    }

    @Test func theWayHomeAfterTheMirrorWentBack() {
        // Below the return, a source that was re-created can't be told from a mirror that crashed.
        let history = history((0, 0), (50, 50), (100, 100), (60, 150), (200, 290))
        let translation = history.translateBack(50, source: LogBounds(start: 5, end: 500))
        #expect(translation.position == 5 && translation.warnings == [.wentBackSince(otherwise: 50)])
        #expect(range(history.translateBack(280)) == [61, 200])
        #expect(range(history.translateBack(290)) == [200, 200])
    }

    @Test func theWayHomeToALogThatEndsEarlier() {
        let translation = history((100, 80), (200, 150)).translateBack(150, source: LogBounds(start: 7, end: 180))
        #expect(range(translation) == [7, 180])
        #expect(translation.warnings == [.beyondSourceLogEnd(upstreamOffset: 200, otherwise: 180)])
        let expired = history((100, 80), (200, 150)).translateBack(80, source: LogBounds(start: 130, end: 900))
        #expect(expired.position == 130 && expired.warnings == [.expiredOnSource(lost: 30)])
    }

    @Test func agesAreNeverUnderstated() {
        var history = PartitionHistory()
        for number in Int64(0)..<300 { history.append(upstreamOffset: number * 100, downstreamOffset: number * 100, timestamp: 1_000 + number) }
        #expect(history.last?.timestamp == 1_299)
        for number in Int64(0)..<299 {
            let written = history.translate(number * 100).evidence.below?.timestamp ?? 0
            #expect(written <= 1_000 + number && written > 1_000 + number - 64)
        }
        #expect(history.runCount == 1 && history.anchorCount == 299)
    }

    @Test func partitionsAreApart() {
        var map = TranslationMap()
        let partitions = (0..<3).map { TopicPartition(topic: "t", partition: 2 - $0) }
        for (index, partition) in partitions.enumerated() {
            map.append(OffsetSync(topicPartition: partition, upstreamOffset: 5, downstreamOffset: Int64(index)), timestamp: 9)
        }
        #expect(map.partitions == partitions.reversed())
        #expect(map.translate(5, of: partitions[1]).position == 1)
        #expect(map[partitions[2]]?.last == SyncPoint(upstreamOffset: 5, downstreamOffset: 2, timestamp: 9))
        #expect(map[TopicPartition(topic: "other", partition: 0)] == nil)
    }
}
