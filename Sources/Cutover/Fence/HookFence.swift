internal import Foundation
internal import KafkaClient

/// A fence that a command puts up and takes down: `HOOK fence` and `HOOK unfence`, with the topics on its stdin, one a line.
///
/// Exit status 0 means that it is done. The command is run by itself, never through a shell; its output goes to stderr.
public struct HookFence: SourceFence {
    private let command: String
    private let timeout: Duration

    public init(_ command: String, timeout: Duration = .seconds(60)) {
        self.command = command
        self.timeout = timeout
    }

    public func prepare(for topics: [String]) async throws -> FenceRecord {
        guard FileManager.default.isExecutableFile(atPath: command) else { throw FenceError.hook(command, reason: "is not an executable file") }
        return FenceRecord(topics: topics, hook: command)
    }

    public func raise(_ record: FenceRecord) async throws { try await run("fence", record) }
    public func isUp(_ record: FenceRecord) async throws -> Bool? { nil }
    public func lift(_ record: FenceRecord) async throws { try await run("unfence", record) }

    private func run(_ verb: String, _ record: FenceRecord) async throws {
        let end: ChildProcess.End
        do {
            end = try await ChildProcess(command, [verb], timeout: timeout)
                .run(input: Data(record.topics.map { $0 + "\n" }.joined().utf8))
        } catch {
            throw FenceError.hook(command, reason: "can't be run: \(error)")
        }
        FileHandle.standardError.write(end.output)
        if end.timedOut { throw FenceError.hook(command, reason: "\(verb) was killed after \(timeout.milliseconds / 1000) s") }
        guard end.status == 0 else { throw FenceError.hook(command, reason: "\(verb) ended with status \(end.status)") }
    }
}
