import Foundation
import TestSupport
import Testing

/// Headless Chromium.
enum Browser {
    static let executable: URL? = {
        let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
        let found = ["chromium", "chromium-browser", "google-chrome"].lazy
            .flatMap { name in folders.lazy.map { URL(fileURLWithPath: "\($0)/\(name)") } }
            .first { FileManager.default.isExecutableFile(atPath: $0.path) }
        if found == nil { print("SKIPPED: the tests of the status page in a browser. 'make page' installs Chromium and runs them.") }
        return found
    }()

    /// What a page has come to when it has loaded and asked for all it shows.
    static func document(at url: String) async throws -> String {
        let executable = try #require(Self.executable)
        let folder = scratch.appendingPathComponent("page-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let output = folder.appendingPathComponent("document"), process = Process()
        _ = FileManager.default.createFile(atPath: output.path, contents: nil)
        process.executableURL = executable
        // Its sandbox needs rights that containers seldom give, and what it shows is ours.
        process.arguments = [
            "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--user-data-dir=\(folder.path)/profile", "--virtual-time-budget=10000",
            "--dump-dom", url,
        ]
        process.standardOutput = try FileHandle(forWritingTo: output)
        process.standardError = FileHandle.nullDevice
        process.standardInput = FileHandle.nullDevice
        try process.run()
        let deadline = ContinuousClock.now + .seconds(120)
        while process.isRunning {
            if ContinuousClock.now > deadline {
                kill(process.processIdentifier, SIGKILL)
                Issue.record("the browser still ran after 120 s")
            }
            try await Task.sleep(for: .milliseconds(50))
        }
        return try String(contentsOf: output, encoding: .utf8)
    }
}

/// A document as a browser writes it down.
struct PageText {
    let document: String

    init(_ document: String) { self.document = document }

    /// Of an element that holds nothing but text.
    func text(of id: String) -> String {
        guard let tag = document.range(of: "id=\"\(id)\""), let start = document[tag.upperBound...].firstIndex(of: ">") else { return "" }
        return Self.plain(document[document.index(after: start)...].prefix { $0 != "<" })
    }

    /// The rows of the table, in order.
    var groups: [String] { document.matches(of: /<tr data-group="([^"]*)"/).map { Self.plain($0.1) } }

    private static func plain(_ text: Substring) -> String {
        [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&nbsp;", " "), ("&amp;", "&")].reduce(String(text)) { $0.replacingOccurrences(of: $1.0, with: $1.1) }
    }
}
