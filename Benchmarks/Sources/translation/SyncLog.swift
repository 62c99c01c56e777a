import KafkaClient
import OffsetTranslate

/// An offset-syncs topic's records, one after the other in memory: keys, values and marks as on the wire.
struct SyncLog {
    enum Shape: String, CaseIterable {
        /// As MM2 writes of a quiet flow: a sync every 100 records, the difference the same for 1,000 syncs.
        case steady
        /// A transactional source: a commit marker every 5 to 15 records, which the target lacks, and a sync after each.
        case transactional
        /// As our own mirror writes: as `steady`, each sync with a mark that names the one before.
        case strict
        /// The same, the difference never changing.
        case healthy

        /// How many syncs of a partition follow each other: MM2 polls at most 500 records, most often of one partition.
        var batch: Int { self == .transactional ? 50 : 5 }
    }

    let partitions: [TopicPartition]
    private(set) var count = 0
    /// The highest source offset that each partition has a sync of.
    private(set) var reach: [Int64]
    /// Of each record: the lengths of key and mark in a byte each, then key, value and mark.
    private var bytes: [UInt8] = []

    private static let valueSize = 2 * MemoryLayout<Int64>.size

    /// - Parameter interleaved: Each sync is of another partition than the one before; else batches follow each other.
    init(_ shape: Shape, syncs: Int, partitions count: Int, interleaved: Bool = false) throws {
        partitions = (0..<count).map { TopicPartition(topic: "orders-\($0 / 10)", partition: Int32($0 % 10)) }
        reach = Array(repeating: 0, count: count)
        var random = SplitMix64(state: 1)
        var last = [OffsetSync?](repeating: nil, count: count)
        var written = Array(repeating: 0, count: count)
        let keys = try partitions.map { try OffsetSync(topicPartition: $0, upstreamOffset: 0, downstreamOffset: 0).encodedKey() }
        bytes.reserveCapacity(syncs * (keys[count - 1].count + Self.valueSize + (shape == .strict || shape == .healthy ? 20 : 2)))
        while self.count < syncs {
            for partition in partitions.indices.shuffled(using: &random) {
                for _ in 0..<min(interleaved ? 1 : shape.batch, syncs - self.count) {
                    var sync = last[partition] ?? OffsetSync(topicPartition: partitions[partition], upstreamOffset: 0, downstreamOffset: 0)
                    let copied: Int64 = shape == .transactional ? .random(in: 5...15, using: &random) : 100
                    let isHole = shape == .transactional || (shape != .healthy && written[partition] % 1000 == 999)
                    sync.upstreamOffset += copied + (isHole ? 1 : 0)
                    sync.downstreamOffset += copied
                    let marker = StrictMarker(previous: last[partition].map {
                        StrictMarker.Pair(upstreamOffset: $0.upstreamOffset, downstreamOffset: $0.downstreamOffset)
                    })
                    append(keys[partition], sync.encodedValue(), shape == .strict || shape == .healthy ? marker.encoded() : [])
                    last[partition] = sync
                    written[partition] += 1
                    reach[partition] = sync.upstreamOffset
                }
            }
        }
    }

    private mutating func append(_ key: [UInt8], _ value: [UInt8], _ mark: [UInt8]) {
        bytes.append(UInt8(key.count))
        bytes.append(UInt8(mark.count))
        bytes += key
        bytes += value
        bytes += mark
        count += 1
    }

    /// Lends each record's key, value and mark in turn.
    @inline(__always)
    func forEach(
        _ body: (_ key: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer, _ mark: UnsafeRawBufferPointer?) throws -> Void
    ) rethrows {
        try bytes.withUnsafeBytes { bytes in
            var next = 0
            while next < bytes.count {
                let key = next + 2, value = key + Int(bytes[next]), mark = value + Self.valueSize
                let end = mark + Int(bytes[next + 1])
                try body(
                    UnsafeRawBufferPointer(rebasing: bytes[key..<value]), UnsafeRawBufferPointer(rebasing: bytes[value..<mark]),
                    mark < end ? UnsafeRawBufferPointer(rebasing: bytes[mark..<end]) : nil)
                next = end
            }
        }
    }

    /// What the engine makes of it.
    func map() throws -> TranslationMap {
        var map = TranslationMap()
        // A sync a millisecond.
        var timestamp: Int64 = 1_700_000_000_000
        try forEach { key, value, mark in
            try map.append(key: key, value: value, marker: try mark.map { try StrictMarker.decode($0) }, timestamp: timestamp)
            timestamp += 1
        }
        map.trim()
        return map
    }

    /// What stock makes of it.
    func stock() throws -> StockOffsetSyncStore {
        var store = StockOffsetSyncStore()
        try forEach { key, value, _ in
            let sync = try OffsetSync.decode(key: key, value: value)
            store.append(sync.topicPartition, upstreamOffset: sync.upstreamOffset, downstreamOffset: sync.downstreamOffset)
        }
        store.finishReadingToEnd()
        return store
    }
}

/// The same numbers in every run.
struct SplitMix64: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return z ^ (z >> 31)
    }
}
