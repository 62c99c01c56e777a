import Cutover
import KafkaClient
import OffsetTranslate

extension Inspector {
    /// How many partitions that lag are asked for their oldest record that is not copied, at the most: those that lag most.
    private static var mostAges: Int { 1000 }

    /// Looks how far the copies have come.
    ///
    /// - Parameter look: Of the same flow, and no older than needed: positions of offset syncs are taken from it.
    func partitions(_ look: GroupLook) async throws -> [PartitionSituation] {
        // Since the groups were looked at, the mirror has gone on: older syncs would make what it left out look like lag.
        let map = try await planner.upToDate(look.outlook.evidence).map
        let mirrored = look.topics.source.map { topics in
            topics.filter { flow.mayMirror($0.key) && configuration.topics.matches($0.key) }.flatMap { topic, count in
                (0..<Int32(clamping: count)).map { TopicPartition(topic: topic, partition: $0) }
            }
        }
        let sources = (mirrored ?? map.partitions).sorted()
        // The copies first: what is written meanwhile counts as not copied, never the other way round.
        let copies = try await target.logBounds(of: Set(sources.map(flow.target(of:))).sorted())
        let originals = try await source?.logBounds(of: sources) ?? [:]
        var situations = sources.map { source in
            var situation = PartitionSituation(source: source, target: flow.target(of: source))
            (situation.sourceLog, situation.targetLog) = (originals[source], copies[situation.target])
            situation.lastSync = map[source]?.last
            situation.lag = situation.offsetsBehind.map { .init(offsets: $0, age: $0 == 0 ? .zero : nil) }
            return situation
        }
        try await findAges(&situations)
        return situations
    }

    /// Reads the oldest records that are not copied. Where there is no record at all, as behind a transaction's marker, nothing is
    /// missing.
    private func findAges(_ situations: inout [PartitionSituation]) async throws {
        guard let source else { return }
        let lagging = situations.indices.filter { situations[$0].lag?.offsets ?? 0 > 0 }
            .sorted { situations[$0].lag?.offsets ?? 0 > situations[$1].lag?.offsets ?? 0 }.prefix(Self.mostAges)
        var ranges: [LogRange] = []
        for index in lagging {
            guard let log = situations[index].sourceLog, let lag = situations[index].lag else { continue }
            let start = max(log.start, log.end - lag.offsets)
            ranges.append(LogRange(situations[index].source, LogBounds(start: start, end: min(log.end, start.addingClamped(64)))))
        }
        guard let found = try await firstTimes(ranges, on: source) else { return }
        let time = now()
        for (index, range) in zip(lagging, ranges) {
            if let written = found[range.partition] {
                if written >= 0 { situations[index].lag?.age = .milliseconds(max(0, time - written)) }
            } else if range.bounds.end == situations[index].sourceLog?.end {
                situations[index].lag = .init(offsets: 0, age: .zero)
            }
        }
    }
}

extension PartitionSituation {
    /// See ``Lag/offsets``; `nil` where it can't be told.
    var offsetsBehind: Int64? {
        guard let sourceLog else { return nil }
        // Nothing was ever copied, or the copy is not there.
        guard let targetLog, targetLog.end > 0 else { return sourceLog.end - sourceLog.start }
        // A sync from beyond either log's end is of another log than this one.
        guard let lastSync, lastSync.downstreamOffset < targetLog.end, lastSync.upstreamOffset < sourceLog.end else { return nil }
        let copied = lastSync.upstreamOffset.addingClamped(targetLog.end - lastSync.downstreamOffset)
        return max(0, sourceLog.end - max(copied, sourceLog.start))
    }
}

extension Inspector {
    /// The flow's signs of life, from the newest few thousand of each topic.
    func heartbeats() async throws -> HeartbeatSituation {
        var situation = HeartbeatSituation()
        let flow = flow
        situation.newest = try await newest(of: flow.heartbeatsTopic) { $0.sourceAlias == flow.sourceAlias && $0.targetAlias == flow.targetAlias }
        let mirrored = flow.target(of: TopicPartition(topic: flow.heartbeatsTopic, partition: 0)).topic
        situation.newestMirrored = try await newest(of: mirrored) { $0.sourceAlias == flow.targetAlias && $0.targetAlias == flow.sourceAlias }
        return situation
    }

    private func newest(of topic: String, where matches: @escaping @Sendable (Heartbeat) -> Bool) async throws -> Int64? {
        do {
            return try await InternalTopic<Heartbeat>(topic, on: target).read(last: 5000, into: Int64?.none) { newest, located in
                if matches(located.entry) { newest = max(newest ?? 0, located.entry.timestamp) }
            }.0
        } catch is InternalTopicMissing {
            return nil
        }
    }
}
