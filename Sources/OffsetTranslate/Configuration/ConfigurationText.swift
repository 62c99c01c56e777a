internal import Foundation

/// Reads the files that configuration names.
enum ConfigurationText {
    /// Larger than any configuration, small enough to refuse `/dev/zero` in time.
    private static let limit = 16 << 20

    /// - Throws: a ``ConfigurationError`` of kind `unreadable`.
    static func bytes(
        of path: String, at location: ConfigurationLocation? = nil, key: String? = nil
    ) throws(ConfigurationError) -> [UInt8] {
        func failure(_ reason: String) -> ConfigurationError {
            ConfigurationError(
                .unreadable, at: location, key: key, "cannot read \(path): \(reason)",
                remedy: "Check the path and the file's permissions")
        }
        guard !path.isEmpty, !path.utf8.contains(0) else { throw failure("that is no path") }
        var isDirectory: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) else {
            throw failure("no such file")
        }
        if isDirectory.boolValue { throw failure("it is a directory") }
        let data: Data
        do {
            let file = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
            defer { try? file.close() }
            data = try file.read(upToCount: limit + 1) ?? Data()
        } catch {
            throw failure("it cannot be opened for reading")
        }
        guard data.count <= limit else { throw failure("it is larger than \(limit >> 20) MiB") }
        return Array(data)
    }
}
