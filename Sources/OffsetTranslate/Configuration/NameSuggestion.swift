/// Finds the name that was probably meant.
package enum NameSuggestion {
    /// The nearest known name, if it is near enough to be a slip of the pen: one edit in four characters, three at most.
    package static func nearest(to name: String, among known: some Sequence<String>) -> String? {
        let written = Array(name.lowercased().utf8)
        // Longer names are not typos, and the distance costs the product of both lengths.
        guard !written.isEmpty, written.count <= 80 else { return nil }
        let limit = min(3, max(1, written.count / 4))
        var best: (name: String, distance: Int)?
        for candidate in known {
            let other = Array(candidate.lowercased().utf8)
            guard abs(other.count - written.count) <= limit else { continue }
            let distance = distance(written, other)
            guard distance <= limit else { continue }
            if let best, (best.distance, best.name) <= (distance, candidate) { continue }
            best = (candidate, distance)
        }
        return best?.name
    }

    /// ` Did you mean X?`, or nothing.
    package static func question(for name: String, among known: some Sequence<String>, prefix: String = "") -> String {
        nearest(to: name, among: known).map { " Did you mean “\(prefix)\($0)”?" } ?? ""
    }

    /// Insertions, deletions, replacements and swaps of neighbours that turn one text into the other.
    private static func distance(_ a: [UInt8], _ b: [UInt8]) -> Int {
        var beforeLast: [Int] = []
        var last = Array(0...b.count)
        for i in a.indices {
            var row = [i + 1]
            for j in b.indices {
                var cost = min(last[j + 1] + 1, row[j] + 1, last[j] + (a[i] == b[j] ? 0 : 1))
                if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { cost = min(cost, beforeLast[j - 1] + 1) }
                row.append(cost)
            }
            beforeLast = last
            last = row
        }
        return last[b.count]
    }
}
