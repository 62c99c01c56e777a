public import KafkaClient

/// The same offset on both sides, as links that preserve offsets keep it; checked by comparing records, not believed.
///
/// Up to 64 source records at and above the position and as many below it must equal those that the target holds at the
/// same offsets (timestamp unless a broker set it, key, value, headers). At least one must be there on each side of the
/// position where the source has any that the target may have. An offset at which one side holds no record, as compaction
/// leaves them, says nothing. Then the position is ``Translation/Kind/exactByProof``; only an estimate where the source's
/// retention has passed it, so that the nearest records to compare lie above. The last records below both log ends are held
/// against each other as well: a mirror that has copied twice has them elsewhere, however far up that was.
///
/// ## What it rests on
/// - A link copies in order, and each record once. If the last record of its log is the source's at that offset, nothing above has been copied.
/// - Records that differ in offset only can't be told apart: where all that were compared are alike, the answer is unknown.
public struct IdentityStrategy: TranslationStrategy {
    private let source: any KafkaCluster
    private let target: any KafkaCluster
    public var name: String { "identity" }

    public init(source: any KafkaCluster, target: any KafkaCluster) {
        self.source = source
        self.target = target
    }

    public func translate(_ questions: [TranslationQuestion]) async throws -> [Translation] {
        let logs = try await QuestionLogs(questions, source: source, target: target)
        let places = questions.map { Place($0, logs) }
        let originals = try await LogSamples.nearest(Set(places.compactMap(\.?.searches).joined()), in: source) { RecordFingerprint($0) }
        // What is there on the source at each place: the same offsets are read on the target.
        let copies = try await LogSamples.read(
            places.compactMap { $0 }.flatMap { place in place.searches.compactMap { place.span(of: originals[$0]) } }, in: target
        ) { RecordFingerprint($0) }
        return zip(questions, places).map { question, place in
            guard let place else {
                return .unknown(logs.source[question.source] == nil ? .sourceMissing : .targetMissing, target: logs.target(question))
            }
            return place.translation(originals, copies)
        }
    }
}

/// One position on a link, and where its proof is looked for.
private struct Place: Sendable {
    typealias Samples = LogSamples<RecordFingerprint>

    private let upstreamOffset: Int64
    private let partition: TopicPartition
    private let source: LogBounds
    private let target: LogBounds
    private let above: Samples.Search
    private let below: Samples.Search
    /// Where whatever has shifted offsets, anywhere above, still shows.
    private let last: Samples.Search

    init?(_ question: TranslationQuestion, _ logs: QuestionLogs) {
        guard let source = logs.source[question.source], let target = logs.target(question) else { return nil }
        self.source = source
        self.target = target
        partition = question.target
        upstreamOffset = max(0, question.upstreamOffset)
        // What both sides may hold, on either side of where the group would go on.
        let common = LogBounds(start: max(source.start, target.start), end: min(source.end, target.end))
        let pivot = max(upstreamOffset, target.start)
        above = .init(range: LogRange(question.source, LogBounds(start: max(pivot, common.start), end: common.end)))
        below = .init(range: LogRange(question.source, LogBounds(start: common.start, end: min(pivot, common.end))), fromEnd: true)
        last = .init(range: LogRange(question.source, common), fromEnd: true)
    }

    var searches: [Samples.Search] { [above, below, last] }

    /// The offsets of the target that hold copies of these records.
    func span(of originals: [Samples.Entry]?) -> LogRange? {
        guard let first = originals?.first?.offset, let last = originals?.last?.offset else { return nil }
        return LogRange(partition, LogBounds(start: first, end: last + 1))
    }

    func translation(_ originals: [Samples.Search: [Samples.Entry]], _ copies: Samples) -> Translation {
        guard upstreamOffset <= source.end else { return .unknown(.beyondSourceLogEnd, target: target) }
        var seen = Set<RecordFingerprint>(), compared = 0
        for search in searches {
            guard let originals = originals[search], let span = span(of: originals) else { continue }
            let copied = Dictionary(copies[span].map { ($0.offset, $0.content) }) { $1 }
            let pairs = originals.compactMap { original in copied[original.offset].map { (original.content, $0) } }
            guard pairs.allSatisfy({ $0.matches($1) }) else { return .unknown(.offsetsNotPreserved, target: target) }
            guard !pairs.isEmpty else { return target.isEmpty ? nothingCopied : .unknown(.nothingToCompare, target: target) }
            // Far from the position, they tell nothing of which of its neighbours is which.
            if search == last, last != below { continue }
            compared += pairs.count
            seen.formUnion(pairs.map(\.0))
        }
        if target.isEmpty { return nothingCopied }
        guard compared > 0 else { return .unknown(.nothingToCompare, target: target) }
        guard compared == 1 || seen.count > 1 else { return .unknown(.recordsAlike, target: target) }
        return proven
    }

    private var proven: Translation {
        let evidence = Evidence(rule: .records, target: target)
        guard upstreamOffset <= target.end else {
            return Translation(
                position: target.end, kind: .bounded, low: target.end, high: upstreamOffset, evidence: evidence,
                warnings: [.notYetCopied(by: upstreamOffset - target.end)])
        }
        let position = max(upstreamOffset, target.start)
        guard position >= source.start else {
            // The records in between are the target's alone.
            return Translation(
                position: position, kind: .estimate, evidence: evidence, warnings: [.notComparable(below: source.start)])
        }
        return Translation(
            position: position, kind: .exactByProof, low: position, high: position, evidence: evidence,
            warnings: position > upstreamOffset ? [.expiredOnTarget(lost: position - upstreamOffset)] : [])
    }

    /// The log's only position skips nothing, whatever is still to come.
    private var nothingCopied: Translation {
        let isBelow = target.end < upstreamOffset
        return Translation(
            position: target.end, kind: isBelow ? .bounded : .exact, low: target.end, high: isBelow ? nil : target.end,
            evidence: Evidence(rule: .targetLog, target: target),
            warnings: isBelow ? [.notYetCopied(by: upstreamOffset - target.end)] : [])
    }
}
