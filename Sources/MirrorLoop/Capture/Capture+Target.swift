import OffsetTranslate

extension Capture {
    func begin() async throws {
        _ = try await extent(configuration.syncs(on: .source), on: source)
        let topics = [
            NewTopic.offsetSyncs(
                configuration.syncs(on: .target).topic, replicationFactor: configuration.offsetSyncsReplicationFactor),
            .compacted(configuration.positions.topic, replicationFactor: configuration.positionsReplicationFactor),
        ]
        // First whether they are ours to write to: what is refused has made nothing.
        try await recall()
        for topic in try await target.createMissing(topics) {
            report(.topicCreated(topic.name, cluster: target.name))
        }
        report(
            .begun(topic: configuration.syncs(on: .target).topic, cluster: target.name, held: log.count, next: log.next))
    }

    /// - Throws: ``InternalTopicMissing``.
    func extent(_ topic: TopicPartition, on cluster: LibrdkafkaCluster) async throws -> LogBounds {
        guard let bounds = try await cluster.logBounds(of: [topic])[topic] else {
            throw InternalTopicMissing(topic: topic.topic, cluster: cluster.name)
        }
        return bounds
    }

    /// Reads what was captured before. Topics that do not exist count as empty.
    func recall() async throws {
        try await recallSyncs()
        next = log.next
        newest = log.newest
        do {
            let topic = InternalTopic<Checkpoint>(configuration.positions.topic, on: target)
            let (table, reading) = try await topic.read(into: written) { $0.insert($1) }
            written = table
            if let warning = reading.warning { report(.warning(warning)) }
        } catch is InternalTopicMissing {}
    }

    /// Requests of a capture that was just killed may still arrive: reads until the log's end stands still for a moment.
    private func recallSyncs() async throws {
        let syncs = configuration.syncs(on: .target)
        var end: Int64?
        for round in 0..<8 {
            if round > 0 { try await Task.sleep(for: .milliseconds(250)) }
            guard let bounds = try await target.logBounds(of: [syncs])[syncs] else { return }
            if bounds.end == end { break }
            let unread = LogRange(syncs, LogBounds(start: end ?? bounds.start, end: bounds.end))
            log = try await target.scan([unread], into: log) { $0.take($1) }
            if let foreign = log.foreign { throw notOurs(at: foreign) }
            end = bounds.end
            if round == 7 { throw CaptureError.secondCapture(topic: syncs.topic, cluster: target.name, offset: bounds.end - 1) }
        }
        if log.repeated > 0 {
            report(.warning("\(log.repeated) offset syncs are twice in '\(syncs.topic)' on '\(target.name)'; readers pass over them"))
        }
        delivery.begin(at: end ?? 0)
    }

    /// With nothing in flight, the log ends where our last record is.
    func checkTarget() async throws {
        let syncs = configuration.syncs(on: .target)
        let end = try await extent(syncs, on: target).end, expected = delivery.end
        if end < expected {
            throw CaptureError.targetCut(topic: syncs.topic, cluster: target.name, expected: expected, end: end)
        }
        if end > expected { throw try await intruder(at: expected) }
    }

    /// What the record at that offset of the target's topic, which is not ours, says of who wrote it.
    func intruder(at offset: Int64) async throws -> CaptureError {
        let syncs = configuration.syncs(on: .target)
        let record = LogRange(syncs, LogBounds(start: offset, end: offset + 1))
        let isCaptured = try await target.scan([record], into: false) { $0 = CapturedMarker(of: $1) != nil }
        return isCaptured
            ? .secondCapture(topic: syncs.topic, cluster: target.name, offset: offset) : notOurs(at: offset)
    }

    private func notOurs(at offset: Int64) -> CaptureError {
        .notOurs(
            topic: configuration.syncs(on: .target).topic, cluster: target.name, offset: offset,
            opposite: "\(configuration.flow.targetAlias)->\(configuration.flow.sourceAlias)")
    }
}
