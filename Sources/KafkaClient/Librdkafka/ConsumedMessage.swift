internal import CRdkafka

/// A fetched record as it lies in the client's memory, owned: handed on with ``Producer/forward(_:to:)`` or let go. Nothing of it is
/// copied.
public struct ConsumedMessage: ~Copyable {
    /// Owned here; destroyed in `deinit`, unless it was released.
    private let raw: UnsafeMutablePointer<rd_kafka_message_t>

    /// Takes the message over.
    init(owning raw: UnsafeMutablePointer<rd_kafka_message_t>) { self.raw = raw }

    deinit { rd_kafka_message_destroy(raw) }

    /// Gives the message to the caller, who destroys it.
    consuming func release() -> UnsafeMutablePointer<rd_kafka_message_t> {
        let raw = raw
        discard self
        return raw
    }

    /// Which partition of which reader it came from: as good as a name for looking things up, and nothing is made for it.
    public struct Place: Hashable, Sendable {
        let topic: UInt
        let partition: Int32
    }

    public var place: Place { Place(topic: UInt(bitPattern: raw.pointee.rkt), partition: raw.pointee.partition) }
    public var offset: Int64 { raw.pointee.offset }
    /// Bytes of key and value.
    public var size: Int { raw.pointee.len + raw.pointee.key_len }
    /// Milliseconds since the epoch; -1 where it has none.
    public var timestamp: Int64 { rd_kafka_message_timestamp(raw, nil) }
    /// Makes a string for the topic.
    public var partition: TopicPartition {
        TopicPartition(topic: String(cString: rd_kafka_topic_name(raw.pointee.rkt)), partition: raw.pointee.partition)
    }

    /// Lends what can be read of it.
    public func view<Result>(_ body: (borrowing MessageView) throws -> Result) rethrows -> Result { try body(MessageView(raw)) }
}
