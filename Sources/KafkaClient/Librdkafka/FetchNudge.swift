internal import CRdkafka
internal import Dispatch
internal import Synchronization

/// Keeps a reader's client fetching while its queue is emptied.
///
/// Once the queue was full, librdkafka's broker thread looks at it again only when something wakes it, which may take a second: a fast
/// reader with a small queue would mostly wait. Any request to the broker wakes it; this makes the smallest there is (ListOffsets for one
/// partition), for every part of the queue that has been read, and one at a time.
final class FetchNudge: Sendable {
    private let handle: ClientHandle
    private let records: Int
    private let bytes: Int
    private let queue = DispatchQueue(label: "kafka.nudge")
    private let isUnderWay = Atomic(false)
    private let read = Mutex((records: 0, bytes: 0))

    /// - Parameters:
    ///   - records: How many records are a part of the queue.
    ///   - bytes: And how many bytes.
    init(_ handle: ClientHandle, records: Int, bytes: Int) {
        self.handle = handle
        self.records = records
        self.bytes = bytes
    }

    /// Takes note of a batch, of which the last record is that of `message`.
    func didRead(records: Int, bytes: Int, last message: UnsafeMutablePointer<rd_kafka_message_t>) {
        let isDue = read.withLock { read in
            read.records += records
            read.bytes += bytes
            guard read.records >= self.records || read.bytes >= self.bytes else { return false }
            read = (0, 0)
            return true
        }
        guard isDue, !isUnderWay.exchange(true, ordering: .acquiringAndReleasing) else { return }
        let topic = String(cString: rd_kafka_topic_name(message.pointee.rkt)), partition = message.pointee.partition
        queue.async { [self] in
            var low: Int64 = 0, high: Int64 = 0
            // Whatever comes of it: the broker thread was awake.
            _ = rd_kafka_query_watermark_offsets(handle.raw, topic, partition, &low, &high, 1000)
            isUnderWay.store(false, ordering: .releasing)
        }
    }
}
