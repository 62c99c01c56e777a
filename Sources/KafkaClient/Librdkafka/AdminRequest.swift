internal import CRdkafka

/// Sole owner of the answer to an admin request; whatever is read out of it is the event's.
struct AdminEvent: ~Copyable {
    let raw: OpaquePointer

    var code: rd_kafka_resp_err_t { rd_kafka_event_error(raw) }
    var message: String? { rd_kafka_event_error_string(raw).map { String(cString: $0) } }

    deinit { rd_kafka_event_destroy(raw) }
}

extension ClientHandle {
    /// Sends one admin request and waits for its answer; `nil` where none came within the deadline.
    ///
    /// - Parameter toCoordinator: librdkafka 2.0.2 frees a request to a coordinator too early when it times it out itself
    ///   while it looks for one that comes up later (`rd_kafka_admin_coord_request`). So it gets no chance to: its own time-out
    ///   lies an hour ahead, and **a client that gave no answer is to be let go of at once**, which cancels the request in order.
    func ask(
        _ request: rd_kafka_admin_op_t, _ deadline: Deadline, toCoordinator: Bool = false,
        options set: (OpaquePointer) -> Void = { _ in }, send: (_ options: OpaquePointer?, _ queue: OpaquePointer) -> Void
    ) -> AdminEvent? {
        let queue = EventQueue(self)
        let options = rd_kafka_AdminOptions_new(raw, request)
        defer { rd_kafka_AdminOptions_destroy(options) }
        rd_kafka_AdminOptions_set_request_timeout(options, toCoordinator ? 3_600_000 : deadline.milliseconds(), nil, 0)
        if let options { set(options) }
        send(options, queue.raw)
        // A little more than what librdkafka waits for, so that it can say why.
        return rd_kafka_queue_poll(queue.raw, toCoordinator ? deadline.milliseconds() : deadline.milliseconds(atMost: .max - 200) + 200)
            .map(AdminEvent.init)
    }
}
