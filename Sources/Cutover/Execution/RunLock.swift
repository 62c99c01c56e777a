public import KafkaClient

/// Keeps two operators from moving the groups of one flow at the same time, wherever they sit: Kafka's own group protocol
/// gives the flow's checkpoints topic to one member of a group that exists for that alone.
///
/// A holder that dies, or is cut off, loses it after its session timeout; so what a run does while it holds it is cancelled
/// once it is lost. Nothing is committed in the lock's group.
public actor RunLock {
    /// Beyond this, a holder that does not show up is taken for dead.
    static let sessionTimeout = Duration.seconds(10)

    private let consumer: GroupConsumer
    private let name: String
    private let topic: String

    /// - Parameters:
    ///   - flow: `source->target`.
    ///   - topic: One of the flow's, with one partition, on the target.
    public init(flow: String, topic: String, holder: String, on cluster: LibrdkafkaCluster) throws {
        name = Self.group(of: flow)
        self.topic = topic
        consumer = try GroupConsumer(
            cluster: cluster.name, group: name,
            properties: cluster.consumerProperties.merging(ClientProperties([
                "client.id": "failover \(holder)", "session.timeout.ms": "\(Self.sessionTimeout.milliseconds)", "heartbeat.interval.ms": "2000",
                // Whoever holds it keeps it when another one comes.
                "partition.assignment.strategy": "cooperative-sticky", "auto.offset.reset": "latest",
            ])))
    }

    static func group(of flow: String) -> String { "failover.lock.\(flow)" }

    /// Holds the lock while `body` runs; where it is lost on the way, the task of `body` is cancelled.
    ///
    /// - Throws: ``RunIsLive`` where somebody else holds it, ``KafkaError``, or what `body` throws.
    public func hold<Result: Sendable>(_ body: @escaping @Sendable () async throws -> Result) async throws -> Result {
        do {
            try await take()
            let result = try await withThrowingTaskGroup(of: Result?.self) { tasks in
                tasks.addTask { try await body() }
                tasks.addTask { [self] in
                    try await keep()
                    return nil
                }
                defer { tasks.cancelAll() }
                while let next = try await tasks.next() {
                    // Lost: the body ends by its cancellation, and says what is done.
                    if let result = next { return result }
                    tasks.cancelAll()
                }
                throw CancellationError()
            }
            await consumer.close()
            return result
        } catch {
            await consumer.close()
            throw error
        }
    }

    private func take() async throws {
        try await consumer.subscribe(to: [topic])
        // Brokers wait for others before they give anything to the first member (group.initial.rebalance.delay.ms).
        let deadline = ContinuousClock.now + Self.sessionTimeout + .seconds(2)
        while try await !isHeld() {
            guard ContinuousClock.now < deadline else { throw RunIsLive(group: name) }
        }
    }

    /// Returns once it is lost.
    private func keep() async throws {
        while try await isHeld() { try Task.checkCancellation() }
    }

    private func isHeld() async throws -> Bool {
        _ = try await consumer.poll(timeout: .milliseconds(100))
        return try await consumer.assignment().contains(TopicPartition(topic: topic, partition: 0))
    }
}

/// Somebody else moves groups of the same flow just now.
public struct RunIsLive: Error, CustomStringConvertible {
    public var group: String

    public var description: String {
        """
        another run for this flow is live: somebody holds its lock (kafka-consumer-groups --describe --members --group '\(group)' shows who).
          Nothing was changed. Wait for it, or ask; a run that died lets go within \(RunLock.sessionTimeout.milliseconds / 1000) seconds.
        """
    }
}
