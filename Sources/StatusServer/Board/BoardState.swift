import Foundation
import Inspection
import OffsetTranslate

/// What the server has to show at a moment; all that is large is rendered already.
struct BoardState: Sendable {
    let startedAt: Int64
    var shown: Shown?
    var history = History()
    /// Of the last refresh, if it failed.
    var failure: Failure?
    var failures = 0
    var lastDuration: Duration?

    init(startedAt: Int64) { self.startedAt = startedAt }

    /// The last survey that there was, and its documents.
    struct Shown: Sendable {
        let view: SurveyView
        let refreshedAt: Int64
        /// The same by a clock that nobody sets.
        let refreshed: ContinuousClock.Instant
        let metrics: Data
        let groups: Data
        let partitions: Data

        init(_ view: SurveyView, refreshedAt: Int64, refreshed: ContinuousClock.Instant) {
            self.view = view
            self.refreshedAt = refreshedAt
            self.refreshed = refreshed
            metrics = Data(SurveyMetrics(view).bytes)
            groups = JSON.data(GroupsDocument(view.survey, groups: view.groups.kept, omitted: view.groups.omitted))
            partitions = JSON.data(
                PartitionsDocument(view.survey, partitions: view.partitions.kept, omitted: view.partitions.omitted))
        }
    }

    struct Failure: Encodable, Sendable {
        /// Milliseconds since the epoch.
        var at: Int64
        var error: String
    }

    /// Whether what is shown may be relied on: three refreshes may fail, or be as slow as the last.
    func isFresh(interval: Duration, now: ContinuousClock.Instant = .now) -> Bool {
        guard let shown else { return false }
        return shown.refreshed.duration(to: now) <= interval * 3 + (lastDuration ?? .zero)
    }
}

/// JSON as the project writes it; a document that can't be encoded is none.
enum JSON {
    static func data(_ document: some Encodable) -> Data { (try? JSONEncoder.sorted().encode(document)) ?? Data("{}".utf8) }
}

extension Int64 {
    /// Milliseconds since the epoch.
    static var now: Int64 { Int64(Date().timeIntervalSince1970 * 1000) }
}
