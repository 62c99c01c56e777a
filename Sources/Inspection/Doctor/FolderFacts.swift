public import Foundation

/// What is seen of a folder that is written to, or that would be made.
public struct FolderFacts: Sendable, Hashable {
    public var path: String
    public var exists: Bool
    /// There is something of that name which is none, or on the way to it.
    public var isBlocked = false
    /// It may be written to; or, where it is missing, be made.
    public var isWritable: Bool
    /// Permissions of it and of files in it that others than the owner have, place by place.
    public var exposed: [String] = []
    /// Bytes that this user may fill.
    public var free: Int64?

    public init(path: String, exists: Bool, isWritable: Bool, free: Int64?) {
        self.path = path
        self.exists = exists
        self.isWritable = isWritable
        self.free = free
    }

    /// Looks, and makes nothing.
    ///
    /// - Parameter files: Which of its files nobody else should read; of a folder that is shared, none.
    public init(of url: URL, private files: ((String) -> Bool)? = nil) {
        let manager = FileManager.default
        path = url.path
        var isFolder: ObjCBool = false
        exists = manager.fileExists(atPath: path, isDirectory: &isFolder)
        // What is missing is made in the nearest that is there.
        var nearest = url.standardizedFileURL
        while !manager.fileExists(atPath: nearest.path, isDirectory: &isFolder), nearest.path != "/" { nearest.deleteLastPathComponent() }
        isBlocked = !isFolder.boolValue
        isWritable = !isBlocked && access(nearest.path, W_OK | X_OK) == 0
        free = Self.free(nearest.path)
        guard exists, !isBlocked, let files else { return }
        let names = ((try? manager.contentsOfDirectory(atPath: path)) ?? []).filter(files).sorted()
        exposed = [path].filter { Self.isExposed($0, to: 0o077) }.map { "\($0) has mode \(Self.mode($0))" }
            + names.map { url.appendingPathComponent($0).path }.filter { Self.isExposed($0, to: 0o077) }.map { "\($0) has mode \(Self.mode($0))" }
    }

    private static func free(_ path: String) -> Int64? {
        var space = statvfs()
        guard statvfs(path, &space) == 0 else { return nil }
        return Int64(clamping: UInt64(space.f_bavail).multipliedReportingOverflow(by: UInt64(space.f_frsize)).partialValue)
    }

    private static func bits(_ path: String) -> Int? {
        (try? FileManager.default.attributesOfItem(atPath: path))?[.posixPermissions] as? Int
    }

    /// Whether any of these permissions is given.
    static func isExposed(_ path: String, to mask: Int) -> Bool { bits(path).map { $0 & mask != 0 } ?? false }

    /// As `chmod` takes it.
    static func mode(_ path: String) -> String { bits(path).map { "0" + String($0, radix: 8) } ?? "?" }
}
