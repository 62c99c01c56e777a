import OffsetTranslate

extension Mirror {
    /// A partition's place, where a plan says where to begin and no sync says where to go on.
    ///
    /// The last copy below that place and its original are compared. What a mirror before this one has copied from there on, and
    /// died before it wrote a sync, lies at or above the target's log end as it was when the plan was made.
    func begin(
        at start: ReverseStart, sourceBounds: LogBounds, _ target: TopicPartition, targetBounds: LogBounds
    ) async throws -> ResumePoint {
        func refuse(_ what: String) -> MirrorError { .cannotBegin(start.partition, at: start.offset, target: start.target, what) }
        guard start.target == target else { throw refuse("its copy is \(target)") }
        guard start.offset <= sourceBounds.end else { throw refuse("the source's log ends at \(sourceBounds.end)") }
        guard start.targetOffset <= targetBounds.end else {
            throw refuse("the target's log ended at \(start.targetOffset) when it was planned, and ends at \(targetBounds.end)")
        }
        if let last = start.lastCopy {
            guard let copy = try await fingerprint(of: start.partition, at: last.copy, sourceBounds, in: source),
                let original = try await fingerprint(of: target, at: last.original, targetBounds, in: self.target),
                copy.matches(original)
            else { throw refuse("\(start.partition)@\(last.copy) is not the copy of \(target)@\(last.original) any more") }
        }
        if start.offset < sourceBounds.start { report(.recordsGone(start.partition, from: start.offset, to: sourceBounds.start)) }
        return try await ResumePoint.find(
            start.partition, in: source,
            sourceBounds: LogBounds(start: max(start.offset, sourceBounds.start), end: sourceBounds.end), target, in: self.target,
            targetBounds: LogBounds(start: max(start.targetOffset, targetBounds.start), end: targetBounds.end), lastSync: nil,
            offsetLagMax: configuration.offsetLagMax)
    }

    private func fingerprint(
        of partition: TopicPartition, at offset: Int64, _ bounds: LogBounds, in cluster: LibrdkafkaCluster
    ) async throws -> RecordFingerprint? {
        guard offset >= bounds.start, offset < bounds.end else { return nil }
        let range = LogRange(partition, LogBounds(start: offset, end: offset + 1))
        return try await cluster.scan([range], isolation: .uncommitted, into: nil) { found, message in found = RecordFingerprint(message) }
    }
}
