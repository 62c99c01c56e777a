import OffsetTranslate

extension Tenure {
    /// Looks again and again whether each source partition is still the one that was mirrored.
    ///
    /// A topic that is deleted and created anew shows to its readers only where its new log is shorter than their place; where it is
    /// longer, they would go on in the middle of it. So the last record that was mirrored is compared with its copy.
    func keepWatchingSources() async throws {
        while true {
            try await Task.sleep(for: configuration.sourceWatchInterval)
            do {
                try await watchSources()
            } catch let error as KafkaError where error.isRetriable {
                report(.warning("source topics not looked after: \(error)"))
            }
        }
    }

    /// How many partitions' records are read in one go: the others' turn comes by chance.
    private static let samples = 200

    private func watchSources() async throws {
        let heads = copies.filter { !$0.value.isHalted }.compactMapValues { copy in copy.head.map { (copy: copy, pair: $0) } }
        guard !heads.isEmpty else { return }
        let bounds = try await source.logBounds(of: heads.keys.sorted())
        var readable: [TopicPartition] = []
        for (partition, head) in heads {
            guard let here = bounds[partition], head.pair.upstreamOffset >= here.start else { continue }
            if head.pair.upstreamOffset < here.end {
                readable.append(partition)
            } else {
                await give(up: partition, "offset \(head.pair.upstreamOffset) was mirrored, and its log ends at \(here.end)")
            }
        }
        let sample = readable.shuffled().prefix(Self.samples)
        let originals = try await records(sample.compactMap { partition in heads[partition].map { (partition, $0.pair.upstreamOffset) } }, in: source)
        let copies = try await records(sample.compactMap { partition in heads[partition].map { ($0.copy.target, $0.pair.downstreamOffset) } }, in: target)
        for partition in sample {
            guard let head = heads[partition], let original = originals[partition], let copy = copies[head.copy.target],
                !original.matches(copy)
            else { continue }
            await give(up: partition, "offset \(head.pair.upstreamOffset) was mirrored to \(head.copy.target)@\(head.pair.downstreamOffset), and holds another record now")
        }
    }

    private func records(_ places: [(TopicPartition, Int64)], in cluster: any KafkaCluster) async throws -> [TopicPartition: RecordFingerprint] {
        let bounds = try await cluster.logBounds(of: places.map(\.0))
        let ranges = places.filter { place, offset in bounds[place].map { $0.start <= offset && offset < $0.end } ?? false }
            .map { LogRange($0, LogBounds(start: $1, end: $1 + 1)) }
        return try await cluster.scan(ranges, into: [:]) { found, message in
            found[TopicPartition(topic: message.topic, partition: message.partition)] = RecordFingerprint(message)
        }
    }

    private func give(up partition: TopicPartition, _ what: String) async {
        for task in tasks { await task.halt(partition) }
        report(.partitionHalted(partition, .sourceReset(what)))
    }
}
