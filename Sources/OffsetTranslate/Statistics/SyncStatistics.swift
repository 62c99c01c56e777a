public import KafkaClient

/// What a stretch of an offset-syncs topic amounts to, partition by partition.
///
/// Folded sync by sync in the order of the log, in constant memory for each partition.
public struct SyncStatistics: Hashable, Sendable {
    public private(set) var partitions: [TopicPartition: Partition] = [:]

    public init() {}

    public mutating func insert(_ sync: Located<OffsetSync>) {
        let point = SyncPoint(
            upstreamOffset: sync.entry.upstreamOffset, downstreamOffset: sync.entry.downstreamOffset, timestamp: sync.timestamp)
        partitions[sync.entry.topicPartition, default: Partition(point)].insert(point, isStrict: sync.strictMarker != nil)
    }

    /// One source partition's syncs.
    public struct Partition: Hashable, Sendable {
        public private(set) var syncs = 0
        /// Those with our own mirror's mark.
        public private(set) var strictSyncs = 0
        /// Stretches of syncs with one `upstream - downstream` in which nothing went back.
        public private(set) var runs = 0
        /// The largest upstream distance between two successive syncs: about as much as MM2 may have to read again.
        public private(set) var largestGap: Int64 = 0
        /// How often the upstream offset fell, or came again for another copy: the mirror went back, or the source was re-created.
        public private(set) var sourceReturns = 0
        /// How often the downstream offset fell, or came again for another record: the target was re-created or truncated.
        public private(set) var targetReturns = 0
        /// The first of the log, and the last.
        public let oldest: SyncPoint
        public private(set) var newest: SyncPoint

        /// The upstream distances between successive syncs, and how many distances that are; returns leave none.
        private var covered: Int64 = 0
        private var steps = 0

        fileprivate init(_ first: SyncPoint) {
            oldest = first
            newest = first
        }

        /// Syncs for each 1,000 upstream offsets that they pass over; `nil` where they pass over none.
        public var density: Double? { covered > 0 ? Double(steps) * 1000 / Double(covered) : nil }

        fileprivate mutating func insert(_ point: SyncPoint, isStrict: Bool) {
            defer { newest = point }
            syncs += 1
            strictSyncs += isStrict ? 1 : 0
            guard syncs > 1 else {
                runs = 1
                return
            }
            // Written twice, it says nothing new.
            guard point.pair != newest.pair else { return }
            let isReturn = point.upstreamOffset <= newest.upstreamOffset, isTargetReturn = point.downstreamOffset <= newest.downstreamOffset
            sourceReturns += isReturn ? 1 : 0
            targetReturns += isTargetReturn ? 1 : 0
            if isReturn || isTargetReturn || point.difference != newest.difference { runs += 1 }
            guard !isReturn else { return }
            let gap = point.upstreamOffset - newest.upstreamOffset
            largestGap = max(largestGap, gap)
            covered = covered.addingClamped(gap)
            steps += 1
        }
    }
}

extension SyncPoint {
    fileprivate var difference: Int64 { upstreamOffset - downstreamOffset }
}
