public import KafkaClient

/// A reader of MirrorMaker 2's internal topics: always partition 0 of one topic, in log order.
///
/// What is malformed is skipped and counted, as `MirrorClient` and `CheckpointStore` do; it never ends the reading.
public struct InternalTopic<Entry: InternalTopicEntry>: Sendable {
    public let cluster: any KafkaCluster
    public let name: String
    private let progress: ReadingProgress.Handler

    /// - Parameter progress: Told every 50,000 records how far a reading has come, from any thread.
    public init(_ name: String, on cluster: any KafkaCluster, progress: @escaping ReadingProgress.Handler = { _ in }) {
        self.cluster = cluster
        self.name = name
        self.progress = progress
    }

    private var partition: TopicPartition { TopicPartition(topic: name, partition: 0) }

    /// Reads to the end that stood when it began.
    ///
    /// - Throws: ``InternalTopicMissing``, or ``KafkaError``.
    public func read<State: Sendable>(
        into state: State, _ update: @escaping @Sendable (inout State, Located<Entry>) -> Void
    ) async throws -> (State, TopicReading) {
        try await read(from: 0, into: state, update)
    }

    /// Reads the last offsets, to the end that stood when it began.
    ///
    /// - Throws: ``InternalTopicMissing``, or ``KafkaError``.
    public func read<State: Sendable>(
        last count: Int64, into state: State, _ update: @escaping @Sendable (inout State, Located<Entry>) -> Void
    ) async throws -> (State, TopicReading) {
        let end = try await cluster.logBounds(of: [partition])[partition]?.end ?? 0
        return try await read(from: max(0, end - count), into: state, update)
    }

    /// Reads to the present end, and then again and again what has come since, until cancelled or until the handler
    /// says that it has had enough.
    ///
    /// Once it has begun it outlasts a cluster that does not answer.
    /// - Parameter waiting: Told what is in the way, once, and `nil` when it has passed.
    public func follow(
        from start: Int64 = 0, every interval: Duration = .milliseconds(500), waiting: @escaping @Sendable (KafkaError?) async -> Void = { _ in },
        _ handle: @escaping @Sendable ([Located<Entry>], TopicReading) async throws -> Bool
    ) async throws {
        var next = start, hasBegun = false, isWaiting = false
        while true {
            do {
                let (entries, reading) = try await read(from: next, into: []) { $0.append($1) }
                if isWaiting { await waiting(nil) }
                (hasBegun, isWaiting) = (true, false)
                next = max(next, reading.bounds.end)
                guard try await handle(entries, reading) else { return }
            } catch let error as KafkaError where hasBegun && error.isRetriable {
                if !isWaiting { await waiting(error) }
                isWaiting = true
            }
            try await Task.sleep(for: interval)
        }
    }

    private func read<State: Sendable>(
        from start: Int64, into state: State, _ update: @escaping @Sendable (inout State, Located<Entry>) -> Void
    ) async throws -> (State, TopicReading) {
        try await fold(from: start, into: state) { state, message throws(WireError) in
            let entry = try Entry.decode(key: message.key, value: message.value)
            update(
                &state,
                Located(
                    entry: entry, offset: message.offset, timestamp: message.timestamp,
                    marker: Entry.markerName.flatMap { name in message.withHeader(name) { $0.map(Array.init) } }))
        }
    }

    /// Hands each record on as it lies in memory, to the end that stood when the reading began.
    func fold<State: Sendable>(
        from start: Int64, into state: State,
        _ take: @escaping @Sendable (inout State, borrowing MessageView) throws(WireError) -> Void
    ) async throws -> (State, TopicReading) {
        guard let bounds = try await cluster.logBounds(of: [partition])[partition] else {
            throw InternalTopicMissing(topic: name, cluster: cluster.name)
        }
        let range = LogRange(partition, LogBounds(start: max(start, bounds.start), end: bounds.end))
        let folding = TopicFolding(
            state, TopicReading(topic: name, cluster: cluster.name, bounds: bounds), of: range.bounds, progress: progress, take)
        _ = try await cluster.scan([range], into: ()) { _, message in folding.take(message) }
        return folding.result
    }
}

/// What an internal topic holds: offset syncs, checkpoints or heartbeats.
public protocol InternalTopicEntry: Sendable {
    static func decode(key: UnsafeRawBufferPointer?, value: UnsafeRawBufferPointer?) throws(WireError) -> Self
    /// The header in which our own mirror leaves its mark on such a record.
    static var markerName: String? { get }
}

extension OffsetSync: InternalTopicEntry {
    public static var markerName: String? { StrictMarker.headerName }
}
extension Checkpoint: InternalTopicEntry {
    public static var markerName: String? { ExactCheckpointMarker.headerName }
}
extension Heartbeat: InternalTopicEntry {
    /// Heartbeats carry no mark.
    public static var markerName: String? { nil }
}

/// An entry with its place in the log.
public struct Located<Entry: Sendable>: Sendable {
    public var entry: Entry
    public var offset: Int64
    /// Milliseconds since the epoch; -1 where the record has none.
    public var timestamp: Int64
    /// The bytes of our own mirror's mark, where the record has one.
    public var marker: [UInt8]?

    public init(entry: Entry, offset: Int64, timestamp: Int64, marker: [UInt8]? = nil) {
        self.entry = entry
        self.offset = offset
        self.timestamp = timestamp
        self.marker = marker
    }
}

/// How far the reading of an internal topic has come.
public struct ReadingProgress: Sendable {
    public typealias Handler = @Sendable (ReadingProgress) -> Void

    public var topic: String
    public var cluster: String
    /// The offset reached.
    public var offset: Int64
    /// What is to be read.
    public var range: LogBounds

    package init(topic: String, cluster: String, offset: Int64, range: LogBounds) {
        self.topic = topic
        self.cluster = cluster
        self.offset = offset
        self.range = range
    }

    /// 0 to 1. Compaction may make it jump.
    public var fraction: Double { range.isEmpty ? 1 : Double(offset - range.start) / Double(range.end - range.start) }
}

/// What reading an internal topic met with.
public struct TopicReading: Hashable, Sendable {
    public var topic: String
    public var cluster: String
    /// The log as it stood when the reading began.
    public var bounds: LogBounds
    public var decoded = 0
    public var tombstones = 0
    public var malformed = 0
    /// Of the malformed records, the first one's fault.
    public var firstFault: WireError?
    /// Relayed offset syncs that came again, and were passed over.
    public var repeated = 0
    /// Records met with, of any kind.
    public var records: Int { decoded + tombstones + malformed + repeated }
    /// When the records were written.
    public internal(set) var times = TimeSpan()

    /// The highest source offset of a relayed sync so far.
    private var captured: Int64 = -1

    init(topic: String, cluster: String, bounds: LogBounds) {
        self.topic = topic
        self.cluster = cluster
        self.bounds = bounds
    }

    /// Whether a capture has relayed the record before: after a newer one, it would look like a mirror that went back.
    mutating func isRepeated(_ message: borrowing MessageView) -> Bool {
        guard let marker = CapturedMarker(of: message) else { return false }
        guard marker.sourceOffset > captured else {
            repeated += 1
            return true
        }
        captured = marker.sourceOffset
        return false
    }

    mutating func note(_ error: WireError) {
        if error == .tombstone {
            tombstones += 1
        } else {
            malformed += 1
            firstFault = firstFault ?? error
        }
    }

    /// A sentence for people where something was skipped.
    public var warning: String? {
        guard malformed > 0, let firstFault else { return nil }
        return "\(malformed) malformed record\(malformed == 1 ? "" : "s") skipped in '\(topic)' on '\(cluster)' (first: \(firstFault))"
    }
}

/// An internal topic that is not where it was looked for.
public struct InternalTopicMissing: Error, Hashable, Sendable, CustomStringConvertible {
    public var topic: String
    public var cluster: String

    public init(topic: String, cluster: String) {
        self.topic = topic
        self.cluster = cluster
    }

    public var description: String {
        """
        there is no topic '\(topic)' on cluster '\(cluster)'.
          Either nothing mirrors this flow yet, or the aliases, the replication policy's separator, or \
        offset-syncs.topic.location (source is MM2's default) differ from those the mirror runs with.
        """
    }
}
