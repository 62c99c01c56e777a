import Cutover
import InMemoryKafka
import KafkaClient
import MirroredEstate
import OffsetTranslate
import Testing

/// What a worst case comes to in bytes and time.
@Suite struct ReplayEstimateTests {
    @Test func theWorstCaseIsWeighed() async throws {
        let estate = Estate(), orders = place("orders"), target = place("west.orders")
        // Ten bytes each, a second apart.
        for number in 0..<200 {
            let record = Record(key: [1, 2, 3, 4], value: Array(repeating: 7, count: 6), timestamp: Int64(number) * 1000)
            estate.west.update { _ = $0.append(record, to: orders) }
            estate.east.update { _ = $0.append(record, to: target) }
        }
        try estate.sync(orders, 50, 50)
        try estate.sync(orders, 150, 150)
        estate.commitOnSource("bounded", orders, 100)
        estate.commitOnSource("exact", orders, 50)
        let plan = try await estate.plan()
        let bounded = try #require(plan.planned("bounded", orders))
        #expect((bounded.translation.position, bounded.translation.high) == (51, 150))
        #expect(bounded.replay == ReplayEstimate(bytes: 990, milliseconds: 98_000))
        #expect(plan.planned("exact", orders)?.replay == nil)
        #expect(plan.maxReplay == 99 && plan.maxReplayBytes == 990)
        #expect(try PlanFile.decode(PlanFile.encode(plan), name: "p") == plan)
    }

    @Test func whatHoldsNoRecordHasNoWeight() async throws {
        let estate = Estate(), target = place("t")
        estate.east.update { $0.log(target) { $0.leaveHole(50) } }
        let range = LogRange(target, LogBounds(start: 0, end: 50))
        #expect(try await ReplayEstimate.estimate([range], in: estate.east).isEmpty)
        #expect(try await ReplayEstimate.estimate([LogRange(target, LogBounds(start: 3, end: 3))], in: estate.east).isEmpty)
    }
}
