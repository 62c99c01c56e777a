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

    public init(
        flow: ReplicationFlow, source: (any KafkaCluster)?, target: any KafkaCluster, assumption: Assumption = .nothing,
        allowRewind: Bool = false
    ) {
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
        let positions = try await positions(of: groups, evidence)
        let targets = Array(Set(positions.map(\.target)))
        let bounds = try await target.logBounds(of: targets)

        var current: [String: [TopicPartition: CommittedOffset]] = [:]
        for (group, partitions) in Dictionary(grouping: positions, by: \.group) {
            let existing = partitions.map(\.target).filter { bounds[$0] != nil }
            current[group] = try await target.committedOffsets(of: group, for: existing)
        }
        let (states, stateWarning) = try await targetStates(of: groups)
        let offsets = positions.map { position in
            plan(position, evidence, bounds[position.target], current[position.group]?[position.target])
        }
        return CutoverPlan(
            sourceAlias: flow.sourceAlias, targetAlias: flow.targetAlias,
            offsets: offsets.sorted { ($0.group, $0.source) < ($1.group, $1.source) }, groupStates: states,
            warnings: evidence.warnings + stateWarning)
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
                let topic = InternalTopic<OffsetSync>(flow.offsetSyncsTopic, on: syncsCluster)
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
            let topic = InternalTopic<Checkpoint>(flow.checkpointsTopic, on: target)
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
        var known = Set(evidence.checkpoints.groups.keys)
        if let source {
            do {
                known.formUnion(try await source.groups().map(\.name))
            } catch let error as KafkaError where error.code == .unsupportedFeature {
                // The source can't list; the checkpoints name the groups.
            }
        }
        switch selection {
        case .all(let includes):
            return known.filter(includes).sorted()
        case .named(let names):
            // With the source alive, a group may have commits there without being listed (the embedded clusters).
            let unknown = source == nil ? names.filter { !known.contains($0) } : []
            if !unknown.isEmpty { throw UnknownGroups(unknown: unknown, known: known.sorted(), topic: flow.checkpointsTopic) }
            return Array(Set(names)).sorted()
        }
    }

    // MARK: Positions

    struct Position: Sendable {
        var group: String
        var source: TopicPartition
        var target: TopicPartition
        var upstream: CommittedOffset
        var origin: PlannedOffset.Origin
    }

    private func positions(of groups: [String], _ evidence: Evidence) async throws -> [Position] {
        var positions: [Position] = []
        for group in groups {
            let checkpoints = evidence.checkpoints.groups[group] ?? [:]
            if let source {
                var partitions = Set(evidence.map.partitions)
                partitions.formUnion(checkpoints.keys.compactMap(flow.source(of:)))
                let committed = try await source.committedOffsets(of: group, for: partitions.sorted())
                positions += committed.map {
                    Position(group: group, source: $0, target: flow.target(of: $0), upstream: $1, origin: .sourceCommit)
                }
            } else {
                positions += checkpoints.values.map { checkpoint in
                    let entry = checkpoint.entry
                    return Position(
                        group: group, source: flow.source(of: entry.topicPartition) ?? entry.topicPartition,
                        target: entry.topicPartition,
                        upstream: CommittedOffset(offset: entry.upstreamOffset, metadata: entry.metadata),
                        origin: .checkpoint(writtenAt: checkpoint.timestamp))
                }
            }
        }
        return positions
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
        guard let bounds, let checkpoint = evidence.checkpoints.groups[position.group]?[position.target] else { return bySyncs }
        return bySyncs.refined(by: checkpoint, for: position.upstream.offset, target: bounds)
    }

    private func stock(_ position: Position, _ evidence: Evidence) -> Int64? {
        if case .offset(let offset) = evidence.stock.translate(position.source, position.upstream.offset) { return offset }
        return nil
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
    public var topic: String

    public var description: String {
        let names = unknown.map { "'\($0)'" }.joined(separator: ", ")
        let listed = known.isEmpty ? "it names none" : "it names: " + known.prefix(20).joined(separator: ", ") + (known.count > 20 ? ", ..." : "")
        return """
            no checkpoint of group \(names) in '\(topic)'; \(listed).
              A group gets checkpoints once it has committed on a mirrored partition and passes the mirror's 'groups' filter. \
            With the source alive, its own commits can be used instead: leave out --source-lost.
            """
    }
}
