import Foundation
public import Inspection
import Synchronization

/// Looks at a flow every so often and keeps the last look, so that whoever asks is answered at once and asks no cluster.
///
/// A look that fails leaves the last one standing; its age, and that the newest failed, are part of every answer.
public final class StatusBoard: Sendable {
    public struct Limits: Sendable {
        /// Groups, and partitions, shown one by one: the worst are kept.
        public var groups = 10_000
        public var partitions = 10_000
        /// Of the charts.
        public var samples = 2_880

        public init() {}
    }

    /// Which flow it is, before it has been looked at.
    public struct Flow: Sendable {
        public var source: String
        public var target: String

        public init(source: String, target: String) {
            self.source = source
            self.target = target
        }
    }

    let flow: Flow
    let version: String
    /// From the beginning of one look to that of the next; there are never two at a time.
    let interval: Duration
    private let limits: Limits
    let explain: @Sendable (FlowSurvey, PositionSituation) -> Explanation?
    private let survey: @Sendable () async throws -> FlowSurvey
    private let report: @Sendable (String) -> Void
    private let shared: Mutex<BoardState>

    /// - Parameters:
    ///   - version: of the program, for the metrics.
    ///   - explain: says more of a position of a survey, for those who open a group.
    ///   - report: told when a look fails, and when one succeeds again.
    public init(
        _ flow: Flow, version: String, every interval: Duration, limits: Limits = Limits(),
        explain: @escaping @Sendable (FlowSurvey, PositionSituation) -> Explanation? = { _, _ in nil },
        report: @escaping @Sendable (String) -> Void = { _ in }, survey: @escaping @Sendable () async throws -> FlowSurvey
    ) {
        self.flow = flow
        self.version = version
        self.interval = interval
        self.limits = limits
        self.explain = explain
        self.report = report
        self.survey = survey
        shared = Mutex(BoardState(startedAt: .now))
    }

    var state: BoardState { shared.withLock { $0 } }

    /// Looks again and again, until it is cancelled.
    public func run() async {
        while !Task.isCancelled {
            let begun = ContinuousClock.now
            await refresh()
            try? await Task.sleep(until: begun + interval)
        }
    }

    /// One look.
    public func refresh() async {
        let begun = ContinuousClock.now
        do {
            let view = SurveyView(try await survey(), limits: limits)
            let took = ContinuousClock.now - begun
            // Outside the lock: it takes a second where there are many.
            let shown = BoardState.Shown(view, refreshedAt: .now, refreshed: .now)
            show(shown, took: took)
        } catch {
            // Being ended is no failure.
            if !Task.isCancelled { note("\(error)", took: ContinuousClock.now - begun) }
        }
    }

    private func show(_ shown: BoardState.Shown, took: Duration) {
        let sample = Sample(shown.view.totals, time: shown.view.survey.takenAt)
        let hadFailed = shared.withLock { state in
            let hadFailed = state.failure != nil
            state.shown = shown
            state.history.add(sample, atMost: limits.samples)
            state.failure = nil
            state.lastDuration = took
            return hadFailed
        }
        if hadFailed { report("the flow is seen again") }
    }

    private func note(_ error: String, took: Duration) {
        let isNew = shared.withLock { state in
            let isNew = state.failure?.error != error
            state.failure = BoardState.Failure(at: .now, error: error)
            state.failures += 1
            state.lastDuration = took
            return isNew
        }
        if isNew { report("the flow could not be looked at, so what is shown gets older: \(error)") }
    }
}
