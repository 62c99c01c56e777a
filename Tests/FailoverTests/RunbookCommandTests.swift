@testable import Cutover
import Foundation
import Testing

/// Runbooks carried out by the built command, with programs of their own.
@Suite struct RunbookCommandTests {
    private func book(_ steps: String) throws -> URL {
        let folder = try Command.temporaryFolder()
        try "format-version: 1\ntitle: T\npurpose: P\nowner: O\nuse-when: [always]\nsteps:\n\(steps)\n"
            .write(to: folder.appendingPathComponent("book.yaml"), atomically: true, encoding: .utf8)
        return folder
    }

    private func run(_ folder: URL, _ before: [String] = []) async throws -> ChildProcess.End {
        let words = before + [try Command.executable.path, "runbook", "run", folder.appendingPathComponent("book.yaml").path, "--yes", "--journal-folder", folder.path]
        var child = ChildProcess(words[0], Array(words.dropFirst()), timeout: .seconds(120))
        child.errors = .kept { _ in }
        return try await child.run(input: Data())
    }

    /// Whoever started the command may ignore how children end: one that has failed is not taken for one that has not.
    @Test func aProgramThatFailsHasFailed() async throws {
        let folder = try book("- {id: a, title: A, command: {run: [sh, -c, exit 3]}}")
        for before in [[], ["env", "--ignore-signal=CHLD"]] {
            let end = try await run(folder, before)
            #expect(end.status == 3 && String(decoding: end.errors, as: UTF8.self).contains("'sh' ended with status 3"), "\(before): \(String(decoding: end.errors, as: UTF8.self))")
        }
    }
}
