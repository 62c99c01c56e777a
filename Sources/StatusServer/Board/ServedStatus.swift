import Inspection

/// `/api/v1/status`: the flow's ``StatusDocument``, and how the server came by it.
struct ServedStatus: Encodable {
    var status: StatusDocument?
    var server: Server

    struct Server: Encodable {
        var version: String
        var source: String
        var target: String
        /// Milliseconds since the epoch.
        var startedAt: Int64
        var intervalMilliseconds: Int64
        /// When the last look that succeeded ended; missing before the first.
        var refreshedAt: Int64?
        var refreshMilliseconds: Int64?
        /// Whether what is shown is too old to rely on.
        var isStale: Bool
        var failures: Int
        /// Of the last look, if it failed.
        var failure: BoardState.Failure?
        var groupsOmitted: Int
        var partitionsOmitted: Int
    }

    init(_ state: BoardState, _ board: StatusBoard) {
        let view = state.shown?.view
        status = view.map { StatusDocument($0.survey, totals: $0.totals) }
        server = Server(
            version: board.version, source: board.flow.source, target: board.flow.target, startedAt: state.startedAt,
            intervalMilliseconds: Int64(board.interval / .milliseconds(1)), refreshedAt: state.shown?.refreshedAt,
            refreshMilliseconds: state.lastDuration.map { Int64($0 / .milliseconds(1)) },
            isStale: !state.isFresh(interval: board.interval), failures: state.failures, failure: state.failure,
            groupsOmitted: view?.groups.omitted ?? 0, partitionsOmitted: view?.partitions.omitted ?? 0)
    }

    private enum Key: String, CodingKey { case server }

    func encode(to encoder: any Encoder) throws {
        try status?.encode(to: encoder)
        var fields = encoder.container(keyedBy: Key.self)
        try fields.encode(server, forKey: .server)
    }
}
