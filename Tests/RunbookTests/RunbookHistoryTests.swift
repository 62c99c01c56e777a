import Cutover
@testable import Runbooks
import Testing

@Suite struct RunbookHistoryTests {
    /// The first line of a journal after its beginning may be of a step that was skipped.
    @Test func aFirstStepThatIsSkippedIsRemembered() {
        var begin = RunbookEntry(.begin), ended = RunbookEntry(.ended), history = RunbookHistory()
        (begin.run, begin.by) = ("r", Operator(user: "jane", host: "ops1", process: 1))
        (ended.id, ended.outcome, ended.message) = ("tell", .skipped, "no")
        history.take(begin)
        history.take(ended)
        #expect(history.latest("tell")?.outcome == .skipped)
        #expect(history.latest("tell")?.wasStarted == false)
        #expect(history.found["tell"]?["outcome"] == "skipped")
    }
}
