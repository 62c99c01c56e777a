public import KafkaClient

/// What an offset-syncs topic says: the whole history, and beside it what stock MM2 makes of the same syncs.
public struct SyncHistory: Sendable {
    public private(set) var map = TranslationMap()
    private var stockStore: StockOffsetSyncStore?
    /// Of the newest record taken in: its offset in the topic, and its partition's number in the map.
    private var newest: (offset: Int64, number: Int)?

    /// - Parameter withStock: Keep what stock makes of the syncs as well. It takes longer than all the rest.
    public init(withStock: Bool = true) {
        if withStock { stockStore = StockOffsetSyncStore() }
    }

    init(map: TranslationMap, stock: StockOffsetSyncStore?, last: (offset: Int64, partition: TopicPartition)?) {
        self.map = map
        stockStore = stock
        newest = last.flatMap { last in map.number(of: last.partition).map { (last.offset, $0) } }
    }

    /// Stock's store after it has read the same syncs to their end; `nil` where it was not kept.
    public var stock: StockOffsetSyncStore? {
        guard var store = stockStore else { return nil }
        store.finishReadingToEnd()
        return store
    }

    /// The newest record that was taken in.
    var last: Located<OffsetSync>? {
        newest.flatMap { newest in map.newest(newest.number).map { Located(entry: $0, offset: newest.offset, timestamp: -1) } }
    }

    mutating func trim() { map.trim() }

    /// Takes in the topic's next record.
    ///
    /// - Throws: ``WireError`` where it is malformed; nothing is taken in then.
    public mutating func append(_ message: borrowing MessageView) throws(WireError) {
        // A mark that can't be read promises nothing.
        let marker = message.withHeader(StrictMarker.headerName) { bytes in bytes.flatMap { try? StrictMarker.decode($0) } }
        let sync = try RawOffsetSync(key: message.key, value: message.value)
        let number = try map.append(sync, marker: marker, timestamp: message.timestamp)
        try stockStore?.append(sync)
        newest = (message.offset, number)
    }
}

extension InternalTopic where Entry == OffsetSync {
    /// Reads the whole history to the end that stood when the reading began; from a snapshot on, where one is given that fits.
    ///
    /// - Parameter withStock: Keep what stock makes of the syncs as well; a snapshot without it does not fit then.
    /// - Returns: A snapshot to go on from next time, what the reading met with, and why the snapshot given was not used.
    /// - Throws: ``InternalTopicMissing``, or ``KafkaError``.
    public func history(
        from snapshot: TranslationSnapshot? = nil, withStock: Bool = true
    ) async throws -> (TranslationSnapshot, TopicReading, refusal: SnapshotMisfit?) {
        let id = try await cluster.clusterID()
        func result(_ history: SyncHistory, _ reading: TopicReading) -> TranslationSnapshot {
            var history = history
            history.trim()
            return TranslationSnapshot(clusterID: id, topic: name, next: reading.bounds.end, history: history)
        }
        var refusal: SnapshotMisfit?
        if let snapshot {
            refusal = withStock && snapshot.history.stock == nil ? .withoutStock : try await misfit(of: snapshot, id)
            if refusal == nil {
                // The last record read before comes first once more: it tells whether this is the same topic.
                let resumption = Resumption(history: snapshot.history, last: snapshot.history.last)
                let (resumed, reading) = try await fold(from: resumption.last?.offset ?? snapshot.next, into: resumption) {
                    state, message throws(WireError) in try state.take(message)
                }
                if resumed.fits { return (result(resumed.history, reading), reading, nil) }
                refusal = .otherRecords(offset: resumption.last?.offset ?? 0)
            }
        }
        let (history, reading) = try await fold(from: 0, into: SyncHistory(withStock: withStock)) { history, message throws(WireError) in
            try history.append(message)
        }
        return (result(history, reading), reading, refusal)
    }

    private func misfit(of snapshot: TranslationSnapshot, _ id: String?) async throws -> SnapshotMisfit? {
        if snapshot.topic != name { return .otherTopic(snapshot.topic) }
        if let old = snapshot.clusterID, let id, old != id { return .otherCluster(old) }
        let partition = TopicPartition(topic: name, partition: 0)
        guard let bounds = try await cluster.logBounds(of: [partition])[partition] else { return nil }
        if snapshot.next < bounds.start || snapshot.next > bounds.end { return .outsideTheLog(next: snapshot.next, bounds) }
        return nil
    }
}

/// A snapshot's history, going on.
private struct Resumption: Sendable {
    private(set) var history: SyncHistory
    let last: Located<OffsetSync>?
    /// Whether the topic is the one that the snapshot was taken of; `nil` while its records have not told.
    private var isSame: Bool?

    var fits: Bool { isSame ?? false }

    init(history: SyncHistory, last: Located<OffsetSync>?) {
        self.history = history
        self.last = last
        isSame = last == nil ? true : nil
    }

    mutating func take(_ message: borrowing MessageView) throws(WireError) {
        if let last, message.offset <= last.offset {
            isSame = message.offset == last.offset && (try? OffsetSync.decode(key: message.key, value: message.value)) == last.entry
            return
        }
        try history.append(message)
        // Compaction removes a sync only when its partition has a newer one.
        if isSame == nil, let last, history.last?.entry.topicPartition == last.entry.topicPartition { isSame = true }
    }
}

/// Why a snapshot is not gone on from. The history is read from the topic's start then.
public enum SnapshotMisfit: Hashable, Sendable, CustomStringConvertible {
    case otherTopic(String)
    case otherCluster(String)
    case outsideTheLog(next: Int64, LogBounds)
    case otherRecords(offset: Int64)
    case withoutStock

    public var description: String {
        switch self {
        case .otherTopic(let topic): "it was taken of the topic '\(topic)'"
        case .otherCluster(let id): "it was taken of the cluster '\(id)'"
        case .outsideTheLog(let next, let bounds): "it goes on at offset \(next), and the topic's log is \(bounds)"
        case .otherRecords(let offset): "the topic's record at offset \(offset) is another one: the topic was re-created"
        case .withoutStock: "it was taken without what MM2 makes of the same syncs"
        }
    }
}
