internal import KafkaClient

/// The logs that questions are about, as they stand on both sides.
struct QuestionLogs: Sendable {
    var source: [TopicPartition: LogBounds]
    var target: [TopicPartition: LogBounds]

    /// The target is asked first: records that come later are then above its log end as it is known here.
    init(_ questions: [TranslationQuestion], source: any KafkaCluster, target: any KafkaCluster) async throws {
        self.target = try await target.logBounds(of: Set(questions.map(\.target)).sorted())
        self.source = try await source.logBounds(of: Set(questions.map(\.source)).sorted())
    }

    func target(_ question: TranslationQuestion) -> LogBounds? { target[question.target] }

    /// The source's log, where the position lies in it, and the target has a log as well.
    func sourceHolding(_ question: TranslationQuestion) -> Result<LogBounds, Unanswerable> {
        guard let bounds = source[question.source] else { return .failure(Unanswerable(.sourceMissing)) }
        guard target[question.target] != nil else { return .failure(Unanswerable(.targetMissing)) }
        if question.upstreamOffset < bounds.start, bounds.start > 0 { return .failure(Unanswerable(.expiredOnSource)) }
        if question.upstreamOffset > bounds.end { return .failure(Unanswerable(.beyondSourceLogEnd)) }
        return .success(bounds)
    }
}

/// A question that stays without an answer.
struct Unanswerable: Error {
    var reason: Translation.Reason

    init(_ reason: Translation.Reason) { self.reason = reason }
}
