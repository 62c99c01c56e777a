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
    /// Whether a capture has brought the source's offset syncs to the target.
    package var syncsAreCaptured: Bool
    /// How long it took to ask the target for the commits of all groups.
    package var askingTarget: Duration
    package var warnings: [String]
}

extension Planner {
    /// Looks, and changes nothing. Unlike ``plan(_:)``, it takes groups that nothing is known of, and a flow that has left nothing.
    package func outlook(_ selection: Selection) async throws -> Outlook {
        let evidence = try await gather(captures: true)
        let left = source == nil ? nil : try await left(of: evidence)
        let groups = try await select(selection, evidence)
        let (positions, warnings) = try await positions(of: groups, evidence)
        let remaining = source == nil ? [] : groups.flatMap { leftBehind($0, left?.evidence ?? evidence) }
        let bounds = try await target.logBounds(of: Set((positions + remaining).map(\.target)).sorted())
        let begun = ContinuousClock.now
        let current = try await current(positions + remaining, bounds)
        let asked = ContinuousClock.now - begun
        let (now, proofWarnings) = try await planned(positions, evidence, bounds, current)
        var lost = self
        (lost.source, lost.proof) = (nil, nil)
        var ifLost = now
        if let left { ifLost = try await lost.planned(remaining, left.evidence, bounds, current).0 }
        return Outlook(
            evidence: evidence, groups: groups, now: now, ifLost: ifLost, current: current, bounds: bounds, syncsAreCaptured: left?.isCaptured ?? false, askingTarget: asked,
            warnings: evidence.warnings + warnings + proofWarnings)
    }
}
