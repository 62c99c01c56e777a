public import KafkaClient

extension PartitionHistory {
    /// What the syncs say of an offset, and why; held against nothing yet.
    private struct Finding {
        /// `nil`: the target's log start.
        var low: Int64?
        /// `nil`: the target's log end.
        var high: Int64?
        var rule: Evidence.Rule
        var below: SyncReference?
        var above: SyncReference?
        var warning: Translation.Warning?
        /// Of copies from before the mirror went back.
        var earlier: [Translation.Warning] = []

        /// `nil` where nothing bounds it from below.
        func held(in target: LogBounds?) -> OffsetBounds? {
            guard let target else { return low.map { OffsetBounds(low: $0, high: high) } }
            return OffsetBounds(
                low: max(low ?? 0, target.start), high: max(min(high ?? target.end, target.end), target.start))
        }
    }

    /// Between which target offsets a committed source offset lies: what ``translate(_:assuming:target:)`` says of it, without
    /// evidence and warnings, which take most of its time where the history is in a core's cache.
    ///
    /// - Returns: `nil` where the translation is unknown.
    public func bounds(of upstreamOffset: Int64, assuming assumption: Assumption = .nothing, target: LogBounds? = nil) -> OffsetBounds? {
        if line.isEmpty { return nil }
        if let target, pointsBeyond(target) { return OffsetBounds(low: target.start, high: max(target.start, target.end)) }
        return finding(max(0, upstreamOffset), assumption, target).held(in: target)
    }

    /// The bounds of many offsets; the sooner found, the nearer those lie together that follow each other.
    public func bounds(
        of upstreamOffsets: [Int64], assuming assumption: Assumption = .nothing, target: LogBounds? = nil
    ) -> [OffsetBounds?] {
        upstreamOffsets.map { bounds(of: $0, assuming: assumption, target: target) }
    }

    /// Translates a committed source offset.
    ///
    /// - Parameter target: the extent of the target partition's log, asked for *after* the syncs were read: an older log
    ///   end would make a live mirror's newest sync look like one of a topic that was re-created since.
    public func translate(
        _ upstreamOffset: Int64, assuming assumption: Assumption = .nothing, target: LogBounds? = nil
    ) -> Translation {
        guard let last else { return unknown(isTainted ? .targetReplaced : .noSyncs, assumption, target) }
        if let target, pointsBeyond(target) {
            return Translation(
                position: target.start, kind: target.isEmpty ? .exact : .bounded, low: target.start,
                high: max(target.start, target.end),
                evidence: Evidence(rule: .targetLog, below: last, target: target, assumption: assumption),
                warnings: [.beyondTargetLogEnd(downstreamOffset: last.downstreamOffset), .historyTainted])
        }
        let finding = finding(max(0, upstreamOffset), assumption, target)
        guard let held = finding.held(in: target) else {
            return unknown(isTainted ? .targetReplaced : .beforeFirstSync, assumption, nil)
        }
        var warnings = finding.earlier
        if let warning = finding.warning { warnings.insert(warning, at: 0) }
        if let target, finding.low ?? 0 < target.start { warnings.append(.expiredOnTarget(lost: target.start - (finding.low ?? 0))) }
        return Translation(
            position: held.low, kind: held.isExact ? .exact : .bounded, low: held.low, high: held.high,
            evidence: Evidence(
                rule: finding.rule, below: finding.below.map { line.point($0) }, above: finding.above.map { line.point($0) }, target: target,
                assumption: assumption),
            warnings: warnings)
    }

    /// The target was re-created or truncated.
    private func pointsBeyond(_ target: LogBounds) -> Bool { line.lastDownstream >= target.end }

    @inline(__always)
    private func finding(_ offset: Int64, _ assumption: Assumption, _ target: LogBounds?) -> Finding {
        var finding = finding(offset, assumption)
        if let target, let high = finding.high, high < target.start {
            // The record that made it the upper bound is gone.
            finding.high = line.firstRecord(from: target.start, assuming: assumption)
        }
        if let disturbance { widen(&finding, to: disturbance, offset, assumption) }
        return finding
    }

    @inline(__always)
    private func finding(_ offset: Int64, _ assumption: Assumption) -> Finding {
        switch line.place(of: offset) {
        case .empty:
            return Finding(rule: .none)
        case .before(let first):
            var finding = Finding(high: first.downstreamOffset, rule: .beforeFirst, above: first)
            // From the first sync there was, not the first that is left: one is dense, the other skips records.
            if assumption == .dense, let origin {
                finding.low = max(0, origin.downstreamOffset - (origin.upstreamOffset - offset))
            }
            if isTainted { finding.warning = .historyTainted }
            return finding
        case .on(let position, let below, let above):
            return Finding(
                low: position, high: position, rule: above == nil ? .onSync : .strictInterval, below: below, above: above)
        case .between(let interval, let next, let isCut):
            var finding = Finding(
                low: interval.low(offset, assuming: assumption),
                high: interval.high(offset, assuming: assumption),
                rule: isCut ? .overruledInterval : interval.rule(assumption), below: interval.below, above: next)
            if assumption == .dense, !interval.isStrict, interval.excess > 0 {
                finding.warning = .notDense(excess: interval.excess)
            }
            return finding
        case .after(let last, let isMarked):
            var finding = Finding(low: last.downstreamOffset.addingClamped(1), rule: .afterLast, below: last)
            let distance = offset - last.upstreamOffset
            if assumption != .nothing || (isMarked && distance == 1) {
                finding.high = last.downstreamOffset.addingClamped(distance)
            }
            if finding.low != finding.high { finding.warning = .aheadOfLastSync(by: distance) }
            return finding
        }
    }

    private func widen(_ finding: inout Finding, to disturbance: Disturbance, _ offset: Int64, _ assumption: Assumption) {
        if let comeback = disturbance.comeback, offset < comeback.upstreamOffset, let high = finding.high,
            high < comeback.downstreamOffset {
            finding.high = comeback.downstreamOffset
            finding.above = SyncReference(upstreamOffset: comeback.upstreamOffset, downstreamOffset: comeback.downstreamOffset)
        }
        guard let otherwise = finding.low else { return }
        var reach: Int64?
        for copies in disturbance.earlier where offset <= copies.reach && (copies.isShown || assumption != .strict) {
            let low = copies.low(offset, assuming: assumption)
            if let low, low >= otherwise { continue }
            reach = max(reach ?? 0, copies.reach)
            finding.low = if let low, let lowest = finding.low { min(low, lowest) } else { nil }
            if copies.line.isEmpty { finding.earlier.append(.historyTainted) }
        }
        guard let reach else { return }
        finding.earlier.append(.earlierCopies(upTo: reach, otherwise: otherwise))
        finding.rule = .earlierCopies
    }

    private func unknown(_ reason: Translation.Reason, _ assumption: Assumption, _ target: LogBounds?) -> Translation {
        Translation(
            position: nil, kind: .unknown(reason), evidence: Evidence(rule: .none, target: target, assumption: assumption))
    }
}
