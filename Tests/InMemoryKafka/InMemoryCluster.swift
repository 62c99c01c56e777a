public import KafkaClient
internal import Synchronization

/// A Kafka cluster in memory, with brokers' rules, that can fail at any request.
///
/// Every request is logged, then the hook runs, then a scripted fault may strike before or after the brokers act.
public final class InMemoryCluster: KafkaCluster {
    /// Called before each request; may change the cluster, or wait.
    public typealias Hook = @Sendable (Request, InMemoryCluster) async -> Void

    public let name: String
    private let guarded: Mutex<Guarded>

    private struct Guarded: Sendable {
        var contents: ClusterContents
        var requests: [Request] = []
        var faults = FaultScript()
        var isDown = false
        var hook: Hook?
    }

    public init(_ name: String, _ contents: ClusterContents = ClusterContents()) {
        self.name = name
        guarded = Mutex(Guarded(contents: contents))
    }

    // MARK: For tests

    /// What the cluster holds now.
    public var contents: ClusterContents { guarded.withLock { $0.contents } }

    /// Changes the cluster behind the back of whoever asks it.
    public func update<Result: Sendable>(_ change: @Sendable (inout ClusterContents) -> Result) -> Result {
        guarded.withLock { change(&$0.contents) }
    }

    /// Requests so far, in order.
    public var requests: [Request] { guarded.withLock { $0.requests } }

    /// Forgets the requests so far; the next is number 1.
    public func forgetRequests() { guarded.withLock { $0.requests = [] } }

    public func fail(at trigger: Trigger, _ fault: Fault) { guarded.withLock { $0.faults.add(trigger, fault) } }

    public func clearFaults() { guarded.withLock { $0.faults = FaultScript() } }

    public func beforeEachRequest(_ hook: Hook?) { guarded.withLock { $0.hook = hook } }

    /// From now on no request is answered.
    public func goDown() { guarded.withLock { $0.isDown = true } }

    // MARK: Requests

    func perform<Answer: Sendable>(
        _ kind: Request.Kind, _ operation: String, group: String? = nil, partitions: [TopicPartition] = [],
        _ act: @Sendable (inout ClusterContents) throws -> Answer
    ) async throws -> Answer {
        let (request, fault, hook) = guarded.withLock { guarded in
            let request = Request(number: guarded.requests.count + 1, kind: kind, group: group, partitions: partitions)
            guarded.requests.append(request)
            return (request, guarded.faults.next(request), guarded.hook)
        }
        // Where several are under way, let them interleave.
        await Task.yield()
        await hook?(request, self)
        func error(_ code: KafkaError.Code) -> KafkaError { KafkaError(code, operation, cluster: name, group: group) }
        if let fault, fault.moment == .before { throw error(fault.code) }
        let answer = try guarded.withLock { guarded in
            if guarded.isDown { throw error(.allBrokersDown) }
            if guarded.contents.unsupported.contains(kind) { throw error(.unsupportedFeature) }
            return try act(&guarded.contents)
        }
        if let fault { throw error(fault.code) }
        return answer
    }

    public func clusterID() async throws -> String? {
        try await perform(.clusterID, "read the cluster's id") { [name] _ in "in-memory-\(name)" }
    }

    public func topics() async throws -> [String: Int] {
        try await perform(.topics, "read the cluster's metadata") { $0.topics.mapValues(\.count) }
    }

    public func logBounds(of partitions: [TopicPartition]) async throws -> [TopicPartition: LogBounds] {
        try await perform(.logBounds, "read log start and end offsets", partitions: partitions) { contents in
            partitions.reduce(into: [:]) { $0[$1] = contents[$1]?.bounds }
        }
    }

    public func offsets(atOrAfter timestamps: [TopicPartition: Int64]) async throws -> [TopicPartition: Int64] {
        let operation = "look up offsets by timestamp"
        return try await perform(.offsetsAtTimestamps, operation, partitions: timestamps.keys.sorted()) { [name] contents in
            guard timestamps.values.allSatisfy({ $0 >= 0 }) else { throw KafkaError(.invalidArgument, operation, cluster: name) }
            return timestamps.reduce(into: [:]) { answers, question in
                answers[question.key] = contents[question.key]?.entries.first { ($0.record.timestamp ?? -1) >= question.value }?.offset
            }
        }
    }

    public func scan<State: Sendable>(
        _ ranges: [LogRange], isolation: Isolation?, into state: State,
        _ update: @escaping @Sendable (inout State, borrowing MessageView) throws -> Void
    ) async throws -> State {
        let ranges = ranges.filter { !$0.bounds.isEmpty }.sorted { $0.bounds.start < $1.bounds.start }
        for (partition, bounds) in Dictionary(grouping: ranges, by: \.partition).mapValues({ $0.map(\.bounds) })
        where zip(bounds, bounds.dropFirst()).contains(where: { $0.end > $1.start }) {
            throw KafkaError(.invalidArgument, "read the log", cluster: name, message: "ranges of \(partition) overlap")
        }
        let records = try await perform(.scan, "read the log", partitions: ranges.map(\.partition)) { [name] contents in
            try ranges.flatMap { range in
                let isLogAppendTime = contents[range.partition]?.isLogAppendTime ?? false
                return try Self.read(range, isolation, contents, cluster: name).map { ($0, isLogAppendTime) }
            }
        }
        var state = state
        for (record, isLogAppendTime) in records {
            try MessageView.lend(record, isLogAppendTime: isLogAppendTime) { try update(&state, $0) }
        }
        return state
    }

    private static func read(
        _ range: LogRange, _ isolation: Isolation?, _ contents: ClusterContents, cluster: String
    ) throws(KafkaError) -> [ConsumedRecord] {
        func error(_ code: KafkaError.Code) -> KafkaError {
            KafkaError(
                code, "read the log", cluster: cluster, topic: range.partition.topic, partition: range.partition.partition)
        }
        guard let log = contents[range.partition] else { throw error(.unknownTopicOrPartition) }
        guard range.bounds.start >= log.bounds.start, range.bounds.start <= log.bounds.end else { throw error(.offsetOutOfLog) }
        // A reader waits for records that never come until its deadline.
        guard range.bounds.end <= log.bounds.end else { throw error(.timedOut) }
        return log.entries(in: range.bounds).filter { !$0.isAborted || isolation == .uncommitted }.map {
            ConsumedRecord(topicPartition: range.partition, offset: $0.offset, record: $0.record)
        }
    }

    public func groups() async throws -> [GroupListing] {
        try await perform(.groups, "list consumer groups") { contents in
            contents.groups.keys.sorted().compactMap { contents.listing(of: $0) }
        }
    }

    public func group(named name: String) async throws -> GroupListing? {
        try await perform(.group, "list consumer groups", group: name) { contents in
            contents.listing(of: name).flatMap { $0.state == .dead ? nil : $0 }
        }
    }

    public func groups(named names: [String]) async throws -> [String: GroupListing] {
        try await perform(.groupsNamed, "list consumer groups") { [name] contents in
            // Brokers that can't list groups can't list these.
            guard !contents.unsupported.contains(.groups) else {
                throw KafkaError(.unsupportedFeature, "list consumer groups", cluster: name)
            }
            return names.reduce(into: [:]) { listings, name in
                listings[name] = contents.listing(of: name).flatMap { $0.state == .dead ? nil : $0 }
            }
        }
    }

    public func committedOffsets(
        of group: String, for partitions: [TopicPartition]
    ) async throws -> [TopicPartition: CommittedOffset] {
        try await perform(.committedOffsets, "read committed offsets", group: group, partitions: partitions) { contents in
            partitions.reduce(into: [:]) { $0[$1] = contents.groups[group]?.commits[$1] }
        }
    }

    public func commit(
        _ offsets: [TopicPartition: CommittedOffset], for group: String
    ) async throws -> [TopicPartition: KafkaError] {
        let refused = try await perform(.commit, "commit offsets", group: group, partitions: offsets.keys.sorted()) {
            $0.commitFromOutside(offsets, for: group)
        }
        return errors(refused, "commit offsets", group)
    }

    public func deleteOffsets(of group: String, for partitions: [TopicPartition]) async throws -> [TopicPartition: KafkaError] {
        let operation = "remove committed offsets"
        let refused = try await perform(.deleteOffsets, operation, group: group, partitions: partitions) {
            $0.deleteOffsets(of: group, for: partitions)
        }
        return errors(refused, operation, group)
    }

    private func errors(
        _ refused: [TopicPartition: KafkaError.Code], _ operation: String, _ group: String
    ) -> [TopicPartition: KafkaError] {
        refused.reduce(into: [:]) {
            $0[$1.key] = KafkaError(
                $1.value, operation, cluster: name, topic: $1.key.topic, partition: $1.key.partition, group: group)
        }
    }
}
