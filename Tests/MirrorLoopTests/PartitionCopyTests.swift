import KafkaClient
import OffsetTranslate
import Synchronization
import Testing

@testable import MirrorLoop

/// What one partition's copy promises to those that use it at the same time.
@Suite struct PartitionCopyTests {
    private let orders = TopicPartition(topic: "orders", partition: 0)

    /// A round of checkpoints asks for a sync while the reader's thread decides others: each names the one before it, and is handed on
    /// behind it.
    @Test func syncsAreHandedOnInTheOrderInWhichTheyAreDecided() async throws {
        let place = ResumePoint(source: [ResumePoint.Entry](), target: [ResumePoint.Entry](), sourceStart: 0, lastSync: nil, offsetLagMax: 5)
        let copy = PartitionCopy(source: orders, target: orders, place: place, history: PartitionHistory(), lastSync: nil)
        let written = Mutex<[SyncEmitter.Emission]>([])
        let note: @Sendable ([SyncEmitter.Emission]) -> Void = { emissions in written.withLock { $0 += emissions } }
        await withTaskGroup(of: Void.self) { tasks in
            tasks.addTask { [copy] in
                for start in stride(from: Int64(0), to: 60_000, by: 6) {
                    copy.acknowledge((start..<start + 6).map { Outlet.Delivery(upstreamOffset: $0, downstreamOffset: $0) }, now: 0, emit: note)
                }
            }
            tasks.addTask { [copy] in for _ in 0..<20_000 { copy.flushSync(emit: note) } }
        }
        copy.flushSync(emit: note)
        let all = written.withLock { $0 }
        #expect(all.count > 5000 && all.last?.pair.upstreamOffset == 59_999)
        #expect(all.map(\.previous) == [nil] + all.dropLast().map(\.pair))
    }

    /// What was mirrored since the source became another one has syncs that look right: who began anew before it is noted that it did
    /// would go on in the middle of the new log.
    @Test func nobodyBeginsAnewBeforeItIsNotedWhyItEnded() {
        let place = ResumePoint(source: [ResumePoint.Entry](), target: [ResumePoint.Entry](), sourceStart: 0, lastSync: nil, offsetLagMax: 5)
        let copy = PartitionCopy(source: orders, target: orders, place: place, history: PartitionHistory(), lastSync: nil)
        #expect(!copy.mayBeBegunAnew)
        copy.unnotedReset = "it holds another record"
        copy.halt()
        #expect(!copy.mayBeBegunAnew)
        copy.unnotedReset = nil
        #expect(copy.mayBeBegunAnew)
    }
}
