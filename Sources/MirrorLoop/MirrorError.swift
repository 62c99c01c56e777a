public import OffsetTranslate

/// Why a mirror, or its work on one partition, stopped. Nothing is skipped: it goes on from there once the cause is gone.
public indirect enum MirrorError: Error, Sendable, CustomStringConvertible {
    case notDelivered(TopicPartition, Int64, KafkaError)
    /// The target takes no such record, or no such batch; a record that was alone is the one that is meant.
    case refused(TopicPartition, Int64, KafkaError, wasAlone: Bool)
    case syncNotWritten(TopicPartition, Int64, KafkaError)
    case syncsNotSettled(String, Duration)
    case transactionNotCompleted(task: Int, String, Duration)
    case notDrained(Duration)
    /// The session ran out, and the mirror was stopped before anybody was seen to go on.
    case tasksLost
    /// Another process has taken this one's task over.
    case fenced(task: Int, KafkaError)
    case targetDiffers(TopicPartition, target: TopicPartition, upstream: Int64, downstream: Int64, String)
    case partitionMissing(TopicPartition, cluster: String)
    /// The topic for the offset syncs holds those of the opposite flow: the partition's, for one.
    case oppositeSyncs(topic: String, cluster: String, TopicPartition, flow: ReplicationFlow)
    case cannotBegin(TopicPartition, at: Int64, target: TopicPartition, String)
    case noPlaceToBegin(TopicPartition, target: TopicPartition)
    case sourceWasReset(TopicPartition, String)
    case syncsOutsideTransaction
    /// No partition could be begun with: that one, for one.
    case nothingToMirror(TopicPartition, MirrorEvent.Halt)
    case tasksChanged(String, from: Int)

    public var description: String {
        switch self {
        case .notDelivered(let partition, let offset, let error):
            "source record \(partition)@\(offset) was not delivered: \(error)"
        case .refused(let partition, let offset, let error, let wasAlone):
            wasAlone ? "source record \(partition)@\(offset) is refused by the target: \(error)"
                : "a batch from source record \(partition)@\(offset) on is refused by the target (which of its records is found out by sending less at a time): \(error)"
        case .syncNotWritten(let partition, let offset, let error):
            "the offset sync of \(partition)@\(offset) was not written: \(error)"
        case .syncsNotSettled(let topic, let timeout):
            "offset syncs were not acknowledged in '\(topic)' within \(timeout): is the cluster that holds it reachable?"
        case .transactionNotCompleted(let task, let what, let timeout):
            "task \(task): its transaction was not completed within \(timeout) (waiting for \(what)): is the target reachable, all its partitions with a leader?"
        case .notDrained(let timeout):
            """
            stopped before everything on its way was acknowledged: the target did not answer within \(timeout).
              Nothing is lost: the next start finds the place from the target's log.
            """
        case .tasksLost:
            """
            stopped after the membership was lost, before everything on its way was acknowledged and synced: the target was out of reach for \
            longer than the session.
              Nothing is lost: whoever has the tasks next, or the next start, finds the place from the target's log.
            """
        case .fenced(let task, let error):
            """
            another mirror process has taken over task \(task) of this flow, and the target's brokers take nothing from this one any more: \
            \(error)
              Nothing was lost or copied twice. If that was not meant, stop the other one first.
            """
        case .targetDiffers(let source, let target, let upstream, let downstream, let what):
            """
            \(source) is not mirrored: its offset syncs say that source offset \(upstream) is target offset \(downstream) of \
            \(target), but \(what).
              One of the two topics was truncated or re-created. Nothing was written. Delete the target topic and the \
            partition's syncs to mirror it anew, or leave it out of 'topics'.
            """
        case .cannotBegin(let partition, let offset, let target, let what):
            """
            \(partition) can't begin at offset \(offset) towards \(target), as the plan says: \(what).
              The logs have changed since it was made. Nothing was written for this partition: plan the way home again, and start from that.
            """
        case .noPlaceToBegin(let partition, let target):
            """
            \(partition) came from \(target) in the first place, and no plan says from where on it is to be brought home: copied from its \
            beginning, everything would be there twice. Plan the way home again, and start from that.
            """
        case .partitionMissing(let partition, let cluster):
            "\(partition) does not exist on cluster '\(cluster)': create the topic there with at least as many partitions"
        case .oppositeSyncs(let topic, let cluster, let partition, let flow):
            """
            '\(topic)' on '\(cluster)' holds the offset syncs of the opposite flow, \(flow.targetAlias)->\(flow.sourceAlias) (of its \
            \(partition), for one), and \(flow.sourceAlias)->\(flow.targetAlias) would keep its own in the same topic. Nothing was written.
              One of the two must keep them on the other cluster. For this one: \
            --set offset-syncs.topic.location=\(flow.offsetSyncsLocation == .target ? "source" : "target")
            """
        case .sourceWasReset(_, let what): MirrorEvent.Halt.sourceReset(what).description
        case .nothingToMirror(let partition, let halt): "nothing can be mirrored; \(partition), for one: \(halt)"
        case .tasksChanged(let topic, let count):
            """
            the number of partitions of '\(topic)' is not \(count) any more: processes that divide the flow differently would copy some \
            partitions twice.
              Stop all processes of this mirror, then start them again.
            """
        case .syncsOutsideTransaction:
            """
            exactly-once delivery writes records and offset syncs in one transaction, so both must be on the target.
              Set offset-syncs.topic.location=target, or leave exactly-once delivery out.
            """
        }
    }
}
