public import KafkaClient

extension PartitionHistory {
    /// Between which target offsets the syncs put an offset; held against nothing yet.
    private struct Limits {
        /// `nil`: the target's log start.
        var low: Int64?
        /// `nil`: the target's log end.
        var high: Int64?

        /// `nil` where nothing bounds it from below.
        func held(in target: LogBounds?) -> OffsetBounds? {
            guard let target else { return low.map { OffsetBounds(low: $0, high: high) } }
            return OffsetBounds(
                low: max(low ?? 0, target.start), high: max(min(high ?? target.end, target.end), target.start))
        }
    }

    /// The same, and why.
    private struct Finding {
        var limits: Limits
        var rule: Evidence.Rule
        var below: SyncReference?
        var above: SyncReference?
        var warnings: [Translation.Warning] = []
    }

    /// Between which target offsets a committed source offset lies: what ``translate(_:assuming:target:)`` says of it, without
    /// evidence and warnings, which take most of its time where the history is in a core's cache.
    ///
    /// - Returns: `nil` where the translation is unknown.
    public func bounds(of upstreamOffset: Int64, assuming assumption: Assumption = .nothing, target: LogBounds? = nil) -> OffsetBounds? {
        if line.isEmpty { return nil }
        if let target, pointsBeyond(target) { return OffsetBounds(low: target.start, high: max(target.start, target.end)) }
        let offset = max(0, upstreamOffset)
        let limits = isUndisturbed
            ? limits(line.place(of: offset), offset, assumption, target) : finding(offset, assumption, target).limits
        return limits.held(in: target)
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
        guard let held = finding.limits.held(in: target) else {
            return unknown(isTainted ? .targetReplaced : .beforeFirstSync, assumption, nil)
        }
        var warnings = finding.warnings
        let low = finding.limits.low ?? 0
        if let target, low < target.start { warnings.append(.expiredOnTarget(lost: target.start - low)) }
        return Translation(
            position: held.low, kind: held.isExact ? .exact : .bounded, low: held.low, high: held.high,
            evidence: Evidence(
                rule: finding.rule, below: line.point(finding.below), above: line.point(finding.above), target: target, assumption: assumption),
            warnings: warnings)
    }

    /// The target was re-created or truncated.
    private func pointsBeyond(_ target: LogBounds) -> Bool { line.lastDownstream >= target.end }

    @inline(__always)
    private func finding(_ offset: Int64, _ assumption: Assumption, _ target: LogBounds?) -> Finding {
        let place = line.place(of: offset)
        var finding = finding(place, limits(place, offset, assumption, target), offset, assumption)
        if let disturbance { widen(&finding, to: disturbance, offset, assumption) }
        return finding
    }

    @inline(__always)
    private func limits(_ place: SyncLine.Place, _ offset: Int64, _ assumption: Assumption, _ target: LogBounds?) -> Limits {
        var limits = limits(place, offset, assumption)
        if let target, let high = limits.high, high < target.start {
            // The record that made it the upper bound is gone.
            limits.high = line.firstRecord(from: target.start, assuming: assumption)
        }
        return limits
    }

    @inline(__always)
    private func limits(_ place: SyncLine.Place, _ offset: Int64, _ assumption: Assumption) -> Limits {
        switch place {
        case .empty:
            return Limits()
        case .before(let first):
            // From the first sync there was, not the first that is left: one is dense, the other skips records.
            let low = assumption == .dense ? origin.map { max(0, $0.downstreamOffset - ($0.upstreamOffset - offset)) } : nil
            return Limits(low: low, high: first.downstreamOffset)
        case .on(let position, _, _):
            return Limits(low: position, high: position)
        case .between(let interval, _, _):
            return Limits(low: interval.low(offset, assuming: assumption), high: interval.high(offset, assuming: assumption))
        case .after(let last, let isMarked):
            let distance = offset - last.upstreamOffset
            let isKnown = assumption != .nothing || (isMarked && distance == 1)
            return Limits(
                low: last.downstreamOffset.addingClamped(1), high: isKnown ? last.downstreamOffset.addingClamped(distance) : nil)
        }
    }

    @inline(__always)
    private func finding(_ place: SyncLine.Place, _ limits: Limits, _ offset: Int64, _ assumption: Assumption) -> Finding {
        switch place {
        case .empty:
            return Finding(limits: limits, rule: .none)
        case .before(let first):
            return Finding(limits: limits, rule: .beforeFirst, above: first, warnings: isTainted ? [.historyTainted] : [])
        case .on(_, let below, let above):
            return Finding(limits: limits, rule: above == nil ? .onSync : .strictInterval, below: below, above: above)
        case .between(let interval, let next, let isCut):
            let isTooWide = assumption == .dense && !interval.isStrict && interval.excess > 0
            return Finding(
                limits: limits, rule: isCut ? .overruledInterval : interval.rule(assumption), below: interval.below, above: next,
                warnings: isTooWide ? [.notDense(excess: interval.excess)] : [])
        case .after(let last, let isMarked):
            let distance = offset - last.upstreamOffset
            let isNext = distance == 1 && (isMarked || assumption != .nothing)
            return Finding(limits: limits, rule: .afterLast, below: last, warnings: isNext ? [] : [.aheadOfLastSync(by: distance)])
        }
    }

    private func widen(_ finding: inout Finding, to disturbance: Disturbance, _ offset: Int64, _ assumption: Assumption) {
        if let comeback = disturbance.comeback, offset < comeback.upstreamOffset, let high = finding.limits.high,
            high < comeback.downstreamOffset {
            finding.limits.high = comeback.downstreamOffset
            finding.above = SyncReference(upstreamOffset: comeback.upstreamOffset, downstreamOffset: comeback.downstreamOffset)
        }
        guard let otherwise = finding.limits.low else { return }
        var reach: Int64?
        for copies in disturbance.earlier where offset <= copies.reach && (copies.isShown || assumption != .strict) {
            let low = copies.low(offset, assuming: assumption)
            if let low, low >= otherwise { continue }
            reach = max(reach ?? 0, copies.reach)
            finding.limits.low = if let low, let lowest = finding.limits.low { min(low, lowest) } else { nil }
            if copies.line.isEmpty { finding.warnings.append(.historyTainted) }
        }
        guard let reach else { return }
        finding.warnings.append(.earlierCopies(upTo: reach, otherwise: otherwise))
        finding.rule = .earlierCopies
    }

    private func unknown(_ reason: Translation.Reason, _ assumption: Assumption, _ target: LogBounds?) -> Translation {
        Translation(
            position: nil, kind: .unknown(reason), evidence: Evidence(rule: .none, target: target, assumption: assumption))
    }
}
