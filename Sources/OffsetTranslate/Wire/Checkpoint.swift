public import KafkaClient

/// A group's committed position on the source, and what it translates to on the target.
///
/// The record of MM2's checkpoints topic (`org.apache.kafka.connect.mirror.Checkpoint`):
/// key `STRING group, STRING topic, INT32 partition`,
/// value `INT16 version = 0, INT64 upstreamOffset, INT64 downstreamOffset, STRING metadata`.
public struct Checkpoint: Hashable, Sendable, Codable {
    public var group: String
    /// On the target.
    public var topicPartition: TopicPartition
    public var upstreamOffset: Int64
    public var downstreamOffset: Int64
    /// The text that the group committed with its offset.
    public var metadata: String

    public init(
        group: String, topicPartition: TopicPartition, upstreamOffset: Int64, downstreamOffset: Int64, metadata: String = ""
    ) {
        self.group = group
        self.topicPartition = topicPartition
        self.upstreamOffset = upstreamOffset
        self.downstreamOffset = downstreamOffset
        self.metadata = metadata
    }

    public static func decode(
        key: UnsafeRawBufferPointer?, value: UnsafeRawBufferPointer?
    ) throws(WireError) -> Checkpoint {
        var value = try WireReader(value: value)
        var key = try WireReader(key: key)
        try value.version()
        return Checkpoint(
            group: try key.string("group"),
            topicPartition: TopicPartition(topic: try key.string("topic"), partition: try key.notNegative("partition")),
            upstreamOffset: try value.notNegative("upstreamOffset"),
            downstreamOffset: try value.notNegative("downstreamOffset"),
            metadata: try value.string("metadata"))
    }

    /// - Throws: ``WireError/tooLong(field:bytes:)``.
    public func encodedKey() throws(WireError) -> [UInt8] {
        var key = WireWriter()
        try key.string(group, "group")
        try key.string(topicPartition.topic, "topic")
        key.integer(topicPartition.partition)
        return key.bytes
    }

    /// - Throws: ``WireError/tooLong(field:bytes:)``.
    public func encodedValue() throws(WireError) -> [UInt8] {
        var value = WireWriter()
        value.integer(Int16(0))
        value.integer(upstreamOffset)
        value.integer(downstreamOffset)
        try value.string(metadata, "metadata")
        return value.bytes
    }
}
