import ArgumentParser
import Foundation
import Runbooks

/// Asks a server for a runbook's check (``LiveWorld/fetch(_:)``). The question comes on stdin.
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
