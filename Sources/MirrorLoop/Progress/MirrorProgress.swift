public import OffsetTranslate

/// What a mirror process has done between two looks at it, and how far behind the source it is.
public struct MirrorProgress: Sendable, Hashable {
    public struct Partition: Sendable, Hashable {
        /// Since the process began.
        public var total: CopyFlow
        /// In the interval.
        public var records = 0
        public var bytes = 0
        public var age = CopyFlow.Mean()
        public var latency = CopyFlow.Mean()
        /// The next upstream offset; `nil` where it is not this process's now, or never began.
        public var position: Int64?
        /// Source offsets from there to the log's end, transaction markers and holes included; `nil` where that is not known.
        public var lag: Int64?
        /// Why it is not mirrored on.
        public var halted: String?
    }

    /// Of a group's checkpoints for one partition.
    public struct Checkpointing: Sendable, Hashable {
        /// Since the process began.
        public var total: CopyFlow.Spread
        /// In the interval.
        public var latency: CopyFlow.Mean
    }

    /// How long the interval was.
    public var seconds: Double
    public var partitions: [TopicPartition: Partition]
    /// Those of which there was a checkpoint in the interval.
    public var checkpointed: [GroupPartition: Checkpointing]
    public var situation: MirrorSituation
    /// Since the process began.
    public var checkpoints: Int
    public var heartbeats: Int
    public var groups: Int
    /// In the interval.
    public var newCheckpoints: Int

    /// - Parameter ends: The ends of the source's logs, read before `now` was; `nil` where the source did not say.
    public init(
        from before: MirrorStatus, to now: MirrorStatus, over interval: Duration, ends: [TopicPartition: Int64]?, situation: MirrorSituation
    ) {
        seconds = max(interval / .seconds(1), 0.001)
        self.situation = situation
        checkpoints = now.checkpoints
        heartbeats = now.heartbeats
        groups = now.groups
        newCheckpoints = max(0, now.checkpoints - before.checkpoints)
        checkpointed = now.checkpointLatencies.reduce(into: [:]) { checkpointed, entry in
            let latency = CopyFlow.Mean(from: before.checkpointLatencies[entry.key] ?? CopyFlow.Spread(), to: entry.value)
            if latency.count > 0 { checkpointed[entry.key] = Checkpointing(total: entry.value, latency: latency) }
        }
        partitions = [:]
        for partition in Set(now.flows.keys).union(now.positions.keys).union(now.halted.keys) {
            let total = now.flows[partition] ?? CopyFlow(), earlier = before.flows[partition] ?? CopyFlow()
            var entry = Partition(total: total)
            entry.records = max(0, total.records - earlier.records)
            entry.bytes = max(0, total.bytes - earlier.bytes)
            entry.age = CopyFlow.Mean(from: earlier.age, to: total.age)
            entry.latency = CopyFlow.Mean(from: earlier.latency, to: total.latency)
            entry.position = now.positions[partition]
            entry.halted = now.halted[partition]
            if let position = entry.position, let end = ends?[partition] { entry.lag = max(0, end - position) }
            partitions[partition] = entry
        }
    }
}

// MARK: - Together

extension MirrorProgress {
    public var totalRecords: Int { partitions.values.reduce(0) { $0 + $1.total.records } }
    public var recordsPerSecond: Double { Double(partitions.values.reduce(0) { $0 + $1.records }) / seconds }
    /// Bytes of keys and values.
    public var bytesPerSecond: Double { Double(partitions.values.reduce(0) { $0 + $1.bytes }) / seconds }

    /// Of the interval's records, in milliseconds.
    public var averageLatency: Double? { partitions.values.reduce(into: CopyFlow.Mean()) { $0 += $1.latency }.value }

    /// Since the process began.
    public var longestLatency: Int64? { partitions.values.lazy.filter { $0.total.latency.count > 0 }.map(\.total.latency.max).max() }

    public var halted: [TopicPartition: String] { partitions.compactMapValues(\.halted) }

    /// How far all partitions that are mirrored here, or should be, are behind together.
    public var lag: Lag {
        var lag = Lag()
        for entry in partitions.values where entry.position != nil || entry.halted != nil {
            if let records = entry.lag { lag.records += records } else { lag.unknown += 1 }
            lag.partitions += 1
        }
        return lag
    }

    public struct Lag: Sendable, Hashable {
        public var records: Int64 = 0
        public var partitions = 0
        /// Partitions that are not counted in ``records``.
        public var unknown = 0
    }

    /// The topics that are furthest behind, the furthest first.
    public func topicsBehind(_ count: Int) -> [(topic: String, records: Int64)] {
        let lags = partitions.reduce(into: [String: Int64]()) { $0[$1.key.topic, default: 0] += $1.value.lag ?? 0 }
        return lags.filter { $0.value > 0 }.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.prefix(count).map { ($0.key, $0.value) }
    }
}
