internal import Synchronization

/// A cluster of brokers, reached through librdkafka.
public actor LibrdkafkaCluster: KafkaCluster {
    public nonisolated let name: String
    /// How the brokers are reached, by every client.
    public nonisolated let properties: ClientProperties
    /// The same, with what consumers have besides or instead.
    public nonisolated let consumerProperties: ClientProperties
    /// The same, with what producers have besides or instead.
    public nonisolated let producerProperties: ClientProperties
    /// How long any one request may take, and how long a scan may go without progress.
    public nonisolated let timeout: Duration
    private let log: ClientLog?
    private let admin: Admin

    /// - Parameters:
    ///   - name: The cluster's alias, for messages.
    ///   - properties: librdkafka's names; `bootstrap.servers` at least.
    ///   - consumer: What consumers have besides or instead.
    ///   - producer: What producers have besides or instead.
    ///   - timeout: The deadline of every request.
    /// - Throws: ``KafkaError`` where librdkafka refuses a property. Nothing is connected yet.
    public init(
        name: String, properties: ClientProperties, consumer: ClientProperties = ClientProperties(),
        producer: ClientProperties = ClientProperties(), timeout: Duration = .seconds(10), log: ClientLog? = nil
    ) throws(KafkaError) {
        guard let servers = properties["bootstrap.servers"], !servers.isEmpty else {
            throw KafkaError(
                .invalidArgument, "open the cluster", cluster: name, message: "no bootstrap.servers given", isFatal: true)
        }
        self.name = name
        self.properties = properties
        consumerProperties = properties.merging(consumer)
        producerProperties = properties.merging(producer)
        self.timeout = timeout
        self.log = log
        admin = try Admin(cluster: name, properties: properties, timeout: timeout, log: log)
    }

    public func clusterID() async throws -> String? { try await admin.clusterID() }
    public func topics() async throws -> [String: Int] { try await admin.topics() }
    public func groups() async throws -> [GroupListing] { try await admin.groups() }

    public func createTopics(_ topics: [NewTopic]) async throws {
        try await admin.createTopics(topics)
        // The controller answers before every broker knows; what follows would meet "unknown topic".
        let deadline = Deadline(after: timeout)
        while true {
            let known = try await admin.topics()
            guard let missing = topics.first(where: { known[$0.name] == nil }) else { return }
            guard !deadline.hasPassed else {
                throw KafkaError(.timedOut, "see the topic that was created", cluster: name, topic: missing.name)
            }
            try await Task.sleep(for: .milliseconds(50))
        }
    }

    public func logBounds(of partitions: [TopicPartition]) async throws -> [TopicPartition: LogBounds] {
        try await admin.logBounds(of: partitions)
    }

    public func offsets(atOrAfter timestamps: [TopicPartition: Int64]) async throws -> [TopicPartition: Int64] {
        try await admin.offsets(atOrAfter: timestamps)
    }

    public func group(named name: String) async throws -> GroupListing? {
        try await admin.groups(named: name).first { $0.name == name && $0.state != .dead }
    }

    public func committedOffsets(
        of group: String, for partitions: [TopicPartition]
    ) async throws -> [TopicPartition: CommittedOffset] {
        try await offsets(of: group).committed(for: partitions)
    }

    public func commit(
        _ offsets: [TopicPartition: CommittedOffset], for group: String
    ) async throws -> [TopicPartition: KafkaError] {
        try await self.offsets(of: group).commit(offsets)
    }

    /// A handle belongs to one group, and is given back when its request is done.
    private func offsets(of group: String) throws -> GroupOffsets {
        try GroupOffsets(cluster: name, group: group, properties: properties, timeout: timeout, log: log)
    }

    public nonisolated func scan<State: Sendable>(
        _ ranges: [LogRange], into state: State,
        _ update: @escaping @Sendable (inout State, borrowing MessageView) throws -> Void
    ) async throws -> State {
        var open: [TopicPartition: LogBounds] = [:]
        for range in ranges where !range.bounds.isEmpty { open[range.partition] = range.bounds }
        guard !open.isEmpty else { return state }
        let reader = try LogReader(cluster: name, properties: consumerProperties, log: log)
        for (partition, bounds) in open { try await reader.start(partition, at: bounds.start) }

        // One lock a batch; the state itself never moves.
        let scan = Scan(state: state, remaining: open, update: update)
        var lastProgress = ContinuousClock.now
        while true {
            let polled = try await reader.poll(timeout: .milliseconds(100)) { try scan.fold($0) }
            for partition in scan.finished(ends: polled.ends) { await reader.stop(partition) }
            guard let next = scan.next else { return scan.result }
            if let error = polled.errors.first(where: { !$0.isRetriable }) { throw error }
            if polled.records > 0 {
                lastProgress = .now
            } else if ContinuousClock.now - lastProgress > timeout {
                throw await reader.timedOut("read the log", next)
            }
            try Task.checkCancellation()
        }
    }
}

/// A scan under way: what is still to be read, and what was made of the rest.
private final class Scan<State: Sendable>: Sendable {
    private struct Progress: Sendable {
        var state: State
        var remaining: [TopicPartition: LogBounds]
        var finished: [TopicPartition] = []

        mutating func finish(_ partition: TopicPartition) {
            if remaining.removeValue(forKey: partition) != nil { finished.append(partition) }
        }
    }
    private let progress: Mutex<Progress>
    private let update: @Sendable (inout State, borrowing MessageView) throws -> Void
    /// Where there is only one partition, its name need not be made for each record.
    private let single: TopicPartition?

    init(
        state: State, remaining: [TopicPartition: LogBounds],
        update: @escaping @Sendable (inout State, borrowing MessageView) throws -> Void
    ) {
        single = remaining.count == 1 ? remaining.keys.first : nil
        progress = Mutex(Progress(state: state, remaining: remaining))
        self.update = update
    }

    func fold(_ batch: borrowing MessageBatch) throws {
        try progress.withLock { progress in
            try batch.forEach { message in
                let partition = single ?? TopicPartition(topic: message.topic, partition: message.partition)
                guard let bounds = progress.remaining[partition] else { return }
                if message.offset < bounds.end { try update(&progress.state, message) }
                if message.offset >= bounds.end - 1 { progress.finish(partition) }
            }
        }
    }

    /// Partitions that are done since the last call. An end of log past the range ends it, though its last offsets
    /// held no record.
    func finished(ends: [TopicPartition: Int64]) -> [TopicPartition] {
        progress.withLock { progress in
            for (partition, end) in ends {
                if let bounds = progress.remaining[partition], end >= bounds.end { progress.finish(partition) }
            }
            defer { progress.finished = [] }
            return progress.finished
        }
    }

    var next: TopicPartition? { progress.withLock { $0.remaining.keys.min() } }
    var result: State { progress.withLock { $0.state } }
}
