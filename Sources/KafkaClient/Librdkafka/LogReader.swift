internal import CRdkafka
internal import Dispatch

/// Reads chosen partitions from chosen offsets, outside any consumer group: it needs READ and DESCRIBE on the topics
/// and nothing else.
///
/// librdkafka fetches in its own threads; ``poll(max:timeout:_:)`` takes what is there. Not polling is
/// back-pressure: the client stops fetching at its queue limits.
public actor LogReader {
    /// What came with a batch besides records.
    public struct Polled: Sendable {
        public var records = 0
        /// Of these, in the last batch.
        public var last = 0
        /// Partitions whose end was reached, with the offset of that end (control records included).
        public var ends: [TopicPartition: Int64] = [:]
        /// Complaints about partitions. The client goes on after those that are retriable.
        public var errors: [KafkaError] = []
    }

    private let executor: BlockingExecutor
    public nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    private let handle: ClientHandle
    private let fetching: Fetching
    private var batch: [UnsafeMutablePointer<rd_kafka_message_t>?]
    private let nudge: FetchNudge

    public init(cluster: String, properties: ClientProperties, log: ClientLog? = nil) throws(KafkaError) {
        executor = BlockingExecutor(label: "kafka.reader")
        let properties = ClientProperties(["fetch.wait.max.ms": "50", "queued.min.messages": "1000000", "queued.max.messages.kbytes": "65536"])
            .merging(properties)
        handle = try ClientHandle(
            .consumer, cluster: cluster, properties: properties,
            // What configuration must not change: an offset that is gone is an error, never another offset.
            required: [
                "enable.partition.eof": "true", "auto.offset.reset": "error", "enable.auto.commit": "false",
                "enable.auto.offset.store": "false",
            ],
            log: log)
        fetching = Fetching(handle)
        func third(of limit: String, times unit: Int = 1) -> Int { properties[limit].flatMap { Int($0) }.map { max(1, $0 * unit / 3) } ?? .max }
        nudge = FetchNudge(handle, records: third(of: "queued.min.messages"), bytes: third(of: "queued.max.messages.kbytes", times: 1024))
        batch = Array(repeating: nil, count: 4096)
    }

    deinit {
        // Stopping waits for the client's threads: not here, which may be the cooperative pool.
        ClientHandle.graveyard.async { [fetching] in fetching.end() }
    }

    /// Starts reading a partition at `offset`.
    public func start(_ partition: TopicPartition, at offset: Int64) throws(KafkaError) {
        try fetching.start(partition, at: offset)
    }

    /// Stops reading a partition; what was fetched of it already may still be polled.
    public func stop(_ partition: TopicPartition) { fetching.stop(partition) }

    /// Waits up to `timeout` for a record, and lends `body` what is there then, up to `max`.
    public func poll(
        max: Int = 4096, timeout: Duration, _ body: @Sendable (borrowing MessageBatch) throws -> Void
    ) throws -> Polled {
        try fetch(max, timeout, gathering: .zero) { count in try body(MessageBatch(batch[..<count])) }
    }

    /// librdkafka waits until a batch is full: here for its first record only, or each reading would end with such a wait.
    ///
    /// - Parameter gathering: How long more may come after the first.
    private func fetch(_ max: Int, _ timeout: Duration, gathering: Duration, _ use: (_ count: Int) throws -> Void) throws -> Polled {
        var count = consume(1, timeout)
        if count == 1 { count += Swift.max(0, consume(max - 1, gathering, after: 1)) }
        guard count >= 0 else { throw handle.error(rd_kafka_last_error(), "fetch records") }
        // Ours from here on: each is destroyed exactly once, also when `use` throws, but for those it gives away.
        defer { for index in 0..<count { if let message = batch[index] { rd_kafka_message_destroy(message) } } }
        var polled = Polled()
        var bytes = 0
        for index in 0..<count {
            guard let message = batch[index] else { continue }
            switch message.pointee.err {
            case RD_KAFKA_RESP_ERR_NO_ERROR:
                polled.records += 1
                bytes += message.pointee.len + message.pointee.key_len
            case RD_KAFKA_RESP_ERR__PARTITION_EOF:
                polled.ends[Self.partition(of: message)] = message.pointee.offset
            case let code:
                let place = message.pointee.rkt == nil ? nil : Self.partition(of: message)
                polled.errors.append(
                    handle.error(
                        code, "fetch records", topic: place?.topic, partition: place?.partition,
                        message: rd_kafka_message_errstr(message).map { String(cString: $0) }))
            }
        }
        if polled.records > 0 {
            if let last = batch[count - 1], last.pointee.rkt != nil { nudge.didRead(records: polled.records, bytes: bytes, last: last) }
            try use(count)
        }
        return polled
    }

    /// Takes up to `max` messages, and waits up to `timeout` until there are as many; negative where that failed.
    private func consume(_ max: Int, _ timeout: Duration, after taken: Int = 0) -> Int {
        batch.withUnsafeMutableBufferPointer { batch in
            guard let free = batch.baseAddress.map({ $0 + taken }), max > 0 else { return 0 }
            return rd_kafka_consume_batch_queue(
                fetching.queue.raw, Swift.max(0, timeout.milliseconds), free, min(max, batch.count - taken))
        }
    }

    /// Waits up to `timeout` for a record, and a moment for more, and gives up to `max` to `body`, in the order of each partition's log.
    ///
    /// When `body` throws, those not given yet are let go.
    /// - Parameter again: Asked on the reader's thread after each batch whether to go on at once, and how long to wait then; `nil` ends it.
    public func take(
        max: Int = 4096, timeout: Duration, _ body: @Sendable (consuming ConsumedMessage) throws -> Void,
        again: @Sendable (Polled) -> Duration? = { _ in nil }
    ) throws -> Polled {
        var polled = try take(max, timeout, body)
        polled.last = polled.records
        while polled.errors.isEmpty, let timeout = again(polled) {
            let more = try take(max, timeout, body)
            polled.records += more.records
            polled.last = more.records
            polled.errors += more.errors
            polled.ends.merge(more.ends) { $1 }
        }
        return polled
    }

    private func take(_ max: Int, _ timeout: Duration, _ body: (consuming ConsumedMessage) throws -> Void) throws -> Polled {
        // A record that comes alone is on its way at once; a stream of them still comes in batches.
        try fetch(max, timeout, gathering: .milliseconds(1)) { count in
            for index in 0..<count {
                guard let message = batch[index], message.pointee.err == RD_KAFKA_RESP_ERR_NO_ERROR else { continue }
                // Given away: not ours to destroy any more.
                batch[index] = nil
                try body(ConsumedMessage(owning: message))
            }
        }
    }

    /// The error that a wait without an answer amounts to.
    func timedOut(_ operation: String, _ partition: TopicPartition? = nil) -> KafkaError {
        handle.error(RD_KAFKA_RESP_ERR__TIMED_OUT, operation, topic: partition?.topic, partition: partition?.partition)
    }

    private static func partition(of message: UnsafeMutablePointer<rd_kafka_message_t>) -> TopicPartition {
        TopicPartition(
            topic: String(cString: rd_kafka_topic_name(message.pointee.rkt)), partition: message.pointee.partition)
    }
}

/// Sole owner of the topic handles of one reader, and of what it has started.
///
/// `@unchecked Sendable`: used on its reader's thread only, and after the reader's end on that of ``end()``.
private final class Fetching: @unchecked Sendable {
    let queue: EventQueue
    private let handle: ClientHandle
    private var topics: [String: OpaquePointer] = [:]
    private var started: Set<TopicPartition> = []

    init(_ handle: ClientHandle) {
        self.handle = handle
        queue = EventQueue(handle)
    }

    func start(_ partition: TopicPartition, at offset: Int64) throws(KafkaError) {
        guard rd_kafka_consume_start_queue(try topic(partition.topic), partition.partition, offset, queue.raw) == 0 else {
            throw handle.error(
                rd_kafka_last_error(), "read from offset \(offset)", topic: partition.topic, partition: partition.partition)
        }
        started.insert(partition)
    }

    func stop(_ partition: TopicPartition) {
        guard started.remove(partition) != nil, let topic = topics[partition.topic] else { return }
        rd_kafka_consume_stop(topic, partition.partition)
    }

    private func topic(_ name: String) throws(KafkaError) -> OpaquePointer {
        if let topic = topics[name] { return topic }
        guard let topic = rd_kafka_topic_new(handle.raw, name, nil) else {
            throw handle.error(rd_kafka_last_error(), "open the topic", topic: name)
        }
        topics[name] = topic
        return topic
    }

    /// Stops everything and gives the topics back; records that nobody polled go with the queue.
    func end() {
        for partition in started { stop(partition) }
        topics.values.forEach(rd_kafka_topic_destroy)
        topics = [:]
    }
}

/// Records as they lie in the client's memory, gone when the call that lent them returns.
public struct MessageBatch: ~Copyable {
    private let messages: ArraySlice<UnsafeMutablePointer<rd_kafka_message_t>?>

    fileprivate init(_ messages: ArraySlice<UnsafeMutablePointer<rd_kafka_message_t>?>) {
        self.messages = messages
    }

    /// In the order of each partition's log.
    public func forEach(_ body: (borrowing MessageView) throws -> Void) rethrows {
        for case let message? in messages where message.pointee.err == RD_KAFKA_RESP_ERR_NO_ERROR {
            try body(MessageView(message))
        }
    }
}
