import Foundation
import Testing

@testable import OffsetTranslate

@Suite("Configuration: the reference in docs/")
struct ConfigurationReferenceTests {
    private static let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("../../../docs/configuration.md").standardizedFileURL

    private static let sections = [
        ("mirror keys", ConfigurationReference.mirrorKeys), ("connect", ConfigurationReference.connect),
        ("client properties", ConfigurationReference.clientProperties),
        ("controlled", ConfigurationReference.controlled), ("java only", ConfigurationReference.javaOnly),
    ]

    /// With `UPDATE_DOCS=1` in the environment the tables are written instead of compared.
    @Test("Every table is the one the code makes")
    func tables() throws {
        var text = try String(contentsOf: Self.path, encoding: .utf8)
        for (name, table) in Self.sections {
            let start = try #require(text.range(of: "<!-- \(name) -->\n"))
            let end = try #require(text.range(of: "<!-- end -->", range: start.upperBound..<text.endIndex))
            if ProcessInfo.processInfo.environment["UPDATE_DOCS"] == "1" {
                text.replaceSubrange(start.upperBound..<end.lowerBound, with: table + "\n")
            } else {
                #expect(text[start.upperBound..<end.lowerBound] == table + "\n", "run the test with UPDATE_DOCS=1")
            }
        }
        if ProcessInfo.processInfo.environment["UPDATE_DOCS"] == "1" {
            try text.write(to: Self.path, atomically: true, encoding: .utf8)
        }
    }

    @Test("The examples are good configuration")
    func examples() throws {
        let text = try String(contentsOf: Self.path, encoding: .utf8)
        let properties = try example("properties", in: text)
            .replacingOccurrences(of: "${file:/etc/kafka/secrets.properties:primary}", with: "p")
        let (dedicated, warnings) = try load(properties, environment: ["BACKUP_PASSWORD": "b"])
        #expect(warnings.isEmpty)
        #expect(dedicated.syncGroupOffsets.enabled)
        #expect(dedicated.topics.matches("orders.eu") && !dedicated.topics.matches("audit"))
        #expect(dedicated.target.client["sasl.password"] == "b")

        let (flow, notes) = try load(try example("json", in: text), file: "source.json")
        #expect(notes.allSatisfy { $0.severity == .note })
        #expect(flow.replicationPolicy == .plainIdentity)
    }

    private func example(_ language: String, in text: String) throws -> String {
        let start = try #require(text.range(of: "```\(language)\n"))
        let end = try #require(text.range(of: "```", range: start.upperBound..<text.endIndex))
        return String(text[start.upperBound..<end.lowerBound])
    }
}
