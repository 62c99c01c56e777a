public import KafkaClient
public import OffsetTranslate

/// Reads what a flow left behind and plans each group's positions on the target. Changes nothing.
public struct Planner: Sendable {
    public var flow: ReplicationFlow
    /// `nil` when the source is lost: positions then come from the checkpoints.
    public var source: (any KafkaCluster)?
    public var target: any KafkaCluster
    public var assumption: Assumption
    public var allowRewind: Bool
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
        /// All that have checkpoints (or, with the source alive, are listed there) and pass the filter.
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
        let offsets = positions.map { position in
            plan(position, evidence, bounds[position.target], current[position.group]?[position.target])
        }
        return CutoverPlan(
            sourceAlias: flow.sourceAlias, targetAlias: flow.targetAlias,
            offsets: Self.withoutConflicts(offsets).sorted { ($0.group, $0.source) < ($1.group, $1.source) }, groupStates: states,
            warnings: evidence.warnings + notCommitted + stateWarning)
    }

    // MARK: Evidence

    /// What the internal topics say.
    struct Evidence: Sendable {
        var map = TranslationMap()
        var stock = StockOffsetSyncStore()
        var checkpoints = CheckpointTable()
        var warnings: [String] = []
    }

    private func gather() async throws -> Evidence {
        var evidence = Evidence()
        let syncsCluster: (any KafkaCluster)? = flow.offsetSyncsLocation == .target ? target : source
        if let syncsCluster {
            do {
                let topic = InternalTopic<OffsetSync>(flow.offsetSyncsTopic, on: syncsCluster, progress: progress)
                let (read, reading) = try await topic.read(into: (TranslationMap(), StockOffsetSyncStore())) { state, sync in
                    state.0.append(sync)
                    state.1.append(
                        sync.entry.topicPartition, upstreamOffset: sync.entry.upstreamOffset,
                        downstreamOffset: sync.entry.downstreamOffset)
                }
                (evidence.map, evidence.stock) = read
                if let warning = reading.warning { evidence.warnings.append(warning) }
            } catch let error as InternalTopicMissing {
                evidence.warnings.append("no offset syncs: \(error)")
            }
        } else {
            evidence.warnings.append(
                "The offset syncs are on the source ('\(flow.offsetSyncsTopic)') and lost with it: positions come from the checkpoints alone.")
        }
        evidence.stock.finishReadingToEnd()
        do {
            let topic = InternalTopic<Checkpoint>(flow.checkpointsTopic, on: target, progress: progress)
            let (table, reading) = try await topic.read(into: CheckpointTable()) { $0.insert($1) }
            evidence.checkpoints = table
            if let warning = reading.warning { evidence.warnings.append(warning) }
        } catch let error as InternalTopicMissing {
            evidence.warnings.append("no checkpoints: \(error)")
        }
        if evidence.map.partitions.isEmpty, evidence.checkpoints.groups.isEmpty {
            throw NothingToPlan(flow: "\(flow.sourceAlias)->\(flow.targetAlias)", details: evidence.warnings)
        }
        return evidence
    }

    private func select(_ selection: Selection, _ evidence: Evidence) async throws -> [String] {
        switch selection {
        case .all(let includes): try await known(evidence).filter(includes).sorted()
        case .named(let names): Set(names).sorted()
        }
    }

    /// Groups with checkpoints, and those that the source lists.
    private func known(_ evidence: Evidence) async throws -> Set<String> {
        var known = Set(evidence.checkpoints.groups.keys)
        if let source {
            do {
                known.formUnion(try await source.groups().map(\.name))
            } catch let error as KafkaError where error.code == .unsupportedFeature {
                // The source can't list; the checkpoints name the groups.
            }
        }
        return known
    }

    /// A name with neither a commit nor a checkpoint is a mistake, not a group with nothing to do. With the source alive,
    /// a group may have commits there without being listed (the embedded clusters), so its commits decide.
    private func requireKnown(_ names: [String], _ positions: [Position], _ evidence: Evidence) async throws {
        let found = Set(positions.map(\.group)).union(evidence.checkpoints.groups.keys)
        let unknown = names.filter { !found.contains($0) }
        guard !unknown.isEmpty else { return }
        throw UnknownGroups(
            unknown: unknown, known: try await known(evidence).subtracting(unknown).sorted(), topic: flow.checkpointsTopic,
            source: source == nil ? nil : flow.sourceAlias)
    }

    // MARK: Positions

    struct Position: Sendable {
        var group: String
        var source: TopicPartition
        var target: TopicPartition
        var upstream: CommittedOffset
        var origin: PlannedOffset.Origin
    }

    /// - Returns: Positions, and a warning for each group with checkpoints that nothing on the source bears out.
    private func positions(of groups: [String], _ evidence: Evidence) async throws -> ([Position], [String]) {
        guard let source else { return (groups.flatMap { checkpointed($0, evidence) }, []) }
        var positions: [Position] = [], warnings: [String] = []
        let mirrored = try await mirroredPartitions(source, evidence)
        for group in groups {
            let committed = try await source.committedOffsets(of: group, for: mirrored)
            positions += committed.map {
                Position(group: group, source: $0, target: flow.target(of: $0), upstream: $1, origin: .sourceCommit)
            }
            // The source's word stands: the group may have been reset, or the topic re-created, and a checkpoint from
            // before would skip records then.
            let gone = checkpointed(group, evidence).map(\.source).filter { committed[$0] == nil }.sorted()
            if let first = gone.first {
                warnings.append(
                    "group '\(group)' has checkpoints but no commit on '\(flow.sourceAlias)' (expired or deleted there) for \(first)"
                        + (gone.count > 1 ? " and \(gone.count - 1) more" : "") + ": not planned; --source-lost takes the checkpoints.")
            }
        }
        return (positions, warnings)
    }

    private func checkpointed(_ group: String, _ evidence: Evidence) -> [Position] {
        (evidence.checkpoints.groups[group] ?? [:]).values.map { checkpoint in
            let entry = checkpoint.entry
            return Position(
                group: group, source: flow.source(of: entry.topicPartition) ?? entry.topicPartition,
                target: entry.topicPartition,
                upstream: CommittedOffset(offset: entry.upstreamOffset, metadata: entry.metadata),
                origin: .checkpoint(writtenAt: checkpoint.timestamp))
        }
    }

    /// Source partitions that this flow copies, or would: those with syncs or checkpoints, and all others of topics that
    /// have a copy. A commit on one without either must show in the plan, if only to say that nothing is known.
    private func mirroredPartitions(_ source: any KafkaCluster, _ evidence: Evidence) async throws -> [TopicPartition] {
        var partitions = Set(evidence.map.partitions)
        partitions.formUnion(evidence.checkpoints.groups.values.flatMap(\.keys).compactMap(flow.source(of:)))
        let copies = try await target.topics()
        for (topic, count) in try await source.topics() where flow.mayMirror(topic) && count > 0 {
            guard copies[flow.target(of: TopicPartition(topic: topic, partition: 0)).topic] != nil else { continue }
            partitions.formUnion((0..<count).map { TopicPartition(topic: topic, partition: Int32($0)) })
        }
        return partitions.sorted()
    }

    private func targetStates(of groups: [String]) async throws -> ([String: GroupState], [String]) {
        do {
            let wanted = Set(groups)
            let listed = try await target.groups().filter { wanted.contains($0.name) }
            return (Dictionary(listed.map { ($0.name, $0.state) }) { $1 }, [])
        } catch let error as KafkaError where error.code == .unsupportedFeature {
            return ([:], ["'\(target.name)' can't list its groups: whether one has members there shows at its commit."])
        }
    }

    // MARK: One position

    private func plan(
        _ position: Position, _ evidence: Evidence, _ bounds: LogBounds?, _ current: CommittedOffset?
    ) -> PlannedOffset {
        let translation = translate(position, evidence, bounds)
        return PlannedOffset(
            group: position.group, source: position.source, target: position.target, upstream: position.upstream,
            origin: position.origin, current: current, translation: translation,
            stockPosition: stock(position, evidence),
            action: action(translation, bounds, current))
    }

    private func translate(_ position: Position, _ evidence: Evidence, _ bounds: LogBounds?) -> Translation {
        let bySyncs = evidence.map.translate(
            position.upstream.offset, of: position.source, assuming: assumption, target: bounds)
        guard let bounds else { return bySyncs }
        guard let checkpoint = evidence.checkpoints.groups[position.group]?[position.target] else {
            return bySyncs.withNothingCopied(to: bounds)
        }
        let isOfAnotherLog = evidence.map[position.source]?.isTainted ?? false
        return bySyncs
            .refined(by: checkpoint, for: position.upstream.offset, target: bounds, mayBeOfAnotherLog: isOfAnotherLog)
            .withNothingCopied(to: bounds)
    }

    private func stock(_ position: Position, _ evidence: Evidence) -> Int64? {
        if case .offset(let offset) = evidence.stock.translate(position.source, position.upstream.offset) { return offset }
        return nil
    }

    /// Where a policy leads two source topics to one copy, a group's two positions can't both be right.
    private static func withoutConflicts(_ offsets: [PlannedOffset]) -> [PlannedOffset] {
        struct Place: Hashable { var group: String, target: TopicPartition }
        let sources = Dictionary(grouping: offsets) { Place(group: $0.group, target: $0.target) }
            .mapValues { $0.map(\.source).sorted() }
        return offsets.map { offset in
            guard let claims = sources[Place(group: offset.group, target: offset.target)], claims.count > 1 else { return offset }
            var offset = offset
            offset.action = .skip(.severalSources(claims))
            return offset
        }
    }

    private func action(_ translation: Translation, _ bounds: LogBounds?, _ current: CommittedOffset?) -> PlannedOffset.Action {
        guard bounds != nil else { return .skip(.targetPartitionMissing) }
        guard let planned = translation.position else {
            if case .unknown(let reason) = translation.kind { return .skip(.positionUnknown("\(reason)")) }
            return .skip(.positionUnknown("no position"))
        }
        guard let current else { return .create }
        if planned == current.offset { return .keep }
        if planned > current.offset { return .advance }
        return allowRewind ? .rewind : .skip(.rewindNotAllowed)
    }
}

/// There is nothing to translate with.
public struct NothingToPlan: Error, CustomStringConvertible {
    public var flow: String
    public var details: [String]

    public var description: String {
        (["nothing is left to translate positions of the flow \(flow) with:"] + details.map { "- \($0)" }).joined(separator: "\n  ")
    }
}

/// Groups that were asked for by name and are not known to the flow.
public struct UnknownGroups: Error, CustomStringConvertible {
    public var unknown: [String]
    public var known: [String]
    /// The checkpoints topic.
    public var topic: String
    /// The source's alias, where it was asked too.
    public var source: String?

    public var description: String {
        let names = unknown.map { "'\($0)'" }.joined(separator: ", ")
        let groups = unknown.count == 1 ? "group" : "groups"
        let listed = known.isEmpty ? "none is known" : "known: " + known.prefix(20).joined(separator: ", ") + (known.count > 20 ? ", ..." : "")
        if let source {
            return """
                \(groups) \(names) committed nothing on '\(source)' for a mirrored partition, and no checkpoint in '\(topic)' names it; \(listed).
                  Check the spelling, and that the group reads topics of this flow; then run it again. Nothing was planned \
                for the other groups either.
                """
        }
        return """
            no checkpoint of \(groups) \(names) in '\(topic)'; \(listed).
              A group gets checkpoints once it has committed on a mirrored partition and passes the mirror's 'groups' filter. \
            With the source alive, its own commits can be used instead: leave out --source-lost.
            """
    }
}
