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

    /// - Parameter mirrored: What ``mirroredPartitions(_:_:)`` says, where it was asked already.
    /// - Returns: Positions, and a warning for each group with checkpoints that nothing on the source bears out.
    func positions(of groups: [String], _ evidence: Evidence, _ mirrored: [TopicPartition]? = nil) async throws -> ([Position], [String]) {
        guard let source else {
            let positions = groups.flatMap { leftBehind($0, evidence) }
            return (positions, try await leftOut(of: positions, evidence))
        }
        var positions: [Position] = [], warnings: [String] = []
        let partitions: [TopicPartition]
        if let mirrored { partitions = mirrored } else { partitions = try await mirroredPartitions(source, evidence) }
        let commits = try await concurrently(groups, atMost: parallelism, progress: { groupProgress(source.name, $0, groups.count) }) {
            try await source.committedOffsets(of: $0, for: partitions)
        }
        for (group, committed) in zip(groups, commits) {
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
    func leftBehind(_ group: String, _ evidence: Evidence) -> [Position] {
        let checkpoints = evidence.checkpoints.groups[group] ?? [:], captured = evidence.captured.groups[group] ?? [:]
        return Set(checkpoints.keys).union(captured.keys).compactMap { partition in
            let checkpoint = checkpoints[partition]
            if let seen = captured[partition], seen.timestamp >= checkpoint?.timestamp ?? seen.timestamp {
                return position(seen, .captured(writtenAt: seen.timestamp))
            }
            return checkpoint.map { position($0, .checkpoint(writtenAt: $0.timestamp)) }
        }
    }

    /// Says of which partitions, of topics that a group has positions in, nothing is left: MM2 writes no checkpoint where its
    /// syncs don't reach back far enough. What was captured of a group is all that it had committed.
    private func leftOut(of positions: [Position], _ evidence: Evidence) async throws -> [String] {
        let doubtful = Dictionary(grouping: positions.filter { evidence.captured.groups[$0.group] == nil }, by: \.group)
        guard !doubtful.isEmpty else { return [] }
        let counts = try await target.topics()
        var left: [String] = [], groups = 0
        for (group, positions) in doubtful.sorted(by: { $0.key < $1.key }) {
            let known = Set(positions.map(\.target))
            let missing = Set(known.map(\.topic)).sorted().flatMap { topic in
                (0..<Int32(clamping: counts[topic] ?? 0)).map { TopicPartition(topic: topic, partition: $0) }
            }.filter { !known.contains($0) }
            left += missing.map { "\(group) \($0)" }
            groups += missing.isEmpty ? 0 : 1
        }
        guard !left.isEmpty else { return [] }
        return [
            """
            \(left.count) position\(left.count == 1 ? "" : "s") of \(groups) group\(groups == 1 ? "" : "s") can't be planned: there are \
            checkpoints for other partitions of these topics, but none for \
            \(left.prefix(5).joined(separator: ", "))\(left.count > 5 ? ", ..." : ""). Consumers start there by their \
            auto.offset.reset, and 'latest' skips what is there. If the group reads them: kafka-consumer-groups \
            --reset-offsets --to-earliest --topic TOPIC:PARTITION.
            """
        ]
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
    func mirroredPartitions(
        _ source: any KafkaCluster, _ evidence: Evidence, also isMirrored: (String) -> Bool = { _ in false }
    ) async throws -> [TopicPartition] {
        var partitions = Set(evidence.map.partitions)
        partitions.formUnion(evidence.checkpoints.groups.values.flatMap(\.keys).compactMap(flow.source(of:)))
        let copies = try await target.topics()
        for (topic, count) in try await source.topics() where flow.mayMirror(topic) && count > 0 {
            guard isMirrored(topic) || copies[flow.target(of: TopicPartition(topic: topic, partition: 0)).topic] != nil else { continue }
            partitions.formUnion((0..<count).map { TopicPartition(topic: topic, partition: Int32($0)) })
        }
        return partitions.sorted()
    }
}
