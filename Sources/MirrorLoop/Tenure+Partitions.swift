import OffsetTranslate

extension Tenure {
    struct KnownSyncs: Sendable {
        var last: [TopicPartition: SyncEmitter.Pair] = [:]
        var histories = TranslationMap()
        var notes = FlowNotes()
    }

    var syncsCluster: LibrdkafkaCluster { configuration.flow.offsetSyncsLocation == .target ? target : source }

    /// - Throws: ``MirrorError/oppositeSyncs(topic:cluster:_:flow:)`` where the topic is the opposite flow's.
    func readSyncs() async throws -> KnownSyncs {
        let topic = InternalTopic<OffsetSync>(configuration.flow.offsetSyncsTopic, on: syncsCluster)
        var (known, reading) = try await topic.read(into: KnownSyncs()) { known, sync in
            known.last[sync.entry.topicPartition] = .init(
                upstreamOffset: sync.entry.upstreamOffset, downstreamOffset: sync.entry.downstreamOffset)
            known.histories.append(sync)
        }
        if let warning = reading.warning { report(.warning(warning)) }
        let flow = configuration.flow
        if let partition = try await OppositeSyncs(flow: flow, source: source, target: target).first(in: known.last) {
            throw MirrorError.oppositeSyncs(
                topic: flow.offsetSyncsTopic, cluster: syncsCluster.name, partition, flow: flow)
        }
        known.notes = try await FlowNoteLog(flow: flow, target: target).read()
        return known
    }

    /// Starts on every source partition of these tasks that is to be mirrored and is not yet, or was given up and is there again.
    func refresh(_ said: inout SaidAtRefresh) async throws {
        let topics = try await mirroredTopics()
        let ours = topics.flatMap { topic, count in (0..<Int32(count)).map { TopicPartition(topic: topic, partition: $0) } }
            .filter { partition in task(of: partition) != nil }.sorted()
        try await forgetHalted(among: ours)
        let mirrored = copies
        let fresh = ours.filter { mirrored[$0] == nil }
        guard !fresh.isEmpty else { return }
        let targets = try await withCopies(fresh, of: topics, &said.warnings)
        let known = try await readSyncs()
        let sourceBounds = try await source.logBounds(of: Array(targets.keys))
        var refusals: [TopicPartition: MirrorEvent.Halt] = [:]
        let places = try await resumePoints(of: targets, sourceBounds, known, &refusals)
        for partition in fresh {
            guard let copy = targets[partition], let here = sourceBounds[partition], let answer = places[partition],
                let task = task(of: partition)
            else { continue }
            switch answer {
            case .failure(let error):
                refusals[partition] = .noPlace(error)
            case .success(let place):
                // At first its clients see everything for the first time.
                if hasBegun { try await task.producer.awaitPartition(copy, within: target.timeout) }
                refusals[partition] = try await begin(partition, to: copy, at: place, sourceStart: here.start, task, known)
            }
        }
        for (partition, halt) in said.news(in: refusals) { report(.partitionHalted(partition, halt)) }
        // Where nothing could be begun with from the start, somebody has to look.
        if !hasBegun, copies.isEmpty, let refusal = refusals.min(by: { $0.key < $1.key }) {
            throw MirrorError.nothingToMirror(refusal.key, refusal.value)
        }
    }

    private func task(of partition: TopicPartition) -> CopyTask? {
        let number = share.task(of: partition)
        return tasks.first { $0.number == number }
    }

    /// Partitions that were given up, and exist, are looked at as if they were new: what is in the logs decides.
    ///
    /// Only once what was known of them is written, so that their old syncs don't come behind the new ones.
    private func forgetHalted(among partitions: [TopicPartition]) async throws {
        guard copies.values.contains(where: \.isHalted) else { return }
        try await settleSyncs(within: target.timeout)
        let copies = copies
        for partition in partitions {
            guard let copy = copies[partition], copy.mayBeBegunAnew else { continue }
            counters.keep([partition: copy])
            task(of: partition)?.forget(partition)
        }
    }

    /// Finds each partition's place. Topics that can't be read are given up; the others are begun with.
    private func resumePoints(
        of targets: [TopicPartition: TopicPartition], _ sourceBounds: [TopicPartition: LogBounds], _ known: KnownSyncs,
        _ refusals: inout [TopicPartition: MirrorEvent.Halt]
    ) async throws -> ResumeSearch.Answers {
        var targets = targets
        while true {
            do {
                return try await resumePoints(of: targets, sourceBounds, known)
            } catch let error as KafkaError where error.topic != nil && !error.isRetriable && !error.isFatal {
                let unreadable = targets.filter { $0.key.topic == error.topic || $0.value.topic == error.topic }.keys.sorted()
                guard !unreadable.isEmpty else { throw error }
                for partition in unreadable {
                    targets[partition] = nil
                    refusals[partition] = .unreadable(error)
                }
            }
        }
    }

    /// Finds each partition's place, and looks again after a moment: requests of a mirror that was just killed may still
    /// arrive at the target, and a topic created just now is not known to all brokers yet.
    private func resumePoints(
        of targets: [TopicPartition: TopicPartition], _ sourceBounds: [TopicPartition: LogBounds], _ known: KnownSyncs
    ) async throws -> ResumeSearch.Answers {
        let search = ResumeSearch(
            source: source, target: target, offsetLagMax: configuration.offsetLagMax, passesOverOrigin: configuration.passesOverOrigin,
            beginsNewHistories: configuration.sourceReset == .newHistory)
        var places: ResumeSearch.Answers = [:]
        var seen: [TopicPartition: LogBounds] = [:]
        for round in 0..<4 {
            if round > 0 { try await Task.sleep(for: .milliseconds(250)) }
            let bounds = try await target.logBounds(of: Array(targets.values))
            let moved = targets.filter { places[$0.key] == nil || bounds[$0.value] == nil || bounds[$0.value] != seen[$0.value] }
                .sorted { $0.key < $1.key }
            if moved.isEmpty { break }
            var questions: [ResumeSearch.Question] = []
            for (partition, copy) in moved {
                guard let here = sourceBounds[partition] else { continue }
                guard let there = bounds[copy] else {
                    places[partition] = .failure(.partitionMissing(copy, cluster: target.name))
                    continue
                }
                var question = ResumeSearch.Question(
                    source: partition, sourceBounds: here, target: copy, targetBounds: there, lastSync: known.last[partition],
                    leftOut: known.notes.leftOut[partition] ?? [])
                do {
                    try apply(known.notes.resets[partition], to: &question)
                    if question.lastSync == nil, let start = configuration.starts[partition] {
                        try await begin(at: start, &question)
                    } else if question.lastSync == nil, !configuration.flow.mayMirror(partition.topic) {
                        throw MirrorError.noPlaceToBegin(partition, target: copy)
                    }
                    questions.append(question)
                } catch let error as MirrorError {
                    places[partition] = .failure(error)
                }
            }
            places.merge(try await anchored(try await search.find(questions), questions, search)) { $1 }
            seen = bounds
        }
        return places
    }
}
