import OffsetTranslate

/// Finds the places of many partitions at once, by reading both logs from each one's last sync on.
struct ResumeSearch: Sendable {
    struct Question: Sendable {
        var source: TopicPartition
        var sourceBounds: LogBounds
        var target: TopicPartition
        var targetBounds: LogBounds
        var lastSync: SyncEmitter.Pair?
        /// Offsets that were left out on purpose: there are no copies of them.
        var leftOut: Set<Int64> = []
        /// Why the source's log is another one than before.
        var newHistory: String?
    }

    let source: any KafkaCluster
    let target: any KafkaCluster
    let offsetLagMax: Int64
    /// Records that came through this cluster are not mirrored.
    var passesOverOrigin: String?
    /// A source that is another one than before is mirrored from its start, behind what the target has (`failover.source.reset`).
    var beginsNewHistories = false
    /// Offsets of the target that are compared in one go; 32 bytes a record.
    var portion: Int64 = 2_000_000

    typealias Answers = [TopicPartition: Result<ResumePoint, MirrorError>]

    /// Each partition's place; ``MirrorError/targetDiffers(_:target:upstream:downstream:_:)`` where the logs contradict its last sync.
    func find(_ questions: [Question]) async throws -> Answers {
        var answers: Answers = [:]
        var portion: [Question] = []
        var size: Int64 = 0
        for var question in questions {
            if let contradiction = question.contradiction {
                guard contradiction.isOfSource, beginsNewHistories else {
                    answers[question.source] = .failure(question.refusal(contradiction.what))
                    continue
                }
                question.beginNewHistory(contradiction.what)
            }
            portion.append(question)
            size += question.copies.end - question.copies.start
            if size >= self.portion {
                answers.merge(try await compare(portion)) { $1 }
                (portion, size) = ([], 0)
            }
        }
        return answers.merging(try await compare(portion)) { $1 }
    }

    private func compare(_ questions: [Question]) async throws -> Answers {
        guard !questions.isEmpty else { return [:] }
        let copies = try await entries(questions.map { LogRange($0.target, $0.copies) }, in: target)
        let originals = try await originals(for: questions.filter { copies[$0.target]?.isEmpty == false }) { copies[$0.target]?.count ?? 0 }
        var answers: Answers = [:]
        var others: [Question] = []
        for var question in questions {
            let answer = answer(question, originals[question.source] ?? [], copies[question.target] ?? [])
            if case .failure = answer, beginsNewHistories {
                question.beginNewHistory(Self.differ)
                others.append(question)
            } else {
                answers[question.source] = answer
            }
        }
        // These have no last sync any more, so they can't fail again.
        return others.isEmpty ? answers : answers.merging(try await compare(others)) { $1 }
    }

    private static let differ = "the records there differ"

    private func answer(
        _ question: Question, _ originals: [ResumePoint.Entry], _ copies: [ResumePoint.Entry]
    ) -> Result<ResumePoint, MirrorError> {
        // One of the two may have been compacted away; a record that is there must be the right one.
        if let lastSync = question.lastSync, let original = originals.first, original.offset == lastSync.upstreamOffset,
            let copy = copies.first, copy.offset == lastSync.downstreamOffset, !copy.fingerprint.matches(original.fingerprint)
        {
            return .failure(question.refusal(Self.differ))
        }
        var place = ResumePoint(
            source: originals.lazy.filter { !question.leftOut.contains($0.offset) }, target: copies, sourceStart: question.sourceBounds.start,
            lastSync: question.lastSync, offsetLagMax: offsetLagMax)
        place.newHistory = question.newHistory
        return .success(place)
    }

    /// No more source records are needed than the target holds; holes only make it fewer. So they are read in steps.
    private func originals(
        for questions: [Question], _ wanted: (Question) -> Int
    ) async throws -> [TopicPartition: [ResumePoint.Entry]] {
        var found: [TopicPartition: [ResumePoint.Entry]] = [:]
        var next = Dictionary(uniqueKeysWithValues: questions.map { ($0.source, $0.firstOriginal) })
        var open = questions
        var least = 1
        while !open.isEmpty {
            var ranges: [LogRange] = []
            for question in open {
                guard let start = next[question.source] else { continue }
                let missing = Int64(max(least, wanted(question) + 1 - (found[question.source]?.count ?? 0)))
                let end = min(question.sourceBounds.end, start + missing)
                ranges.append(LogRange(question.source, LogBounds(start: start, end: end)))
                next[question.source] = end
            }
            found.merge(try await entries(ranges, in: source)) { $0 + $1 }
            open = open.filter { (next[$0.source] ?? .max) < $0.sourceBounds.end && (found[$0.source]?.count ?? 0) <= wanted($0) }
            least = 1000
        }
        return found
    }

    private func entries(_ ranges: [LogRange], in cluster: any KafkaCluster) async throws -> [TopicPartition: [ResumePoint.Entry]] {
        try await cluster.scan(ranges, into: [:]) { [passesOverOrigin] entries, message in
            if let passesOverOrigin, Provenance.isFrom(passesOverOrigin, message) { return }
            var fingerprint = RecordFingerprint(message)
            // librdkafka can't write none, nor that of 1970: copies of these have the time at which they were made.
            if message.timestamp <= 0 { fingerprint.timestamp = nil }
            entries[TopicPartition(topic: message.topic, partition: message.partition), default: []]
                .append(ResumePoint.Entry(offset: message.offset, fingerprint: fingerprint))
        }
    }
}

extension ResumeSearch.Question {
    /// What of the target's log may be copies.
    fileprivate var copies: LogBounds { LogBounds(start: lastSync?.downstreamOffset ?? targetBounds.start, end: targetBounds.end) }

    fileprivate var firstOriginal: Int64 { max(lastSync?.upstreamOffset ?? sourceBounds.start, sourceBounds.start) }

    /// What of the logs' bounds can't be, if the last sync is right.
    fileprivate var contradiction: (what: String, isOfSource: Bool)? {
        guard let lastSync else { return nil }
        if lastSync.downstreamOffset >= targetBounds.end { return ("the target's log ends at \(targetBounds.end)", false) }
        if lastSync.downstreamOffset < targetBounds.start {
            return ("the target's log starts at \(targetBounds.start), so nothing is left to compare with", false)
        }
        if lastSync.upstreamOffset >= sourceBounds.end { return ("the source's log ends at \(sourceBounds.end)", true) }
        return nil
    }

    /// From the source's log start on; what a mirror has copied of it already and not synced lies behind the last sync's copy.
    mutating func beginNewHistory(_ reason: String) {
        if let lastSync { targetBounds.start = max(targetBounds.start, lastSync.downstreamOffset + 1) }
        (lastSync, leftOut, newHistory) = (nil, [], reason)
    }

    func refusal(_ what: String) -> MirrorError {
        .targetDiffers(source, target: target, upstream: lastSync?.upstreamOffset ?? -1, downstream: lastSync?.downstreamOffset ?? -1, what)
    }
}
