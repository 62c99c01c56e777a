public import Foundation
internal import OffsetTranslate

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
        try JSONEncoder.sorted(.prettyPrinted).encode(Document(formatVersion: version, digest: try plan.digest(), plan: plan)) + [0x0A]
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
            throw fail("was changed after it was written: \((error as? DecodingError)?.place ?? "\(error)")")
        }
        guard (try? document.plan.digest()) == document.digest else {
            throw fail("was changed after it was written: its digest does not fit")
        }
        return document.plan
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

    public var description: String { "the plan '\(file)' \(problem.singleLine). Nothing was done; make a new one with 'failover plan --out'." }
}
