import Foundation
@testable import Runbooks
import Testing

/// What the reader asks for, and what the schema has, are the same.
@Suite struct RunbookSchemaTests {
    private static let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("../../runbooks/runbook.schema.json")

    /// `FAILOVER_WRITE_SCHEMA=1` writes it.
    @Test func theFileIsUpToDate() throws {
        let schema = try RunbookSchema.json()
        if ProcessInfo.processInfo.environment["FAILOVER_WRITE_SCHEMA"] != nil { try schema.write(to: Self.file) }
        #expect(try Data(contentsOf: Self.file) == schema, "run this test with FAILOVER_WRITE_SCHEMA=1, and commit runbooks/runbook.schema.json")
    }

    /// A mapping that has nothing but a key that nobody knows, and the schema of such a mapping.
    private struct Place: CustomTestStringConvertible {
        var yaml: String
        var schema: SchemaValue
        /// Of parameters: keys that are another type's.
        var isElsewhere: Set<String> = []
        var required: Set<String> = []
        var testDescription: String { yaml }
    }

    private static var places: [Place] {
        let step = "steps:\n  - id: a\n    title: A\n"
        let places = [
            Place(yaml: "zzz: 1", schema: RunbookSchema.schema),
            Place(yaml: "clusters:\n  zzz: 1", schema: definition("clusters")),
            Place(yaml: "recovery:\n  zzz: 1", schema: definition("recovery")),
            Place(yaml: "steps:\n  - zzz: 1", schema: definition("step")),
            Place(yaml: step + "    compensation:\n      zzz: 1", schema: definition("compensation")),
            Place(yaml: step + "    retry:\n      zzz: 1", schema: definition("step").properties["retry"] ?? 0),
        ]
        let actions = FieldReader.kinds.filter { $0 != "note" && $0 != "manual" }.map { Place(yaml: step + "    \($0):\n      zzz: 1", schema: definition("do-\($0)")) }
        let manual = definition("do-manual")
        let manuals = [
            Place(yaml: step + "    manual:\n      zzz: 1", schema: manual, isElsewhere: ["choices"]),
            Place(yaml: step + "    manual:\n      answer: choice\n      zzz: 1", schema: manual, required: ["choices"]),
        ]
        let own = ["choices": Parameter.Kind.choice, "minimum": .integer, "maximum": .integer, "multiline": .text, "pattern": .text]
        let parameters = Parameter.Kind.allCases.map { kind in
            Place(
                yaml: "parameters:\n  p:\n    type: \(kind.rawValue)\n    zzz: 1", schema: definition("parameter"),
                isElsewhere: Set(own.filter { $0.value != kind }.keys), required: kind == .choice ? ["choices"] : [])
        }
        return places + actions + manuals + parameters
    }

    private static func definition(_ name: String) -> SchemaValue { RunbookSchema.schema["$defs"]?[name] ?? 0 }

    @Test(arguments: places) private func keysAreThoseOfTheReader(_ place: Place) {
        let messages = Self.problems(place.yaml)
        let lists = messages.compactMap { message in message.firstMatch(of: /has no 'zzz'\..* ?It takes (.*)/).map { String($0.1) } }
        var known = Set((lists.first ?? "").split(separator: ", ").map(String.init))
        #expect(lists.count == 1, "\(messages)")
        // The reader says of these why not.
        if place.yaml.contains("    wait:") { known.subtract(FieldReader.kinds.filter { !RunbookSchema.looks.contains($0) }) }
        #expect(Set(place.schema.properties.keys).subtracting(place.isElsewhere) == known)
        #expect(place.schema["additionalProperties"] == false)
    }

    @Test(arguments: places) private func whatIsRequiredIsToo(_ place: Place) {
        let given = Set(place.yaml.split(separator: "\n").suffix(2).compactMap { $0.firstMatch(of: /^ *(type|answer):/).map { String($0.1) } })
        let owner = Self.problems(place.yaml).compactMap { $0.firstMatch(of: /(.*) has no 'zzz'/).map { String($0.1) } }.first ?? ""
        let lacking = Self.problems(place.yaml).compactMap { $0.firstMatch(of: /(.*) lacks '(.*)'$/) }.filter { $0.1 == owner }.map { String($0.2) }
        #expect(Set(lacking).union(given) == Set(place.schema.required).union(place.required).union(given))
        #expect(given.isSubset(of: place.schema.required + ["answer"]))
    }

    private static func problems(_ yaml: String) -> [String] {
        do { _ = try Runbook(yaml, file: "f") } catch { return error.problems.map(\.message) }
        return []
    }

    @Test func everyKindIsOneOfThem() throws {
        for name in ["step", "compensation"] {
            guard case .list(let kinds)? = Self.definition(name)["oneOf"] else { Issue.record("no oneOf"); continue }
            #expect(kinds.map(\.required) == FieldReader.kinds.map { [$0] })
        }
        guard case .list(let looks)? = Self.definition("do-wait")["oneOf"] else { Issue.record("no oneOf"); return }
        #expect(looks.map(\.required) == RunbookSchema.looks.map { [$0] })
    }

    /// What the schema refers to is there.
    @Test func referencesLead() throws {
        let text = String(decoding: try RunbookSchema.json(), as: UTF8.self)
        let names = text.matches(of: ##/"#/\$defs/([^"]*)"/##).map { String($0.1) }
        #expect(names.count > 50)
        for name in Set(names) { #expect(Self.definition(name) != 0, "\(name)") }
    }
}

extension SchemaValue {
    fileprivate subscript(key: String) -> SchemaValue? { if case .object(let members) = self { members[key] } else { nil } }
    fileprivate var properties: [String: SchemaValue] { if case .object(let members)? = self["properties"] { members } else { [:] } }
    fileprivate var required: [String] {
        guard case .list(let names)? = self["required"] else { return [] }
        return names.compactMap { if case .text(let name) = $0 { name } else { nil } }
    }
}
