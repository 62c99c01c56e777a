internal import CRdkafka
internal import Foundation

/// Sole owner of a `rd_kafka_topic_partition_list_t`, destroyed in `deinit`.
struct PartitionList: ~Copyable {
    let raw: UnsafeMutablePointer<rd_kafka_topic_partition_list_t>

    init(capacity: Int = 8) { raw = rd_kafka_topic_partition_list_new(Int32(clamping: capacity)) }

    init(_ partitions: some Collection<TopicPartition>) {
        self.init(capacity: partitions.count)
        for partition in partitions { add(partition) }
    }

    init(_ offsets: [TopicPartition: CommittedOffset]) {
        self.init(capacity: offsets.count)
        for (partition, committed) in offsets { add(partition, offset: committed.offset, metadata: committed.metadata) }
    }

    deinit { rd_kafka_topic_partition_list_destroy(raw) }

    /// `metadata` is copied with malloc: the list frees it.
    func add(_ partition: TopicPartition, offset: Int64? = nil, metadata: String? = nil) {
        guard let entry = rd_kafka_topic_partition_list_add(raw, partition.topic, partition.partition) else { return }
        if let offset { entry.pointee.offset = offset }
        if let metadata, !metadata.isEmpty {
            // Byte for byte, NULs included: it is the application's text, not ours.
            let bytes = Array(metadata.utf8)
            guard let copy = malloc(bytes.count) else { return }
            copy.copyMemory(from: bytes, byteCount: bytes.count)
            entry.pointee.metadata = copy
            entry.pointee.metadata_size = bytes.count
        }
    }

    var entries: [Entry] { Self.entries(of: raw) }

    struct Entry {
        var partition: TopicPartition
        var offset: Int64
        var metadata: String
        var error: rd_kafka_resp_err_t
    }

    /// librdkafka gives the size as received, but copies only up to the first NUL: what lies behind one is not there to be
    /// read. A NUL at the very end, which C clients write, is kept.
    private static func text(_ metadata: UnsafeMutableRawPointer?, size: Int) -> String {
        guard let metadata, size > 0 else { return "" }
        let length = strnlen(metadata.assumingMemoryBound(to: CChar.self), size)
        return String(
            decoding: UnsafeRawBufferPointer(start: metadata, count: length + 1 == size ? size : length), as: UTF8.self)
    }

    /// Copies out of a list that somebody else owns.
    static func entries(of list: UnsafePointer<rd_kafka_topic_partition_list_t>) -> [Entry] {
        UnsafeBufferPointer(start: list.pointee.elems, count: Int(list.pointee.cnt)).map { entry in
            Entry(
                partition: TopicPartition(topic: String(cString: entry.topic), partition: entry.partition),
                offset: entry.offset,
                metadata: text(entry.metadata, size: entry.metadata_size),
                error: entry.err)
        }
    }
}
