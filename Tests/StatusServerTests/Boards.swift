import Foundation
@testable import Inspection
@testable import StatusServer
import Testing

/// Boards that were refreshed once, and what they answer without a socket.
enum Boards {
    struct Trouble: Error, CustomStringConvertible { var description = "'us-west' does not answer" }

    static func board(
        _ survey: FlowSurvey, flow: StatusBoard.Flow = .init(source: "us-west", target: "us-east"), limits: StatusBoard.Limits = .init()
    ) async -> StatusBoard {
        let board = StatusBoard(
            flow, version: "0.0-test", every: .seconds(30), limits: limits, explain: { $1.reason == .noSyncs ? Self.explanation($1) : nil }
        ) { survey }
        await board.refresh()
        return board
    }

    private static func explanation(_ position: PositionSituation) -> Explanation {
        Explanation(
            position: position, summary: "no offset sync of \(position.source) is known", evidence: ["its copy is \(position.target)"],
            remedy: "See that the mirror runs.", passes: .never)
    }

    static func answer(_ path: String, of board: StatusBoard, method: String = "GET", host: String = "localhost") throws -> Answer {
        let request = try RequestHead(Array("\(method) \(path) HTTP/1.1\r\nHost: \(host)".utf8))
        return Router(board, hosts: HostRule(try ListenAddress("127.0.0.1:0"))).answer(request)
    }

    static func text(_ path: String, of board: StatusBoard, is status: Answer.Status = .ok) async throws -> String {
        let answer = try answer(path, of: board)
        #expect(answer.status == status, "\(path)")
        return String(decoding: Data(answer.body.joined()), as: UTF8.self)
    }

    static func json(_ path: String, of board: StatusBoard, is status: Answer.Status = .ok) async throws -> [String: Any] {
        let text = try await text(path, of: board, is: status)
        return try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any], "\(text)")
    }
}
