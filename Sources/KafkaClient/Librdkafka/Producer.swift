internal import CRdkafka
internal import Dispatch
internal import Foundation
internal import Synchronization

/// Writes records. Delivery is idempotent unless the properties say otherwise: in order, none doubled by a retry.
///
/// Records of one partition are delivered in the order of the calls. Each record handed in is answered exactly once.
public final class Producer: Sendable {
    /// Where a record ended up: its offset, or why it is not in the log.
    public typealias Completion = @Sendable (Result<Int64, KafkaError>) -> Void

    private let core: Core

    /// Who tells what became of records.
    public enum Reporting: Sendable {
        /// The producer, on a thread of its own.
        case onOwnThread
        /// Whoever calls ``serveReports(within:)``. Until the producer's end: what is in flight then is answered on a thread.
        case onDemand
    }

    public init(
        cluster: String, properties: ClientProperties, reporting: Reporting = .onOwnThread, log: ClientLog? = nil
    ) throws(KafkaError) {
        core = try Core(cluster: cluster, properties: properties, reporting: reporting, log: log)
        guard reporting == .onOwnThread else { return }
        // The thread keeps the core until `stop`, so reports are served as long as anything may be in flight.
        let thread = Thread { [core] in core.serveReports() }
        thread.name = "kafka.producer"
        thread.start()
    }

    deinit {
        core.stop()
        guard core.reporting == .onDemand, core.inFlight > 0 else { return }
        ClientHandle.graveyard.async { [core] in core.serveRemainingReports() }
    }

    /// Tells what became of records, where that is on demand; waits for the first of them. Blocks, so not for the cooperative pool.
    public func serveReports(within wait: Duration) { core.serveReports(within: wait) }

    /// The same, on a thread that may block.
    public func serve(within wait: Duration) async { await core.serve(within: wait) }

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
    /// - Parameter patience: How long to wait for that; without it as long as the producer tries (`message.timeout.ms`).
    /// - Throws: ``KafkaError``; after a time-out it may have been written, or be yet.
    public func send(_ record: Record, to partition: TopicPartition, within patience: Duration? = nil) async throws -> Int64 {
        let end = patience.map { ContinuousClock.now + $0 }
        while true {
            do {
                let answer = FirstAnswer<Int64>()
                try core.produce(record, to: partition) { answer.give($0.mapError { $0 }) }
                let timer = end.map { end in
                    Task { [core] in
                        try await Task.sleep(until: end)
                        answer.give(.failure(core.timedOut("write a record", partition)))
                    }
                }
                defer { timer?.cancel() }
                return try await answer.value
            } catch let error as KafkaError where error.code == .queueFull {
                if let end, ContinuousClock.now > end { throw core.timedOut("write a record", partition) }
                try await Task.sleep(for: .milliseconds(5))
            }
        }
    }

    /// Sends what was handed in without waiting for more (`linger.ms`). Waits for a moment, on the caller's thread.
    public func push() { core.push() }

    /// A partition to forward records to. What became of them is reported on the producer's own thread, those of one partition in order.
    ///
    /// - Parameter extraHeader: Added behind each record's own headers.
    public func outlet(
        to partition: TopicPartition, extraHeader: Header? = nil, report: @escaping @Sendable (Outlet.Report) -> Void
    ) throws(KafkaError) -> Outlet {
        try core.outlet(to: partition, extraHeader: extraHeader, report)
    }

    /// Waits until the client knows the partition: without that, it refuses those that were added to a topic since it first saw it.
    ///
    /// - Throws: ``KafkaError`` where it is not to be seen within `deadline`.
    public func awaitPartition(_ partition: TopicPartition, within deadline: Duration) async throws {
        try await core.awaitPartition(partition, within: deadline)
    }

    /// Hands on a consumed record as it is: key, value, headers and timestamp. The value is not copied: the message lives until it is
    /// answered, and the caller bounds how many there are by ``inFlight`` and ``inFlightBytes``.
    ///
    /// - Throws: ``KafkaError``; the record was not handed on then, and will not be reported.
    public func forward(_ message: consuming ConsumedMessage, to outlet: Outlet) throws(KafkaError) {
        try core.forward(message, to: outlet)
    }

    /// Waits until everything handed in so far is answered, for `deadline` at the most. True if nothing is left.
    public func flush(within deadline: Duration) async -> Bool {
        let deadline = Deadline(after: deadline)
        while core.inFlight > 0 {
            if deadline.hasPassed { return false }
            if core.reporting == .onDemand { await serve(within: .milliseconds(20)) } else { try? await Task.sleep(for: .milliseconds(2)) }
        }
        return true
    }

    /// For a producer with a `transactional.id`: takes it over from whoever had it before, whose unfinished transaction is undone and
    /// who can't write any more (KIP-98).
    public func initTransactions(within deadline: Duration) async throws { try await core.transact("take over the transactional id") { rd_kafka_init_transactions($0, deadline.milliseconds) } }

    public func beginTransaction() async throws { try await core.transact("begin a transaction") { rd_kafka_begin_transaction($0) } }

    /// Waits for what is in flight, then makes all of it visible. What comes in between is not told apart from it by the brokers.
    ///
    /// - Throws: ``KafkaError``. After a time-out it may be committed all the same.
    public func commitTransaction(within deadline: Duration) async throws {
        try await core.transact("commit a transaction") { rd_kafka_commit_transaction($0, deadline.milliseconds) }
    }

    /// Ends the producer as a killed process would: nothing more is sent, what was not acknowledged is answered with an
    /// error. A request that the brokers already have may still be carried out.
    public func abandon() { core.abandon() }

    /// What ended the producer for good, if something did.
    public var fatalError: KafkaError? { core.fatalError }

    /// Records handed in and not answered yet.
    public var inFlight: Int { core.inFlight }
    /// Bytes of keys and values forwarded and not answered yet.
    public var inFlightBytes: Int { core.inFlightBytes }
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
        private let unansweredBytes = Atomic(0)
        /// Kept until the producer's end: reports may name them.
        private let outlets = Mutex<[ConsumedMessage.Place: Outlet]>([:])
        /// Whether the producer takes nothing any more. Held while a record is enqueued: none may slip in behind a purge,
        /// and arrive without those before it.
        private let isClosed = Mutex(false)

        let reporting: Reporting
        /// On demand: of the one caller that serves at a time.
        private let demand = Mutex(DeliveryRun())
        private let queue: EventQueue

        init(cluster: String, properties: ClientProperties, reporting: Reporting, log: ClientLog?) throws(KafkaError) {
            self.reporting = reporting
            handle = try ClientHandle(
                .producer, cluster: cluster, properties: properties,
                defaults: ["enable.idempotence": "true", "linger.ms": "5"], log: log
            ) { rd_kafka_conf_set_events($0, RD_KAFKA_EVENT_DR) }
            queue = EventQueue(ofProducer: handle)
        }

        var inFlight: Int { unanswered.load(ordering: .acquiring) }
        var inFlightBytes: Int { unansweredBytes.load(ordering: .acquiring) }

        func timedOut(_ operation: String, _ partition: TopicPartition) -> KafkaError {
            handle.error(RD_KAFKA_RESP_ERR__TIMED_OUT, operation, topic: partition.topic, partition: partition.partition)
        }

        func push() { rd_kafka_flush(handle.raw, 1) }

        var fatalError: KafkaError? {
            var text = [CChar](repeating: 0, count: 512)
            guard rd_kafka_fatal_error(handle.raw, &text, text.count) != RD_KAFKA_RESP_ERR_NO_ERROR else { return nil }
            return handle.error(RD_KAFKA_RESP_ERR__FATAL, "write")
        }

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

        private let blocking = DispatchQueue(label: "kafka.producer.blocking")

        func serve(within wait: Duration) async { try? await onBlockingThread { $0.serveReports(within: wait) } }

        func transact(_ operation: String, _ call: @escaping @Sendable (OpaquePointer) -> OpaquePointer?) async throws {
            try await onBlockingThread { core in
                // The error is ours.
                if let error = call(core.handle.raw) { throw core.handle.error(consuming: error, operation) }
            }
        }

        private func onBlockingThread<Result: Sendable>(_ body: @escaping @Sendable (Core) throws -> Result) async throws -> Result {
            try await withCheckedThrowingContinuation { continuation in
                blocking.async { [self] in continuation.resume(with: Swift.Result { try body(self) }) }
            }
        }

        func awaitPartition(_ partition: TopicPartition, within deadline: Duration) async throws {
            let deadline = Deadline(after: deadline)
            while try await partitionCount(of: partition.topic, deadline) <= Int(partition.partition) {
                if deadline.hasPassed {
                    throw handle.error(
                        RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION, "see the partition", topic: partition.topic, partition: partition.partition)
                }
                try await Task.sleep(for: .milliseconds(100))
            }
        }

        private func partitionCount(of topic: String, _ deadline: Deadline) async throws -> Int {
            try await onBlockingThread { core in
                let handle = core.handle
                guard let raw = rd_kafka_topic_new(handle.raw, topic, nil) else {
                    throw handle.error(rd_kafka_last_error(), "open the topic", topic: topic)
                }
                defer { rd_kafka_topic_destroy(raw) }
                var metadata: UnsafePointer<rd_kafka_metadata>?
                let code = rd_kafka_metadata(handle.raw, 0, raw, &metadata, deadline.milliseconds())
                guard code == RD_KAFKA_RESP_ERR_NO_ERROR, let metadata else {
                    throw handle.error(code, "read the topic's metadata", topic: topic)
                }
                // Ours, with everything it points at.
                defer { rd_kafka_metadata_destroy(metadata) }
                return metadata.pointee.topic_cnt > 0 ? Int(metadata.pointee.topics[0].partition_cnt) : 0
            }
        }

        func outlet(
            to partition: TopicPartition, extraHeader: Header?, _ report: @escaping @Sendable (Outlet.Report) -> Void
        ) throws(KafkaError) -> Outlet {
            let outlet = try Outlet(handle, partition, extraHeader: extraHeader, report)
            outlets.withLock { $0[outlet.place] = outlet }
            return outlet
        }

        func forward(_ message: consuming ConsumedMessage, to outlet: Outlet) throws(KafkaError) {
            let size = message.size
            // From here on ours: destroyed below where it isn't taken, else when its report is served.
            let raw = message.release()
            var headers: OpaquePointer?
            if rd_kafka_message_detach_headers(raw, &headers) != RD_KAFKA_RESP_ERR_NO_ERROR { headers = nil }
            if let extra = outlet.extraHeader {
                if headers == nil { headers = rd_kafka_headers_new(1) }
                Self.add(extra, to: headers)
            }
            var type = RD_KAFKA_TIMESTAMP_NOT_AVAILABLE
            let timestamp = rd_kafka_message_timestamp(raw, &type)
            unanswered.add(1, ordering: .acquiringAndReleasing)
            unansweredBytes.add(size, ordering: .acquiringAndReleasing)
            // An odd address tells a forwarded message from a `Pending`.
            let opaque = UnsafeMutableRawPointer(raw) + 1
            let code = isClosed.withLock { isClosed in
                isClosed ? RD_KAFKA_RESP_ERR__DESTROY
                    : crdkafka_forward(
                        handle.raw, outlet.topic, outlet.partition.partition, raw, max(0, timestamp), headers, opaque)
            }
            guard code != RD_KAFKA_RESP_ERR_NO_ERROR else { return }
            unanswered.subtract(1, ordering: .acquiringAndReleasing)
            unansweredBytes.subtract(size, ordering: .acquiringAndReleasing)
            if let headers { rd_kafka_headers_destroy(headers) }
            rd_kafka_message_destroy(raw)
            throw handle.error(code, "forward a record", topic: outlet.partition.topic, partition: outlet.partition.partition)
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
            headers.forEach { add($0, to: list) }
            return list
        }

        private static func add(_ header: Header, to list: OpaquePointer?) {
            guard let value = header.value else {
                rd_kafka_header_add(list, header.name, -1, nil, 0)
                return
            }
            value.withUnsafeBytes { bytes in
                // A null pointer would make a null value out of an empty one.
                _ = rd_kafka_header_add(list, header.name, -1, bytes.baseAddress ?? UnsafeRawPointer(bitPattern: 1), bytes.count)
            }
        }

        /// Runs on the producer's thread until `stop`; then what is still in flight is purged and answered.
        func serveReports() {
            var run = DeliveryRun()
            while !stopping.load(ordering: .acquiring) { serve(wait: 50, &run) }
            serveRemainingReports()
        }

        func serveRemainingReports() {
            purge()
            let deadline = Deadline(after: .seconds(5))
            while inFlight > 0, !deadline.hasPassed { _ = demand.withLock { serve(wait: 50, &$0) } }
        }

        func serveReports(within wait: Duration) {
            demand.withLock { run in
                guard serve(wait: wait.milliseconds, &run) else { return }
                // What else is there by now.
                for _ in 0..<64 where !serve(wait: 0, &run) { return }
            }
        }

        /// Returns whether there was anything.
        @discardableResult
        private func serve(wait: Int32, _ run: inout DeliveryRun) -> Bool {
            // Owned here; the messages in it are the event's.
            guard let event = rd_kafka_queue_poll(queue.raw, wait) else { return false }
            defer { rd_kafka_event_destroy(event) }
            guard rd_kafka_event_type(event) == RD_KAFKA_EVENT_DR else { return true }
            var answered = 0, bytes = 0
            while let message = rd_kafka_event_message_next(event) {
                guard let opaque = message.pointee._private else { continue }
                answered += 1
                if UInt(bitPattern: opaque) & 1 == 1 {
                    bytes += finish(forwarded: (opaque - 1).assumingMemoryBound(to: rd_kafka_message_t.self), message, &run)
                } else {
                    run.flush()
                    finish(Unmanaged<Pending>.fromOpaque(opaque).takeRetainedValue(), message)
                }
            }
            run.end()
            unansweredBytes.subtract(bytes, ordering: .acquiringAndReleasing)
            unanswered.subtract(answered, ordering: .acquiringAndReleasing)
            return true
        }

        private func finish(_ pending: Pending, _ message: UnsafePointer<rd_kafka_message_t>) {
            pending.completion(message.pointee.err == RD_KAFKA_RESP_ERR_NO_ERROR ? .success(message.pointee.offset) : .failure(error(of: message)))
        }

        /// Notes what became of a forwarded record, and lets its original go. Returns its bytes.
        private func finish(
            forwarded original: UnsafeMutablePointer<rd_kafka_message_t>, _ message: UnsafePointer<rd_kafka_message_t>,
            _ run: inout DeliveryRun
        ) -> Int {
            defer { rd_kafka_message_destroy(original) }
            let size = original.pointee.len + original.pointee.key_len
            let place = ConsumedMessage.Place(topic: UInt(bitPattern: message.pointee.rkt), partition: message.pointee.partition)
            run.turn(to: place) { outlets.withLock { $0[place] } }
            guard message.pointee.err == RD_KAFKA_RESP_ERR_NO_ERROR else {
                run.fail(original.pointee.offset, error(of: message))
                return size
            }
            var type = RD_KAFKA_TIMESTAMP_NOT_AVAILABLE
            run.append(
                Outlet.Delivery(
                    upstreamOffset: original.pointee.offset, downstreamOffset: message.pointee.offset,
                    timestamp: rd_kafka_message_timestamp(original, &type), size: size))
            return size
        }

        private func error(of message: UnsafePointer<rd_kafka_message_t>) -> KafkaError {
            handle.error(
                message.pointee.err, "deliver a record", topic: String(cString: rd_kafka_topic_name(message.pointee.rkt)),
                partition: message.pointee.partition)
        }
    }
}

/// Deliveries to one outlet that follow each other, reported together.
private struct DeliveryRun {
    private var place: ConsumedMessage.Place?
    private var outlet: Outlet?
    private var deliveries: [Outlet.Delivery] = []

    mutating func turn(to place: ConsumedMessage.Place, _ find: () -> Outlet?) {
        guard place != self.place else { return }
        flush()
        (self.place, outlet) = (place, find())
    }

    mutating func append(_ delivery: Outlet.Delivery) { deliveries.append(delivery) }

    mutating func fail(_ offset: Int64, _ error: KafkaError) {
        flush()
        outlet?.report(.failed(upstreamOffset: offset, error))
    }

    mutating func flush() {
        guard !deliveries.isEmpty else { return }
        outlet?.report(.delivered(deliveries))
        deliveries.removeAll(keepingCapacity: true)
    }

    /// A partition may have got another outlet by the next time.
    mutating func end() {
        flush()
        (place, outlet) = (nil, nil)
    }
}
