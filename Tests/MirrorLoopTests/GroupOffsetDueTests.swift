import KafkaClient
import Testing

@testable import MirrorLoop

/// Tier 1: what is committed on the target, and what is not.
@Suite struct GroupOffsetDueTests {
    private static let log = LogBounds(start: 100, end: 1000)

    struct Case: Sendable, CustomTestStringConvertible {
        var name: String
        var wanted: Int64
        var current: Int64?
        var log: LogBounds? = GroupOffsetDueTests.log
        var end: Int64?
        var own: Int64?
        var isLeftAlone = false
        var verdict: GroupOffsetSync.Verdict
        var testDescription: String { name }

        init(
            _ name: String, _ wanted: Int64, at current: Int64?, in log: LogBounds? = GroupOffsetDueTests.log, end: Int64? = nil, own: Int64? = nil,
            leftAlone: Bool = false, _ verdict: GroupOffsetSync.Verdict
        ) {
            (self.name, self.wanted, self.current, self.log, self.end) = (name, wanted, current, log, end)
            (self.own, isLeftAlone, self.verdict) = (own, leftAlone, verdict)
        }
    }

    private static func commit(_ offset: Int64) -> GroupOffsetSync.Verdict { .commit(.init(offset: offset, metadata: "m")) }
    private static func ahead(_ offset: Int64) -> GroupOffsetSync.Verdict { .ahead(.init(offset: offset)) }

    @Test(arguments: [
        Case("no commit yet", 300, at: nil, commit(300)),
        Case("lower", 300, at: 299, commit(300)),
        Case("the same", 300, at: 300, .upToDate),
        Case("further on by itself", 300, at: 301, ahead(301)),
        Case("further on by a mirror's doing: the source went back", 300, at: 500, own: 500, .upToDate),
        Case("further on than a mirror had it", 300, at: 501, own: 500, ahead(501)),
        Case("a mirror's, and the source is past it again", 600, at: 500, own: 500, commit(600)),
        Case("once ahead, now behind: still its own", 600, at: 500, leftAlone: true, ahead(500)),
        Case("once ahead, and its commit is gone", 600, at: nil, leftAlone: true, commit(600)),
        Case("at the log's end", 1000, at: 5, commit(1000)),
        Case("beyond the log's end", 1001, at: 5, .logTooShort(log)),
        Case("a log that ends before the mirror's last copy", 300, at: nil, end: 1001, .logTooShort(log)),
        Case("no such partition", 300, at: 5, in: nil, .missing),
        Case("below the log's start, raised to it", 50, at: nil, commit(100)),
        Case("below the log's start, from a lower commit", 50, at: 49, commit(100)),
        Case("below the log's start, and in place", 50, at: 50, .upToDate),
        Case("raised before", 50, at: 100, .upToDate),
        Case("between position and start: nothing is there to have been read", 50, at: 70, .upToDate),
        Case("ahead of the log's start", 50, at: 101, ahead(101)),
        Case("an empty log", 0, at: nil, in: LogBounds(start: 7, end: 7), commit(7)),
    ])
    func verdicts(_ sample: Case) {
        let verdict = GroupOffsetSync.due(
            .init(offset: sample.wanted, metadata: "m"), at: sample.current.map { .init(offset: $0) }, in: sample.log, endingAfter: sample.end,
            own: sample.own, isLeftAlone: sample.isLeftAlone)
        #expect(verdict == sample.verdict)
    }

    /// Whatever is asked, in a small world: never backwards, never above the position but for the log's start, never past the end.
    @Test func neverBackwardsNorTooFar() {
        let offsets = (0..<6).map { Int64($0) }
        var commits = 0
        for start in offsets {
            for end in offsets where end >= start {
                for wanted in offsets {
                    for current in [nil] + offsets.map(Optional.some) {
                        for own in [nil] + offsets.map(Optional.some) {
                            for isLeftAlone in [false, true] {
                                guard case .commit(let position) = GroupOffsetSync.due(
                                    .init(offset: wanted), at: current.map { .init(offset: $0) }, in: .init(start: start, end: end), own: own,
                                    isLeftAlone: isLeftAlone)
                                else { continue }
                                commits += 1
                                #expect(position.offset > current ?? -1 && position.offset <= end)
                                #expect(position.offset == wanted || position.offset == start && wanted < start)
                                #expect(!isLeftAlone || current == nil)
                            }
                        }
                    }
                }
            }
        }
        #expect(commits > 1000)
    }
}
