public import KafkaClient

/// Proof by reading: decides by comparing records what offset syncs leave open.
///
/// With both logs, a position becomes exact, or as narrow as records that are equal to each other allow; see `CopyMatch`.
/// With the target alone, the dense row of the theory is shown instead of assumed: a stretch between two syncs that holds a
/// record at every offset, no two of them equal, holds nothing copied twice. That rests on nobody but the mirror writing to
/// the target's topic.
///
/// Each stretch is read once, for all groups that stand in it; those that take least are read first. Nothing is changed
/// anywhere.
public struct RecordProof: Sendable {
    /// How much may be read, on both sides together. What is left when a limit is reached stays as the syncs say.
    public struct Limits: Sendable, Hashable {
        /// Keys and values.
        public var bytes: Int
        /// About 40 bytes of memory each.
        public var records: Int
        public var time: Duration

        public init(bytes: Int = 1 << 30, records: Int = 10_000_000, time: Duration = .seconds(60)) {
            self.bytes = bytes
            self.records = records
            self.time = time
        }
    }

    /// What a proof came to.
    public struct Outcome: Sendable {
        /// In the order of the questions.
        public var translations: [Translation]
        /// Positions that records made exact.
        public var proven = 0
        /// Positions that could not be compared, because of what ``obstacle`` says.
        public var uncompared = 0
        /// The limit, or the error of a cluster, that ended the reading.
        public var obstacle: (any Error)?
        /// What was read.
        public var records = 0
        public var bytes = 0
    }

    private let source: (any KafkaCluster)?
    private let target: any KafkaCluster
    private let limits: Limits
    private let progress: ReadingProgress.Handler

    /// - Parameters:
    ///   - source: `nil`: the target alone is read.
    ///   - progress: Told how many of the offsets to be read were, from any thread.
    public init(
        source: (any KafkaCluster)?, target: any KafkaCluster, limits: Limits = Limits(),
        progress: @escaping ReadingProgress.Handler = { _ in }
    ) {
        self.source = source
        self.target = target
        self.limits = limits
        self.progress = progress
    }

    /// Tightens translations that are not exact.
    ///
    /// - Parameters:
    ///   - questions: With the target's bounds; those without are left as they are.
    ///   - translations: The answers so far.
    ///   - map: The syncs that they rest on.
    /// - Throws: `CancellationError`. Clusters that fail end the reading, not the answer: see ``Outcome/obstacle``.
    public func tighten(
        _ questions: [TranslationQuestion], _ translations: [Translation], by map: TranslationMap
    ) async throws -> Outcome {
        var outcome = Outcome(translations: translations)
        let meter = ReadingMeter(limits)
        do {
            if let source {
                try await compare(questions, map, source, meter, &outcome)
            } else {
                try await count(questions, map, meter, &outcome)
            }
        } catch let error as CancellationError {
            throw error
        } catch {
            outcome.obstacle = error
        }
        (outcome.records, outcome.bytes) = meter.total
        return outcome
    }

    // MARK: Both logs

    private func compare(
        _ questions: [TranslationQuestion], _ map: TranslationMap, _ source: any KafkaCluster, _ meter: ReadingMeter,
        _ outcome: inout Outcome
    ) async throws {
        let logs = try await source.logBounds(of: Set(questions.map(\.source)).sorted())
        var ranges: [ProofStretch.Range: [Int]] = [:]
        var bases: [Int: Translation] = [:]
        for (index, question) in questions.enumerated() {
            guard let bounds = question.bounds, let log = logs[question.source] else { continue }
            let base = map.translate(question.upstreamOffset, of: question.source, target: bounds)
            let history = map[question.source] ?? PartitionHistory()
            guard let range = ProofStretch.range(question, base, history, source: log, target: bounds) else { continue }
            ranges[range, default: []].append(index)
            bases[index] = base
        }
        let stretches = ranges.map { ProofStretch(range: $0, questions: $1) }.sorted { $0.width < $1.width }
        outcome.uncompared = bases.count
        let reader = StretchReader(source: source, target: target, meter: meter, progress: progress, total: stretches.map(\.width))
        for chunk in StretchReader.chunks(stretches, \.width) {
            for (stretch, contents) in try await reader.read(chunk) {
                let history = map[stretch.range.source] ?? PartitionHistory()
                let match = CopyMatch(
                    originals: contents.originals[...], copies: contents.copies[...], readTo: contents.end, passage: stretch.range.passage,
                    isComplete: stretch.range.originals.start == 0, end: stretch.range.copies.end,
                    floor: { history.isEmpty ? 0 : history.translate($0, target: questions[stretch.questions[0]].bounds).low ?? 0 })
                for index in stretch.questions {
                    guard let base = bases[index], let log = logs[stretch.range.source] else { continue }
                    outcome.uncompared -= 1
                    outcome.translations[index].take(match, questions[index], base, source: log)
                    if outcome.translations[index].kind == .exactByProof { outcome.proven += 1 }
                }
            }
        }
    }

    // MARK: The target alone

    private func count(
        _ questions: [TranslationQuestion], _ map: TranslationMap, _ meter: ReadingMeter, _ outcome: inout Outcome
    ) async throws {
        var ranges: [LogRange: [Int]] = [:]
        for (index, question) in questions.enumerated() {
            guard let bounds = question.bounds, let history = map[question.source] else { continue }
            let base = history.translate(question.upstreamOffset, target: bounds)
            guard let range = DenseStretch.range(base, history, target: bounds) else { continue }
            ranges[LogRange(question.target, range), default: []].append(index)
        }
        let sorted = ranges.sorted { $0.key.bounds.end - $0.key.bounds.start < $1.key.bounds.end - $1.key.bounds.start }
        outcome.uncompared = ranges.values.reduce(0) { $0 + $1.count }
        for chunk in StretchReader.chunks(sorted, { $0.key.bounds.end - $0.key.bounds.start }) {
            let records = try await LogSamples.read(chunk.map(\.key), in: target) { message in
                _ = try meter.note(message)
                return RecordFingerprint(message)
            }
            for (range, indices) in chunk {
                let isDense = DenseStretch.isDense(records[range], range.bounds)
                for index in indices {
                    outcome.uncompared -= 1
                    guard isDense else { continue }
                    outcome.translations[index].take(dense: questions[index], map)
                    if outcome.translations[index].kind == .exactByProof { outcome.proven += 1 }
                }
            }
        }
    }
}
