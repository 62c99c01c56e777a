public import KafkaClient
import OffsetTranslate

/// A group's positions in a partition's log and in that of its copy: what a verification holds against the records.
public struct PositionPair: Hashable, Sendable {
    public var group: String
    public var source: TopicPartition
    public var sourceOffset: Int64
    public var target: TopicPartition
    /// `nil` where the group has no position there.
    public var targetOffset: Int64?
    /// Where the copy of the record at ``sourceOffset`` may lie: it is looked for there too. Decides nothing.
    public var hint: Int64?

    public init(
        group: String, source: TopicPartition, sourceOffset: Int64, target: TopicPartition, targetOffset: Int64?, hint: Int64? = nil
    ) {
        self.group = group
        self.source = source
        self.sourceOffset = sourceOffset
        self.target = target
        self.targetOffset = targetOffset
        self.hint = hint
    }
}

extension CutoverPlan {
    /// Where the groups stand now, on both sides.
    public var positionPairs: [PositionPair] {
        offsets.map {
            PositionPair(
                group: $0.group, source: $0.source, sourceOffset: $0.upstream.offset, target: $0.target, targetOffset: $0.current?.offset,
                hint: $0.translation.position)
        }
    }
}
