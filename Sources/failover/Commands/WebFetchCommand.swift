import ArgumentParser
import Cutover
import Foundation
import KafkaClient
import Runbooks

/// Asks a server for a runbook's check, in a process of its own: what the web client library may do to one is then no matter of the run's. The
/// question comes on stdin, as its headers may hold secrets.
struct WebFetchCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "web-fetch", shouldDisplay: false)

    struct Answer: Codable {
        var status: Int?
        var body: Data?
        var problem: String?
    }

    func run() async throws {
        let question = try JSONDecoder().decode(HTTPQuestion.self, from: try FileHandle.standardInput.readToEnd() ?? Data())
        var answer = Answer()
        do {
            let got = try await WebFetch.fetch(question)
            (answer.status, answer.body) = (got.status, got.body)
        } catch {
            answer.problem = "\(error)"
        }
        Console.data(String(decoding: try JSONEncoder().encode(answer), as: UTF8.self))
    }
}

extension WebFetch {
    /// - Throws: ``WebError``.
    static func inChildProcess(_ question: HTTPQuestion, _ executable: String) async throws -> HTTPAnswer {
        var child = ChildProcess(executable, ["web-fetch"], environment: ["SWIFT_BACKTRACE": "enable=no"], timeout: question.timeout + .seconds(1))
        child.errors = .dropped
        child.termination = .ask(.zero)
        let end = try await child.run(input: try JSONEncoder().encode(question))
        if end.timedOut { throw WebError(description: "gave no whole answer within \(question.timeout.forPeople)") }
        guard end.status == 0, let answer = try? JSONDecoder().decode(WebFetchCommand.Answer.self, from: end.output) else {
            throw WebError(description: "could not be asked: the process that was to do it ended with status \(end.status)")
        }
        guard let status = answer.status else { throw WebError(description: answer.problem ?? "gave no answer") }
        return HTTPAnswer(status: status, body: answer.body ?? Data())
    }
}
