import OffsetTranslate

extension Tenure {
    struct KnownSyncs: Sendable {
        var last: [TopicPartition: SyncEmitter.Pair] = [:]
        var histories = TranslationMap()
        var leftOut: [TopicPartition: Set<Int64>] = [:]
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
        known.leftOut = try await LeftOutLog(flow: flow, target: target).read()
        return known
    }

    /// Starts on every source partition of these tasks that is to be mirrored and is not yet.
    func refresh(_ known: KnownSyncs) async throws {
        let mirrored = copies
        let topics = try await source.topics().filter { configuration.mirrors($0.key) }
        let fresh = topics.flatMap { topic, count in (0..<Int32(count)).map { TopicPartition(topic: topic, partition: $0) } }
            .filter { partition in mirrored[partition] == nil && tasks.contains { $0.number == share.task(of: partition) } }.sorted()
        guard !fresh.isEmpty else { return }
        try await createTargets(topics.filter { topic, _ in fresh.contains { $0.topic == topic } })
        let targets = Dictionary(uniqueKeysWithValues: fresh.map { ($0, configuration.flow.target(of: $0)) })
        let sourceBounds = try await source.logBounds(of: fresh)
        let places = try await resumePoints(of: targets, sourceBounds, known)
        var refusals: [MirrorError] = []
        for partition in fresh {
            guard let copy = targets[partition], let here = sourceBounds[partition], let answer = places[partition],
                let task = tasks.first(where: { $0.number == share.task(of: partition) })
            else { continue }
            switch answer {
            case .failure(let error):
                report(.partitionHalted(partition, .noPlace(error)))
                refusals.append(error)
            case .success(let place): try await begin(partition, to: copy, at: place, sourceStart: here.start, task, known)
            }
        }
        if let refusal = refusals.first, copies.isEmpty { throw refusal }
    }

    /// Finds each partition's place, and looks again after a moment: requests of a mirror that was just killed may still
    /// arrive at the target.
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
            let moved = targets.filter { places[$0.key] == nil || bounds[$0.value] != seen[$0.value] }.sorted { $0.key < $1.key }
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
                    leftOut: known.leftOut[partition] ?? [])
                do {
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
            places.merge(try await search.find(questions)) { $1 }
            seen = bounds
        }
        return places
    }

    private func createTargets(_ topics: [String: Int]) async throws {
        let existing = try await target.topics()
        for (topic, partitions) in topics.sorted(by: { $0.key < $1.key }) {
            let name = configuration.flow.target(of: TopicPartition(topic: topic, partition: 0)).topic
            guard existing[name] == nil else { continue }
            try await target.createTopics([
                NewTopic(name: name, partitions: partitions, replicationFactor: configuration.replicationFactor)
            ])
            report(.topicCreated(name, cluster: target.name))
        }
    }
}
