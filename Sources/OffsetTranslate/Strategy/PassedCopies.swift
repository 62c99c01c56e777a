internal import KafkaClient

/// Records of the target, from an estimate on, that are copies of what a group has read already.
///
/// One that equals a source record below the position, and none at or above it, is nothing that the group wants. So the
/// estimate moves up over such records, and stops at the first other one: the lowest that equals a record the group wants,
/// or one that nothing explains.
struct PassedCopies {
    typealias Entry = LogSamples<RecordFingerprint>.Entry

    /// How many offsets are read: of the target from the estimate on, and of the source on either side of the position.
    /// Going to another place of a log costs about as much.
    private static let reach: Int64 = 1000

    let originals: LogRange
    let copies: LogRange
    private let upstreamOffset: Int64
    private let isToLogEnd: Bool

    /// - Returns: `nil` where the target has no record at or above the estimate.
    init?(_ question: TranslationQuestion, from estimate: Int64, source: LogBounds, target: LogBounds) {
        guard estimate < target.end else { return nil }
        upstreamOffset = max(0, question.upstreamOffset)
        let end = min(target.end, estimate.addingClamped(Self.reach))
        isToLogEnd = end == target.end
        copies = LogRange(question.target, LogBounds(start: estimate, end: end))
        originals = LogRange(
            question.source,
            LogBounds(
                start: max(source.start, upstreamOffset - Self.reach), end: min(source.end, upstreamOffset.addingClamped(Self.reach))))
    }

    /// About how many offsets are read.
    var width: Int64 { 3 * Self.reach }

    /// Where they end, and whether that is at a copy of a record that the group wants, or at the log's end where none is.
    ///
    /// `nil` where brokers set timestamps: without them, too many records are alike.
    func end(_ originals: ArraySlice<Entry>, _ copies: ArraySlice<Entry>) -> (position: Int64, isFound: Bool)? {
        guard !originals.isEmpty, (originals + copies).allSatisfy({ $0.content.timestamp != nil }) else { return nil }
        let pivot = originals.partitioningIndex { $0.offset >= upstreamOffset }
        let read = Set(originals[..<pivot].map(\.content)), wanted = Set(originals[pivot...].map(\.content))
        for copy in copies {
            if wanted.contains(copy.content) { return (copy.offset, true) }
            if !read.contains(copy.content) { return (copy.offset, false) }
        }
        return (self.copies.bounds.end, isToLogEnd)
    }
}
