/// A record header. A `nil` value and an empty one are different things in Kafka.
public struct Header: Hashable, Sendable {
    public var name: String
    public var value: [UInt8]?

    public init(name: String, value: [UInt8]?) {
        self.name = name
        self.value = value
    }
}

/// What a producer writes: everything of a record but its place in the log.
public struct Record: Hashable, Sendable {
    public var key: [UInt8]?
    /// `nil` is a tombstone.
    public var value: [UInt8]?
    public var headers: [Header]
    /// Milliseconds since the epoch; `nil` lets the client take the time of sending.
    public var timestamp: Int64?

    public init(key: [UInt8]? = nil, value: [UInt8]?, headers: [Header] = [], timestamp: Int64? = nil) {
        self.key = key
        self.value = value
        self.headers = headers
        self.timestamp = timestamp
    }
}

/// A record with its place in a log.
public struct ConsumedRecord: Hashable, Sendable {
    public var topicPartition: TopicPartition
    public var offset: Int64
    public var record: Record

    public init(topicPartition: TopicPartition, offset: Int64, record: Record) {
        self.topicPartition = topicPartition
        self.offset = offset
        self.record = record
    }
}
