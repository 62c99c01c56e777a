import Inspection
import KafkaClient
import OffsetTranslate
import Testing

/// What adds up over a group's partitions.
@Suite struct GroupSituationTests {
    private func position(_ partition: Int32, _ change: (inout PositionSituation) -> Void = { _ in }) -> PositionSituation {
        let place = TopicPartition(topic: "orders", partition: partition)
        var position = PositionSituation(group: "billing", source: place, target: place)
        position.upstream = CommittedOffset(offset: 10)
        position.lag = 5
        position.translation = Translation(position: 10, kind: .exact, low: 10, high: 10, evidence: Evidence(rule: .onSync))
        position.ifLost = .init(position: 8, maxReplay: 2)
        position.reason = .syncedWithin(records: 2)
        change(&position)
        return position
    }

    @Test func sumsAndTheWorst() {
        var group = GroupSituation(name: "billing", positions: [position(0), position(1)])
        #expect(group.lag == 10 && group.maxReplay == 0 && group.maxReplayIfLost == 4 && group.withoutPositionIfLost == 0)
        #expect(group.kind == .exact && group.severity == .good && group.distance == nil)
        group.positions.append(position(2) {
            $0.translation?.kind = .bounded
            $0.translation?.high = 30
            $0.current = CommittedOffset(offset: 4)
            $0.ifLost = .init()
            $0.reason = .noSyncs
        })
        #expect(group.maxReplay == 20 && group.maxReplayIfLost == nil && group.withoutPositionIfLost == 1)
        #expect(group.kind == .bounded && group.severity == .problem && group.worst?.reason == .noSyncs && group.distance == -6)
    }

    /// A partition that the group has never committed counts nowhere.
    @Test func neverCommittedIsNoPosition() {
        let never = position(1) {
            $0.upstream = nil
            $0.lag = nil
            $0.translation = nil
            $0.ifLost = .init()
            $0.reason = .neverCommitted
        }
        let group = GroupSituation(name: "billing", positions: [position(0), never])
        #expect(group.lag == 5 && group.maxReplayIfLost == 2 && group.withoutPositionIfLost == 0 && group.kind == .exact)
        #expect(group.severity == .notice)
    }

    @Test func withTheSourceLostNothingIsKnownOfTheLag() {
        #expect(GroupSituation(name: "billing", positions: [position(0), position(1) { $0.lag = nil }]).lag == nil)
    }
}
