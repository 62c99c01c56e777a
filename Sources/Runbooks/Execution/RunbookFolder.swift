public import Cutover
public import Foundation

/// Where runs of runbooks are kept: a folder each in `runbooks/` beside the cutovers' journals, for their owner only.
public struct RunbookFolder: Sendable {
    /// The cutovers'.
    public let journals: JournalFolder

    public init(_ journals: JournalFolder) { self.journals = journals }

    private var url: URL { journals.url.appendingPathComponent("runbooks") }

    public func folder(of id: String) -> URL { url.appendingPathComponent(id) }
    public func journal(of id: String) -> String { folder(of: id).appendingPathComponent("journal.jsonl").path }

    /// Makes a new run's.
    func make(_ id: String) throws(JournalError) {
        let folder = folder(of: id)
        do {
            try FileManager.default.createDirectory(
                at: folder.appendingPathComponent("evidence"), withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch {
            throw JournalError(path: folder.path, reason: error.localizedDescription)
        }
    }

    /// A run by its name, or by a beginning of it that only one has.
    public func find(_ name: String) throws(RunNotFound) -> String {
        let runs = ids, matches = runs.contains(name) ? [name] : runs.filter { $0.hasPrefix(name) }
        guard let match = matches.first, matches.count == 1 else {
            throw RunNotFound(name: name, folder: url.path, candidates: (matches.isEmpty ? runs : matches).map(RunID.init(rawValue:)))
        }
        return match
    }

    /// Oldest first.
    public var ids: [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: url.path)) ?? []
        return names.filter { FileManager.default.fileExists(atPath: journal(of: $0)) }.sorted()
    }
}
