@testable import OffsetTranslate
import KafkaClient
import Testing

/// A restart whose first syncs were lost: MM2 holds back all but the newest pending sync of a partition.
@Suite struct HiddenRestartTests {
    private let log = LogBounds(start: 0, end: 5000)

    /// The mirror started over, from somewhere at or below 453.
    private func history(strict: Bool = false) -> PartitionHistory {
        var history = PartitionHistory()
        history.append(upstreamOffset: 35, downstreamOffset: 23)
        history.append(upstreamOffset: 500, downstreamOffset: 400)
        history.append(upstreamOffset: 2736, downstreamOffset: 2021)
        let marker = strict ? StrictMarker(previous: .init(upstreamOffset: 2736, downstreamOffset: 2021)) : nil
        history.append(upstreamOffset: 453, downstreamOffset: 2350, marker: marker)
        return history
    }

    @Test(arguments: [0, 35, 100, 452] as [Int64], [Assumption.nothing, .dense])
    func whatLiesBelowIsNoLongerExact(wanted: Int64, assumption: Assumption) {
        let answer = history().translate(wanted, assuming: assumption, target: log)
        #expect(answer.kind == .bounded)
        #expect(answer.high == 2350)
        #expect(answer.maxReplay == 2350 - (answer.position ?? 0))
        #expect(answer.position == [0: 0, 35: 23, 100: 24, 452: 24][wanted] || assumption == .dense)
    }

    @Test func theNewSyncItselfIsExact() {
        #expect(history().translate(453, target: log).kind == .exact)
        #expect(history().translate(453, target: log).position == 2350)
    }

    @Test func ourOwnMirrorVouchesForTheRestart() {
        let answer = history(strict: true).translate(35, target: log)
        #expect(answer.kind == .exact)
        #expect(answer.position == 23)
    }

    @Test func aVouchedRestartBelowAHiddenOneKeepsWhatIsHidden() {
        var history = history()
        let previous = StrictMarker.Pair(upstreamOffset: 453, downstreamOffset: 2350)
        history.append(upstreamOffset: 200, downstreamOffset: 2400, marker: StrictMarker(previous: previous))
        let answer = history.translate(35, target: log)
        #expect(answer.kind == .bounded)
        #expect(answer.high == 2400)
        #expect(history.translate(200, target: log).kind == .exact)
    }

    @Test func aRecreatedTargetForgetsIt() {
        var history = history()
        history.append(upstreamOffset: 10, downstreamOffset: 0)
        #expect(history.translate(10, target: log).kind == .exact)
        #expect(history.translate(5, target: log).high == 0)
    }
}
