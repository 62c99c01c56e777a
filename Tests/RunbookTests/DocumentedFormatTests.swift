import Foundation
import Testing

@testable import Runbooks

/// What docs/runbooks.md says is so.
@Suite struct DocumentedFormatTests {
    private func page() throws -> String {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        return try String(contentsOf: root.appendingPathComponent("docs/runbooks.md"), encoding: .utf8)
    }

    @Test func itsExampleIsARunbook() throws {
        let text = try #require(try page().firstMatch(of: /```yaml\n(format-version[\s\S]*?)```/)?.1)
        #expect(try Runbook(String(text), file: "docs/runbooks.md").steps.count == 7)
    }

    /// Each operation's row names all that it finds.
    @Test func operationsFindWhatTheTableSays() throws {
        let rows = try page().split(separator: "\n").filter { $0.hasPrefix("| `") }
        for kind in OperationKind.allCases {
            let row = try #require(rows.first { $0.hasPrefix("| `\(kind.rawValue)` | `failover ") }, "\(kind) is not in the table")
            let cells = row.split(separator: "|").map(String.init), found = try #require(cells.last)
            // What stands in parentheses explains.
            let names = found.replacing(/\([^)]*\)/, with: "").matches(of: /`([A-Za-z]+)`/).map { String($0.1) }
            #expect(Set(names) == Set(kind.found.keys), "\(kind)")
        }
    }
}
