internal import Foundation
import OffsetTranslate
internal import Synchronization

extension Tenure {
    /// Finds where groups go on on the target, writes the checkpoints that are due, and commits there what it has found.
    func keepCheckpointing() async throws {
        var emitter = CheckpointEmitter()
        if configuration.emitsCheckpoints {
            let topic = InternalTopic<Checkpoint>(configuration.flow.checkpointsTopic, on: target)
            (emitter, _) = try await topic.read(into: emitter) { $0.remember($1.entry) }
        }
        let latest = LatestPositions(), sync = GroupOffsetSync(target: target, own: emitter.downstreamOffsets)
        try await withThrowingTaskGroup(of: Void.self) { [emitter] tasks in
            tasks.addTask { try await self.keepCheckpointing(emitter, latest) }
            if configuration.syncsGroupOffsets { tasks.addTask { try await self.keepSyncing(sync, latest) } }
            // The first to fail ends both.
            while try await tasks.next() != nil {}
        }
    }

    private func keepCheckpointing(_ emitter: CheckpointEmitter, _ latest: LatestPositions) async throws {
        var emitter = emitter
        var groups = SourceGroups(every: configuration.refreshesGroups ? configuration.refreshGroupsInterval : nil)
        var pace = Pace("a round of checkpoints", every: configuration.checkpointInterval, "emit.checkpoints.interval.seconds")
        while true {
            let begun = ContinuousClock.now
            do {
                let names = try await groups.current {
                    try await source.groups(named: configuration.namedGroups, passing: configuration.includesGroup)
                }
                try await checkpoint(names, &emitter, latest)
            } catch let error as KafkaError {
                report(.warning("checkpoints not emitted: \(error)"))
            } catch let error as MirrorError {
                guard case .syncsNotSettled = error else { throw error }
                report(.warning("checkpoints not emitted: \(error)"))
            }
            let (next, warning) = pace.next(after: begun)
            if let warning { report(.warning(warning)) }
            try await Task.sleep(until: next, clock: .continuous)
        }
    }

    /// One round: the groups' commits first, so that what they have read is mirrored, and has its syncs, by when it is translated.
    private func checkpoint(_ groups: [String], _ emitter: inout CheckpointEmitter, _ latest: LatestPositions) async throws {
        var said = ContinuousClock.now
        let read = try await SourceCommits.read(groups, Array(copies.keys), from: source) { count in
            guard ContinuousClock.now - said > .seconds(10) else { return }
            said = .now
            report(.positions(.reading(groups: count, of: groups.count)))
        }
        read.warnings.forEach { report(.warning($0)) }
        try await awaitCopies(upTo: read)
        try await settleSyncs(within: target.timeout)
        var due: [CheckpointEmitter.Due] = []
        latest.value = translate(read, emitter, &due)
        if configuration.emitsCheckpoints { try await write(due, asked: read.asked, &emitter) }
    }

    /// Groups at the head of a log are a moment ahead of the mirror: their positions are exact if that moment is waited for, and else
    /// only a bound. A mirror that is further behind is not waited for.
    private func awaitCopies(upTo read: SourceCommits) async throws {
        let wanted = read.commits.values.reduce(into: [TopicPartition: Int64]()) { wanted, commits in
            wanted.merge(commits.mapValues(\.offset)) { max($0, $1) }
        }
        let deadline = ContinuousClock.now + min(configuration.checkpointInterval / 4, .seconds(1))
        while ContinuousClock.now < deadline {
            let copies = copies
            guard wanted.contains(where: { $1 > copies[$0]?.position ?? .max }) else { return }
            try await Task.sleep(for: .milliseconds(10))
        }
    }

    /// Of groups that could not be read nothing is known now: nothing is committed for them either.
    private func translate(
        _ read: SourceCommits, _ emitter: CheckpointEmitter, _ due: inout [CheckpointEmitter.Due]
    ) -> TranslatedPositions {
        let known = copies.mapValues { (target: $0.target, syncs: $0.translation) }
        var positions = TranslatedPositions()
        for copy in known.values {
            if let last = copy.syncs.lastSync { positions.ends[copy.target] = last.downstreamOffset + 1 }
        }
        for (group, commits) in read.commits.sorted(by: { $0.key < $1.key }) {
            for (partition, commit) in commits.sorted(by: { $0.key < $1.key }) {
                guard let copy = known[partition],
                    let position = CheckpointEmitter.translate(commit.offset, copy.syncs.history, copy.syncs.lastSync)
                else { continue }
                positions.groups[group, default: [:]][copy.target] = CommittedOffset(offset: position.offset, metadata: commit.metadata)
                if let checkpoint = emitter.checkpoint(group: group, committed: commit, target: copy.target, position) {
                    due.append(checkpoint)
                }
            }
        }
        return positions
    }

    private func write(
        _ due: [CheckpointEmitter.Due], asked: [String: ContinuousClock.Instant], _ emitter: inout CheckpointEmitter
    ) async throws {
        let topic = TopicPartition(topic: configuration.flow.checkpointsTopic, partition: 0)
        var rest = due[...]
        while !rest.isEmpty {
            let some = Array(rest.prefix(1000))
            rest = rest.dropFirst(some.count)
            try check()
            let times = try await concurrently(some, atMost: some.count) { [controlProducer, timeout = target.timeout] in
                _ = try await controlProducer.send($0.record(), to: topic, within: timeout)
                return ContinuousClock.now
            }
            for (checkpoint, time) in zip(some.map(\.checkpoint), times) {
                emitter.remember(checkpoint)
                counters.count(checkpoint, after: time - (asked[checkpoint.group] ?? time))
            }
        }
    }

    /// Ends where the target can't tell which groups are in use.
    private func keepSyncing(_ sync: GroupOffsetSync, _ latest: LatestPositions) async throws {
        var sync = sync
        var pace = Pace("a round of group offsets", every: configuration.syncGroupOffsetsInterval, "sync.group.offsets.interval.seconds")
        try await Task.sleep(for: configuration.syncGroupOffsetsInterval)
        while true {
            try check()
            let begun = ContinuousClock.now
            let round = try await sync.round(latest.value)
            round.warnings().forEach { report(.warning($0)) }
            if round.counts.partitions > 0 { report(.positions(.committed(round.counts, cluster: target.name))) }
            // Brokers don't learn it while a mirror runs, and who can't be asked for is not committed for. Said once.
            if round.isUnsupported { return }
            let (next, warning) = pace.next(after: begun)
            if let warning { report(.warning(warning)) }
            try await Task.sleep(until: next, clock: .continuous)
        }
    }

    func keepBeating() async throws {
        while true {
            try check()
            let now = ContinuousClock.now
            let heartbeat = Heartbeat(
                sourceAlias: configuration.flow.sourceAlias, targetAlias: configuration.flow.targetAlias, timestamp: Int64(Date().timeIntervalSince1970 * 1000))
            let partition = TopicPartition(topic: configuration.flow.heartbeatsTopic, partition: 0)
            do {
                _ = try await controlProducer.send(
                    Record(key: try heartbeat.encodedKey(), value: heartbeat.encodedValue()), to: partition, within: target.timeout)
                counters.countHeartbeat()
            } catch let error as KafkaError where error.code == .timedOut {
                report(.warning("no heartbeat: \(error)"))
            }
            try await Task.sleep(until: now + configuration.heartbeatInterval)
        }
    }
}
