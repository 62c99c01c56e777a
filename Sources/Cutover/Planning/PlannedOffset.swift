public import KafkaClient
public import OffsetTranslate

/// What a cutover does with one partition of one group.
public struct PlannedOffset: Sendable, Hashable, Codable {
    public var group: String
    /// On the source.
    public var source: TopicPartition
    /// On the target.
    public var target: TopicPartition
    /// The group's position on the source, and how it is known.
    public var upstream: CommittedOffset
    public var origin: Origin
    /// What the group has committed on the target so far.
    public var current: CommittedOffset?
    public var translation: Translation
    /// What MM2's own algorithm makes of the same syncs: `nil` where it has no position at all.
    public var stockPosition: Int64?
    public var action: Action
    /// What the worst case of records read again comes to; `nil` where it is none, has no bound, or was not looked at.
    public var replay: ReplayEstimate?

    public init(
        group: String, source: TopicPartition, target: TopicPartition, upstream: CommittedOffset, origin: Origin,
        current: CommittedOffset?, translation: Translation, stockPosition: Int64? = nil, action: Action
    ) {
        self.group = group
        self.source = source
        self.target = target
        self.upstream = upstream
        self.origin = origin
        self.current = current
        self.translation = translation
        self.stockPosition = stockPosition
        self.action = action
    }

    public enum Origin: Sendable, Hashable, Codable {
        case sourceCommit
        /// Read from the checkpoints topic; written at that time, in milliseconds since the epoch.
        case checkpoint(writtenAt: Int64)
        /// Read from what `failover capture` wrote when it saw the position change on the source, at that time.
        case captured(writtenAt: Int64)
    }

    public enum Action: Sendable, Hashable {
        /// The group has no position there yet.
        case create
        case advance
        /// The group would read again what it has read on the target.
        case rewind
        /// It stands where it should already.
        case keep
        case skip(SkipReason)

        public var name: String {
            switch self {
            case .create: "create"
            case .advance: "advance"
            case .rewind: "rewind"
            case .keep: "keep"
            case .skip: "skip"
            }
        }
    }

    public enum SkipReason: Sendable, Hashable, Codable, CustomStringConvertible {
        case positionUnknown(why: String)
        case targetPartitionMissing
        /// The replication policy names the copies of several source partitions alike.
        case severalSources(sources: [TopicPartition])

        public var description: String {
            switch self {
            case .positionUnknown(let why): why
            case .targetPartitionMissing: "the target has no such partition"
            case .severalSources(let sources):
                "copies of \(sources.map(\.description).joined(separator: " and ")) have the same name"
            }
        }
    }

    /// The stretch of the target's log that may be read again.
    var replayed: LogRange? {
        guard let position = translation.position, let high = translation.high, high > position, (commit ?? current)?.offset == position else { return nil }
        return LogRange(target, LogBounds(start: position, end: high))
    }

    /// What is to be committed; `nil` where nothing is.
    public var commit: CommittedOffset? {
        switch action {
        case .create, .advance, .rewind:
            translation.position.map { CommittedOffset(offset: $0, metadata: upstream.metadata) }
        case .keep, .skip: nil
        }
    }
}

extension PlannedOffset.Origin {
    /// Stable: `source`, `checkpoint` or `captured`.
    public var name: String {
        switch self {
        case .sourceCommit: "source"
        case .checkpoint: "checkpoint"
        case .captured: "captured"
        }
    }

    /// Milliseconds since the epoch; `nil` for what the source said just now.
    public var writtenAt: Int64? {
        switch self {
        case .sourceCommit: nil
        case .checkpoint(let time), .captured(let time): time
        }
    }
}

extension Sequence where Element == PlannedOffset {
    /// Each source partition, and its copy.
    public var copies: [TopicPartition: TopicPartition] { Dictionary(map { ($0.source, $0.target) }) { a, _ in a } }

    /// The partitions of each group on the target, in order.
    var targetsByGroup: [String: [TopicPartition]] { Dictionary(grouping: self, by: \.group).mapValues { Set($0.map(\.target)).sorted() } }
}

/// A plan file says `"create"`, or `{"skip": ...}` with the reason.
extension PlannedOffset.Action: Codable {
    private enum Key: String, CodingKey { case skip }
    private static var plain: [Self] { [.create, .advance, .rewind, .keep] }

    public func encode(to encoder: any Encoder) throws {
        if case .skip(let reason) = self {
            var fields = encoder.container(keyedBy: Key.self)
            try fields.encode(reason, forKey: .skip)
        } else {
            var field = encoder.singleValueContainer()
            try field.encode(name)
        }
    }

    public init(from decoder: any Decoder) throws {
        if let fields = try? decoder.container(keyedBy: Key.self) {
            self = .skip(try fields.decode(PlannedOffset.SkipReason.self, forKey: .skip))
            return
        }
        let field = try decoder.singleValueContainer(), name = try field.decode(String.self)
        guard let action = Self.plain.first(where: { $0.name == name }) else {
            throw DecodingError.dataCorruptedError(in: field, debugDescription: "no action: '\(name)'")
        }
        self = action
    }
}
