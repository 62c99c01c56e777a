import Foundation
import Inspection

/// What is answered to which request. Nothing here asks a cluster or changes anything.
struct Router: Sendable {
    let board: StatusBoard
    let hosts: HostRule
    private let page = StatusPage()

    init(_ board: StatusBoard, hosts: HostRule) {
        self.board = board
        self.hosts = hosts
    }

    func answer(_ request: RequestHead) -> Answer {
        guard hosts.allows(request.host) else {
            return .text("This server answers by the name of localhost only. A proxy has to send 'Host: localhost'.", .misdirected)
        }
        guard request.method == "GET" || request.method == "HEAD" else {
            var answer = Answer.text("This server is read only: GET and HEAD.", .methodNotAllowed)
            answer.headers = ["Allow: GET, HEAD"]
            return answer
        }
        let state = board.state
        switch request.path {
        case "/": return page.answer()
        case "/healthz": return .text("alive")
        case "/readyz": return ready(state)
        case "/metrics":
            let pieces = [ServerMetrics(state, board).data] + (state.shown.map { [$0.metrics] } ?? [])
            return Answer(status: .ok, type: "text/plain; version=0.0.4; charset=utf-8", body: pieces)
        case "/api/v1/status": return .json(JSON.data(ServedStatus(state, board)), state.shown == nil ? .unavailable : .ok)
        case "/api/v1/history": return .json(state.history.json)
        case "/api/v1/groups": return state.shown.map { .json($0.groups) } ?? unseen(state)
        case "/api/v1/partitions": return state.shown.map { .json($0.partitions) } ?? unseen(state)
        default:
            let folder = "/api/v1/groups/"
            guard request.path.hasPrefix(folder) else {
                return .text(
                    "Here are: / /metrics /healthz /readyz /api/v1/status /api/v1/groups /api/v1/groups/NAME /api/v1/partitions /api/v1/history",
                    .notFound)
            }
            return group(request.path.dropFirst(folder.count).removingPercentEncoding, state)
        }
    }

    /// Whether this server can be relied on, whatever the flow's state is.
    private func ready(_ state: BoardState) -> Answer {
        if state.isFresh(interval: board.interval) { return .text("ready") }
        guard let failure = state.failure else { return .text("not yet: the first look at the clusters is under way", .unavailable) }
        return .text("no recent look at the clusters: \(failure.error)", .unavailable)
    }

    private func group(_ name: String?, _ state: BoardState) -> Answer {
        guard let shown = state.shown else { return unseen(state) }
        let survey = shown.view.survey
        guard let name, let group = survey.groups.first(where: { $0.name == name }) else {
            return trouble("no such group in this flow", .notFound)
        }
        return .json(JSON.data(GroupsDocument(survey, groups: [GroupDocument(group, withPositions: true) { board.explain(survey, $0) }])))
    }

    private func unseen(_ state: BoardState) -> Answer {
        trouble(state.failure?.error ?? "the first look at the clusters is under way", .unavailable)
    }

    private func trouble(_ text: String, _ status: Answer.Status) -> Answer { .json(JSON.data(["error": text]), status) }
}
