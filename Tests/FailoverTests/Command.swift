import Foundation
import TestSupport
import Testing

/// The built command, run as a user or a script would.
struct Command {
    struct Result {
        var status: Int32
        var output: String
        var errors: String

        /// What went to stdout, as JSON.
        func json() throws -> [String: Any] {
            try #require(try JSONSerialization.jsonObject(with: Data(output.utf8)) as? [String: Any], "stdout is not one JSON object: \(output.prefix(300))")
        }
    }

    /// Beside the test bundle in the build folder.
    static var executable: URL {
        get throws {
            let folders = [Bundle.main.executableURL?.deletingLastPathComponent(), Bundle.main.bundleURL.deletingLastPathComponent()]
            let found = folders.compactMap { $0?.appendingPathComponent("failover") }
                .first { FileManager.default.isExecutableFile(atPath: $0.path) }
            return try #require(found, "the failover binary is not beside the tests")
        }
    }

    /// - Parameter input: a file in the folder, for stdin.
    static func start(_ arguments: [String], in folder: URL, environment: [String: String] = [:], input: String? = nil) throws -> Running {
        let process = Process()
        process.executableURL = try executable
        process.arguments = arguments
        process.currentDirectoryURL = folder
        // Tests that are killed leave no sandbox behind.
        let watched = environment.merging(["FAILOVER_PARENT": "\(getpid())"]) { a, _ in a }
        process.environment = ProcessInfo.processInfo.environment.merging(watched) { $1 }
        process.standardInput = try input.map { try FileHandle(forReadingFrom: folder.appendingPathComponent($0)) } ?? FileHandle.nullDevice
        // Files, not pipes: nobody has to empty them while the process runs.
        let id = UUID().uuidString
        let output = folder.appendingPathComponent("\(id).out"), errors = folder.appendingPathComponent("\(id).err")
        for file in [output, errors] { _ = FileManager.default.createFile(atPath: file.path, contents: nil) }
        process.standardOutput = try FileHandle(forWritingTo: output)
        process.standardError = try FileHandle(forWritingTo: errors)
        try process.run()
        return Running(process: process, output: output, errors: errors)
    }

    struct Running {
        let process: Process
        let output: URL
        let errors: URL

        /// Ends with the process, or kills it after `seconds` and fails.
        func finish(within seconds: Int = 120) async throws -> Result {
            let deadline = ContinuousClock.now + .seconds(seconds)
            while process.isRunning {
                if ContinuousClock.now > deadline {
                    kill(process.processIdentifier, SIGKILL)
                    Issue.record("\(process.arguments ?? []) still ran after \(seconds) s")
                }
                try await Task.sleep(for: .milliseconds(20))
            }
            return Result(
                status: process.terminationStatus, output: try String(contentsOf: output, encoding: .utf8),
                errors: try String(contentsOf: errors, encoding: .utf8))
        }
    }

    static func run(_ arguments: String..., in folder: URL? = nil, environment: [String: String] = [:]) async throws -> Result {
        let folder = try folder ?? temporaryFolder()
        return try await start(arguments, in: folder, environment: environment.merging(["XDG_STATE_HOME": folder.path]) { a, _ in a }).finish()
    }

    static func temporaryFolder() throws -> URL {
        let folder = scratch.appendingPathComponent("failover-tests-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        return folder
    }
}
