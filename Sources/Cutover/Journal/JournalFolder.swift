public import Foundation

/// Where runs' journals are kept, a file each: `failover-<id>.journal.jsonl`.
public struct JournalFolder: Sendable {
    public let url: URL

    public init(_ url: URL) { self.url = url }

    public func path(of id: RunID) -> String { url.appendingPathComponent("failover-\(id).journal.jsonl").path }

    /// A new run's name and file. The folder is made where it is missing, for its owner only.
    ///
    /// - Parameter name: One that is given, instead of one that is made up.
    public func newRun(_ name: RunID? = nil) throws(JournalError) -> (id: RunID, path: String) {
        try make()
        let id = name ?? RunID.new()
        return (id, path(of: id))
    }

    private func make() throws(JournalError) {
        do {
            try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch {
            throw JournalError(path: url.path, reason: error.localizedDescription)
        }
    }

    /// Another process is at this run.
    public func isLive(_ id: RunID) -> Bool { JournalFile.isLive(path: path(of: id)) }

    /// Keeps a journal that was brought from elsewhere.
    ///
    /// - Returns: Its path.
    /// - Throws: ``JournalError`` where there is one of that run already.
    public func keep(_ text: Data, of id: RunID) throws -> String {
        let path = path(of: id)
        guard !FileManager.default.fileExists(atPath: path) else { throw JournalError(path: path, reason: "there is one already") }
        try make()
        guard FileManager.default.createFile(atPath: path, contents: text, attributes: [.posixPermissions: 0o600]) else {
            throw JournalError(path: path, reason: "the file could not be created")
        }
        return path
    }

    /// A run by its name, by a beginning of it that only one has, or by its journal's path.
    public func find(_ name: String) throws(RunNotFound) -> String {
        if FileManager.default.fileExists(atPath: name) { return name }
        let runs = ids
        let matches = runs.contains { $0.rawValue == name } ? [RunID(rawValue: name)] : runs.filter { $0.rawValue.hasPrefix(name) }
        guard let match = matches.first, matches.count == 1 else {
            throw RunNotFound(name: name, folder: url.path, candidates: matches.isEmpty ? runs : matches)
        }
        return path(of: match)
    }

    /// Oldest first.
    public var ids: [RunID] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: url.path)) ?? []
        return names.compactMap { name in
            guard name.hasPrefix("failover-"), name.hasSuffix(".journal.jsonl") else { return nil }
            return RunID(rawValue: String(name.dropFirst(9).dropLast(14)))
        }.sorted { $0.rawValue < $1.rawValue }
    }
}

extension RunID {
    /// `20261125T091003-k7qd`: sorts by time.
    public static func new(at date: Date = .now) -> RunID {
        let time = date.formatted(Date.ISO8601FormatStyle(dateSeparator: .omitted, dateTimeSeparator: .standard, timeSeparator: .omitted))
        let letters = Array("abcdefghijkmnpqrstuvwxyz23456789")
        return RunID(rawValue: String(time.dropLast()) + "-" + String((0..<4).compactMap { _ in letters.randomElement() }))
    }

    /// One that somebody else made up: up to 64 letters, digits and hyphens, so that it is a file's name anywhere.
    public init?(named name: String) {
        guard name.wholeMatch(of: /[A-Za-z0-9][A-Za-z0-9-]{0,63}/) != nil else { return nil }
        self.init(rawValue: name)
    }
}

/// No such run, or several.
public struct RunNotFound: Error, CustomStringConvertible {
    public var name: String
    public var folder: String
    public var candidates: [RunID]

    package init(name: String, folder: String, candidates: [RunID]) {
        self.name = name
        self.folder = folder
        self.candidates = candidates
    }

    public var description: String {
        let shown = candidates.suffix(8).map { "\n  - \($0)" }.joined()
        return "no single run '\(name)' in \(folder)" + (shown.isEmpty ? ": it holds none. --journal-folder names another." : "; there are:\(shown)")
    }
}
