import Foundation

/// The recordings of stock MirrorMaker 2 kept in `Golden/` (see the README there).
enum GoldenData {
    static func lines(_ path: String) throws -> [String] {
        guard let root = Bundle.module.resourceURL else { throw CocoaError(.fileNoSuchFile) }
        return try String(contentsOf: root.appendingPathComponent("Golden/\(path)"), encoding: .utf8)
            .split(separator: "\n").map(String.init)
    }
}
