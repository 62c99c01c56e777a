public import KafkaClient

/// One partition's log: offsets `bounds.start ..< bounds.end`, of which some may hold no record.
public struct InMemoryLog: Hashable, Sendable {
    /// A record with its place.
    public struct Entry: Hashable, Sendable {
        public var offset: Int64
        public var record: Record
        /// Of an aborted transaction: readers of committed records pass over it.
        public var isAborted = false
    }

    public private(set) var bounds: LogBounds
    /// `message.timestamp.type=LogAppendTime`: the timestamps of ``entries`` are the brokers' own.
    public var isLogAppendTime = false
    /// Ascending in offset.
    public private(set) var entries: [Entry] = []

    /// An empty log that starts and ends at `start`.
    public init(startingAt start: Int64 = 0) { bounds = LogBounds(start: start, end: start) }

    /// Appends a record and returns its offset.
    @discardableResult
    public mutating func append(_ record: Record, isAborted: Bool = false) -> Int64 {
        entries.append(Entry(offset: bounds.end, record: record, isAborted: isAborted))
        bounds.end += 1
        return bounds.end - 1
    }

    /// Leaves offsets without a record, as control records and aborted transactions do.
    public mutating func leaveHole(_ count: Int64 = 1) { bounds.end += max(0, count) }

    /// Leaves a hole up to `end`.
    public mutating func extend(to end: Int64) { bounds.end = max(bounds.end, end) }

    /// Removes one record; its offset stays, empty.
    public mutating func compact(_ offset: Int64) { entries.removeAll { $0.offset == offset } }

    /// Retention: raises the log start, at most to the end.
    public mutating func deleteRecords(before offset: Int64) {
        bounds.start = min(max(bounds.start, offset), bounds.end)
        entries.removeAll { $0.offset < bounds.start }
    }

    /// Lowers the log end, as an unclean leader election does.
    public mutating func truncate(to end: Int64) {
        bounds.end = min(bounds.end, max(0, end))
        bounds.start = min(bounds.start, bounds.end)
        entries.removeAll { $0.offset >= bounds.end }
    }

    /// The records of a range.
    func entries(in range: LogBounds) -> ArraySlice<Entry> {
        guard !range.isEmpty else { return [] }
        let first = entries.firstIndex { $0.offset >= range.start } ?? entries.endIndex
        let last = entries[first...].firstIndex { $0.offset >= range.end } ?? entries.endIndex
        return entries[first..<last]
    }
}
