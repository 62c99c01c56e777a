public import KafkaClient
public import OffsetTranslate

/// Reads what a flow left behind and plans each group's positions on the target. Changes nothing.
public struct Planner: Sendable {
    public var flow: ReplicationFlow
    /// `nil` when the source is lost: positions then come from the checkpoints, and from what was captured.
    public var source: (any KafkaCluster)?
    public var target: any KafkaCluster
    public var assumption: Assumption
    public var allowRewind: Bool
    /// Where the sync history is kept between plans; `nil` reads it all each time.
    public var snapshot: SnapshotFile?
    /// Decides by reading records what syncs leave open; `nil` reads none.
    public var proof: RecordProof?
    public var progress: ReadingProgress.Handler

    /// - Parameter progress: Told how far the reading of internal topics has come.
    public init(
        flow: ReplicationFlow, source: (any KafkaCluster)?, target: any KafkaCluster, assumption: Assumption = .nothing,
        allowRewind: Bool = false, progress: @escaping ReadingProgress.Handler = { _ in }
    ) {
        self.progress = progress
        self.flow = flow
        self.source = source
        self.target = target
        self.assumption = assumption
        self.allowRewind = allowRewind
    }

    /// Which groups are planned.
    public enum Selection: Sendable {
        case named([String])
        /// All that have checkpoints or captured positions (or, with the source alive, are listed there) and pass the filter.
        case all(@Sendable (String) -> Bool)
    }

    /// - Throws: ``NothingToPlan`` where neither syncs nor checkpoints are left, ``UnknownGroups``, ``KafkaError``.
    public func plan(_ selection: Selection) async throws -> CutoverPlan {
        let evidence = try await gather()
        let groups = try await select(selection, evidence)
        let (positions, notCommitted) = try await positions(of: groups, evidence)
        if case .named = selection { try await requireKnown(groups, positions, evidence) }
        let bounds = try await target.logBounds(of: Set(positions.map(\.target)).sorted())

        var current: [String: [TopicPartition: CommittedOffset]] = [:]
        for (group, partitions) in Dictionary(grouping: positions, by: \.group).sorted(by: { $0.key < $1.key }) {
            let existing = Set(partitions.map(\.target).filter { bounds[$0] != nil })
            current[group] = try await target.committedOffsets(of: group, for: existing.sorted())
        }
        let (states, stateWarning) = try await targetStates(of: groups)
        let (translations, proofWarnings) = try await translations(of: positions, evidence, bounds)
        let offsets = zip(positions, translations).map { position, translation in
            plan(position, translation, evidence, bounds[position.target], current[position.group]?[position.target])
        }
        return CutoverPlan(
            sourceAlias: flow.sourceAlias, targetAlias: flow.targetAlias,
            offsets: Self.withoutConflicts(offsets).sorted { ($0.group, $0.source) < ($1.group, $1.source) }, groupStates: states,
            warnings: evidence.warnings + notCommitted + stateWarning + proofWarnings)
    }
}
