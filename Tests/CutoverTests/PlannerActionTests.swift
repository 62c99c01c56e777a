import Cutover
import InMemoryKafka
import KafkaClient
import MirroredEstate
import OffsetTranslate
import Testing

/// What a plan does with each position, and why.
@Suite struct PlannerActionTests {
    private let orders = place("orders")

    private func estate(current: Int64? = nil, currentMetadata: String = "") throws -> Estate {
        let estate = Estate()
        estate.mirror(orders, upTo: 300, copiedTo: 200)
        try estate.sync(orders, 100, 40)
        try estate.sync(orders, 200, 90)
        estate.commitOnSource("billing", orders, 200, metadata: "from west")
        if let current { estate.commitOnTarget("billing", orders, current, metadata: currentMetadata) }
        return estate
    }

    @Test func createWhereThereIsNoCommit() async throws {
        let offset = try #require(try await estate().plan().planned("billing", orders))
        #expect(offset.action == .create)
        #expect(offset.current == nil)
        #expect(offset.commit == CommittedOffset(offset: 90, metadata: "from west"))
    }

    @Test func advanceFromBelow() async throws {
        let offset = try #require(try await estate(current: 41, currentMetadata: "old").plan().planned("billing", orders))
        #expect(offset.action == .advance)
        #expect(offset.current == CommittedOffset(offset: 41, metadata: "old"))
        #expect(offset.commit == CommittedOffset(offset: 90, metadata: "from west"))
    }

    @Test func keepWhatStandsAlready() async throws {
        let plan = try await estate(current: 90, currentMetadata: "the group's own").plan()
        #expect(plan.planned("billing", orders)?.action == .keep)
        #expect(plan.changes == 0)
    }

    @Test func rewindOnlyWhenAllowed() async throws {
        let estate = try estate(current: 120)
        let plan = try await estate.plan()
        let offset = try #require(plan.planned("billing", orders))
        #expect(offset.action == .rewind && offset.commit?.offset == 90)
        let check = try #require(plan.checks.first { $0.kind == .rewind })
        #expect(check.status == .failed && check.findings.map(\.group) == ["billing"])
        #expect(throws: PlanRefused.self) { try Admission().admit(plan) }
        #expect(try Admission(onlySafeGroups: true).admit(plan).plan.offsets.isEmpty)
        #expect(try Admission(overrides: [.rewind]).admit(plan).plan == plan)
    }

    @Test func skipWhereTheTargetLacksThePartition() async throws {
        let estate = try estate()
        // The source got a partition that the mirror has not added yet.
        let added = place("orders", 1)
        estate.west.update { $0.log(added) { $0.extend(to: 50) } }
        estate.commitOnSource("billing", added, 20)
        let offset = try #require(try await estate.plan().planned("billing", added))
        #expect(offset.action == .skip(.targetPartitionMissing))
        #expect(offset.commit == nil)
        // And the whole topic is gone, though its syncs are there.
        estate.east.update { $0.deleteTopic("west.orders") }
        #expect(try await estate.plan().planned("billing", orders)?.action == .skip(.targetPartitionMissing))
        let asked = estate.east.requests.last { $0.kind == .committedOffsets }
        #expect(asked?.partitions == [])
    }

    @Test func commitsOnPartitionsThatWereNeverMirroredShow() async throws {
        let estate = try estate()
        let silent = place("orders", 1), idle = place("orders", 2)
        estate.mirror(silent, upTo: 50, copiedTo: 50)
        estate.mirror(idle, upTo: 0, copiedTo: 0)
        estate.commitOnSource("billing", silent, 20)
        estate.commitOnSource("billing", idle, 0, metadata: "idle")
        let plan = try await estate.plan()
        #expect(plan.planned("billing", silent)?.action == .skip(.positionUnknown(why: "\(Translation.Reason.noSyncs)")))
        // Without a commit there, a group with auto.offset.reset=latest would skip the partition's first records.
        let created = try #require(plan.planned("billing", idle))
        #expect(created.commit == CommittedOffset(offset: 0, metadata: "idle"))
        #expect(created.translation.kind == .exact)
    }

    @Test(arguments: [true, false])
    func expiredPositionsGoToTheLogStartAndSayWhatIsLost(byCheckpoint: Bool) async throws {
        let estate = byCheckpoint ? Estate() : try estate()
        estate.mirror(orders, upTo: 300, copiedTo: 200)
        if byCheckpoint { try estate.checkpoint("billing", orders, 200, 90) }
        estate.east.update { $0.log(place("west.orders")) { $0.deleteRecords(before: 130) } }
        let offset = try #require(try await estate.plan(sourceLost: byCheckpoint).planned("billing", orders))
        #expect(offset.commit?.offset == 130)
        #expect(offset.translation.warnings == [.expiredOnTarget(lost: 40)])
    }

    @Test func twoTopicsWithOneCopyAreNotMoved() async throws {
        let estate = Estate(MergingPolicy())
        let old = place("orders-old")
        estate.mirror(orders, upTo: 100, copiedTo: 100)
        estate.mirror(old, upTo: 100, copiedTo: 100)
        try estate.sync(orders, 10, 10)
        try estate.sync(old, 20, 20)
        estate.commitOnSource("billing", orders, 10)
        estate.commitOnSource("billing", old, 20)
        let plan = try await estate.plan()
        #expect(plan.offsets.map(\.action) == Array(repeating: .skip(.severalSources(sources: [orders, old])), count: 2))
    }

    @Test func replayCountsOnlyWhatIsMovedOrKept() async throws {
        let estate = try estate(current: 195)
        estate.commitOnSource("billing", orders, 150)
        estate.commitOnSource("search", orders, 150)
        let plan = try await estate.plan()
        #expect(plan.planned("billing", orders)?.action == .rewind)
        #expect(plan.maxReplay == 98)
        #expect(plan.groups == ["billing", "search"])
        #expect(plan.count { $0 == .create } == 1)
    }
}

/// Leads every topic to the same copy.
private struct MergingPolicy: ReplicationPolicy {
    var separator: String { "." }
    var internalSeparator: String { "." }
    func remoteTopic(_ topic: String, from sourceAlias: String) -> String { "all" }
    func sourceAlias(ofRemoteTopic topic: String) -> String? { topic == "all" ? "west" : nil }
    func upstreamTopic(of topic: String) -> String? { nil }
}
