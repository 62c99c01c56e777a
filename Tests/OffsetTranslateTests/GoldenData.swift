import Foundation
import OffsetTranslate

/// The recordings of stock MirrorMaker 2 kept in `Golden/` (see the README there).
enum GoldenData {
    static func lines(_ path: String) throws -> [String] {
        guard let root = Bundle.module.resourceURL else { throw CocoaError(.fileNoSuchFile) }
        return try String(contentsOf: root.appendingPathComponent("Golden/\(path)"), encoding: .utf8)
            .split(separator: "\n").map(String.init)
    }

    private struct Raw: Decodable {
        var offset: Int64
        var timestamp: Int64
        var key: Data
        var value: Data
    }

    /// An internal topic of a recording, decoded.
    static func entries<Entry: InternalTopicEntry>(_ path: String) throws -> [Located<Entry>] {
        try lines(path).map { line in
            let raw = try JSONDecoder().decode(Raw.self, from: Data(line.utf8))
            let entry = try Array(raw.key).withUnsafeBytes { key in
                try Array(raw.value).withUnsafeBytes { value in try Entry.decode(key: key, value: value) }
            }
            return Located(entry: entry, offset: raw.offset, timestamp: raw.timestamp)
        }
    }
}
