/// When a line's syncs were written: the newest exactly, the others to within 64 syncs, at an eighth of a byte each.
struct SyncTimes: Hashable, Sendable {
    /// Of the newest sync; -1 when not known.
    private(set) var newest: Int64 = -1
    private var first = Self.none
    /// Of the syncs 64, 128, 192, ...
    private(set) var samples: [Int64] = []

    private static let step = 64
    /// No first sync; an optional would take 8 bytes more in every history.
    private static let none = Int64.min

    /// Of the first sync; `nil` while there is none.
    var oldest: Int64? { first == Self.none ? nil : first }

    init() {}

    init(newest: Int64, oldest: Int64?, samples: [Int64]) {
        self.newest = newest
        first = oldest ?? Self.none
        self.samples = samples
    }

    /// When the sync of that number was written, or one at most 63 before it.
    subscript(number: Int) -> Int64 {
        let sample = min(number / Self.step, samples.count)
        return sample == 0 ? oldest ?? -1 : samples[sample - 1]
    }

    /// Notes the time of the newest sync, which may stand in the place of the one before.
    ///
    /// - Parameter count: How many syncs are told apart now.
    mutating func append(_ timestamp: Int64, count: Int) {
        newest = timestamp
        if first == Self.none { first = timestamp }
        if count > 1, (count - 1) / Self.step > samples.count { samples.append(timestamp) }
    }

    mutating func trim() { samples.trim() }

    mutating func keep(first count: Int) {
        samples.removeLast(max(0, samples.count - (count - 1) / Self.step))
        newest = self[max(0, count - 1)]
    }
}
