public import KafkaClient

extension PartitionHistory {
    /// The way home: where on the *source* a group goes on that wants `downstreamOffset` of the target next.
    ///
    /// That is the smallest source offset whose record has its first copy at or above `downstreamOffset`, or, where no such
    /// copy is known, the offset after the last one copied. Below it, the group has been given everything; records copied
    /// twice count as given with their first copy. Kind, bounds and warnings are those of a source offset, and its
    /// ``Evidence/target`` is the source's log. Records that were written to the target by others have no place on the source:
    /// positions among them translate to the next mirrored record.
    ///
    /// It rests on what ``PartitionHistory`` lists, and on one thing more: a re-creation of the source topic shows itself by a
    /// sync whose upstream offset falls. A return of the mirror that no sync shows makes upper bounds too low, as it does there.
    ///
    /// - Parameter source: the extent of the source partition's log.
    public func translateBack(
        _ downstreamOffset: Int64, assuming assumption: Assumption = .nothing, source: LogBounds? = nil
    ) -> Translation {
        guard let last else {
            return Translation(
                position: nil, kind: .unknown(isTainted ? .targetReplaced : .noSyncs),
                evidence: Evidence(rule: .none, target: source, assumption: assumption))
        }
        var answer = bounds(back: max(0, downstreamOffset), assumption)
        if let disorder = disturbance?.disorder, answer.low ?? -1 <= disorder, let high = answer.high {
            answer.high = max(high, disorder.addingClamped(1))
        }
        if let comeback = disturbance?.comeback, downstreamOffset <= comeback.downstreamOffset {
            answer.warnings.append(.wentBackSince(otherwise: answer.low))
            answer.low = nil
            answer.evidence.rule = .sourceLog
        }
        if let source, last.upstreamOffset >= source.end {
            answer.warnings.append(
                .beyondSourceLogEnd(upstreamOffset: last.upstreamOffset, otherwise: answer.low.map { min($0, source.end) }))
            answer.low = nil
            answer.high = nil
            answer.evidence.rule = .sourceLog
        }
        answer.evidence.target = source
        answer.evidence.assumption = assumption
        return answer.held(in: source)
    }

    fileprivate struct BackBounds {
        /// `nil`: the source's log start.
        var low: Int64?
        /// `nil`: the source's log end.
        var high: Int64?
        var evidence: Evidence
        var warnings: [Translation.Warning] = []
    }

    private func bounds(back offset: Int64, _ assumption: Assumption) -> BackBounds {
        switch line.place(of: offset, on: .downstream) {
        case .empty:
            return BackBounds(evidence: Evidence(rule: .none))
        case .before(let first):
            var bounds = BackBounds(high: first.upstreamOffset, evidence: Evidence(rule: .beforeFirst, above: line.point(first)))
            if assumption == .dense, let origin, !isTainted {
                // The copies in between are of as many records below the first sync there was.
                bounds.high = min(first.upstreamOffset, max(0, origin.upstreamOffset - max(0, origin.downstreamOffset - offset)))
            }
            return bounds
        case .on(let position, let below, let above):
            return BackBounds(
                low: position, high: position,
                evidence: Evidence(
                    rule: above == nil ? .onSync : .strictInterval, below: line.point(below), above: line.point(above)))
        case .between(let interval, let next, let isCut):
            let rule = isCut ? .overruledInterval : interval.rule(assumption)
            return BackBounds(
                low: interval.lowBack(offset, assuming: isCut ? .nothing : assumption),
                high: isCut ? max(next.upstreamOffset, interval.above.upstreamOffset) : interval.highBack(offset, assuming: assumption),
                evidence: Evidence(rule: rule, below: line.point(interval.below), above: line.point(next)))
        case .after(let last, _):
            // What lies there need not be the mirror's, whatever is assumed of what lies below.
            var bounds = BackBounds(
                low: last.upstreamOffset.addingClamped(1), evidence: Evidence(rule: .afterLast, below: line.point(last)))
            // Everything up to the last sync's record has a copy below, and what comes next has none.
            if offset - last.downstreamOffset == 1 { bounds.high = bounds.low }
            return bounds
        }
    }
}

extension PartitionHistory.BackBounds {
    fileprivate func held(in source: LogBounds?) -> Translation {
        var warnings = warnings
        guard let from = low ?? source?.start else {
            return Translation(position: nil, kind: .unknown(.beforeFirstSync), evidence: evidence, warnings: warnings)
        }
        var low = from, high = high
        if let source {
            if let wanted = self.low, wanted < source.start { warnings.append(.expiredOnSource(lost: source.start - wanted)) }
            low = min(max(low, source.start), max(source.start, source.end))
            high = max(low, min(high ?? source.end, source.end))
        }
        return Translation(
            position: low, kind: low == high ? .exact : .bounded, low: low, high: high.map { max(low, $0) }, evidence: evidence,
            warnings: warnings)
    }
}
