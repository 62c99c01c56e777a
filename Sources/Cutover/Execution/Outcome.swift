public import KafkaClient

/// What became of one group.
public struct Outcome: Sendable, Hashable, Codable {
    /// Raw values are stable.
    public enum Ending: String, Sendable, Hashable, Codable {
        /// Committed, and read back.
        case moved
        /// It stood there already.
        case alreadyThere
        /// It was moved before, and its consumers have committed since.
        case movedOn
        /// It was moved before, and somebody has moved it back since.
        case movedBack
        /// Looked at again, and left alone.
        case refused
        /// A commit was sent and not taken: the group is where it was.
        case unmoved
        /// Some of its partitions were refused; those that had moved were put back, so the group is where it was.
        case restored
        /// Some partitions moved, some did not, and they could not be put back.
        case mixed
        /// A commit was sent and could not be read back: the remaining partitions may stand at either position.
        case uncertain

        /// The group stands where it was wanted, or its consumers have gone on from there.
        public var isSuccess: Bool { [.moved, .alreadyThere, .movedOn].contains(self) }
    }

    public var group: String
    public var ending: Ending
    /// Positions that were read back as wanted, or stood there already. A commit that was to be removed is not among them.
    public var committed: [TopicPartition: Int64] = [:]
    /// Partitions that were not seen as wanted, in order.
    public var remaining: [TopicPartition] = []
    /// Why the group, or some partitions of it, did not move.
    public var failures: [String] = []

    public var succeeded: Bool { ending.isSuccess }
    /// The group is known to be where it was.
    public var isUntouched: Bool { [.refused, .unmoved, .restored].contains(ending) }
}
