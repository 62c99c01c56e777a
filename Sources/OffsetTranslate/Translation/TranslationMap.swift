public import KafkaClient

/// The histories of all partitions of a flow, by *source* partition.
public struct TranslationMap: Sendable {
    private var index = PartitionIndex()
    private var histories: [PartitionHistory] = []

    public init() {}

    /// Adds the next sync of the log.
    public mutating func append(_ sync: OffsetSync, marker: StrictMarker? = nil, timestamp: Int64 = -1) {
        let number = insert(sync.topicPartition)
        histories[number].append(
            upstreamOffset: sync.upstreamOffset, downstreamOffset: sync.downstreamOffset, marker: marker, timestamp: timestamp)
    }

    /// Adds the next sync of the log as its record lies in memory, without making anything of it but what is kept.
    ///
    /// - Throws: ``WireError`` where it is malformed; the map is as it was then.
    public mutating func append(
        key: UnsafeRawBufferPointer?, value: UnsafeRawBufferPointer?, marker: StrictMarker? = nil, timestamp: Int64 = -1
    ) throws(WireError) {
        _ = try append(try RawOffsetSync(key: key, value: value), marker: marker, timestamp: timestamp)
    }

    /// - Returns: The number of the sync's partition.
    mutating func append(_ sync: RawOffsetSync, marker: StrictMarker?, timestamp: Int64) throws(WireError) -> Int {
        let number: Int
        if let known = index.number(topic: sync.topic, partition: sync.partition) {
            number = known
        } else {
            number = insert(try sync.topicPartition())
        }
        histories[number].append(
            upstreamOffset: sync.upstreamOffset, downstreamOffset: sync.downstreamOffset, marker: marker, timestamp: timestamp)
        return number
    }

    /// Gives back the memory that growing has left over, up to half of it. Worth it once much has been taken in and
    /// little more is to come.
    public mutating func trim() {
        index.trim()
        histories.trim()
        for number in histories.indices { histories[number].trim() }
    }

    /// The newest sync of the partition that has a number.
    func newest(_ number: Int) -> OffsetSync? {
        histories[number].last.map {
            OffsetSync(topicPartition: index[number], upstreamOffset: $0.upstreamOffset, downstreamOffset: $0.downstreamOffset)
        }
    }

    func number(of partition: TopicPartition) -> Int? { index.number(of: partition) }

    private mutating func insert(_ partition: TopicPartition) -> Int {
        let number = index.insert(partition)
        if number == histories.count { histories.append(PartitionHistory()) }
        return number
    }

    /// Complexity: constant.
    public subscript(partition: TopicPartition) -> PartitionHistory? { index.number(of: partition).map { histories[$0] } }

    /// Puts a history in the place of what is known of a partition.
    mutating func set(_ partition: TopicPartition, _ history: PartitionHistory) { histories[insert(partition)] = history }

    /// Those with a sync, in order.
    public var partitions: [TopicPartition] { histories.indices.map { index[$0] }.sorted() }

    /// When the newest sync of any partition was written, in milliseconds since the epoch; `nil` where nothing says so.
    ///
    /// Complexity: linear in the number of partitions.
    public var newestTimestamp: Int64? { histories.lazy.compactMap { $0.last?.timestamp }.filter { $0 >= 0 }.max() }

    /// Translates a committed offset of a source partition; see ``PartitionHistory/translate(_:assuming:target:)``.
    public func translate(
        _ upstreamOffset: Int64, of partition: TopicPartition, assuming assumption: Assumption = .nothing,
        target: LogBounds? = nil
    ) -> Translation {
        guard let number = index.number(of: partition) else {
            return PartitionHistory().translate(upstreamOffset, assuming: assumption, target: target)
        }
        return with(number) { $0.translate(upstreamOffset, assuming: assumption, target: target) }
    }

    /// Between which target offsets a committed offset of a source partition lies; see
    /// ``PartitionHistory/bounds(of:assuming:target:)``.
    public func bounds(
        of upstreamOffset: Int64, of partition: TopicPartition, assuming assumption: Assumption = .nothing, target: LogBounds? = nil
    ) -> OffsetBounds? {
        guard let number = index.number(of: partition) else { return nil }
        return with(number) { $0.bounds(of: upstreamOffset, assuming: assumption, target: target) }
    }

    /// Lends a history. A copy's reference counts take as long as a look-up.
    @inline(__always)
    private func with<Result>(_ number: Int, _ body: (borrowing PartitionHistory) -> Result) -> Result {
        histories.withUnsafeBufferPointer { body($0[number]) }
    }

    /// The way home, for an offset of a source partition's copy; see
    /// ``PartitionHistory/translateBack(_:assuming:source:)``.
    public func translateBack(
        _ downstreamOffset: Int64, of partition: TopicPartition, assuming assumption: Assumption = .nothing,
        source: LogBounds? = nil
    ) -> Translation {
        (self[partition] ?? PartitionHistory()).translateBack(downstreamOffset, assuming: assumption, source: source)
    }

    /// See ``PartitionHistory/disregardEarlierCopies()``.
    public mutating func disregardEarlierCopies(of partition: TopicPartition) {
        if let number = index.number(of: partition) { histories[number].disregardEarlierCopies() }
    }

    /// See ``PartitionHistory/targetWasReplaced()``.
    public mutating func targetWasReplaced(for partition: TopicPartition) {
        if let number = index.number(of: partition) { histories[number].targetWasReplaced() }
    }
}
