import ArgumentParser
@testable import failover
import Foundation
import Testing

/// What strangers read first: README and docs/.
enum Documentation {
    static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("../..").standardizedFileURL

    /// Pages, by their paths from the root.
    static let pages: [String] = {
        let folders = ["docs", "deploy", "runbooks"].flatMap { folder in
            FileManager.default.enumerator(atPath: root.appendingPathComponent(folder).path)?.compactMap { "\(folder)/\($0)" } ?? []
        }
        return (["README.md", "CONTRIBUTING.md"] + folders).filter { $0.hasSuffix(".md") }.sorted()
    }()

    static func text(_ page: String) throws -> String { try String(contentsOf: root.appendingPathComponent(page), encoding: .utf8) }

    /// `UPDATE_DOCS=1` writes what is made of the code.
    static let isWritten = ProcessInfo.processInfo.environment["UPDATE_DOCS"] == "1"

    /// Holds what stands between `<!-- name -->` and `<!-- end -->` to `content`, or writes it.
    static func hold(_ page: String, _ name: String, _ content: String) throws {
        var text = try text(page)
        let start = try #require(text.range(of: "<!-- \(name) -->\n"))
        let end = try #require(text.range(of: "<!-- end -->", range: start.upperBound..<text.endIndex))
        guard isWritten else {
            #expect(text[start.upperBound..<end.lowerBound] == content + "\n", "run the test with UPDATE_DOCS=1")
            return
        }
        text.replaceSubrange(start.upperBound..<end.lowerBound, with: content + "\n")
        try text.write(to: root.appendingPathComponent(page), atomically: true, encoding: .utf8)
    }

    /// The text without code, which has no links, and its headings' anchors as forges make them.
    static func anchors(of text: String) -> Set<String> {
        var anchors: Set<String> = []
        for line in prose(text).split(separator: "\n") where line.wholeMatch(of: /#+ .*/) != nil {
            let title = line.drop { $0 == "#" }.dropFirst().lowercased().replacing(/\[([^\]]*)\]\([^)]*\)/) { $0.1 }
            let anchor = title.filter { $0.isLetter || $0.isNumber || $0 == " " || $0 == "-" || $0 == "_" }.replacing(" ", with: "-")
            anchors.insert(anchors.contains(anchor) ? anchor + "-1" : anchor)
        }
        return anchors
    }

    static func prose(_ text: String) -> String { text.replacing(/(?s)```.*?```/, with: "") }
}

/// The command's own tree, as it describes itself.
struct DescribedCommand: Decodable {
    struct Argument: Decodable {
        var valueName: String?
        var allValues: [String]?
    }

    var commandName: String
    var shouldDisplay: Bool?
    var discussion: String?
    var subcommands: [DescribedCommand]?
    var arguments: [Argument]?

    /// All that can be run, by what is typed behind `failover`.
    static func all() throws -> [(name: String, command: DescribedCommand)] {
        struct Tool: Decodable { var command: DescribedCommand }
        return try JSONDecoder().decode(Tool.self, from: Data(Failover._dumpHelp().utf8)).command.commands([])
    }

    private func commands(_ path: [String]) -> [(name: String, command: DescribedCommand)] {
        guard shouldDisplay ?? true, commandName != "help" else { return [] }
        let below = (subcommands ?? []).filter { $0.commandName != "help" }
            .flatMap { $0.commands(path + [$0.commandName]) }
        // A sandbox runs by itself as well.
        return (below.isEmpty || path == ["sandbox"] ? [(path.joined(separator: " "), self)] : []) + below
    }

    /// What can be asked of it for programs.
    var formats: Set<String> {
        Set((arguments ?? []).filter { ["output", "metrics"].contains($0.valueName) }.flatMap { $0.allValues ?? [] }).intersection(["json", "jsonl", "csv"])
    }
}
