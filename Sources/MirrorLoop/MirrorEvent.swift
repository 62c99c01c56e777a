public import OffsetTranslate

/// What a mirror tells its operator.
public enum MirrorEvent: Sendable, CustomStringConvertible {
    case tasksAssigned([Int], of: Int)
    /// Every task is another process's.
    case standingBy(Int)
    case tasksRevoked(isLost: Bool)
    case topicCreated(String, cluster: String)
    /// A copy was created, has got partitions, a setting or an access rule.
    case topicChanged(TopicChange)
    case partitionStarted(TopicPartition, target: TopicPartition, from: Int64, recovered: Int)
    /// The partition is not mirrored on, until topics are refreshed; the others are.
    case partitionHalted(TopicPartition, Halt)
    /// A record that the target refuses is not mirrored, as the operator has said.
    case recordLeftOut(TopicPartition, offset: Int64, KafkaError)
    /// The source topic is another one than before: mirrored from its beginning.
    case newHistory(TopicPartition, from: Int64, String)
    /// The source deleted records before they were mirrored.
    case recordsGone(TopicPartition, from: Int64, to: Int64)
    /// The work stopped, and begins anew from the clusters' logs.
    case startingAgain(any Error)
    /// Of groups' positions: how far a long round is, and what was committed on the target.
    case positions(PositionsEvent)
    case warning(String)

    /// Why a partition is not mirrored on.
    public enum Halt: Sendable, CustomStringConvertible {
        case noPlace(MirrorError)
        case unreadable(KafkaError)
        case refused(offset: Int64, KafkaError)
        /// What lies at a place that was mirrored is not what was mirrored.
        case sourceReset(String)

        public var description: String {
            switch self {
            case .noPlace(let error): error.description
            case .unreadable(let error): error.description
            case .refused(let offset, let error):
                """
                the target refuses its record at offset \(offset): \(error)
                  Nothing behind it is copied. Make the target take it (max.message.bytes, for one), or leave it out with failover.refused.records=skip.
                """
            case .sourceReset(let what):
                """
                \(what): the source topic was re-created or truncated. What was mirrored of it before is not touched.
                  To mirror what is there now from its beginning, behind the old copies, set failover.source.reset=new-history.
                """
            }
        }
    }

    public var description: String {
        switch self {
        case .tasksAssigned(let numbers, let count):
            count == 1 ? "the mirror is this process's" : "tasks \(numbers.map { String($0) }.joined(separator: ", ")) of \(count) are this process's"
        case .standingBy(let count):
            "standing by: \(count == 1 ? "another process runs this mirror" : "other processes have all \(count) tasks of this mirror") (tasks.max says how many may share it)"
        case .tasksRevoked(let isLost):
            isLost ? "WARNING: the membership was lost (the target was out of reach for longer than the session): others may have the tasks" : "the tasks are given back, to be divided anew"
        case .topicCreated(let topic, let cluster): "created topic '\(topic)' on '\(cluster)'"
        case .topicChanged(let change): change.description
        case .partitionStarted(let source, let target, let from, let recovered):
            "mirroring \(source) -> \(target) from source offset \(from)"
                + (recovered > 0 ? " (\(recovered) copies past the last sync recognised)" : "")
        case .partitionHalted(let partition, let halt): "ERROR: \(partition) is not mirrored on, the others are: \(halt)"
        case .recordLeftOut(let partition, let offset, let error):
            "WARNING: source record \(partition)@\(offset) is left out, as failover.refused.records says: \(error)"
        case .newHistory(let partition, let offset, let what):
            "WARNING: \(partition) begins a new history at source offset \(offset), as failover.source.reset says: \(what)"
        case .recordsGone(let partition, let from, let to):
            "WARNING: source records \(partition)@\(from)..<\(to) were deleted by retention before they were mirrored"
        case .startingAgain(let error): "WARNING: starting again: \(error)"
        case .positions(let event): event.description
        case .warning(let text): "WARNING: \(text)"
        }
    }
}
