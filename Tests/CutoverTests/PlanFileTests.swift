@testable import Cutover
import Foundation
import InMemoryKafka
import KafkaClient
import MirroredEstate
import OffsetTranslate
import Testing

/// A plan as a file, and whether it may still be carried out.
@Suite struct PlanFileTests {
    private let orders = place("orders"), target = place("west.orders")

    /// One of every action, with warnings, checks and evidence.
    private func estate() throws -> Estate {
        let estate = Estate()
        estate.mirror(orders, upTo: 200, copiedTo: 190)
        try estate.sync(orders, 50, 40)
        try estate.sync(orders, 60, 50, strictAfter: (50, 40))
        estate.west.update { $0.topics["silent"] = [InMemoryLog()] }
        estate.east.update { $0.topics["west.silent"] = [InMemoryLog()] }
        estate.east.update { $0.log(place("west.silent")) { $0.extend(to: 9) } }
        for (group, offset) in [("a", 50), ("b", 55), ("c", 150), ("d", 52)] as [(String, Int64)] {
            estate.commitOnSource(group, orders, offset, metadata: "\(group) \"text\"\n")
        }
        estate.commitOnSource("a", place("silent"), 3)
        estate.commitOnTarget("b", orders, 20)
        estate.commitOnTarget("c", orders, 180, metadata: "ahead")
        estate.commitOnTarget("d", orders, 42)
        return estate
    }

    @Test func whatIsWrittenIsRead() async throws {
        let plan = try await estate().plan()
        #expect(Set(plan.offsets.map(\.action.name)) == ["create", "advance", "rewind", "keep", "skip"])
        let data = try PlanFile.encode(plan)
        #expect(try PlanFile.decode(data, name: "p") == plan)
        #expect(try PlanFile.decode(data, name: "p").digest() == plan.digest())
    }

    /// Every byte that means something is covered by the digest, or breaks the file.
    @Test func whatWasChangedIsRefused() async throws {
        let plan = try await estate().plan(), data = try PlanFile.encode(plan)
        let text = String(decoding: data, as: UTF8.self)
        for (old, new) in [
            (#""position" : 40"#, #""position" : 41"#), (#""create""#, #""keep""#), ("west.orders", "west.order2"), (#""failed""#, #""passed""#),
            (#""switchover""#, #""failover""#), (#""digest" : ""#, #""digest" : "0"#), (#""upstreamOffset" : 50"#, #""upstreamOffset" : 51"#),
            (#""formatVersion" : 1"#, #""formatVersion" : 2"#), (#""kind" : "bounded""#, #""kind" : "exact""#),
        ] {
            let changed = text.replacing(old, with: new)
            try #require(changed != text, "\(old)")
            #expect(throws: PlanFileError.self, "\(old)") { try PlanFile.decode(Data(changed.utf8), name: "p") }
        }
        for length in [0, 1, data.count / 2, data.count - 3] {
            #expect(throws: PlanFileError.self) { try PlanFile.decode(data.prefix(length), name: "p") }
        }
        #expect { try PlanFile.decode(Data("{}".utf8), name: "p") } throws: { "\($0)".contains("the plan 'p' is not a plan") }
    }

    // MARK: Stale

    private func changes(_ change: (Estate) throws -> Void) async throws -> [String] {
        let estate = try estate(), plan = try await estate.plan()
        try change(estate)
        return plan.changes(in: try await estate.plan())
    }

    @Test func whatAPlanStandsOnIsLookedAtAgain() async throws {
        #expect(try await changes { _ in } == [])
        // Growth is no change, nor are syncs that say more, nor what is there as planned already.
        #expect(try await changes { $0.mirror(orders, upTo: 300, copiedTo: 290) } == [])
        #expect(try await changes { try $0.sync(orders, 150, 140, strictAfter: (60, 50)) } == [])
        #expect(try await changes { $0.commitOnTarget("b", orders, 45, metadata: "b \"text\"\n") } == [])
        func expect(_ text: String, _ change: (Estate) throws -> Void) async throws {
            let found = try await changes(change)
            #expect(found.contains { $0.contains(text) }, "\(text): \(found)")
        }
        try await expect("group 'b', west.orders-0: its position on the source was 55 with metadata and is 56 now") { $0.commitOnSource("b", orders, 56) }
        try await expect("group 'b', west.orders-0: its commit on the target was 20 and is 21 now") { $0.commitOnTarget("b", orders, 21) }
        try await expect("group 'a', west.orders-0: its commit on the target was none and is 1 now") { $0.commitOnTarget("a", orders, 1) }
        try await expect("the group has a position on the source that was not planned for") { $0.commitOnSource("b", place("silent"), 1) }
        try await expect("no position on the source any more") { $0.west.update { $0.groups["d"]?.commits = [:] } }
        try await expect("truncated or re-created") { $0.east.update { [target] in $0.log(target) { $0.truncate(to: 189) } } }
        try await expect("planned 40, but now: the target has no such partition") { $0.east.update { $0.topics["west.orders"] = nil } }
    }

    @Test func otherClustersAreNoticed() async throws {
        let plan = try await estate().plan()
        var other = plan
        other.targetClusterID = "another"
        #expect(plan.changes(in: other) == ["the cluster id of 'east' was in-memory-east and is another now"])
        // What is known now contradicts a position.
        other = plan
        let index = try #require(other.offsets.firstIndex { $0.commit?.offset == 40 })
        other.offsets[index].translation.high = 39
        #expect(plan.changes(in: other).first?.contains("planned 40, but what is known now allows no position above 39") == true)
        other = plan
        other.mode = .failover
        #expect(plan.changes(in: other).count == 1)
    }
}
