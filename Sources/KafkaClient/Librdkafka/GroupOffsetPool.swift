/// The committed offsets of many groups at once, over a bounded number of clients.
///
/// A broker serves one request of a connection at a time, and its group coordinator lingers 10 ms on each commit: what makes
/// many groups fast is many connections. A client for each group has that too, but takes longer to open than to be used
/// (docs/performance.md has both). So the clients here serve any group (``GroupOffsetClient``), and a group that gets no clean
/// answer from one (a coordinator that moved or loads, a dropped connection) gets a client of its own
/// (``GroupOffsets``), which knows how to wait and says what is wrong.
actor GroupOffsetPool {
    private let cluster: String
    private let properties: ClientProperties
    private let timeout: Duration
    private let log: ClientLog?
    private let limit: Int
    /// How long a client without work stays open.
    private let idleTime: Duration

    /// Requests under way; those beyond the limit wait.
    private var running = 0
    private var waiting: [(id: Int, turn: CheckedContinuation<Void, any Error>)] = []
    private var lastID = 0
    /// A client without work, and the groups that it served last: librdkafka keeps the coordinators of eleven.
    private struct Idle {
        let client: GroupOffsetClient
        var since = ContinuousClock.now
        var served: [String]
        static let remembered = 11
    }
    /// The one used last comes last, and is used next: who asks one group at a time stays on one connection.
    private var idle: [Idle] = []
    private var sweeper: Task<Void, Never>?

    init(
        cluster: String, properties: ClientProperties, timeout: Duration, limit: Int, idleTime: Duration = .seconds(20),
        log: ClientLog?
    ) {
        self.cluster = cluster
        self.properties = properties
        self.timeout = timeout
        self.log = log
        self.limit = max(1, limit)
        self.idleTime = idleTime
    }

    deinit { sweeper?.cancel() }

    func committed(of group: String, for partitions: [TopicPartition]) async throws -> [TopicPartition: CommittedOffset] {
        guard !partitions.isEmpty else { return [:] }
        let partitions = Set(partitions)
        return try await serve(group, "read committed offsets") {
            try await $0.committed(of: group, for: partitions, $1)
        } otherwise: {
            try await $0.committed(for: partitions, $1)
        }
    }

    func commit(_ offsets: [TopicPartition: CommittedOffset], for group: String) async throws -> [TopicPartition: KafkaError] {
        guard !offsets.isEmpty else { return [:] }
        // Committing the same offsets twice is harmless, so what may have failed is tried again.
        return try await serve(group, "commit offsets") {
            await $0.commit(offsets, for: group, $1)
        } otherwise: {
            try await $0.commit(offsets, $1)
        }
    }

    private func serve<Answer: Sendable>(
        _ group: String, _ operation: String, _ quickly: (GroupOffsetClient, Deadline) async throws -> Answer?,
        otherwise thoroughly: (GroupOffsets, Deadline) async throws -> Answer
    ) async throws -> Answer {
        let deadline = Deadline(after: timeout)
        try await waitForTurn(deadline, KafkaError(
            .timedOut, operation, cluster: cluster, group: group,
            message: "\(limit) other groups were being served all the time"))
        defer { passTurn() }
        if let answer = try await ask(group, deadline, quickly) { return answer }
        try Task.checkCancellation()
        let offsets = try GroupOffsets(cluster: cluster, group: group, properties: properties, timeout: timeout, log: log)
        return try await thoroughly(offsets, deadline)
    }

    /// A client that gave no clean answer is let go, and its request with it.
    private func ask<Answer: Sendable>(
        _ group: String, _ deadline: Deadline, _ question: (GroupOffsetClient, Deadline) async throws -> Answer?
    ) async throws -> Answer? {
        // One that knows the group's coordinator need not look it up.
        let chosen = idle.lastIndex { $0.served.contains(group) } ?? idle.indices.last
        let taken = chosen.map { idle.remove(at: $0) }
        let client = try taken?.client ?? GroupOffsetClient(cluster: cluster, group: group, properties: properties, log: log)
        var isUsable = true
        defer { if isUsable { keep(client, served: (taken?.served ?? []).filter { $0 != group } + [group]) } }
        let answer = try await question(client, Deadline(after: deadline.remaining / 2))
        isUsable = answer != nil
        return answer
    }

    private func keep(_ client: GroupOffsetClient, served: [String]) {
        idle.append(Idle(client: client, served: served.suffix(Idle.remembered)))
        sweepLater()
    }

    // MARK: Turns

    private func waitForTurn(_ deadline: Deadline, _ timedOut: KafkaError) async throws {
        guard running >= limit else {
            running += 1
            return
        }
        lastID += 1
        let id = lastID
        let timer = Task { [weak self] in
            try await Task.sleep(for: deadline.remaining)
            await self?.giveUp(id, timedOut)
        }
        defer { timer.cancel() }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { waiting.append((id, $0)) }
        } onCancel: {
            Task { await self.giveUp(id, CancellationError()) }
        }
    }

    private func giveUp(_ id: Int, _ error: any Error) {
        guard let index = waiting.firstIndex(where: { $0.id == id }) else { return }
        waiting.remove(at: index).turn.resume(throwing: error)
    }

    private func passTurn() {
        if waiting.isEmpty { running -= 1 } else { waiting.removeFirst().turn.resume() }
    }

    // MARK: Idle clients

    private func sweepLater() {
        guard sweeper == nil else { return }
        sweeper = Task { [weak self, idleTime] in
            try? await Task.sleep(for: idleTime)
            await self?.sweep()
        }
    }

    private func sweep() {
        sweeper = nil
        let now = ContinuousClock.now
        idle.removeAll { now - $0.since >= idleTime }
        if !idle.isEmpty { sweepLater() }
    }
}
