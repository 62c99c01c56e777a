internal import KafkaClient

/// The stretch of the target's log that has to be dense for the dense row to hold of a position.
enum DenseStretch {
    /// Both syncs' own records included; `nil` where dense or not would say nothing more.
    static func range(_ base: Translation, _ history: PartitionHistory, target: LogBounds) -> LogBounds? {
        guard base.kind == .bounded, !target.isEmpty else { return nil }
        let evidence = base.evidence
        switch evidence.rule {
        case .interval:
            // Next to a return of the mirror, the two are not all that counts.
            let isPending = base.warnings.contains { if case .earlierCopies = $0 { true } else { false } }
            guard !isPending, base.high == evidence.above?.downstreamOffset, let below = evidence.below, let above = evidence.above,
                below.downstreamOffset >= target.start
            else { return nil }
            return LogBounds(start: below.downstreamOffset, end: above.downstreamOffset + 1)
        case .beforeFirst:
            guard history.disturbance == nil, let first = evidence.above else { return nil }
            return LogBounds(start: target.start, end: first.downstreamOffset + 1)
        case .afterLast:
            guard history.disturbance == nil, let last = evidence.below, last.downstreamOffset >= target.start else { return nil }
            return LogBounds(start: last.downstreamOffset, end: target.end)
        default: return nil
        }
    }

    /// Whether there is a record at every offset, and no two are equal.
    static func isDense(_ records: ArraySlice<LogSamples<RecordFingerprint>.Entry>, _ range: LogBounds) -> Bool {
        guard Int64(records.count) == range.end - range.start else { return false }
        var seen = Set<RecordFingerprint>(minimumCapacity: records.count)
        return records.allSatisfy { seen.insert($0.content).inserted }
    }
}
