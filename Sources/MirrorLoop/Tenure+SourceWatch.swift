import KafkaClient
import OffsetTranslate

extension Tenure {
    /// Looks again and again whether each source partition still is the one that was mirrored.
    ///
    /// A topic that is deleted and created anew shows to its readers only where its new log is shorter than their place; where it is
    /// longer by then, they go on in the middle of it. So a record that was mirrored before the last look is compared with its copy.
    func keepWatchingSources() async throws {
        var said: KafkaError?
        while true {
            try await Task.sleep(for: configuration.sourceWatchInterval)
            do {
                try await watchSources()
                said = nil
            } catch let error as KafkaError where !error.isFatal {
                // A topic that goes or comes at this moment, too: the next look tells, and what is mirrored does not need this one.
                if error != said { report(.warning("source topics not looked after: \(error)")) }
                said = error
            }
        }
    }

    /// How many partitions' records are read in one go: the others' turn comes by chance.
    private static let samples = 200

    private func watchSources() async throws {
        let copies = copies.filter { !$0.value.isHalted }
        // Taken before the look: what is equal now is looked at again the next time.
        let heads = copies.mapValues(\.head)
        let anchors = copies.compactMapValues(\.anchor)
        let bounds = try await source.logBounds(of: anchors.keys.sorted())
        var readable: [TopicPartition] = []
        for (partition, anchor) in anchors {
            guard let copy = copies[partition], let here = bounds[partition] else { continue }
            if anchor.upstreamOffset >= here.end {
                await giveUp(copy, "offset \(anchor.upstreamOffset) was mirrored, and its log ends at \(here.end)")
            } else if anchor.upstreamOffset >= here.start {
                readable.append(partition)
            } else {
                copy.anchor = heads[partition] ?? nil
            }
        }
        let sample = readable.shuffled().prefix(Self.samples)
        let originals = try await records(sample.compactMap { partition in anchors[partition].map { (partition, $0.upstreamOffset) } }, in: source)
        let images = try await records(
            sample.compactMap { partition in
                anchors[partition].flatMap { anchor in copies[partition].map { ($0.target, anchor.downstreamOffset) } }
            }, in: target)
        for partition in sample {
            guard let copy = copies[partition], let anchor = anchors[partition] else { continue }
            if let original = originals[partition], let image = images[copy.target], !original.matches(image) {
                await giveUp(copy, "offset \(anchor.upstreamOffset) was mirrored to \(copy.target)@\(anchor.downstreamOffset), and holds another record now")
            } else {
                copy.anchor = heads[partition] ?? nil
            }
        }
        for (partition, copy) in copies where copy.anchor == nil { copy.anchor = heads[partition] ?? nil }
        // Those of an earlier look too, that could not be noted then.
        for copy in self.copies.values { try await noteReset(of: copy) }
    }

    private func records(_ places: [(TopicPartition, Int64)], in cluster: any KafkaCluster) async throws -> [TopicPartition: RecordFingerprint] {
        let bounds = try await cluster.logBounds(of: places.map(\.0))
        let ranges = places.filter { place, offset in bounds[place].map { $0.start <= offset && offset < $0.end } ?? false }
            .map { LogRange($0, LogBounds(start: $1, end: $1 + 1)) }
        return try await cluster.scan(ranges, into: [:]) { found, message in
            found[TopicPartition(topic: message.topic, partition: message.partition)] = RecordFingerprint(message)
        }
    }

    /// Nobody begins with it anew before it is noted why it ended: the syncs of what was mirrored since look right.
    private func giveUp(_ copy: PartitionCopy, _ what: String) async {
        copy.unnotedReset = what
        for task in tasks { await task.halt(copy.source) }
        report(.partitionHalted(copy.source, .sourceReset(what)))
    }

    /// What is on its way still goes over, and is old: what the source holds now comes behind it.
    private func noteReset(of copy: PartitionCopy) async throws {
        guard let what = copy.unnotedReset else { return }
        let deadline = ContinuousClock.now + target.timeout
        while copy.pending > 0 {
            guard ContinuousClock.now < deadline else {
                throw KafkaError(
                    .timedOut, "note that the source is another one", cluster: target.name, topic: copy.target.topic,
                    partition: copy.target.partition, message: "\(copy.pending) records on their way are not answered yet")
            }
            try await Task.sleep(for: .milliseconds(20))
        }
        let end = try await target.logBounds(of: [copy.target])[copy.target]?.end ?? 0
        let reset = FlowNotes.SourceReset(topic: copy.source.topic, partition: copy.source.partition, targetEnd: end, reason: what)
        try await FlowNoteLog(flow: configuration.flow, target: target).append(reset, by: controlProducer, within: target.timeout)
        copy.unnotedReset = nil
    }
}
