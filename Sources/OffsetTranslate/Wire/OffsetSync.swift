public import KafkaClient

/// A proven pair: the record at `upstreamOffset` of the source partition was copied to `downstreamOffset` of its target.
///
/// The record of MM2's offset-syncs topic (`org.apache.kafka.connect.mirror.OffsetSync`):
/// key `STRING topic, INT32 partition`, value `INT64 upstreamOffset, INT64 downstreamOffset`; it carries no version.
public struct OffsetSync: Hashable, Sendable, Codable {
    /// On the source.
    public var topicPartition: TopicPartition
    public var upstreamOffset: Int64
    public var downstreamOffset: Int64

    public init(topicPartition: TopicPartition, upstreamOffset: Int64, downstreamOffset: Int64) {
        self.topicPartition = topicPartition
        self.upstreamOffset = upstreamOffset
        self.downstreamOffset = downstreamOffset
    }

    public static func decode(
        key: UnsafeRawBufferPointer?, value: UnsafeRawBufferPointer?
    ) throws(WireError) -> OffsetSync {
        let raw = try RawOffsetSync(key: key, value: value)
        return OffsetSync(
            topicPartition: try raw.topicPartition(), upstreamOffset: raw.upstreamOffset, downstreamOffset: raw.downstreamOffset)
    }

    /// - Throws: ``WireError/tooLong(field:bytes:)``.
    public func encodedKey() throws(WireError) -> [UInt8] {
        var key = WireWriter()
        try key.string(topicPartition.topic, "topic")
        key.integer(topicPartition.partition)
        return key.bytes
    }

    public func encodedValue() -> [UInt8] {
        var value = WireWriter()
        value.integer(upstreamOffset)
        value.integer(downstreamOffset)
        return value.bytes
    }
}

/// An offset sync whose topic is still the bytes of the record it was read from, not yet known to be UTF-8.
struct RawOffsetSync {
    /// Gone with the record.
    var topic: UnsafeRawBufferPointer
    var partition: Int32
    var upstreamOffset: Int64
    var downstreamOffset: Int64

    init(key: UnsafeRawBufferPointer?, value: UnsafeRawBufferPointer?) throws(WireError) {
        var value = try WireReader(value: value)
        var key = try WireReader(key: key)
        topic = try key.bytes("topic")
        partition = try key.notNegative("partition")
        upstreamOffset = try value.notNegative("upstreamOffset")
        downstreamOffset = try value.notNegative("downstreamOffset")
    }

    func topicPartition() throws(WireError) -> TopicPartition {
        TopicPartition(topic: try WireReader.text(topic, "topic"), partition: partition)
    }
}
