import OffsetTranslate

extension Tenure {
    /// Where a plan says where to begin and no sync says where to go on: narrows what is compared to what lies behind that place.
    ///
    /// The last copy below it and its original are compared. What a mirror before this one has copied from there on, and died before it
    /// wrote a sync, lies at or above the target's log end as it was when the plan was made.
    func begin(at start: ReverseStart, _ question: inout ResumeSearch.Question) async throws {
        func refuse(_ what: String) -> MirrorError { .cannotBegin(start.partition, at: start.offset, target: start.target, what) }
        let here = question.sourceBounds, there = question.targetBounds
        guard start.target == question.target else { throw refuse("its copy is \(question.target)") }
        guard start.offset <= here.end else { throw refuse("the source's log ends at \(here.end)") }
        guard start.targetOffset <= there.end else {
            throw refuse("the target's log ended at \(start.targetOffset) when it was planned, and ends at \(there.end)")
        }
        if let last = start.lastCopy {
            guard let copy = try await fingerprint(of: start.partition, at: last.copy, here, in: source),
                let original = try await fingerprint(of: question.target, at: last.original, there, in: target), copy.matches(original)
            else { throw refuse("\(start.partition)@\(last.copy) is not the copy of \(question.target)@\(last.original) any more") }
        }
        if start.offset < here.start { report(.recordsGone(start.partition, from: start.offset, to: here.start)) }
        question.sourceBounds.start = max(start.offset, here.start)
        question.targetBounds.start = max(start.targetOffset, there.start)
    }

    func fingerprint(
        of partition: TopicPartition, at offset: Int64, _ bounds: LogBounds, in cluster: LibrdkafkaCluster
    ) async throws -> RecordFingerprint? {
        guard offset >= bounds.start, offset < bounds.end else { return nil }
        let range = LogRange(partition, LogBounds(start: offset, end: offset + 1))
        return try await cluster.scan([range], isolation: .uncommitted, into: nil) { found, message in found = RecordFingerprint(message) }
    }
}
