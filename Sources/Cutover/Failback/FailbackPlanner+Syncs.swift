import KafkaClient
import OffsetTranslate

extension FailbackPlanner {
    /// What both flows' offset syncs say.
    struct Syncs: Sendable {
        var forward = TranslationMap()
        /// All that the reverse flow ever wrote.
        var reverse = ReverseSyncs()
        /// What it wrote since the newest forward sync, as far as the source's log has not been replaced: its syncs name places at
        /// home behind that sync's record. What is older is of an earlier failback.
        var reverseSince = ReverseSyncs()

        mutating func takeReverse(_ sync: Located<OffsetSync>, newest: Int64) {
            reverse.append(sync)
            if sync.entry.downstreamOffset > newest { reverseSince.append(sync) }
        }
    }

    /// By partition on the target.
    struct ReverseSyncs: Sendable {
        var map = TranslationMap()
        var begun: [TopicPartition: Beginning] = [:]

        /// The first sync of a partition.
        struct Beginning: Sendable {
            var upstream: Int64
            var downstream: Int64
            /// A strict mirror's first sync is that of the first record it copied.
            var isFirstRecord: Bool
        }

        mutating func append(_ sync: Located<OffsetSync>) {
            map.append(sync)
            guard begun[sync.entry.topicPartition] == nil else { return }
            begun[sync.entry.topicPartition] = Beginning(
                upstream: sync.entry.upstreamOffset, downstream: sync.entry.downstreamOffset,
                isFirstRecord: sync.strictMarker.map { $0.previous == nil } ?? false)
        }
    }

    func readSyncs(_ warnings: inout [String]) async throws -> Syncs {
        var syncs = Syncs()
        let cluster = flow.offsetSyncsLocation == .target ? away : home
        do {
            _ = try await flow.syncsOrigin(on: cluster)
            let topic = InternalTopic<OffsetSync>(flow.offsetSyncsTopic, on: cluster, progress: progress)
            let (taken, reading, _) = try await topic.history(withStock: false)
            syncs.forward = taken.history.map
            if let warning = reading.warning { warnings.append(warning) }
        } catch let error as InternalTopicMissing {
            warnings.append("no offset syncs of \(flow.sourceAlias)->\(flow.targetAlias): \(error)")
        }
        try await readReverse(&syncs, &warnings)
        return syncs
    }

    private func readReverse(_ syncs: inout Syncs, _ warnings: inout [String]) async throws {
        let cluster = reverse.offsetSyncsLocation == .target ? home : away
        let topic = reverse.offsetSyncsTopic
        if try await reverse.syncsOrigin(on: cluster) == .capture {
            warnings.append("""
                '\(topic)' on '\(cluster.name)' holds what 'failover capture' copied of the flow \(flow.sourceAlias)->\(flow.targetAlias): the \
                reverse mirror would write its own offset syncs between them. Delete that topic before it starts.
                """)
            return
        }
        let forward = syncs.forward, flow = flow
        do {
            let internalTopic = InternalTopic<OffsetSync>(topic, on: cluster, progress: progress)
            let (read, reading) = try await internalTopic.read(into: syncs) { syncs, sync in
                let last = flow.source(of: sync.entry.topicPartition).flatMap { forward[$0]?.last }
                syncs.takeReverse(sync, newest: last?.upstreamOffset ?? -1)
            }
            syncs = read
            if let warning = reading.warning { warnings.append(warning) }
        } catch is InternalTopicMissing {
            // The reverse flow has not begun.
        }
    }
}
