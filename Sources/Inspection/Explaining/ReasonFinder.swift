import Cutover
import KafkaClient
import OffsetTranslate

/// Finds why positions are in step or not. Pure.
struct ReasonFinder: Sendable {
    var context: ExplanationContext
    var map: TranslationMap
    /// Topics of the target, with their partition counts.
    var targetTopics: [String: Int]
    /// Groups with members on the target.
    var active: Set<String>

    private var flow: ReplicationFlow { context.flow }
    private var configuration: FlowConfiguration { context.configuration }

    /// The first that applies, in the order in which things have to be seen to.
    func reason(of position: PositionSituation) -> SyncReason {
        outOfScope(position) ?? copy(position) ?? translation(position) ?? onTarget(position) ?? (context.isSourceLost ? lost(position) : checkpoint(position))
    }

    private func outOfScope(_ position: PositionSituation) -> SyncReason? {
        let topic = position.source.topic
        if flow.policy.isInternal(topic) { return .topicInternal }
        if flow.policy.isCycle(topic: topic, targetAlias: flow.targetAlias) { return .topicFromTarget }
        if !configuration.topics.matches(topic) { return .topicExcluded }
        if position.upstream == nil { return position.checkpoint == nil ? .neverCommitted : .commitGone }
        return configuration.groups.matches(position.group) ? nil : .groupExcluded
    }

    private func copy(_ position: PositionSituation) -> SyncReason? {
        if targetTopics[position.target.topic] ?? 0 <= Int(position.target.partition) { return .copyMissing }
        if position.isAmbiguous { return .severalSources }
        guard let upstream = position.upstream?.offset, let log = position.sourceLog else { return nil }
        if upstream > log.end { return .sourceRecreated(logEnd: log.end) }
        if let last = map[position.source]?.last, last.upstreamOffset >= log.end { return .sourceRecreated(logEnd: log.end) }
        return upstream < log.start ? .expiredOnSource(lost: log.start.subtractingClamped(upstream)) : nil
    }

    private func translation(_ position: PositionSituation) -> SyncReason? {
        guard let translation = position.translation else { return .noSyncs }
        if translation.warnings.contains(.historyTainted) || translation.reason == .targetReplaced { return .targetRecreated }
        if translation.reason == .noSyncs { return .noSyncs }
        // A position before the first sync is bounded by the target's log start, which may be thousands of records away.
        if translation.evidence.rule == .beforeFirst, !translation.isExact, let first = translation.evidence.above {
            return .beforeFirstSync(upstreamOffset: first.upstreamOffset)
        }
        for case .expiredOnTarget(let lost) in translation.warnings { return .expiredOnTarget(lost: lost) }
        if translation.position == nil { return .noSyncs }
        if let ahead = aheadOfMirror(position), ahead > max(100, configuration.offsetLagMax) { return .aheadOfMirror(by: ahead) }
        return nil
    }

    /// Offsets that the group has read beyond what is copied, counted from the newest sync on as if no offset had been left out.
    private func aheadOfMirror(_ position: PositionSituation) -> Int64? {
        guard let last = map[position.source]?.last, let log = position.translation?.evidence.target, let upstream = position.upstream?.offset
        else { return nil }
        return upstream.subtractingClamped(last.upstreamOffset.addingClamped(log.end - last.downstreamOffset))
    }

    private func onTarget(_ position: PositionSituation) -> SyncReason? {
        if active.contains(position.group) { return .targetGroupActive }
        guard let current = position.current?.offset, let high = position.translation?.high, current > high else { return nil }
        return .targetAhead(by: current.subtractingClamped(high))
    }

    private func lost(_ position: PositionSituation) -> SyncReason { .sourceLost(maxReplay: position.translation?.maxReplay) }

    private func checkpoint(_ position: PositionSituation) -> SyncReason {
        if position.ifLost.maxSkipped > 0 { return .checkpointAhead(by: position.ifLost.maxSkipped) }
        if position.ifLost.maxReplay == 0 { return .syncedExactly }
        // The mirror's own translation: exact where it is ours, by MM2's store elsewhere.
        let isOurs = map[position.source]?.isStrict ?? false
        let next = isOurs ? position.translation?.position : position.stockPosition
        guard let checkpoint = position.checkpoint else {
            if let records = position.ifLost.maxReplay { return .syncedWithin(records: records) }
            if let age = context.checkpointsStoppedFor { return .checkpointsStopped(milliseconds: age) }
            return next == nil ? .syncsForgotten : .noCheckpoint
        }
        if let upstream = position.upstream?.offset, upstream > checkpoint.upstreamOffset {
            if let age = context.checkpointsStoppedFor { return .checkpointsStopped(milliseconds: age) }
            guard let next else { return .syncsForgotten }
            // Where it would be the same, it is as near as the syncs allow.
            if next < checkpoint.downstreamOffset { return .checkpointWouldRewind(downstreamOffset: checkpoint.downstreamOffset) }
        }
        return position.ifLost.maxReplay.map { .syncedWithin(records: $0) } ?? .noCheckpoint
    }
}
