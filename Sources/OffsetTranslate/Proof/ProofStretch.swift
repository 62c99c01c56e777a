internal import KafkaClient

/// What has to be read to decide where positions between two syncs lie, and which questions that decides.
struct ProofStretch {
    /// What the two logs are asked for.
    struct Range: Hashable {
        var source: TopicPartition
        var target: TopicPartition
        /// The offsets whose records may have copies in ``copies``, and how many are read of them: all below ``certain``, and
        /// above it as many records as there is room for in ``copies``.
        var originals: LogBounds
        var certain: Int64
        var copies: LogBounds
        var passage: Passage
    }

    /// What the mirror has done since it made the first of the copies.
    enum Passage {
        /// It has passed all the originals.
        case through
        /// It may have gone back without a sync that says so yet, and what it copied before that is all there to see.
        case openFromStart
        /// It may have gone back without a sync that says so yet.
        case open
        /// It has gone back, or may have, and not passed again all that it had copied before.
        case onItsWayAgain
    }

    var range: Range
    /// Where the questions stand in their list.
    var questions: [Int]

    /// About how many offsets are read.
    var width: Int64 {
        let most = max(0, range.originals.end - range.originals.start)
        return copiesWidth.addingClamped(min(most, max(0, range.certain - range.originals.start).addingClamped(copiesWidth)))
    }
    var copiesWidth: Int64 { max(0, range.copies.end - range.copies.start) }

    /// - Parameter base: What the syncs say with nothing assumed.
    /// - Returns: `nil` where reading would not decide anything.
    static func range(
        _ question: TranslationQuestion, _ base: Translation, _ history: PartitionHistory, source: LogBounds, target: LogBounds
    ) -> Range? {
        guard !target.isEmpty, question.upstreamOffset <= source.end else { return nil }
        guard let low = base.low, let high = base.high else {
            guard base.kind == .unknown(.noSyncs) || base.kind == .unknown(.targetReplaced) else { return nil }
            return Range(
                source: question.source, target: question.target, originals: source, certain: source.end, copies: target,
                passage: target.start == 0 ? .openFromStart : .open)
        }
        guard low < high else { return nil }
        let isPending = history.disturbance?.earlier.contains {
            question.upstreamOffset <= $0.reach && $0.low(question.upstreamOffset, assuming: .nothing) ?? 0 < high
        } ?? false
        if isPending {
            // A mirror that is on its way again may have copied anything before, and have got anywhere.
            return Range(
                source: question.source, target: question.target, originals: source, certain: source.end,
                copies: LogBounds(start: low, end: target.end),
                passage: .onItsWayAgain)
        }
        // Where retention has taken the sync above, the stretch goes on behind it.
        let above = base.evidence.above.flatMap { sync in
            sync.downstreamOffset >= high && !base.warnings.contains(.historyTainted) ? sync : nil
        }
        let below = base.evidence.below.flatMap { sync in
            sync.upstreamOffset < question.upstreamOffset && sync.downstreamOffset < low ? sync : nil
        }
        let first = min(source.end, max(source.start, below?.upstreamOffset.addingClamped(1) ?? source.start))
        let copies = LogBounds(start: max(target.start, min(low, below?.downstreamOffset.addingClamped(1) ?? target.start)), end: high)
        // Right behind a sync's copy come copies of the records right behind the sync's: no more than there is room for.
        let isAligned = below.map { $0.downstreamOffset.addingClamped(1) == copies.start } ?? false
        return Range(
            source: question.source, target: question.target, originals: LogBounds(start: first, end: source.end),
            certain: isAligned ? first : min(source.end, above?.upstreamOffset ?? source.end), copies: copies,
            passage: above != nil ? .through : isAligned || copies.start == 0 ? .openFromStart : .open)
    }
}
