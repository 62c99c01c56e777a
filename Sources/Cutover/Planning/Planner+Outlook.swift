package import KafkaClient
import OffsetTranslate

/// Where groups stand, and where they would go on: now, and if the source died at this moment.
package struct Outlook: Sendable {
    package var evidence: Planner.Evidence
    /// In order of names.
    package var groups: [String]
    /// All that have left something on the target.
    package var known: Set<String> { evidence.groups }
    /// In order of groups and source partitions.
    package var now: [PlannedOffset]
    /// The same where the source is lost already.
    package var ifLost: [PlannedOffset]
    /// What each group has committed on the target.
    package var current: [String: [TopicPartition: CommittedOffset]]
    /// The logs of the copies.
    package var bounds: [TopicPartition: LogBounds]
    /// The source's logs before the groups were asked: what is deleted meanwhile is nothing that they have lost.
    package var sourceLogs: [TopicPartition: LogBounds]
    /// Whether a capture has brought the source's offset syncs to the target.
    package var syncsAreCaptured: Bool
    /// How long it took to ask the target for the commits of all groups.
    package var askingTarget: Duration
    package var warnings: [String]
}

extension Planner {
    /// Looks, and changes nothing. Unlike ``plan(_:)``, it takes groups that nothing is known of, and a flow that has left nothing.
    ///
    /// Mirror and groups go on meanwhile, and asking many groups takes a while. Therefore checkpoints are read before commits,
    /// commits before offset syncs, syncs before log ends: each can only be behind what comes after it.
    ///
    /// - Parameter isMirrored: Topics that are looked at even where they have no copy.
    package func outlook(_ selection: Selection, topics isMirrored: (String) -> Bool = { _ in false }) async throws -> Outlook {
        var evidence = try await gather(captures: true)
        let left = source == nil ? nil : try await left(of: evidence)
        let groups = try await select(selection, evidence)
        var mirrored: [TopicPartition] = []
        if let source { mirrored = try await mirroredPartitions(source, evidence, also: isMirrored) }
        let sourceLogs = try await source?.logBounds(of: mirrored) ?? [:]
        var (positions, warnings) = try await positions(of: groups, evidence, mirrored)
        let remaining = source == nil ? [] : groups.flatMap { leftBehind($0, left?.evidence ?? evidence) }
        if source != nil { evidence = try await upToDate(evidence) }
        var bounds = try await target.logBounds(of: Set((positions + remaining).map(\.target)).sorted())
        let begun = ContinuousClock.now
        let current = try await current(positions + remaining, bounds)
        let asked = ContinuousClock.now - begun
        var (now, proofWarnings) = try await planned(positions, evidence, bounds, current)
        // The target was asked after the source: a group that moved on in between, and was brought along, looks as if it were ahead.
        let ahead = Set(now.filter(\.isAhead).map(\.group))
        if source != nil, !ahead.isEmpty {
            positions = try await self.positions(of: ahead.sorted(), evidence, mirrored).0
            evidence = try await upToDate(evidence)
            bounds.merge(try await target.logBounds(of: Set(positions.map(\.target)).sorted())) { $1 }
            let (again, moreWarnings) = try await planned(positions, evidence, bounds, current)
            now = (now.filter { !ahead.contains($0.group) } + again).sorted { ($0.group, $0.source) < ($1.group, $1.source) }
            proofWarnings += moreWarnings.filter { !proofWarnings.contains($0) }
        }
        var lost = self
        (lost.source, lost.proof) = (nil, nil)
        var ifLost = now
        if let left {
            let evidence = flow.offsetSyncsLocation == .target ? evidence : left.evidence
            ifLost = try await lost.planned(remaining, evidence, bounds, current).0
        }
        return Outlook(
            evidence: evidence, groups: groups, now: now, ifLost: ifLost, current: current, bounds: bounds, sourceLogs: sourceLogs,
            syncsAreCaptured: left?.isCaptured ?? false, askingTarget: asked, warnings: evidence.warnings + warnings + proofWarnings)
    }
}

extension PlannedOffset {
    /// The group's commit on the target is ahead of its position.
    fileprivate var isAhead: Bool {
        guard let current, let high = translation.high else { return false }
        return current.offset > high
    }
}
