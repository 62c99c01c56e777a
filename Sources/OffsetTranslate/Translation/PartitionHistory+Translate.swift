public import KafkaClient

extension PartitionHistory {
    /// What the syncs alone say of an offset.
    private struct Bounds {
        /// `nil`: the target's log start.
        var low: Int64?
        /// `nil`: the target's log end.
        var high: Int64?
        var rule: Evidence.Rule
        var below: SyncPoint?
        var above: SyncPoint?
        var warnings: [Translation.Warning] = []
    }

    /// Translates a committed source offset.
    ///
    /// - Parameter target: the extent of the target partition's log, asked for *after* the syncs were read: an older log
    ///   end would make a live mirror's newest sync look like one of a topic that was re-created since.
    public func translate(
        _ upstreamOffset: Int64, assuming assumption: Assumption = .nothing, target: LogBounds? = nil
    ) -> Translation {
        let offset = max(0, upstreamOffset)
        guard let last else { return unknown(isTainted ? .targetReplaced : .noSyncs, assumption, target) }
        if let target, last.downstreamOffset >= target.end {
            return Translation(
                position: target.start, kind: target.isEmpty ? .exact : .bounded, low: target.start,
                high: max(target.start, target.end),
                evidence: Evidence(rule: .targetLog, below: last, target: target, assumption: assumption),
                warnings: [.beyondTargetLogEnd(downstreamOffset: last.downstreamOffset), .historyTainted])
        }
        var bounds = bounds(offset, assumption)
        if let target, let high = bounds.high, high < target.start {
            // The record that made it the upper bound is gone.
            bounds.high = line.firstRecord(from: target.start, assuming: assumption)
        }
        if let disturbance { widen(&bounds, to: disturbance, offset, assumption) }
        return held(bounds, offset, in: target, assumption)
    }

    private func bounds(_ offset: Int64, _ assumption: Assumption) -> Bounds {
        switch line.place(of: offset) {
        case .empty:
            return Bounds(rule: .none)
        case .before(let first):
            var bounds = Bounds(high: first.downstreamOffset, rule: .beforeFirst, above: first)
            // From the first sync there was, not the first that is left: one is dense, the other skips records.
            if assumption == .dense, let origin {
                bounds.low = max(0, origin.downstreamOffset - (origin.upstreamOffset - offset))
            }
            if isTainted { bounds.warnings.append(.historyTainted) }
            return bounds
        case .on(let position, let below, let above):
            return Bounds(
                low: position, high: position, rule: above == nil ? .onSync : .strictInterval, below: below, above: above)
        case .between(let interval, let next, let isCut):
            var bounds = Bounds(
                low: interval.low(offset, assuming: assumption),
                high: interval.high(offset, assuming: assumption),
                rule: isCut ? .overruledInterval : interval.rule(assumption), below: interval.below, above: next)
            if assumption == .dense, !interval.isStrict, interval.excess > 0 {
                bounds.warnings.append(.notDense(excess: interval.excess))
            }
            return bounds
        case .after(let last, let isMarked):
            var bounds = Bounds(low: last.downstreamOffset.addingClamped(1), rule: .afterLast, below: last)
            let distance = offset - last.upstreamOffset
            if assumption != .nothing || (isMarked && distance == 1) {
                bounds.high = last.downstreamOffset.addingClamped(distance)
            }
            if bounds.low != bounds.high { bounds.warnings.append(.aheadOfLastSync(by: distance)) }
            return bounds
        }
    }

    private func widen(_ bounds: inout Bounds, to disturbance: Disturbance, _ offset: Int64, _ assumption: Assumption) {
        if let comeback = disturbance.comeback, offset < comeback.upstreamOffset, let high = bounds.high,
            high < comeback.downstreamOffset {
            bounds.high = comeback.downstreamOffset
            bounds.above = SyncPoint(upstreamOffset: comeback.upstreamOffset, downstreamOffset: comeback.downstreamOffset)
        }
        guard let otherwise = bounds.low else { return }
        var reach: Int64?
        for copies in disturbance.earlier where offset <= copies.reach && (copies.isShown || assumption != .strict) {
            let low = copies.low(offset, assuming: assumption)
            if let low, low >= otherwise { continue }
            reach = max(reach ?? 0, copies.reach)
            bounds.low = if let low, let lowest = bounds.low { min(low, lowest) } else { nil }
            if copies.line.isEmpty { bounds.warnings.append(.historyTainted) }
        }
        guard let reach else { return }
        bounds.warnings.append(.earlierCopies(upTo: reach, otherwise: otherwise))
        bounds.rule = .earlierCopies
    }

    /// Holds the bounds against the target's log.
    private func held(
        _ bounds: Bounds, _ offset: Int64, in target: LogBounds?, _ assumption: Assumption
    ) -> Translation {
        guard let target else {
            guard let low = bounds.low else { return unknown(isTainted ? .targetReplaced : .beforeFirstSync, assumption, nil) }
            return translation(low, bounds.high, bounds, nil, assumption)
        }
        var bounds = bounds
        let low = bounds.low ?? 0
        if low < target.start { bounds.warnings.append(.expiredOnTarget(lost: target.start - low)) }
        let high = min(bounds.high ?? target.end, target.end)
        return translation(max(low, target.start), max(high, target.start), bounds, target, assumption)
    }

    private func translation(
        _ low: Int64, _ high: Int64?, _ bounds: Bounds, _ target: LogBounds?, _ assumption: Assumption
    ) -> Translation {
        Translation(
            position: low, kind: low == high ? .exact : .bounded, low: low, high: high,
            evidence: Evidence(
                rule: bounds.rule, below: bounds.below, above: bounds.above, target: target, assumption: assumption),
            warnings: bounds.warnings)
    }

    private func unknown(_ reason: Translation.Reason, _ assumption: Assumption, _ target: LogBounds?) -> Translation {
        Translation(
            position: nil, kind: .unknown(reason), evidence: Evidence(rule: .none, target: target, assumption: assumption))
    }
}
