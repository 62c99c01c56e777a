public import OffsetTranslate

/// How a flow's partitions are divided into tasks (`tasks.max`): the units that processes share among them.
///
/// Which task a partition belongs to depends on nothing but its name and their number, so all processes agree without talking. The
/// partitions of one topic go to tasks that follow each other, as evenly as can be.
struct TaskShare: Sendable, Hashable {
    /// How many tasks there are.
    var count: Int

    init(of count: Int) { self.count = max(1, count) }

    func task(of partition: TopicPartition) -> Int {
        Int((Self.hash(partition.topic) + UInt64(UInt32(bitPattern: partition.partition))) % UInt64(count))
    }

    /// FNV-1a, halved so that a partition's number can be added: the same in every process, which `Hasher` is not.
    private static func hash(_ text: String) -> UInt64 {
        text.utf8.reduce(14_695_981_039_346_656_037) { ($0 ^ UInt64($1)) &* 1_099_511_628_211 } >> 1
    }
}

extension ReplicationFlow {
    /// The topic on the target whose partitions stand for the flow's tasks: the mirror's processes are a consumer group on it, and
    /// the broker assigns its partitions among them.
    public var tasksTopic: String { "failover-mirror.\(sourceAlias).internal" }

    /// The consumer group of the flow's mirror processes, on the target.
    public var mirrorGroup: String { "failover-mirror.\(sourceAlias).\(targetAlias)" }

    /// Whoever initialises it on the target fences the process that had the task before (KIP-98).
    func transactionalID(ofTask task: Int) -> String { "\(mirrorGroup).\(task)" }
}
