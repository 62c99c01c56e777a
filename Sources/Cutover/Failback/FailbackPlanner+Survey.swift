import KafkaClient
import OffsetTranslate

extension FailbackPlanner {
    /// A partition of the plan, with what positions in it are translated by.
    struct Surveyed: Sendable {
        var partition: FailbackPartition
        /// The records that were compared, where they were.
        var search: FenceSearch?
        /// The forward syncs tell of these two logs.
        var syncsHold = false
        /// The syncs that lead home from above the fence.
        var reverse: ReverseSyncs
        /// No copy that the reverse flow makes lies below this.
        var floor: Int64
    }

    /// Looks at every topic of the target that groups may stand in.
    func survey(_ syncs: Syncs, _ warnings: inout [String]) async throws -> [Surveyed] {
        let topics = try await away.topics().filter { name, _ in
            !reverse.policy.isInternal(name) && !flow.policy.isHeartbeatsTopic(name) && !reverse.policy.isHeartbeatsTopic(name)
        }
        let partitions = topics.flatMap { topic, count in (0..<Int32(clamping: count)).map { TopicPartition(topic: topic, partition: $0) } }
            .sorted()
        let origins = partitions.map { away in flow.source(of: away).flatMap { includesTopic($0.topic) && flow.mayMirror($0.topic) ? $0 : nil } }
        let homes = zip(partitions, origins).map { away, origin in origin ?? reverse.target(of: away) }
        // The target first: what it holds then is no newer than what the source is asked for.
        let awayLogs = try await away.logBounds(of: partitions), homeLogs = try await home.logBounds(of: Set(homes).sorted())
        var surveyed: [Surveyed] = []
        for (index, partition) in partitions.enumerated() {
            guard let log = awayLogs[partition] else { continue }
            let sides = Sides(away: partition, home: homes[index], awayLog: log, homeLog: homeLogs[homes[index]])
            if origins[index] != nil {
                surveyed.append(try await copy(sides, syncs))
            } else if reverse.mayMirror(partition.topic) {
                surveyed.append(local(sides, syncs))
            }
        }
        return withoutIdleCycles(surveyed)
    }

    /// What MM2 would call a cycle is brought home only where something was written; then all of the topic's partitions are, each
    /// from its fence on.
    private func withoutIdleCycles(_ surveyed: [Surveyed]) -> [Surveyed] {
        let written = Set(surveyed.filter { $0.partition.written > 0 }.map(\.partition.away.topic))
        return surveyed.map { place in
            var place = place
            let topic = place.partition.away.topic
            if case .start = place.partition.reverse, !written.contains(topic), !reverse.mayMirror(topic) {
                place.partition.reverse = .nothingWritten
            }
            return place
        }
    }

    struct Sides: Sendable {
        var away: TopicPartition
        var home: TopicPartition
        var awayLog: LogBounds
        var homeLog: LogBounds?
    }

    /// Where nothing at home was ever copied there, or is any more.
    private func whole(_ sides: Sides, _ basis: CopyFence.Basis, _ origin: FailbackPartition.Origin, _ syncs: Syncs) -> Surveyed {
        let start = sides.awayLog.start
        let fence = CopyFence(start: start, end: start, firstWritten: start, home: sides.homeLog?.start ?? 0, basis: basis)
        let reverse: FailbackPartition.Reverse
        if let begun = syncs.reverse.begun[sides.away] {
            reverse = self.begun(begun, sides)
        } else if !self.reverse.mayMirror(sides.away.topic) {
            reverse = .start(begin(sides, fence, last: nil))
        } else {
            reverse = .fromBeginning
        }
        return Surveyed(
            partition: FailbackPartition(
                away: sides.away, home: sides.home, awayLog: sides.awayLog, homeLog: sides.homeLog, origin: origin, fence: fence,
                divergence: nil, reverse: reverse),
            reverse: syncs.reverse, floor: sides.homeLog?.start ?? 0)
    }

    private func local(_ sides: Sides, _ syncs: Syncs) -> Surveyed { whole(sides, .neverMirrored, .local, syncs) }

    private func begin(_ sides: Sides, _ fence: CopyFence, last: CopyPair?) -> ReverseStart {
        ReverseStart(
            partition: sides.away, offset: fence.start, target: sides.home, targetOffset: sides.homeLog?.end ?? 0, lastCopy: last)
    }

    private func begun(_ begun: ReverseSyncs.Beginning, _ sides: Sides) -> FailbackPartition.Reverse {
        .begun(first: begun.upstream, cycle: reverse.mayMirror(sides.away.topic) ? nil : ReverseStart(
            partition: sides.away, offset: begun.upstream, target: sides.home, targetOffset: begun.downstream, lastCopy: nil))
    }

    // MARK: Copies

    private func copy(_ sides: Sides, _ syncs: Syncs) async throws -> Surveyed {
        let history = syncs.forward[sides.home]
        guard let homeLog = sides.homeLog, homeLog.end > 0 else {
            return whole(sides, .sourceReplaced, history == nil && sides.homeLog == nil ? .local : .copyOfLostLog, syncs)
        }
        var comparison = Comparison(last: history?.last.map { CopyPair(original: $0.upstreamOffset, copy: $0.downstreamOffset) })
        if let last = comparison.last, last.original >= homeLog.end { comparison.lose() }
        // A copy that was truncated or re-created has lost what the syncs tell of.
        if let last = comparison.last, last.copy >= sides.awayLog.end { comparison.last = nil }
        try await compare(sides, history, homeLog, syncs, &comparison)
        if comparison.search?.isContradicted ?? false || mayBeReplaced(sides, comparison, syncs) {
            comparison.lose()
            try await compare(sides, history, homeLog, syncs, &comparison)
        }
        return settled(sides, homeLog, comparison, syncs)
    }

    /// A log at home that a mirror has filled up to where its predecessor ended looks like that one, unless records tell them apart.
    private func mayBeReplaced(_ sides: Sides, _ comparison: Comparison, _ syncs: Syncs) -> Bool {
        guard let last = comparison.last, !(comparison.search?.isVerified ?? false) else { return false }
        return (syncs.reverse.begun[sides.away]?.downstream).map { $0 <= last.original } ?? false
    }

    private struct Comparison {
        /// The newest forward sync, as long as it tells of these two logs.
        var last: CopyPair?
        var isSourceReplaced = false
        var search: FenceSearch?
        /// Where the originals end, and what the reverse flow has copied begins.
        var homeEnd: Int64 = 0
        var warnings: [String] = []

        mutating func lose() {
            last = nil
            isSourceReplaced = true
        }

        func reverse(_ syncs: Syncs) -> ReverseSyncs { isSourceReplaced ? syncs.reverse : syncs.reverseSince }
    }

    private func compare(
        _ sides: Sides, _ history: PartitionHistory?, _ homeLog: LogBounds, _ syncs: Syncs, _ comparison: inout Comparison
    ) async throws {
        let begun = comparison.reverse(syncs).begun[sides.away]
        comparison.homeEnd = max(homeLog.start, min(homeLog.end, begun?.downstream ?? homeLog.end))
        comparison.search = nil
        do {
            comparison.search = try await compare(
                sides, history, comparison.last, LogBounds(start: homeLog.start, end: comparison.homeEnd))
        } catch let error as ProofLimitReached {
            comparison.warnings.append("records were not compared: \(error)")
        } catch let error as KafkaError where error.code == .offsetOutOfLog || error.code == .timedOut {
            comparison.warnings.append("records were not compared: \(error)")
        }
    }

    private func settled(_ sides: Sides, _ homeLog: LogBounds, _ comparison: Comparison, _ syncs: Syncs) -> Surveyed {
        var fence = comparison.search?.fence
            ?? .bySyncs(comparison.last, awayLog: sides.awayLog, homeLog: LogBounds(start: homeLog.start, end: comparison.homeEnd))
        if comparison.isSourceReplaced, fence.start == sides.awayLog.start { fence.basis = .sourceReplaced }
        let end = comparison.homeEnd
        let divergence = comparison.search?.divergence(of: sides.home) ?? Divergence(
            partition: sides.home, ranges: fence.home < end ? [LogBounds(start: fence.home, end: end)] : [],
            records: max(0, end - fence.home), isCounted: false)
        var warnings = comparison.warnings
        if let search = comparison.search, comparison.last != nil, !search.isVerified {
            warnings.append("""
                no record on both sides shows that the log on \(self.reverse.targetAlias) is the one that was copied, only its end: if its topic was \
                re-created, what is planned below the fence is wrong
                """)
        }
        let reverse: FailbackPartition.Reverse
        if let begun = comparison.reverse(syncs).begun[sides.away] {
            reverse = self.begun(begun, sides)
            warnings += deviations(begun, fence)
        } else {
            reverse = .start(begin(sides, fence, last: comparison.search?.last))
            if syncs.reverse.begun[sides.away] != nil {
                warnings.append("""
                    the reverse flow left offset syncs from an earlier failback ('\(self.reverse.offsetSyncsTopic)'): a mirror would go on \
                    from those. Delete that topic before it starts.
                    """)
            }
        }
        return Surveyed(
            partition: FailbackPartition(
                away: sides.away, home: sides.home, awayLog: sides.awayLog, homeLog: homeLog,
                origin: comparison.isSourceReplaced ? .copyOfLostLog : .copy, fence: fence, divergence: divergence, reverse: reverse,
                warnings: warnings),
            search: comparison.search, syncsHold: comparison.last != nil, reverse: comparison.reverse(syncs),
            floor: max(fence.home, divergence.ranges.last?.end ?? fence.home))
    }

    /// What is wrong with the place where the reverse flow has begun.
    private func deviations(_ begun: ReverseSyncs.Beginning, _ fence: CopyFence) -> [String] {
        if begun.upstream < fence.start {
            return [
                "the reverse mirror began at \(begun.upstream), below the fence: \(reverse.targetAlias) has the originals of up to "
                    + "\(fence.start - begun.upstream) records once more, from its offset \(begun.downstream) on"
            ]
        }
        guard begun.isFirstRecord, begun.upstream > fence.firstWritten else { return [] }
        return [
            "the reverse mirror began at \(begun.upstream): the target's own records in \(fence.firstWritten)..<\(begun.upstream) have no copy "
                + "on \(reverse.targetAlias), and groups that go home will not see them"
        ]
    }
}

extension CopyFence {
    /// Without reading: the newest sync's copy is the last that is certain.
    static func bySyncs(_ last: CopyPair?, awayLog: LogBounds, homeLog: LogBounds) -> CopyFence {
        let start = min(awayLog.end, max(awayLog.start, last.map { $0.copy.addingClamped(1) } ?? awayLog.start))
        let home = last.map { $0.original.addingClamped(1) } ?? homeLog.start
        // Where the source has nothing above the newest sync, no copy can follow.
        let isTold = last != nil && home >= homeLog.end
        return CopyFence(start: start, end: isTold ? start : awayLog.end, firstWritten: start, home: home, basis: isTold ? .syncs : .lastSync)
    }
}
