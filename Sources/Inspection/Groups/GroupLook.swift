public import Cutover
import KafkaClient
import OffsetTranslate

/// What a look at groups comes to.
public struct GroupLook: Sendable {
    /// In order of names.
    public var groups: [GroupSituation]
    public var warnings: [String]
    /// How it can be explained why a position is where it is.
    public var context: ExplanationContext
    /// What it rests on.
    var outlook: Outlook
    /// Topics and their partition counts; those of the source are `nil` where it can't be asked.
    var topics: (source: [String: Int]?, target: [String: Int])

    /// The error for groups that were named and are not among ``groups``.
    public func unknown(_ names: [String]) -> UnknownGroups {
        UnknownGroups(
            unknown: names, known: outlook.known.subtracting(names).sorted(), topic: context.flow.checkpointsTopic,
            source: context.isSourceLost ? nil : context.flow.sourceAlias)
    }
}

extension Inspector {
    /// Looks at groups.
    ///
    /// It asks each group for its commits once on either side, as many at a time as the planner does; everything else is asked for
    /// all groups at once, and each internal topic is read once.
    /// - Parameter thorough: Look also for partitions that the group has not committed, and at topics that the flow does not copy: what
    ///   an explanation needs. One request more for each group.
    public func groups(_ selection: Planner.Selection, thorough: Bool = false) async throws -> GroupLook {
        let time = now()
        let outlook = try await planner.outlook(selection, topics: configuration.topics.matches)
        let topics = (source: try await source?.topics(), target: try await target.topics())
        let onSource = try await source?.listed(outlook.groups), onTarget = try await target.listed(outlook.groups)
        let commits = thorough ? try await allCommits(of: outlook.groups, topics.source ?? [:]) : [:]
        let copied = Set(outlook.now.map(\.source))
        let logs = try await source?.logBounds(of: copied.union(commits.values.flatMap(\.keys)).sorted())
        let wanted = Set(outlook.groups)
        let context = ExplanationContext(
            flow: flow, configuration: configuration, isSourceLost: source == nil, newestCheckpoint: outlook.evidence.newestCheckpoint,
            now: time)
        let finder = ReasonFinder(
            context: context, map: outlook.evidence.map, targetTopics: topics.target,
            active: Set((onTarget ?? [:]).filter(\.value.state.isActive).keys))
        var drafts: [String: [TopicPartition: PositionSituation]] = [:]
        func draft(_ group: String, _ source: TopicPartition, _ target: TopicPartition, _ change: (inout PositionSituation) -> Void) {
            change(&drafts[group, default: [:]][source, default: PositionSituation(group: group, source: source, target: target)])
        }
        for offset in outlook.now {
            draft(offset.group, offset.source, offset.target) { $0.take(now: offset) }
        }
        for offset in outlook.ifLost {
            let isTainted = outlook.evidence.map[offset.source]?.isTainted ?? false
            draft(offset.group, offset.source, offset.target) { $0.take(ifLost: offset, mayBeOfAnotherLog: isTainted) }
        }
        for (group, checkpoints) in outlook.evidence.checkpoints.groups where drafts[group] != nil || thorough && wanted.contains(group) {
            for (target, checkpoint) in checkpoints {
                draft(group, flow.source(of: target) ?? target, target) { $0.take(checkpoint) }
            }
        }
        for (group, commits) in commits {
            for partition in partitions(ofTopicsIn: commits, topics.source ?? [:]) {
                draft(group, partition, flow.target(of: partition)) { $0.upstream = $0.upstream ?? commits[partition] }
            }
        }
        let groups = outlook.groups.compactMap { name -> GroupSituation? in
            guard let positions = drafts[name] else { return nil }
            let done = positions.values.map { position in
                var position = position
                position.current = position.current ?? outlook.current[name]?[position.target]
                position.sourceLog = logs?[position.source].map { LogBounds(start: outlook.sourceLogs[position.source]?.start ?? $0.start, end: $0.end) }
                if let copy = outlook.bounds[position.target] { position.takeEmpty(copy) }
                if let log = position.sourceLog, let upstream = position.upstream { position.lag = max(0, log.end.subtractingClamped(upstream.offset)) }
                position.reason = finder.reason(of: position)
                return position
            }
            return GroupSituation(
                name: name, onSource: onSource?[name].map { .init($0) }, onTarget: onTarget?[name].map { .init($0) },
                positions: done.sorted { $0.source < $1.source })
        }
        return GroupLook(groups: groups, warnings: warnings + outlook.warnings, context: context, outlook: outlook, topics: topics)
    }

    private func allCommits(of groups: [String], _ topics: [String: Int]) async throws -> [String: [TopicPartition: CommittedOffset]] {
        guard let source else { return [:] }
        let all = topics.flatMap { topic, count in (0..<Int32(clamping: count)).map { TopicPartition(topic: topic, partition: $0) } }.sorted()
        let found = try await concurrently(groups, atMost: planner.parallelism) { ($0, try await source.committedOffsets(of: $0, for: all)) }
        return Dictionary(uniqueKeysWithValues: found)
    }

    private func partitions(ofTopicsIn commits: [TopicPartition: CommittedOffset], _ counts: [String: Int]) -> [TopicPartition] {
        Set(commits.keys.map(\.topic)).flatMap { topic in
            (0..<Int32(clamping: counts[topic] ?? 0)).map { TopicPartition(topic: topic, partition: $0) }
        }
    }
}

extension GroupSituation.Presence {
    init(_ listing: GroupListing) { self.init(state: listing.state, members: listing.memberCount) }
}

extension PositionSituation {
    fileprivate mutating func take(now offset: PlannedOffset) {
        (upstream, origin, translation, stockPosition) = (offset.upstream, offset.origin, offset.translation, offset.stockPosition)
        current = offset.current
        if case .skip(.severalSources) = offset.action { isAmbiguous = true }
    }

    /// What a failover would take, held against where the group really stands.
    ///
    /// - Parameter mayBeOfAnotherLog: The copy was truncated or re-created since the first sync: a checkpoint may be from before.
    fileprivate mutating func take(ifLost offset: PlannedOffset, mayBeOfAnotherLog: Bool) {
        ifLost.origin = offset.origin
        if case .skip = offset.action { return }
        ifLost.position = offset.translation.position
        guard let position = ifLost.position else { return }
        // Without anything on the source, what the checkpoint holds is all there is to go by.
        let right = translation == nil ? offset.translation.high : translation?.high
        ifLost.maxReplay = right.map { max(0, $0.subtractingClamped(position)) }
        guard let upstream, let translation else { return }
        // Where nothing is known of it now, it may want all that is there.
        let low = translation.position ?? translation.evidence.target?.start ?? 0
        guard position > low else { return }
        // Two safe positions of the same group differ by what is known, and the higher one is as safe.
        let isMidway = translation.evidence.rule == .earlierCopies
        let isAhead = offset.upstream.offset > upstream.offset || mayBeOfAnotherLog || isMidway || position > translation.high ?? .max
        if isAhead { ifLost.maxSkipped = position.subtractingClamped(low) }
    }

    /// An empty copy has one position only: without a commit, consumers start there too, whatever their `auto.offset.reset`.
    fileprivate mutating func takeEmpty(_ copy: LogBounds) {
        guard copy.isEmpty, ifLost.position == nil, upstream != nil else { return }
        (ifLost.position, ifLost.maxReplay) = (copy.end, 0)
    }

    fileprivate mutating func take(_ checkpoint: Located<Checkpoint>) {
        self.checkpoint = .init(
            upstreamOffset: checkpoint.entry.upstreamOffset, downstreamOffset: checkpoint.entry.downstreamOffset, writtenAt: checkpoint.timestamp)
    }
}
