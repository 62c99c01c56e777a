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

    /// Copies out of a list that somebody else owns.
    static func entries(of list: UnsafePointer<rd_kafka_topic_partition_list_t>) -> [Entry] {
        UnsafeBufferPointer(start: list.pointee.elems, count: Int(list.pointee.cnt)).map { entry in
            Entry(
                partition: TopicPartition(topic: String(cString: entry.topic), partition: entry.partition),
                offset: entry.offset,
                metadata: entry.metadata.map {
                    String(decoding: UnsafeRawBufferPointer(start: $0, count: entry.metadata_size), as: UTF8.self)
                } ?? "",
                error: entry.err)
        }
    }
}
