internal import CRdkafka

/// A record as it lies in the client's memory: readable without a copy, gone when the call that lent it returns.
public struct MessageView: ~Copyable {
    private enum Backing {
        /// Borrowed from a fetched batch, which outlives the view.
        case librdkafka(UnsafeMutablePointer<rd_kafka_message_t>)
        case memory(ConsumedRecord)
    }
    private let backing: Backing

    public let partition: Int32
    public let offset: Int64
    /// Milliseconds since the epoch; -1 where the record has none.
    public let timestamp: Int64
    /// The broker set the timestamp when it appended the record, so a copy elsewhere has another one.
    public let isLogAppendTime: Bool
    public let key: UnsafeRawBufferPointer?
    public let value: UnsafeRawBufferPointer?

    /// Borrows `message` for the life of the view.
    init(_ message: UnsafeMutablePointer<rd_kafka_message_t>) {
        backing = .librdkafka(message)
        partition = message.pointee.partition
        offset = message.pointee.offset
        var type = RD_KAFKA_TIMESTAMP_NOT_AVAILABLE
        timestamp = rd_kafka_message_timestamp(message, &type)
        isLogAppendTime = type == RD_KAFKA_TIMESTAMP_LOG_APPEND_TIME
        key = message.pointee.key.map { UnsafeRawBufferPointer(start: $0, count: message.pointee.key_len) }
        value = message.pointee.payload.map { UnsafeRawBufferPointer(start: $0, count: message.pointee.len) }
    }

    private init(
        _ record: ConsumedRecord, isLogAppendTime: Bool, key: UnsafeRawBufferPointer?, value: UnsafeRawBufferPointer?
    ) {
        backing = .memory(record)
        partition = record.topicPartition.partition
        offset = record.offset
        timestamp = record.record.timestamp ?? -1
        self.isLogAppendTime = isLogAppendTime
        self.key = key
        self.value = value
    }

    /// Lends a record that lies in Swift's memory, as an in-memory cluster does.
    public static func lend(
        _ record: ConsumedRecord, isLogAppendTime: Bool = false, to body: (borrowing MessageView) throws -> Void
    ) rethrows {
        try withBytes(record.record.key) { key in
            try withBytes(record.record.value) { value in
                try body(MessageView(record, isLogAppendTime: isLogAppendTime, key: key, value: value))
            }
        }
    }

    private static func withBytes(
        _ bytes: [UInt8]?, _ body: (UnsafeRawBufferPointer?) throws -> Void
    ) rethrows {
        guard let bytes else { return try body(nil) }
        // An empty value is not a tombstone: keep its pointer non-nil.
        if bytes.isEmpty { return try withUnsafeBytes(of: UInt8(0)) { try body(UnsafeRawBufferPointer(rebasing: $0[..<0])) } }
        try bytes.withUnsafeBytes { try body($0) }
    }

    /// The topic's name. Makes a string each time.
    public var topic: String {
        switch backing {
        case .librdkafka(let message): String(cString: rd_kafka_topic_name(message.pointee.rkt))
        case .memory(let record): record.topicPartition.topic
        }
    }

    /// All headers, in order.
    public var headers: [Header] {
        switch backing {
        case .memory(let record): return record.record.headers
        case .librdkafka(let message):
            var list: OpaquePointer?
            // The list belongs to the message.
            guard rd_kafka_message_headers(message, &list) == RD_KAFKA_RESP_ERR_NO_ERROR, let list else { return [] }
            return (0..<rd_kafka_header_cnt(list)).compactMap { index in
                var name: UnsafePointer<CChar>?, value: UnsafeRawPointer?, size = 0
                guard rd_kafka_header_get_all(list, index, &name, &value, &size) == RD_KAFKA_RESP_ERR_NO_ERROR, let name
                else { return nil }
                return Header(
                    name: String(cString: name),
                    value: value.map { Array(UnsafeRawBufferPointer(start: $0, count: size)) })
            }
        }
    }

    /// Lends the bytes of the last header of that name; `nil` where there is none, or where it is null.
    public func withHeader<Result>(_ name: String, _ body: (UnsafeRawBufferPointer?) throws -> Result) rethrows -> Result {
        switch backing {
        case .memory(let record):
            guard let value = record.record.headers.last(where: { $0.name == name })?.value else { return try body(nil) }
            return try value.withUnsafeBytes(body)
        case .librdkafka(let message):
            var list: OpaquePointer?, value: UnsafeRawPointer?, size = 0
            guard rd_kafka_message_headers(message, &list) == RD_KAFKA_RESP_ERR_NO_ERROR, let list,
                rd_kafka_header_get_last(list, name, &value, &size)
                    == RD_KAFKA_RESP_ERR_NO_ERROR, let value
            else { return try body(nil) }
            return try body(UnsafeRawBufferPointer(start: value, count: size))
        }
    }

    /// Whether it has a header of that name with such a value.
    public func hasHeader(_ name: String, where isWanted: (UnsafeRawBufferPointer) -> Bool) -> Bool {
        switch backing {
        case .memory(let record):
            return record.record.headers.contains { $0.name == name && ($0.value.map { $0.withUnsafeBytes(isWanted) } ?? false) }
        case .librdkafka(let message):
            var list: OpaquePointer?
            // The list belongs to the message.
            guard rd_kafka_message_headers(message, &list) == RD_KAFKA_RESP_ERR_NO_ERROR, let list else { return false }
            var index = 0, value: UnsafeRawPointer?, size = 0
            while rd_kafka_header_get(list, index, name, &value, &size) == RD_KAFKA_RESP_ERR_NO_ERROR {
                if let value, isWanted(UnsafeRawBufferPointer(start: value, count: size)) { return true }
                index += 1
            }
            return false
        }
    }

    /// A copy that may be kept.
    public func copy() -> ConsumedRecord {
        if case .memory(let record) = backing { return record }
        return ConsumedRecord(
            topicPartition: TopicPartition(topic: topic, partition: partition), offset: offset,
            record: Record(
                key: key.map(Array.init), value: value.map(Array.init), headers: headers,
                timestamp: timestamp < 0 ? nil : timestamp))
    }
}
