internal import Foundation

/// A ``TranslationSnapshot`` in a file of its own.
public struct SnapshotFile: Sendable {
    public var path: String

    public init(path: String) { self.path = path }

    /// - Returns: `nil` where there is no such file yet.
    /// - Throws: ``SnapshotError`` where it is of no use, ``SnapshotFileError`` where it can't be read.
    public func load() throws -> TranslationSnapshot? {
        guard FileManager.default.fileExists(atPath: path) else { return nil }
        let data: Data
        do { data = try Data(contentsOf: URL(fileURLWithPath: path)) } catch {
            throw SnapshotFileError(path: path, doing: "read", reason: error.localizedDescription)
        }
        return try data.withUnsafeBytes { try TranslationSnapshot.decode($0) }
    }

    /// Puts it in the place of what was there, in one step.
    ///
    /// - Throws: ``SnapshotFileError``; what was there is untouched then.
    public func save(_ snapshot: TranslationSnapshot) throws {
        do { try Data(try snapshot.encoded()).write(to: URL(fileURLWithPath: path), options: .atomic) } catch {
            throw SnapshotFileError(path: path, doing: "write", reason: (error as? WireError)?.description ?? error.localizedDescription)
        }
    }
}

/// A snapshot's file could not be read or written.
public struct SnapshotFileError: Error, Hashable, Sendable, CustomStringConvertible {
    public var path: String
    var doing: String
    public var reason: String

    public var description: String {
        "could not \(doing) the snapshot '\(path)': \(reason)\n  A snapshot only saves time: leave --snapshot out to go on without."
    }
}
