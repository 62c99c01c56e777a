internal import KafkaClient

extension Translation {
    /// Takes what comparing records showed.
    ///
    /// - Parameters:
    ///   - base: What the syncs say with nothing assumed.
    ///   - source: The extent of the source's log.
    mutating func take(_ match: CopyMatch, _ question: TranslationQuestion, _ base: Translation, source: LogBounds) {
        guard let bounds = question.bounds else { return }
        // A topic that shares no record with the source's is no copy of it.
        guard base.position != nil || match.hasMatches else { return }
        let known = (base.low ?? bounds.start)...max(base.low ?? bounds.start, base.high ?? bounds.end)
        let shown = match.position(
            of: question.upstreamOffset, within: known, mayMissOriginals: question.upstreamOffset < source.start)
        let isExact = shown.lowerBound == shown.upperBound
        guard isExact || shown != known else { return }
        var warnings = base.warnings + self.warnings.filter { if case .staleSync = $0 { true } else { false } }
        if isExact { warnings.removeAll(where: \.isResolvedByReading) }
        let uncopied = shown.lowerBound == bounds.end ? match.uncopied(below: question.upstreamOffset) : 0
        if uncopied > 0 { warnings.append(.notYetCopied(by: uncopied)) }
        // What was assumed may narrow it further, where it does not contradict the records.
        if !isExact, let low, let high, shown.contains(low), shown.contains(high) { return }
        var evidence = base.evidence
        evidence.rule = .records
        evidence.target = bounds
        self = Translation(
            position: shown.lowerBound, kind: isExact ? .exactByProof : .bounded, low: shown.lowerBound, high: shown.upperBound,
            evidence: evidence, warnings: warnings)
    }

    /// Takes what holds of a stretch that has shown itself to be dense.
    mutating func take(dense question: TranslationQuestion, _ map: TranslationMap) {
        var shown = map.translate(question.upstreamOffset, of: question.source, assuming: .dense, target: question.bounds)
        guard shown.position != nil, shown.evidence.rule != .interval else { return }
        if shown.kind == .exact { shown.kind = .exactByProof }
        shown.evidence.rule = .targetRecords
        shown.evidence.assumption = .nothing
        self = shown
    }
}

extension Translation.Warning {
    /// Says that something is not known which comparing records decides.
    fileprivate var isResolvedByReading: Bool {
        switch self {
        case .aheadOfLastSync, .staleSync, .earlierCopies, .notDense: true
        default: false
        }
    }
}
