internal import CRdkafka

/// One partition that a producer writes to by ``Producer/forward(_:to:)``, and who is told what became of each record.
///
/// `@unchecked Sendable`: the pointer never changes, and librdkafka's topics may be used from any thread.
public final class Outlet: @unchecked Sendable {
    /// A record that is in the log now.
    public struct Delivery: Sendable, Hashable {
        /// Its offset where it was consumed.
        public var upstreamOffset: Int64
        /// Its offset where it was written.
        public var downstreamOffset: Int64
        /// Milliseconds since the epoch; -1 where it has none.
        public var timestamp: Int64
        /// Bytes of key and value.
        public var size: Int

        public init(upstreamOffset: Int64, downstreamOffset: Int64, timestamp: Int64 = -1, size: Int = 0) {
            self.upstreamOffset = upstreamOffset
            self.downstreamOffset = downstreamOffset
            self.timestamp = timestamp
            self.size = size
        }
    }

    /// What became of records, in the order in which they were handed on.
    public enum Report: Sendable {
        case delivered([Delivery])
        /// Not written, as far as the client knows, and of those behind it none is either.
        case failed(upstreamOffset: Int64, KafkaError)
    }

    public let partition: TopicPartition
    let report: @Sendable (Report) -> Void
    let extraHeader: Header?
    /// Owned here: destroyed in `deinit`, before the client that it belongs to.
    let topic: OpaquePointer
    private let handle: ClientHandle

    init(
        _ handle: ClientHandle, _ partition: TopicPartition, extraHeader: Header?, _ report: @escaping @Sendable (Report) -> Void
    ) throws(KafkaError) {
        guard let topic = rd_kafka_topic_new(handle.raw, partition.topic, nil) else {
            throw handle.error(rd_kafka_last_error(), "open the topic", topic: partition.topic)
        }
        self.handle = handle
        self.topic = topic
        self.partition = partition
        self.extraHeader = extraHeader
        self.report = report
    }

    deinit { rd_kafka_topic_destroy(topic) }

    /// How a delivery report names it.
    var place: ConsumedMessage.Place { ConsumedMessage.Place(topic: UInt(bitPattern: topic), partition: partition.partition) }
}
