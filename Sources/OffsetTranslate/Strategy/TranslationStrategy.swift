public import KafkaClient

/// A way to find out where a group goes on.
///
/// Only ``SyncStrategy`` and ``IdentityStrategy`` prove what they answer. The others are there for what those can't
/// answer, and for comparison.
public protocol TranslationStrategy: Sendable {
    /// As people choose it: "exact", "mm2", "timestamp", "identity".
    var name: String { get }

    /// Answers in the order of the questions.
    ///
    /// What can't be answered is ``Translation/Kind/unknown(_:)``; an error means that none could be.
    /// - Throws: ``KafkaError`` where a cluster is asked.
    func translate(_ questions: [TranslationQuestion]) async throws -> [Translation]
}

/// One position to translate.
public struct TranslationQuestion: Hashable, Sendable {
    public var source: TopicPartition
    public var target: TopicPartition
    /// What a group has committed on the source: the next record it wants.
    public var upstreamOffset: Int64
    /// The extent of the target partition's log, where it is known; asked for *after* offset syncs were read.
    public var bounds: LogBounds?

    public init(source: TopicPartition, target: TopicPartition, upstreamOffset: Int64, bounds: LogBounds? = nil) {
        self.source = source
        self.target = target
        self.upstreamOffset = upstreamOffset
        self.bounds = bounds
    }
}

extension Translation {
    /// An answer that there is none.
    public static func unknown(_ reason: Reason, target: LogBounds? = nil) -> Translation {
        Translation(position: nil, kind: .unknown(reason), evidence: Evidence(rule: .none, target: target))
    }
}
