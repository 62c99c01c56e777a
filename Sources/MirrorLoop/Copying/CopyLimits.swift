/// How much a mirror process may hold in memory of what it has read and the target has not acknowledged.
public struct CopyLimits: Sendable, Hashable {
    /// Records read and not acknowledged by the target.
    public var records = 60_000
    /// Their keys and values.
    public var bytes = 64 << 20
    /// Records that wait in the reader to be handed on.
    public var fetched = 100_000
    /// Their bytes, as far as the client counts them: a fetch under way comes on top.
    public var fetchedBytes = 16 << 20
    /// A partition that has had no acknowledgement for so long, with records on their way, is read no further until they are
    /// acknowledged, so that it takes no room from the others.
    public var patience = Duration.seconds(1)

    public init() {}

    /// Bytes of a partition that the producer has at a time: a batch under way and one that fills up. librdkafka sends one batch of a
    /// partition at a time, and spins while another is ready.
    static let batches = 1_800_000
    /// And records: just below twice `batch.num.messages`.
    static let batchedRecords = 19_000

    /// A part of it, for one of several tasks.
    func divided(by tasks: Int) -> CopyLimits {
        var part = self
        part.records = max(1000, records / max(1, tasks))
        part.bytes = max(1 << 20, bytes / max(1, tasks))
        part.fetched = max(1000, fetched / max(1, tasks))
        part.fetchedBytes = max(1 << 20, fetchedBytes / max(1, tasks))
        return part
    }
}
