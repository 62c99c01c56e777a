public import KafkaClient

/// In one partition of the target's copy: where the mirror's copies end and what was written there since begins.
///
/// Everything below ``start`` is the mirror's, or there before it. What is not certain lies at or above it, so that a reverse
/// mirror which begins at ``start`` leaves out nothing that was written on the target; what it then copies back although the
/// source has it lies below ``end``.
public struct CopyFence: Hashable, Sendable {
    /// How it is known.
    public enum Basis: String, Hashable, Sendable, Codable {
        /// The newest offset sync names the last record that the source has.
        case syncs
        /// Records of both logs were compared.
        case records
        /// Neither; only the newest sync's own copy, and what lies below it, is certain.
        case lastSync
        /// The source holds nothing that was copied: all of the target's log has to go there.
        case sourceReplaced
        /// The topic was never mirrored from the source: all of it was written on the target.
        case neverMirrored
        /// There is nothing to tell copies by; all of the target's log has to go back.
        case nothing
    }

    /// No record below is to be copied back.
    public var start: Int64
    /// No copy lies at or above this; equal to ``start`` where the fence is exact.
    public var end: Int64
    /// The first record at or above ``start``, or the log end: a position up to here has passed no record of the target's own.
    public var firstWritten: Int64
    /// The source offset behind the original of the last copy below ``start``.
    public var home: Int64
    public var basis: Basis

    public init(start: Int64, end: Int64, firstWritten: Int64, home: Int64, basis: Basis) {
        self.start = start
        self.end = end
        self.firstWritten = firstWritten
        self.home = home
        self.basis = basis
    }

    /// No record of the target's own below, no copy above.
    public var isExact: Bool { start >= end }

    /// The most copies that are copied back although the source has their originals.
    public var maxDoubled: Int64 { max(0, end - start) }
}

/// Records that the source has and the target never got: ranges of the source's log, which hold nothing else.
public struct Divergence: Hashable, Sendable {
    public var partition: TopicPartition
    /// Ascending.
    public var ranges: [LogBounds]
    /// How many records; offsets, where they were not read.
    public var records: Int64
    /// They were read. Otherwise some of them may have been copied after all, or be no records.
    public var isCounted: Bool

    public init(partition: TopicPartition, ranges: [LogBounds], records: Int64, isCounted: Bool) {
        self.partition = partition
        self.ranges = ranges
        self.records = records
        self.isCounted = isCounted
    }

    /// How many of them lie at or above an offset, at the most.
    public func mostRecords(from offset: Int64) -> Int64 {
        let left = ranges.reduce(Int64(0)) { $0 + max(0, $1.end - max($1.start, offset)) }
        return min(records, left)
    }
}
