/// The extent of a partition's log: offsets `start ..< end` may hold records.
public struct LogBounds: Hashable, Sendable, Codable, CustomStringConvertible {
    /// Log start offset: the oldest offset that retention has not deleted.
    public var start: Int64
    /// Log end offset: the offset the next record will get.
    public var end: Int64

    public init(start: Int64, end: Int64) {
        self.start = start
        self.end = end
    }

    public var isEmpty: Bool { start >= end }
    public var description: String { "\(start)..<\(end)" }
}
