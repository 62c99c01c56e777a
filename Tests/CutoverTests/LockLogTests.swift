@testable import Cutover
import Testing

/// Who holds a lock, by the order of a log.
@Suite struct LockLogTests {
    private func log(_ entries: (LockLog.Entry.Verb, String, String?)...) -> LockLog {
        entries.reduce(into: LockLog()) { $0.append(.init(verb: $1.0, claim: $1.1, replacing: $1.2, by: .test)) }
    }

    @Test func theFirstClaimHolds() {
        #expect(log((.claim, "a", nil), (.claim, "b", nil)).holder?.claim == "a")
        #expect(log((.claim, "a", nil), (.claim, "b", nil), (.release, "b", nil)).holder?.claim == "a")
        #expect(log((.claim, "a", nil), (.release, "a", nil), (.claim, "b", nil)).holder?.claim == "b")
        #expect(log((.claim, "a", nil), (.release, "a", nil)).holder == nil)
    }

    @Test func oneTakenForDeadIsReplacedOnce() {
        #expect(log((.claim, "a", nil), (.claim, "b", "a"), (.claim, "c", "a")).holder?.claim == "b")
        // It lives after all, and has to see that it lost.
        #expect(log((.claim, "a", nil), (.claim, "b", "a"), (.beat, "a", nil), (.release, "a", nil)).holder?.claim == "b")
        // What was to be replaced has let go, and another one was faster.
        #expect(log((.claim, "a", nil), (.release, "a", nil), (.claim, "c", nil), (.claim, "b", "a")).holder?.claim == "c")
    }

    @Test func signsOfLifeAreTheHolders() {
        #expect(log((.claim, "a", nil), (.beat, "a", nil), (.beat, "b", nil), (.beat, "a", nil)).beats == 2)
        #expect(log((.claim, "a", nil), (.beat, "a", nil), (.claim, "b", "a")).beats == 0)
    }

    /// Whatever is written, in whatever order: nobody holds it who has not claimed it, and a holder only changes by its own
    /// release or by a claim that names it.
    @Test func nobodyHoldsWhatAnotherHolds() {
        var random = SystemRandomNumberGenerator()
        for _ in 0..<2000 {
            var log = LockLog()
            for _ in 0..<30 {
                let names = ["a", "b", "c"], before = log.holder?.claim
                let entry = LockLog.Entry(
                    verb: [.claim, .claim, .beat, .release].randomElement(using: &random) ?? .beat,
                    claim: names.randomElement(using: &random) ?? "a",
                    replacing: Bool.random(using: &random) ? names.randomElement(using: &random) : nil, by: .test)
                log.append(entry)
                guard log.holder?.claim != before else { continue }
                let isOwn = entry.verb == .release && entry.claim == before && log.holder == nil
                let isClaim = entry.verb == .claim && log.holder == entry && (before == nil || before == entry.replacing)
                #expect(isOwn || isClaim)
            }
        }
    }
}
