import KafkaClient
import OffsetTranslate

extension Planner {
    struct Position: Sendable {
        var group: String
        var source: TopicPartition
        var target: TopicPartition
        var upstream: CommittedOffset
        var origin: PlannedOffset.Origin
    }

    /// - Returns: Positions, and a warning for each group with checkpoints that nothing on the source bears out.
    func positions(of groups: [String], _ evidence: Evidence) async throws -> ([Position], [String]) {
        guard let source else { return (groups.flatMap { leftBehind($0, evidence) }, []) }
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

    /// Without the source: of each partition's checkpoint and captured position, the newer one.
    private func leftBehind(_ group: String, _ evidence: Evidence) -> [Position] {
        let checkpoints = evidence.checkpoints.groups[group] ?? [:], captured = evidence.captured.groups[group] ?? [:]
        return Set(checkpoints.keys).union(captured.keys).compactMap { partition in
            let checkpoint = checkpoints[partition]
            if let seen = captured[partition], seen.timestamp >= checkpoint?.timestamp ?? seen.timestamp {
                return position(seen, .captured(writtenAt: seen.timestamp))
            }
            return checkpoint.map { position($0, .checkpoint(writtenAt: $0.timestamp)) }
        }
    }

    private func checkpointed(_ group: String, _ evidence: Evidence) -> [Position] {
        (evidence.checkpoints.groups[group] ?? [:]).values.map { position($0, .checkpoint(writtenAt: $0.timestamp)) }
    }

    private func position(_ checkpoint: Located<Checkpoint>, _ origin: PlannedOffset.Origin) -> Position {
        let entry = checkpoint.entry
        return Position(
            group: entry.group, source: flow.source(of: entry.topicPartition) ?? entry.topicPartition,
            target: entry.topicPartition, upstream: CommittedOffset(offset: entry.upstreamOffset, metadata: entry.metadata),
            origin: origin)
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
}
