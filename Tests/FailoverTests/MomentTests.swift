@testable import failover
import Foundation
import Testing

@Suite struct MomentTests {
    private let now = Date(timeIntervalSince1970: 1_795_654_800)

    @Test(arguments: [
        ("2026-11-26T01:00:00Z", 1_795_654_800_000), ("2026-11-26T02:00:00+01:00", 1_795_654_800_000), ("2026-11-26T01:00:00.250Z", 1_795_654_800_250),
        ("90s", 1_795_654_710_000), ("15m", 1_795_653_900_000), ("2h", 1_795_647_600_000), ("3d", 1_795_395_600_000), ("0s", 1_795_654_800_000),
    ] as [(String, Int64)])
    func instantsAndAges(_ text: String, _ milliseconds: Int64) {
        #expect(Moment(text, now: now)?.milliseconds == milliseconds)
    }

    @Test(arguments: ["", "h", "-2h", "2w", "1.5h", "yesterday", "2026-11-26", "2026-13-26T01:00:00Z", "1795654800", "99999999999d"])
    func anythingElseIsRefused(_ text: String) {
        #expect(Moment(text, now: now) == nil)
    }

    @Test func bothEndsAndRecordsWithoutATime() {
        let since = Moment("1970-01-01T00:00:10Z", now: now), until = Moment("1970-01-01T00:00:20Z", now: now)
        let all = TimeWindow(), some = TimeWindow(since: since, until: until), early = TimeWindow(until: until)
        #expect(all.includes(-1) && all.includes(5))
        #expect(some.includes(10_000) && some.includes(19_999) && !some.includes(9999) && !some.includes(20_000) && !some.includes(-1))
        #expect(early.includes(0) && !early.includes(-1) && !early.includes(20_000))
    }
}
