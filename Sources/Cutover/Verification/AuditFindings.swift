public import KafkaClient

/// What an audit of one partition's two logs came to.
public struct AuditFindings: Hashable, Sendable {
    /// Something of which there is a number, and the first few.
    public struct Tally: Hashable, Sendable {
        public var count: Int64 = 0
        /// In the order of their finding; at most ``LogAudit/examples``.
        public var examples: [Coordinates] = []

        mutating func add(_ coordinates: Coordinates) {
            count += 1
            if examples.count < LogAudit.examples { examples.append(coordinates) }
        }
    }

    /// Where a record and its copy are; `nil` where there is none.
    public struct Coordinates: Hashable, Sendable {
        public var source: Int64?
        public var target: Int64?
        /// Milliseconds since the epoch; -1 where the record has none.
        public var timestamp: Int64

        public init(source: Int64? = nil, target: Int64? = nil, timestamp: Int64) {
            self.source = source
            self.target = target
            self.timestamp = timestamp
        }
    }

    public var source: TopicPartition?
    public var target: TopicPartition?
    /// Records that were read.
    public var originals: Int64 = 0
    public var copies: Int64 = 0
    /// Originals with a copy.
    public var matched: Int64 = 0
    /// Originals that have no copy, though later ones do.
    public var missing = Tally()
    /// Copied more than once: each copy after the first.
    public var doubled = Tally()
    /// Between the copies of the same two neighbours, as many others as are missing there: same place, other content.
    public var different = Tally()
    /// Originals, of ``matched``, whose copy comes after that of a later one.
    public var outOfOrder = Tally()
    /// On the target only.
    public var foreign = Tally()
    /// Of the target's, a hole where the copy would be: compaction has removed it, or its key has a later record.
    public var compactedOnTarget = Tally()
    /// On the target only, with a hole in the source's log where the original would be.
    public var compactedOnSource = Tally()
    /// After the last original that was copied.
    public var notYetCopied: Int64 = 0
    /// Before the first and after the last record that both sides have, where what was read does not begin or end with the logs.
    public var outsideOnSource: Int64 = 0
    public var outsideOnTarget: Int64 = 0
    /// The first and the last original with a copy.
    public var compared: ClosedRange<Int64>?
    /// Why the reading ended early.
    public var obstacle: String?

    public init() {}

    public enum Verdict: String, Hashable, Sendable {
        /// Every original in between has its copy, in order, and the target nothing else.
        case same
        /// So, but that the target has more: doubled or foreign records.
        case complete
        /// Missing, different or out of order.
        case broken
        /// Both sides have records, and not one is the other's copy.
        case unrelated
        /// One side has no records.
        case nothingToCompare
        /// It was not read to the end, and nothing broken was found so far.
        case unfinished
    }

    public var verdict: Verdict {
        if missing.count + different.count + outOfOrder.count > 0 { return .broken }
        if obstacle != nil { return .unfinished }
        if matched == 0 { return originals > 0 && copies > 0 ? .unrelated : .nothingToCompare }
        return doubled.count + foreign.count > 0 ? .complete : .same
    }

    public var isFailure: Bool { verdict == .broken || verdict == .unrelated }
}
