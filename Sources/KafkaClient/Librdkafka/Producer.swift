internal import CRdkafka
internal import Foundation
internal import Synchronization

/// Writes records. Delivery is idempotent unless the properties say otherwise: in order, none doubled by a retry.
///
/// Records of one partition are delivered in the order of the calls. Each record handed in is answered exactly once.
public final class Producer: Sendable {
    /// Where a record ended up: its offset, or why it is not in the log.
    public typealias Completion = @Sendable (Result<Int64, KafkaError>) -> Void

    private let core: Core

    public init(cluster: String, properties: ClientProperties, log: ClientLog? = nil) throws(KafkaError) {
        core = try Core(cluster: cluster, properties: properties, log: log)
        // The thread keeps the core until `stop`, so reports are served as long as anything may be in flight.
        let thread = Thread { [core] in core.serveReports() }
        thread.name = "kafka.producer"
        thread.start()
    }

    deinit { core.stop() }

    /// Hands a record to the client. It does not wait: a full queue is the error `queueFull` (retriable; nothing was
    /// queued, and `completion` will not be called).
    ///
    /// - Parameter completion: Called once, on the producer's own thread, when the record is acknowledged or has failed.
    public func produce(
        _ record: Record, to partition: TopicPartition, completion: @escaping Completion
    ) throws(KafkaError) {
        try core.produce(record, to: partition, completion)
    }

    /// Writes a record and returns its offset once the brokers have acknowledged it.
    ///
    /// - Throws: ``KafkaError``; a time-out (`message.timeout.ms`) may still have been written.
    public func send(_ record: Record, to partition: TopicPartition) async throws -> Int64 {
        while true {
            do {
                return try await withCheckedThrowingContinuation { continuation in
                    do { try core.produce(record, to: partition) { continuation.resume(with: $0) } }
                    catch { continuation.resume(throwing: error) }
                }
            } catch let error as KafkaError where error.code == .queueFull {
                try await Task.sleep(for: .milliseconds(5))
            }
        }
    }

    /// Waits until everything handed in so far is answered, for `deadline` at the most. True if nothing is left.
    public func flush(within deadline: Duration) async -> Bool {
        let deadline = Deadline(after: deadline)
        while core.inFlight > 0 {
            if deadline.hasPassed { return false }
            try? await Task.sleep(for: .milliseconds(2))
        }
        return true
    }

    /// Ends the producer as a killed process would: nothing more is sent, what was not acknowledged is answered with an
    /// error. A request that the brokers already have may still be carried out.
    public func abandon() { core.abandon() }

    /// Records handed in and not answered yet.
    public var inFlight: Int { core.inFlight }
}

extension Producer {
    /// Travels through librdkafka as a message's opaque: +1 from `produce` until its report is served, or until
    /// `produce` fails.
    private final class Pending: Sendable {
        let completion: Completion
        init(_ completion: @escaping Completion) { self.completion = completion }
    }

    fileprivate final class Core: Sendable {
        private let handle: ClientHandle
        private let stopping = Atomic(false)
        private let unanswered = Atomic(0)
        /// Whether the producer takes nothing any more. Held while a record is enqueued: none may slip in behind a purge,
        /// and arrive without those before it.
        private let isClosed = Mutex(false)

        init(cluster: String, properties: ClientProperties, log: ClientLog?) throws(KafkaError) {
            handle = try ClientHandle(
                .producer, cluster: cluster, properties: properties,
                defaults: ["enable.idempotence": "true", "linger.ms": "5"], log: log
            ) { rd_kafka_conf_set_events($0, RD_KAFKA_EVENT_DR) }
        }

        var inFlight: Int { unanswered.load(ordering: .acquiring) }

        func stop() { stopping.store(true, ordering: .releasing) }

        func abandon() {
            stop()
            isClosed.withLock { isClosed in
                isClosed = true
                purge()
            }
        }

        private enum Refusal {
            case closed
            /// The error is the receiver's.
            case client(OpaquePointer)
        }

        private func purge() { rd_kafka_purge(handle.raw, RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT) }

        func produce(
            _ record: Record, to partition: TopicPartition, _ completion: @escaping Completion
        ) throws(KafkaError) {
            let pending = Unmanaged.passRetained(Pending(completion))
            unanswered.add(1, ordering: .acquiringAndReleasing)
            let opaque = pending.toOpaque()
            var refusal: Refusal?
            isClosed.withLock { isClosed in
                refusal = isClosed ? .closed : enqueue(record, to: partition, opaque: opaque).map(Refusal.client)
            }
            if let refusal {
                pending.release()
                unanswered.subtract(1, ordering: .acquiringAndReleasing)
                var failure = switch refusal {
                case .closed: handle.error(RD_KAFKA_RESP_ERR__DESTROY, "produce", topic: partition.topic)
                case .client(let error): handle.error(consuming: error, "produce", topic: partition.topic)
                }
                failure.partition = partition.partition
                throw failure
            }
        }

        /// Payloads are copied by librdkafka; the returned error is the caller's.
        private func enqueue(_ record: Record, to partition: TopicPartition, opaque: UnsafeMutableRawPointer) -> OpaquePointer? {
            partition.topic.withCString { topic in
                withPayload(record.key) { key in
                    withPayload(record.value) { value in
                        // Ours until rd_kafka_produceva succeeds.
                        let headers = Self.headers(record.headers)
                        var arguments = [
                            Self.argument(RD_KAFKA_VTYPE_TOPIC) { $0.cstr = topic },
                            Self.argument(RD_KAFKA_VTYPE_PARTITION) { $0.i32 = partition.partition },
                            Self.argument(RD_KAFKA_VTYPE_MSGFLAGS) { $0.i = RD_KAFKA_MSG_F_COPY },
                            Self.argument(RD_KAFKA_VTYPE_KEY) { $0.mem = .init(ptr: key.start, size: key.count) },
                            Self.argument(RD_KAFKA_VTYPE_VALUE) { $0.mem = .init(ptr: value.start, size: value.count) },
                            Self.argument(RD_KAFKA_VTYPE_OPAQUE) { $0.ptr = opaque },
                        ]
                        if let headers { arguments.append(Self.argument(RD_KAFKA_VTYPE_HEADERS) { $0.headers = headers }) }
                        if let timestamp = record.timestamp {
                            arguments.append(Self.argument(RD_KAFKA_VTYPE_TIMESTAMP) { $0.i64 = timestamp })
                        }
                        let error = rd_kafka_produceva(handle.raw, arguments, arguments.count)
                        if error != nil, let headers { rd_kafka_headers_destroy(headers) }
                        return error
                    }
                }
            }
        }

        private typealias Payload = (start: UnsafeMutableRawPointer?, count: Int)

        /// `nil` becomes a null pointer, empty a pointer to nothing: Kafka tells them apart.
        private func withPayload<Result>(_ bytes: [UInt8]?, _ body: (Payload) -> Result) -> Result {
            guard let bytes else { return body((nil, 0)) }
            if bytes.isEmpty { return withUnsafeBytes(of: UInt8(0)) { body((.init(mutating: $0.baseAddress), 0)) } }
            return bytes.withUnsafeBytes { body((.init(mutating: $0.baseAddress), $0.count)) }
        }

        private typealias Argument = rd_kafka_vu_t
        private static func argument(
            _ type: rd_kafka_vtype_t, _ set: (inout rd_kafka_vu_t.__Unnamed_union_u) -> Void
        ) -> Argument {
            var argument = rd_kafka_vu_t()
            argument.vtype = type
            set(&argument.u)
            return argument
        }

        private static func headers(_ headers: [Header]) -> OpaquePointer? {
            guard !headers.isEmpty, let list = rd_kafka_headers_new(headers.count) else { return nil }
            for header in headers {
                if let value = header.value {
                    value.withUnsafeBytes { bytes in
                        // A null pointer would make a null value out of an empty one.
                        _ = rd_kafka_header_add(list, header.name, -1, bytes.baseAddress ?? UnsafeRawPointer(bitPattern: 1), bytes.count)
                    }
                } else {
                    rd_kafka_header_add(list, header.name, -1, nil, 0)
                }
            }
            return list
        }

        /// Runs on the producer's thread until `stop`; then what is still in flight is purged and answered.
        func serveReports() {
            let queue = rd_kafka_queue_get_main(handle.raw)
            defer { rd_kafka_queue_destroy(queue) }
            while !stopping.load(ordering: .acquiring) { serve(queue, wait: 50) }
            purge()
            let deadline = Deadline(after: .seconds(5))
            while inFlight > 0, !deadline.hasPassed { serve(queue, wait: 50) }
        }

        private func serve(_ queue: OpaquePointer?, wait: Int32) {
            // Owned here; the messages in it are the event's.
            guard let event = rd_kafka_queue_poll(queue, wait) else { return }
            defer { rd_kafka_event_destroy(event) }
            guard rd_kafka_event_type(event) == RD_KAFKA_EVENT_DR else { return }
            while let message = rd_kafka_event_message_next(event) {
                guard let opaque = message.pointee._private else { continue }
                let pending = Unmanaged<Pending>.fromOpaque(opaque).takeRetainedValue()
                if message.pointee.err == RD_KAFKA_RESP_ERR_NO_ERROR {
                    pending.completion(.success(message.pointee.offset))
                } else {
                    pending.completion(
                        .failure(
                            handle.error(
                                message.pointee.err, "deliver a record",
                                topic: String(cString: rd_kafka_topic_name(message.pointee.rkt)),
                                partition: message.pointee.partition)))
                }
                unanswered.subtract(1, ordering: .acquiringAndReleasing)
            }
        }
    }
}
