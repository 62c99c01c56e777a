public import KafkaClient

/// An estimate from timestamps: the target's earliest record that is not older than the source's record at the position.
///
/// The source's record is the first one at or above the position, or at the source's log end the last one before it. Where
/// the target has nothing as late, the position is its log end. Always ``Translation/Kind/estimate``, without bounds.
///
/// Copies of records below the position that lie there, older records among them, are passed over as far as their contents
/// show what they are, within a thousand records. Where that leads to a copy of a record at or above the position, or to the
/// log's end, the evidence's rule is ``Evidence/Rule/records``. It stays an estimate: nothing shows that the timestamp has not led
/// past a copy already.
///
/// ## What it rests on
/// - The mirror keeps timestamps, and the target's topic keeps the records' own (`message.timestamp.type=CreateTime`). It
///   is asked of a record of the target, and log-append time is no answer.
/// - The copy of the source's record has not been deleted on the target, or nothing after it is older: with that copy there,
///   no record is skipped, however disordered the timestamps are. Of the records with the same or a later timestamp
///   *before* it, those that were not passed over are read again.
/// - A record that was passed over is not the only copy of one more than a thousand offsets above the position that equals one
///   below it, in its timestamp too.
/// - The brokers look timestamps up rightly. What they answer is held against a record of the target; the embedded brokers,
///   which find nothing, are caught by that.
public struct TimestampStrategy: TranslationStrategy {
    private let source: any KafkaCluster
    private let target: any KafkaCluster
    private let limits: RecordProof.Limits?
    public var name: String { "timestamp" }

    /// - Parameter limits: How much may be read to pass copies over; what is left when one is reached stays as the
    ///   timestamps say. `nil`: none is passed over.
    public init(source: any KafkaCluster, target: any KafkaCluster, limits: RecordProof.Limits? = RecordProof.Limits()) {
        self.source = source
        self.target = target
        self.limits = limits
    }

    /// On the target.
    private struct Stamp: Sendable {
        var timestamp: Int64
        var isLogAppendTime: Bool
    }

    private struct LookUp: Hashable {
        var partition: TopicPartition
        var timestamp: Int64
    }

    public func translate(_ questions: [TranslationQuestion]) async throws -> [Translation] {
        let logs = try await QuestionLogs(questions, source: source, target: target)
        let timestamps = try await timestamps(of: questions, logs)
        let lookUps = zip(questions, timestamps).compactMap { question, timestamp -> LookUp? in
            guard case .success(let timestamp) = timestamp else { return nil }
            return LookUp(partition: question.target, timestamp: timestamp)
        }
        let answers = try await answers(to: lookUps, logs)
        let witnesses = Set(lookUps.map { witness($0, answers[$0], logs) })
        let samples = try await LogSamples.read(witnesses, in: target) {
            Stamp(timestamp: $0.timestamp, isLogAppendTime: $0.isLogAppendTime)
        }
        let estimates = zip(questions, timestamps).map { question, timestamp -> Translation in
            let bounds = logs.target(question)
            switch timestamp {
            case .failure(let reason): return .unknown(reason.reason, target: bounds)
            case .success(let timestamp):
                let lookUp = LookUp(partition: question.target, timestamp: timestamp)
                return translation(lookUp, answers[lookUp], samples[witness(lookUp, answers[lookUp], logs)].map(\.content), bounds)
            }
        }
        return try await passingOver(estimates, questions, logs)
    }

    /// Moves estimates up over copies of records below their positions.
    private func passingOver(
        _ estimates: [Translation], _ questions: [TranslationQuestion], _ logs: QuestionLogs
    ) async throws -> [Translation] {
        guard let limits else { return estimates }
        var estimates = estimates
        let passed = questions.indices.compactMap { index -> (index: Int, copies: PassedCopies)? in
            let question = questions[index]
            guard let position = estimates[index].position, let source = logs.source[question.source], let target = logs.target(question),
                let copies = PassedCopies(question, from: position, source: source, target: target)
            else { return nil }
            return (index, copies)
        }
        let meter = ReadingMeter(limits)
        @Sendable func content(_ message: borrowing MessageView) throws -> RecordFingerprint {
            _ = try meter.note(message)
            return RecordFingerprint(message)
        }
        do {
            for chunk in StretchReader.chunks(passed, \.copies.width) {
                let copies = try await LogSamples.read(chunk.map(\.copies.copies), in: target, content)
                // Mirrors may copy what aborted transactions wrote.
                let originals = try await LogSamples.read(
                    chunk.map(\.copies.originals), in: source, isolation: .uncommitted, content)
                for (index, passed) in chunk {
                    guard let (position, isFound) = passed.end(originals[passed.originals], copies[passed.copies]) else { continue }
                    estimates[index].position = position
                    if isFound { estimates[index].evidence.rule = .records }
                }
            }
        } catch is ProofLimitReached {
            // They are estimates as they are.
        }
        return estimates
    }

    /// Of the source's record at each position.
    private func timestamps(of questions: [TranslationQuestion], _ logs: QuestionLogs) async throws -> [Result<Int64, Unanswerable>] {
        func search(_ question: TranslationQuestion, fromEnd: Bool) -> LogSamples<Int64>.Search? {
            guard case .success(let bounds) = logs.sourceHolding(question) else { return nil }
            let offset = max(0, question.upstreamOffset)
            let range = fromEnd ? LogBounds(start: bounds.start, end: offset) : LogBounds(start: offset, end: bounds.end)
            return .init(range: LogRange(question.source, range), fromEnd: fromEnd)
        }
        var found = try await nearest(Set(questions.compactMap { search($0, fromEnd: false) }))
        let without = questions.filter { search($0, fromEnd: false).map { found[$0] == nil } ?? false }
        found.merge(try await nearest(Set(without.compactMap { search($0, fromEnd: true) }))) { $1 }
        return questions.map { question in
            logs.sourceHolding(question).flatMap { _ in
                let timestamp = [false, true].lazy.compactMap { search(question, fromEnd: $0).flatMap { found[$0] } }.first
                guard let timestamp else { return .failure(Unanswerable(.nothingToCompare)) }
                return timestamp < 0 ? .failure(Unanswerable(.noTimestamp)) : .success(timestamp)
            }
        }
    }

    /// The timestamp of the record nearest to where each search begins.
    ///
    /// MirrorMaker copies what aborted transactions wrote, other mirrors may not: of the nearest record at all and the nearest
    /// committed one, the older time is not above either's copy.
    private func nearest(_ searches: Set<LogSamples<Int64>.Search>) async throws -> [LogSamples<Int64>.Search: Int64] {
        var found: [LogSamples<Int64>.Search: Int64] = [:]
        for isolation in [Isolation.uncommitted, .committed] {
            let records = try await LogSamples.nearest(searches, in: source, isolation: isolation) { $0.timestamp }
            for (search, records) in records {
                guard let record = search.fromEnd ? records.last : records.first else { continue }
                found[search] = min(record.content, found[search] ?? record.content)
            }
        }
        return found
    }

    /// One request takes one timestamp of a partition. An answer past the log end as it stood before is none.
    private func answers(to lookUps: [LookUp], _ logs: QuestionLogs) async throws -> [LookUp: Int64] {
        var answers: [LookUp: Int64] = [:]
        var open = Set(lookUps)
        while !open.isEmpty {
            let round = Dictionary(open.map { ($0.partition, $0.timestamp) }) { a, _ in a }
            let found = try await target.offsets(atOrAfter: round)
            for (partition, timestamp) in round {
                let lookUp = LookUp(partition: partition, timestamp: timestamp)
                open.remove(lookUp)
                guard let offset = found[partition], let bounds = logs.target[partition], offset < bounds.end else { continue }
                answers[lookUp] = max(offset, bounds.start)
            }
        }
        return answers
    }

    /// Where the target's records bear an answer out: at the offset itself, or at the log's end where nothing was found.
    private func witness(_ lookUp: LookUp, _ answer: Int64?, _ logs: QuestionLogs) -> LogRange {
        let bounds = logs.target[lookUp.partition] ?? LogBounds(start: 0, end: 0)
        return LogRange(
            lookUp.partition,
            answer.map { LogBounds(start: $0, end: $0 + 1) } ?? LogBounds(start: max(bounds.start, bounds.end - 64), end: bounds.end))
    }

    private func translation(_ lookUp: LookUp, _ answer: Int64?, _ witnesses: [Stamp], _ bounds: LogBounds?) -> Translation {
        guard let bounds else { return .unknown(.targetMissing) }
        guard !witnesses.contains(where: \.isLogAppendTime) else { return .unknown(.logAppendTime, target: bounds) }
        guard witnesses.allSatisfy({ $0.timestamp >= 0 }) else { return .unknown(.noTimestamp, target: bounds) }
        guard witnesses.allSatisfy({ ($0.timestamp >= lookUp.timestamp) == (answer != nil) }) else {
            return .unknown(.timestampsContradicted, target: bounds)
        }
        return Translation(
            position: answer ?? bounds.end, kind: .estimate, evidence: Evidence(rule: .timestamps, target: bounds))
    }
}
