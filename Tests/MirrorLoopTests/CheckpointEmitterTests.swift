import KafkaClient
import OffsetTranslate
import Testing

@testable import MirrorLoop

/// Tier 1: MM2's rules for when a checkpoint is due.
@Suite struct CheckpointEmitterTests {
    private let target = TopicPartition(topic: "t", partition: 0)

    private func history() -> PartitionHistory {
        var history = PartitionHistory()
        history.append(upstreamOffset: 100, downstreamOffset: 200, marker: StrictMarker(previous: nil))
        history.append(
            upstreamOffset: 150, downstreamOffset: 250,
            marker: StrictMarker(previous: .init(upstreamOffset: 100, downstreamOffset: 200)))
        return history
    }

    private func due(_ emitter: CheckpointEmitter, _ committed: Int64) -> CheckpointEmitter.Due? {
        emitter.checkpoint(
            group: "g", committed: .init(offset: committed, metadata: "m"), target: target, history: history(),
            lastSync: .init(upstreamOffset: 150, downstreamOffset: 250))
    }

    @Test func theFirstIsDueAndExactWhereTheMapIs() throws {
        let first = try #require(due(CheckpointEmitter(), 120))
        #expect(first.checkpoint == Checkpoint(group: "g", topicPartition: target, upstreamOffset: 120, downstreamOffset: 220, metadata: "m"))
        #expect(first.isExact)
    }

    @Test func rightBehindTheLastCopyIsExactAndAheadOfTheMirrorIsNot() throws {
        let head = try #require(due(CheckpointEmitter(), 151)), ahead = try #require(due(CheckpointEmitter(), 170))
        #expect(head.checkpoint.downstreamOffset == 251 && head.isExact)
        #expect(ahead.checkpoint.downstreamOffset == 251 && !ahead.isExact)
    }

    @Test func beforeTheFirstSyncThereIsNone() { #expect(due(CheckpointEmitter(), 50) == nil) }

    @Test func unchangedIsNotRepeatedForwardIsDueUpstreamRewindIsDue() throws {
        var emitter = CheckpointEmitter()
        emitter.remember(try #require(due(emitter, 120)).checkpoint)
        #expect(due(emitter, 120) == nil)
        #expect(due(emitter, 121)?.checkpoint.downstreamOffset == 221)
        #expect(due(emitter, 110)?.checkpoint.downstreamOffset == 210)
    }

    @Test func noDownstreamRewindForAGroupThatWentForward() {
        var emitter = CheckpointEmitter()
        // What an earlier mirror knew better.
        emitter.remember(Checkpoint(group: "g", topicPartition: target, upstreamOffset: 110, downstreamOffset: 240))
        #expect(due(emitter, 120) == nil)
    }
}
