import OffsetTranslate

extension Capture {
    /// Groups' positions on the source that are not on the target yet.
    struct DuePositions: Sendable {
        var due: [CheckpointEmitter.Due] = []
        var groups = 0
    }

    /// - Parameter map: Of all syncs so far. The target's log ends are asked for after it was made.
    func duePositions(by map: TranslationMap) async throws -> DuePositions {
        var found = DuePositions()
        // Where a policy leads two source topics to one copy, a position there would be the one's or the other's.
        let sources = Dictionary(grouping: map.partitions, by: configuration.flow.target(of:)).compactMapValues {
            $0.count == 1 ? $0.first : nil
        }
        let targets = Dictionary(uniqueKeysWithValues: sources.map { ($1, $0) })
        let groups = try await source.groups(named: configuration.namedGroups, passing: configuration.includesGroup)
        let read = try await SourceCommits.read(groups, targets.keys.sorted(), from: source)
        let failures = read.failures.sorted { $0.key < $1.key }
        // A source that does not answer is not those groups' trouble alone.
        if let away = failures.first(where: \.value.isRetriable) { throw away.value }
        let complaints = read.failures.mapValues(\.description)
        for (group, error) in failures where self.complaints[group] != complaints[group] {
            report(.warning("group '\(group)' is not captured: \(error)"))
        }
        self.complaints = complaints
        found.groups = groups.count - failures.count
        let bounds = try await target.logBounds(of: sources.keys.sorted())
        var hidden: Set<String> = []
        for (group, offsets) in read.commits.sorted(by: { $0.key < $1.key }) {
            for (source, offset) in offsets.sorted(by: { $0.key < $1.key }) {
                guard let copy = targets[source] else { continue }
                guard let log = bounds[copy] else {
                    hidden.insert(copy.topic)
                    continue
                }
                guard let due = Self.position(of: group, at: offset, source, copy, log, map), hasChanged(due) else { continue }
                found.due.append(due)
            }
        }
        tell(hidden)
        return found
    }

    /// A position is held against its copy's log. One that can't be is missed on the day, so it is said.
    private func tell(_ hidden: Set<String>) {
        if !hidden.isSubset(of: self.hidden) {
            let topics = hidden.sorted().listed("topic")
            report(.warning("groups' positions on \(topics) are not captured: '\(target.name)' has no such topic, or not that partition of it, or the right to DESCRIBE it is missing"))
        }
        self.hidden = hidden
    }

    /// `nil` where the position is unknown.
    private static func position(
        of group: String, at offset: CommittedOffset, _ source: TopicPartition, _ copy: TopicPartition, _ log: LogBounds,
        _ map: TranslationMap
    ) -> CheckpointEmitter.Due? {
        let translation = map.translate(offset.offset, of: source, target: log)
        guard let position = translation.position else { return nil }
        let checkpoint = Checkpoint(
            group: group, topicPartition: copy, upstreamOffset: offset.offset, downstreamOffset: position,
            metadata: offset.metadata)
        // What is exact because the log ends there is so for now only; what the syncs alone say stays.
        let bySyncs = map.translate(offset.offset, of: source)
        return .init(
            checkpoint: checkpoint,
            isExact: translation.kind == .exact && bySyncs.kind == .exact && bySyncs.position == position)
    }

    private func hasChanged(_ due: CheckpointEmitter.Due) -> Bool {
        guard let before = written.groups[due.checkpoint.group]?[due.checkpoint.topicPartition] else { return true }
        return before.entry != due.checkpoint || ExactCheckpointMarker.isPresent(before.marker) != due.isExact
    }

    /// Writes the positions that have changed, and returns how many groups there were.
    func capturePositions(_ count: (Int) -> Void) async throws -> Int {
        let positions = try await duePositions(by: log.map)
        try await withThrowingTaskGroup(of: CheckpointEmitter.Due.self) { [positionsProducer, configuration] tasks in
            for due in positions.due {
                tasks.addTask {
                    _ = try await positionsProducer.send(due.record(), to: configuration.positions)
                    return due
                }
            }
            for try await due in tasks {
                // Its place in the log does not matter here.
                written.insert(
                    Located(
                        entry: due.checkpoint, offset: -1, timestamp: -1, marker: due.isExact ? ExactCheckpointMarker.encoded() : nil))
                count(1)
            }
        }
        return positions.groups
    }
}
