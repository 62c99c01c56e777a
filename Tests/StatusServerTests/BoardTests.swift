import Foundation
import Inspection
@testable import StatusServer
import Synchronization
import Testing

/// What a board keeps, and says of its age.
@Suite struct BoardTests {
    /// Gives what it is told to, in turn.
    private final class Source: Sendable {
        private let results: Mutex<[Result<FlowSurvey, any Error>]>
        let busy = Mutex((now: 0, most: 0, total: 0))

        init(_ results: [Result<FlowSurvey, any Error>]) { self.results = Mutex(results) }

        func next() async throws -> FlowSurvey {
            busy.withLock { $0 = ($0.now + 1, max($0.most, $0.now + 1), $0.total + 1) }
            defer { busy.withLock { $0.now -= 1 } }
            try await Task.sleep(for: .milliseconds(20))
            return try results.withLock { $0.count > 1 ? $0.removeFirst() : $0[0] }.get()
        }
    }

    private func board(_ source: Source, every interval: Duration = .seconds(30), _ said: Said = Said()) -> StatusBoard {
        StatusBoard(.init(source: "us-west", target: "us-east"), version: "0.0-test", every: interval, report: said.add) { try await source.next() }
    }

    private final class Said: Sendable {
        let lines = Mutex<[String]>([])
        @Sendable func add(_ line: String) { lines.withLock { $0.append(line) } }
    }

    @Test func aFailedLookLeavesTheLastOneStanding() async throws {
        let said = Said()
        let board = board(Source([.success(Surveys.mixed()), .failure(Boards.Trouble()), .failure(Boards.Trouble()), .success(Surveys.mixed())]), said)
        await board.refresh()
        let before = try await Boards.json("/api/v1/status", of: board)
        await board.refresh()
        await board.refresh()
        let after = try await Boards.json("/api/v1/status", of: board)
        let server = try #require(after["server"] as? [String: Any])
        #expect(after["takenAt"] as? Int64 == Surveys.now && after["verdict"] as? String == before["verdict"] as? String)
        #expect(server["failures"] as? Int == 2 && server["isStale"] as? Bool == false)
        #expect((server["failure"] as? [String: Any])?["error"] as? String == "'us-west' does not answer")
        let metrics = try ParsedMetrics(try await Boards.text("/metrics", of: board))
        #expect(metrics["failover_refresh_failures_total"] == 2 && metrics["failover_readiness"] == 2)
        await board.refresh()
        let again = try #require(try await Boards.json("/api/v1/status", of: board)["server"] as? [String: Any])
        #expect(again["failure"] == nil && again["failures"] as? Int == 2)
        // A trouble that goes on is said once, and its end.
        let lines = said.lines.withLock { $0 }
        #expect(lines.count == 2 && lines[0].contains("'us-west' does not answer") && lines[1].contains("again"), "\(lines)")
    }

    @Test func readinessOfTheServerIsTheAgeOfWhatItShows() async throws {
        let board = board(Source([.success(Surveys.mixed())]))
        #expect(try await Boards.text("/readyz", of: board, is: .unavailable).contains("under way"))
        #expect(try await Boards.text("/healthz", of: board) == "alive\n")
        await board.refresh()
        // A flow that is not ready is shown by a server that is.
        #expect(try await Boards.text("/readyz", of: board) == "ready\n")
        let state = board.state, refreshed = try #require(state.shown?.refreshed)
        #expect(state.isFresh(interval: .seconds(30), now: refreshed + .seconds(90)))
        #expect(!state.isFresh(interval: .seconds(30), now: refreshed + .seconds(90) + (state.lastDuration ?? .zero) + .seconds(1)))
    }

    @Test func neverTwoLooksAtATime() async throws {
        let source = Source([.success(Surveys.mixed())]), board = board(source, every: .milliseconds(1))
        let running = Task { await board.run() }
        let deadline = ContinuousClock.now + .seconds(60)
        while source.busy.withLock({ $0.total }) < 5, ContinuousClock.now < deadline { try await Task.sleep(for: .milliseconds(5)) }
        running.cancel()
        await running.value
        let (now, most, total) = source.busy.withLock { $0 }
        #expect(now == 0 && most == 1 && total >= 5)
        // Being ended is no failure.
        #expect(board.state.failures == 0)
    }

    @Test func historyIsARing() async throws {
        var limits = StatusBoard.Limits()
        limits.samples = 3
        let times = Mutex<[Int64]>([1, 2, 3, 4, 5])
        let board = StatusBoard(.init(source: "a", target: "b"), version: "", every: .seconds(1), limits: limits) {
            var survey = Surveys.mixed()
            survey.takenAt = times.withLock { $0.removeFirst() }
            if survey.takenAt < 5 { survey.groups = [] }
            return survey
        }
        for _ in 1...5 { await board.refresh() }
        let samples = try #require(try await Boards.json("/api/v1/history", of: board)["samples"] as? [[String: Any]])
        #expect(samples.compactMap { $0["time"] as? Int } == [3, 4, 5])
        #expect(samples[1]["maxReplayIfLost"] as? Int == 0)
        // Where a group has no bound there is nothing to draw.
        #expect(samples[2]["maxReplayIfLost"] == nil && samples[2]["maxReplay"] as? Int == 300 && samples[2]["problems"] as? Int == 2)
        #expect(samples[2]["replicationLag"] as? Int == 1_320 && samples[2]["oldestUnreplicated"] as? Int == 42_000)
    }
}
