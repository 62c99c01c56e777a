@testable import failover
import Foundation
import Testing

/// Links between pages lead somewhere, and what is quoted is there.
@Suite struct DocumentationLinkTests {
    @Test(arguments: Documentation.pages) func linksLead(_ page: String) throws {
        let text = try Documentation.text(page), folder = Documentation.root.appendingPathComponent(page).deletingLastPathComponent()
        let links = Documentation.prose(text).matches(of: /\]\(([^)\s]+)\)/).map { String($0.1) }
        for link in links where link.wholeMatch(of: /[a-z]+:.*/) == nil {
            let parts = link.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            let file = parts[0].isEmpty ? Documentation.root.appendingPathComponent(page) : folder.appendingPathComponent(parts[0]).standardizedFileURL
            guard FileManager.default.fileExists(atPath: file.path) else { Issue.record("\(page): \(link) leads nowhere"); continue }
            guard parts.count > 1, file.pathExtension == "md" else { continue }
            let anchors = Documentation.anchors(of: try String(contentsOf: file, encoding: .utf8))
            #expect(anchors.contains(parts[1]), "\(page): \(link) has no such heading")
        }
    }

    @Test func pagesAndLinksAreFound() throws {
        #expect(Documentation.pages.count > 12 && Documentation.pages.contains("runbooks/README.md"))
        #expect(Documentation.anchors(of: "# A `b` c: D\n```\n# no\n```\n## E [f](g)\n") == ["a-b-c-d", "e-f"])
    }

    /// Help and errors name pages that exist.
    @Test func pagesThatTheCommandNamesExist() throws {
        let named = try Self.sources().matches(of: /docs\/[a-z-]+\.md/).map { String($0.0) }
        #expect(named.count > 5)
        for page in Set(named) { #expect(Documentation.pages.contains(page), "\(page)") }
    }

    /// A message of docs/troubleshooting.md is one of the code's, with `…` for what is filled in.
    @Test func quotedMessagesAreTheCodes() throws {
        let sources = try Self.sources()
        let rows = try Documentation.text("docs/troubleshooting.md").matches(of: /(?m)^\| `([^`]+)`/).map { String($0.1) }
        #expect(rows.count > 60)
        // The client library's own.
        for message in rows where message != "Connection refused" {
            for part in message.split(separator: "…").map({ $0.trimmingCharacters(in: .whitespaces) }) where part.count > 2 {
                let isSaid = sources.contains(part)
                #expect(isSaid, "\(message): the code does not say '\(part)'")
            }
        }
    }

    /// All of the sources, with texts as one reads them: continued lines and added pieces joined.
    private static func sources() throws -> String {
        let folder = Documentation.root.appendingPathComponent("Sources")
        let files = FileManager.default.enumerator(atPath: folder.path)?.compactMap { $0 as? String }.filter { $0.hasSuffix(".swift") } ?? []
        return try files.map { try String(contentsOf: folder.appendingPathComponent($0), encoding: .utf8) }.joined(separator: "\n")
            .replacing(/\\\n\s*/, with: "").replacing(/"\s*\+ "/, with: "").replacing("\\\"", with: "\"")
    }
}
