internal import Foundation
public import KafkaClient

/// Keeps two operators from moving the groups of one flow at the same time, wherever they sit: by a log on the target
/// (``LockLog``), in which a holder shows that it lives.
///
/// One that was not heard of for as long as it is watched is taken for dead, and loses it. What runs under a lock that is lost
/// is cancelled; it may get as far as one group's commit until it notices, and that commit overwrites nobody's
/// (``GroupMove``).
public struct RunLock: Sendable {
    public static let topic = "failover-lock.internal"

    /// How often a holder writes.
    private let beat: Duration
    /// How long a holder that does not write is watched.
    private let patience: Duration

    private let flow: String
    private let claim = UUID().uuidString
    private let by: Operator
    private let cluster: LibrdkafkaCluster
    private let producer: Producer
    private let partition = TopicPartition(topic: Self.topic, partition: 0)

    /// - Parameter flow: `source->target`.
    public init(flow: String, by: Operator, on cluster: LibrdkafkaCluster) throws {
        try self.init(flow: flow, by: by, on: cluster, beat: .seconds(2), patience: .seconds(10))
    }

    init(flow: String, by: Operator, on cluster: LibrdkafkaCluster, beat: Duration, patience: Duration) throws {
        self.beat = beat
        self.patience = patience
        self.flow = flow
        self.by = by
        self.cluster = cluster
        producer = try cluster.recordKeeper()
    }

    /// Takes the lock, runs `body`, and lets go. Where the lock is lost on the way, the task of `body` is cancelled.
    ///
    /// - Throws: ``RunIsLive`` where somebody else holds it, ``KafkaError``, or what `body` throws.
    public func hold<Result: Sendable>(_ body: @escaping @Sendable () async throws -> Result) async throws -> Result {
        try await take()
        let outcome: Swift.Result<Result, any Error>
        do { outcome = .success(try await whileHeld(body)) } catch { outcome = .failure(error) }
        // Best effort: unheard of, it falls free by itself.
        try? await write(.release)
        return try outcome.get()
    }

    private func take() async throws {
        // Kept for a day, which no run lasts.
        try await cluster.createMissingTopic(NewTopic(
            name: Self.topic, partitions: 1, configuration: ["cleanup.policy": "delete", "retention.ms": "86400000"]))
        var view = View()
        while true {
            try await follow(&view)
            guard let holder = view.log.holder else {
                if try await claims(&view, replacing: nil) { return }
                continue
            }
            guard try await isSilent(holder, &view) else { throw RunIsLive(flow: flow, by: holder.by, cluster: cluster.name) }
            if try await claims(&view, replacing: holder.claim) { return }
        }
    }

    private func claims(_ view: inout View, replacing dead: String?) async throws -> Bool {
        try await write(.claim, replacing: dead)
        return try await isMine(&view)
    }

    /// Watches a holder. One that lets go meanwhile is silent too: the next claim decides.
    private func isSilent(_ holder: LockLog.Entry, _ view: inout View) async throws -> Bool {
        let deadline = ContinuousClock.now + patience, beats = view.log.beats
        while ContinuousClock.now < deadline {
            try await Task.sleep(for: patience / 20)
            try await follow(&view)
            if view.log.holder?.claim != holder.claim { return true }
            if view.log.beats > beats { return false }
        }
        return true
    }

    private func whileHeld<Result: Sendable>(_ body: @escaping @Sendable () async throws -> Result) async throws -> Result {
        try await withThrowingTaskGroup(of: Result?.self) { tasks in
            tasks.addTask { try await body() }
            tasks.addTask {
                // A beat that can't be written is no loss yet; the others' patience is longer than one.
                var last = ContinuousClock.now, view = View()
                while ContinuousClock.now - last < patience {
                    try await Task.sleep(for: beat)
                    do {
                        try await write(.beat)
                        guard try await isMine(&view) else { return nil }
                        last = .now
                    } catch is KafkaError {}
                }
                return nil
            }
            defer { tasks.cancelAll() }
            while let next = try await tasks.next() {
                if let result = next { return result }
                // Lost. The body ends by its cancellation, and says what is done.
                tasks.cancelAll()
            }
            throw CancellationError()
        }
    }

    // MARK: The log

    /// The log as far as it has been read.
    private struct View {
        var log = LockLog()
        var next: Int64 = 0
    }

    private func isMine(_ view: inout View) async throws -> Bool {
        try await follow(&view)
        return view.log.holder?.claim == claim
    }

    private func write(_ verb: LockLog.Entry.Verb, replacing dead: String? = nil) async throws {
        try await write(LockLog.Entry(verb: verb, claim: claim, replacing: dead, by: by))
    }

    func write(_ entry: LockLog.Entry) async throws {
        let record = Record(key: Array(flow.utf8), value: Array(try JSONEncoder().encode(entry)))
        _ = try await producer.send(record, to: partition)
    }

    func read() async throws -> LockLog {
        var view = View()
        try await follow(&view)
        return view.log
    }

    /// Reads what was written since.
    private func follow(_ view: inout View) async throws {
        guard let bounds = try await cluster.logBounds(of: [partition])[partition] else { return view = View() }
        // Somebody has re-created the topic.
        if bounds.end < view.next { view = View() }
        let range = LogRange(partition, LogBounds(start: max(bounds.start, view.next), end: bounds.end))
        view.log = try await cluster.scan([range], into: view.log) { [flow] log, message in
            guard let key = message.key, key.elementsEqual(flow.utf8), let value = message.value,
                let entry = try? JSONDecoder().decode(LockLog.Entry.self, from: Data(value))
            else { return }
            log.append(entry)
        }
        view.next = bounds.end
    }
}

/// Somebody else moves groups of the same flow just now.
public struct RunIsLive: Error, CustomStringConvertible {
    public var flow: String
    public var by: Operator
    public var cluster: String

    public var description: String {
        """
        another run for \(flow) is live: \(by.address) (process \(by.process)) holds its lock on '\(cluster)', and shows that it lives.
          Nothing was changed. Wait for it, or ask there. --allow-concurrent-runs does without the lock.
        """
    }
}
