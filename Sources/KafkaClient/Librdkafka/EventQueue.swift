internal import CRdkafka

/// Sole owner of a `rd_kafka_queue_t`, destroyed in `deinit`; keeps its client until then.
///
/// `@unchecked Sendable`: the pointer never changes, and librdkafka's queues may be used from any thread.
final class EventQueue: @unchecked Sendable {
    let raw: OpaquePointer
    private let handle: ClientHandle

    /// A queue of its own.
    init(_ handle: ClientHandle) {
        self.handle = handle
        raw = rd_kafka_queue_new(handle.raw)
    }

    /// The queue that a consumer's records and events go to.
    init(ofConsumer handle: ClientHandle) {
        self.handle = handle
        raw = rd_kafka_queue_get_consumer(handle.raw)
    }

    /// The queue that a producer's reports go to.
    init(ofProducer handle: ClientHandle) {
        self.handle = handle
        raw = rd_kafka_queue_get_main(handle.raw)
    }

    deinit { rd_kafka_queue_destroy(raw) }
}
