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

    /// Of a consumer: ends its membership, and lets go of what it was assigned. With the cluster gone, this ends after `deadline` all
    /// the same. Blocks.
    func leaveGroup(within deadline: Duration) {
        if let error = rd_kafka_consumer_close_queue(handle.raw, raw) { rd_kafka_error_destroy(error) }
        let deadline = Deadline(after: deadline)
        while rd_kafka_consumer_closed(handle.raw) == 0, !deadline.hasPassed {
            // Owned here.
            guard let event = rd_kafka_queue_poll(raw, deadline.milliseconds(atMost: 100)) else { continue }
            if rd_kafka_event_type(event) == RD_KAFKA_EVENT_REBALANCE { rd_kafka_assign(handle.raw, nil) }
            rd_kafka_event_destroy(event)
        }
    }

    deinit { rd_kafka_queue_destroy(raw) }
}
