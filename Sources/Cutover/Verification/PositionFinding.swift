/// What the records say of a group's position on the target.
public struct PositionFinding: Hashable, Sendable {
    public enum Verdict: Hashable, Sendable {
        /// What the group reads next on the target is the copy of what it wanted next on the source.
        case matched
        /// These records are read again.
        case behind(Count)
        /// These records would be skipped.
        case ahead(Count)
        /// It is further than on the source, and its members read on the target by now.
        case movedOn(Count)
        /// Records that are alike leave several places, all of these.
        case ambiguous(ClosedRange<Int64>)
        case notMatched(Mismatch)
        case notReadable(Obstacle)
    }

    /// A number of records.
    public struct Count: Hashable, Sendable {
        public var records: Int64
        public var precision: Precision

        public enum Precision: String, Hashable, Sendable {
            case exact, atLeast
            /// Not all in between was read: counted by offsets.
            case atMost
        }

        public init(_ records: Int64, _ precision: Precision = .exact) {
            self.records = records
            self.precision = precision
        }
    }

    public enum Mismatch: Hashable, Sendable {
        /// None of the records around the position on the source has a copy around that on the target.
        case noCopyNearby
        /// The brokers don't hold that offset: the consumers' `auto.offset.reset` decides, and `latest` skips everything.
        case belowTargetLogStart(Int64)
        /// The same, above.
        case beyondTargetLogEnd(Int64)
    }

    public enum Obstacle: Hashable, Sendable {
        case sourceLost
        case noCommit
        case sourceMissing
        case targetMissing
        /// The source has deleted the records at the position.
        case expiredOnSource(logStart: Int64)
        case beyondSourceLogEnd(Int64)
        /// One side has no record to compare.
        case noRecords
        /// A limit, or the error of a cluster.
        case stopped(String)
    }

    /// One record's coordinates.
    public struct Place: Hashable, Sendable {
        public var offset: Int64
        /// Milliseconds since the epoch; -1 where the record has none.
        public var timestamp: Int64

        public init(offset: Int64, timestamp: Int64) {
            self.offset = offset
            self.timestamp = timestamp
        }
    }

    /// The records next to the position, where there are any and they were read.
    public struct Evidence: Hashable, Sendable {
        public var sourceBefore: Place?
        /// At the position or above.
        public var sourceNext: Place?
        public var targetBefore: Place?
        public var targetNext: Place?
        /// Where the first copy of a record at or above the source's position lies.
        public var copy: Int64?
        /// Records of the source at and right above the position that have no copy where it should be.
        public var uncopied = 0

        public init() {}
    }

    public var position: PositionPair
    public var verdict: Verdict
    public var evidence: Evidence

    public init(_ position: PositionPair, _ verdict: Verdict, _ evidence: Evidence = Evidence()) {
        self.position = position
        self.verdict = verdict
        self.evidence = evidence
    }

    /// Records would be skipped, or nobody can say where the group would read.
    public var isFailure: Bool {
        switch verdict {
        case .ahead, .notMatched: true
        case .matched, .behind, .movedOn, .ambiguous, .notReadable: false
        }
    }

    /// The records did not tell.
    public var isOpen: Bool {
        switch verdict {
        case .ambiguous, .notReadable: true
        case .matched, .behind, .movedOn, .ahead, .notMatched: false
        }
    }
}
