public import Foundation

/// A plan in a file: JSON with a version and a digest, so that what is carried out is what was agreed to.
public enum PlanFile {
    private struct Document: Codable {
        var formatVersion: Int
        var digest: String
        var plan: CutoverPlan
    }

    static let version = 1

    /// Pretty, sorted, for people to read and programs to take apart; `docs/json.md` describes it.
    public static func encode(_ plan: CutoverPlan) throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return try encoder.encode(Document(formatVersion: version, digest: try plan.digest(), plan: plan)) + [0x0A]
    }

    /// - Throws: ``PlanFileError``.
    public static func decode(_ data: Data, name: String) throws(PlanFileError) -> CutoverPlan {
        func fail(_ problem: String) -> PlanFileError { PlanFileError(file: name, problem: problem) }
        struct Version: Decodable { var formatVersion: Int }
        guard let found = try? JSONDecoder().decode(Version.self, from: data).formatVersion else {
            throw fail("is not a plan that 'failover plan --out' wrote, or was cut short")
        }
        guard found == version else { throw fail("has format version \(found); this command knows \(version)") }
        let document: Document
        do {
            document = try JSONDecoder().decode(Document.self, from: data)
        } catch {
            throw fail("was changed after it was written: \(Self.place(of: error))")
        }
        guard (try? document.plan.digest()) == document.digest else {
            throw fail("was changed after it was written: its digest does not fit")
        }
        return document.plan
    }

    private static func place(of error: any Error) -> String {
        switch error as? DecodingError {
        case .keyNotFound(let key, let context): "no \((context.codingPath + [key]).map(\.stringValue).joined(separator: "."))"
        case .typeMismatch(_, let context), .valueNotFound(_, let context), .dataCorrupted(let context):
            "\(context.codingPath.map(\.stringValue).joined(separator: ".")): \(context.debugDescription)"
        default: "\(error)"
        }
    }
}

/// A plan file can't be used.
public struct PlanFileError: Error, CustomStringConvertible {
    public var file: String
    public var problem: String

    public init(file: String, problem: String) {
        self.file = file
        self.problem = problem
    }

    public var description: String { "the plan '\(file)' \(problem). Nothing was done; make a new one with 'failover plan --out'." }
}
