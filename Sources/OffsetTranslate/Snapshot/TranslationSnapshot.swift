internal import KafkaClient

/// A flow's whole sync history as it stood at one offset of its offset-syncs topic, to be kept in a file and gone on from.
///
/// Reading then costs only what was written since, and holds more than the topic itself does where compaction has removed
/// syncs. The format has a version and a checksum: what is damaged, or from a later version, is refused, and the history is
/// read anew.
///
/// Format: `OTSN`, uint16 version, the content, and the FNV-1a hash (64 bits) of all before it; big-endian throughout.
public struct TranslationSnapshot: Sendable {
    /// The id of the cluster that has the topic, where it reports one.
    public var clusterID: String?
    /// The offset-syncs topic.
    public var topic: String
    /// The topic's next offset to be read.
    public var next: Int64
    public var history: SyncHistory

    public init(clusterID: String?, topic: String, next: Int64, history: SyncHistory) {
        self.clusterID = clusterID
        self.topic = topic
        self.next = next
        self.history = history
    }

    private static let magic = Array("OTSN".utf8)
    private static let version: UInt16 = 1

    /// Complexity: linear in the number of runs and anchors.
    ///
    /// - Throws: ``WireError/tooLong(field:bytes:)``.
    public func encoded() throws(WireError) -> [UInt8] {
        var writer = WireWriter()
        writer.raw(Self.magic)
        writer.integer(Self.version)
        try writer.string(clusterID ?? "", "cluster id")
        try writer.string(topic, "topic")
        writer.integer(next)
        writer.optional(history.last) { $0.integer($1.offset) }
        if let last = history.last { try writer.partition(last.entry.topicPartition) }
        let map = history.map, partitions = map.partitions
        writer.integer(UInt32(partitions.count))
        for partition in partitions {
            try writer.partition(partition)
            writer.history(map[partition] ?? PartitionHistory())
        }
        let stock = history.stock?.contents
        writer.integer(UInt8(stock == nil ? 0 : 1))
        if let stock {
            writer.integer(UInt32(stock.count))
            for (partition, slots) in stock {
                try writer.partition(partition)
                writer.slots(slots)
            }
        }
        writer.integer(writer.bytes.withUnsafeBytes(Self.checksum))
        return writer.bytes
    }

    /// - Throws: ``SnapshotError``.
    public static func decode(_ bytes: UnsafeRawBufferPointer) throws(SnapshotError) -> TranslationSnapshot {
        let header = magic.count + MemoryLayout<UInt16>.size, trailer = MemoryLayout<UInt64>.size
        guard bytes.count >= header + trailer, bytes.starts(with: magic) else { throw .notASnapshot }
        let version = UInt16(bigEndian: bytes.loadUnaligned(fromByteOffset: magic.count, as: UInt16.self))
        guard version == Self.version else { throw .unknownVersion(version) }
        let content = UnsafeRawBufferPointer(rebasing: bytes.dropLast(trailer))
        let sum = UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: content.count, as: UInt64.self))
        guard sum == checksum(content) else { throw .damaged("its checksum does not match") }
        do throws(WireError) {
            var reader = try WireReader(value: UnsafeRawBufferPointer(rebasing: content.dropFirst(header)))
            return try TranslationSnapshot(&reader)
        } catch {
            throw .damaged("\(error)")
        }
    }

    private init(_ reader: inout WireReader) throws(WireError) {
        let id = try reader.string("cluster id")
        clusterID = id.isEmpty ? nil : id
        topic = try reader.string("topic")
        next = try reader.notNegative("next offset")
        let last: (offset: Int64, partition: TopicPartition)? =
            try reader.flag("last") ? (try reader.notNegative("last offset"), try reader.partition()) : nil
        var map = TranslationMap()
        for _ in 0..<(try reader.integer("partitions") as UInt32) { map.set(try reader.partition(), try reader.history()) }
        var stock: StockOffsetSyncStore?
        if try reader.flag("stock") {
            var store = StockOffsetSyncStore()
            for _ in 0..<(try reader.integer("partitions") as UInt32) { store.set(try reader.partition(), try reader.slots()) }
            stock = store
        }
        history = SyncHistory(map: map, stock: stock, last: last)
    }

    /// FNV-1a, 64 bits.
    private static func checksum(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        return hash
    }
}

/// Why a snapshot is not used. The history is read from the topic then.
public enum SnapshotError: Error, Hashable, Sendable, CustomStringConvertible {
    case notASnapshot
    case unknownVersion(UInt16)
    case damaged(String)

    public var description: String {
        switch self {
        case .notASnapshot: "it is not a snapshot of offset syncs"
        case .unknownVersion(let version): "its format version \(version) is not known (only 1 is)"
        case .damaged(let how): "it is damaged: \(how)"
        }
    }
}
