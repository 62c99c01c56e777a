import OffsetTranslate

extension Mirror {
    var syncsCluster: LibrdkafkaCluster { configuration.flow.offsetSyncsLocation == .target ? target : source }

    func createSyncsTopic() async throws {
        try await create(
            .offsetSyncs(configuration.flow.offsetSyncsTopic, replicationFactor: configuration.offsetSyncsReplicationFactor), on: syncsCluster)
    }

    /// The others, which no flow shares with the opposite one.
    func createInternalTopics() async throws {
        let flow = configuration.flow
        if configuration.emitsCheckpoints {
            try await create(.compacted(flow.checkpointsTopic, replicationFactor: configuration.checkpointsReplicationFactor), on: target)
        }
        if configuration.emitsHeartbeats {
            try await create(.compacted(flow.heartbeatsTopic, replicationFactor: configuration.heartbeatsReplicationFactor), on: target)
        }
    }

    private func create(_ topic: NewTopic, on cluster: LibrdkafkaCluster) async throws {
        if try await cluster.createIfMissing(topic) { report(.topicCreated(topic.name, cluster: cluster.name)) }
    }

    struct KnownSyncs: Sendable {
        var last: [TopicPartition: SyncEmitter.Pair] = [:]
        var histories = TranslationMap()
    }

    /// - Throws: ``MirrorError/oppositeSyncs(topic:cluster:_:flow:)`` where the topic is the opposite flow's.
    func readSyncs() async throws -> KnownSyncs {
        let topic = InternalTopic<OffsetSync>(configuration.flow.offsetSyncsTopic, on: syncsCluster)
        let (known, reading) = try await topic.read(into: KnownSyncs()) { known, sync in
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
        return known
    }

    func keepRefreshing(_ reader: LogReader, _ known: KnownSyncs) async throws {
        while true {
            try await Task.sleep(for: configuration.refreshTopicsInterval)
            do {
                try await refresh(reader, known)
            } catch let error as KafkaError where error.isRetriable {
                report(.warning("topics not refreshed: \(error)"))
            }
        }
    }

    /// Starts on every source partition that is to be mirrored and is not yet.
    func refresh(_ reader: LogReader, _ known: KnownSyncs) async throws {
        let mirrored = Set(replication.partitions.keys)
        let topics = try await source.topics().filter { configuration.mirrors($0.key) }
        let fresh = topics.flatMap { topic, count in (0..<Int32(count)).map { TopicPartition(topic: topic, partition: $0) } }
            .filter { !mirrored.contains($0) }.sorted()
        guard !fresh.isEmpty else { return }
        try await createTargets(topics.filter { topic, _ in fresh.contains { $0.topic == topic } })
        let targets = Dictionary(uniqueKeysWithValues: fresh.map { ($0, configuration.flow.target(of: $0)) })
        let sourceBounds = try await source.logBounds(of: fresh)
        let places = try await resumePoints(of: targets, sourceBounds, known)
        for partition in fresh {
            guard let copy = targets[partition], let here = sourceBounds[partition], let place = places[partition] else { continue }
            if place.next < here.start { report(.recordsGone(partition, from: place.next, to: here.start)) }
            let next = max(place.next, here.start)
            replication.add(
                partition,
                .init(target: copy, emitter: place.emitter, next: next, history: known.histories[partition] ?? PartitionHistory()),
                unwritten: place.unwritten)
            try await reader.start(partition, at: next)
            report(.partitionStarted(partition, target: copy, from: next, recovered: place.recovered))
        }
    }

    /// Finds each partition's place, and looks again after a moment: requests of a mirror that was just killed may still
    /// arrive at the target.
    func resumePoints(
        of targets: [TopicPartition: TopicPartition], _ sourceBounds: [TopicPartition: LogBounds], _ known: KnownSyncs
    ) async throws -> [TopicPartition: ResumePoint] {
        var places: [TopicPartition: ResumePoint] = [:]
        var seen: [TopicPartition: LogBounds] = [:]
        for round in 0..<4 {
            if round > 0 { try await Task.sleep(for: .milliseconds(250)) }
            let bounds = try await target.logBounds(of: Array(targets.values))
            let moved = targets.filter { places[$0.key] == nil || bounds[$0.value] != seen[$0.value] }
            if moved.isEmpty { break }
            for (partition, copy) in moved {
                guard let here = sourceBounds[partition] else { continue }
                guard let there = bounds[copy] else { throw MirrorError.partitionMissing(copy, cluster: target.name) }
                if known.last[partition] == nil, let start = configuration.starts[partition] {
                    places[partition] = try await begin(at: start, sourceBounds: here, copy, targetBounds: there)
                    continue
                }
                if known.last[partition] == nil, !configuration.flow.mayMirror(partition.topic) {
                    throw MirrorError.noPlaceToBegin(partition, target: copy)
                }
                places[partition] = try await ResumePoint.find(
                    partition, in: source, sourceBounds: here, copy, in: target, targetBounds: there,
                    lastSync: known.last[partition], offsetLagMax: configuration.offsetLagMax)
            }
            seen = bounds
        }
        return places
    }

    func createTargets(_ topics: [String: Int]) async throws {
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
