import Cutover
import InMemoryKafka
import KafkaClient
import MirroredEstate
import OffsetTranslate
import Testing

/// What a plan rests on: which cluster is asked, and what its answers are worth.
@Suite struct PlannerEvidenceTests {
    private let orders = place("orders")

    /// Syncs at (100, 40), (200, 90); the target's log ends at 150.
    private func estate(
        _ policy: any ReplicationPolicy = DefaultReplicationPolicy(), syncsOn location: OffsetSyncsLocation = .target
    ) throws -> Estate {
        let estate = Estate(policy, syncsOn: location)
        estate.mirror(orders, upTo: 260, copiedTo: 150)
        try estate.sync(orders, 100, 40)
        try estate.sync(orders, 200, 90)
        return estate
    }

    /// MM2 writes no checkpoint where it can't translate: with the source gone, nothing says that the group was there.
    @Test func partitionsWithoutACheckpointAreNamed() async throws {
        let estate = try estate(syncsOn: .source)
        estate.mirror(place("orders", 1), upTo: 50, copiedTo: 50)
        estate.mirror(place("other"), upTo: 50, copiedTo: 50)
        try estate.checkpoint("billing", orders, 150, 41)
        let warnings = try await estate.plan(sourceLost: true).warnings
        #expect(warnings.count { $0.contains("1 position of 1 group can't be planned") && $0.contains("none for billing west.orders-1.") } == 1)
        // A capture has all that the group had committed.
        try estate.checkpoint("billing", orders, 150, 41, isCaptured: true)
        #expect(try await estate.plan(sourceLost: true).warnings.allSatisfy { !$0.contains("can't be planned") })
        // So has the source.
        #expect(try await estate.plan().warnings.allSatisfy { !$0.contains("can't be planned") })
    }

    /// The flow's checkpoints went on, the partition's syncs did not.
    @Test func aStaleSyncIsSaid() async throws {
        let estate = try estate()
        estate.mirror(orders, upTo: 1000, copiedTo: 150)
        estate.commitOnSource("billing", orders, 700)
        try estate.checkpoint("billing", orders, 200, 90, at: 2_000)
        func warnings() async throws -> [Translation.Warning]? { try await estate.plan().planned("billing", orders)?.translation.warnings }
        #expect(try await warnings() == [.aheadOfLastSync(by: 500)])
        try estate.checkpoint("billing", orders, 200, 90, at: 3_601_000)
        #expect(try await warnings() == [.aheadOfLastSync(by: 500), .staleSync(olderBy: 3_600_000)])
    }

    @Test(arguments: OffsetSyncsLocation.allCases)
    func aLivingSourceGivesCommitsAndSyncs(location: OffsetSyncsLocation) async throws {
        let estate = try estate(syncsOn: location)
        estate.commitOnSource("billing", orders, 150, metadata: "m")
        try estate.checkpoint("billing", orders, 120, 41)
        let offset = try #require(try await estate.plan().planned("billing", orders))
        #expect(offset.target == place("west.orders"))
        #expect(offset.origin == .sourceCommit)
        #expect(offset.upstream == CommittedOffset(offset: 150, metadata: "m"))
        #expect((offset.translation.position, offset.translation.high) == (41, 90))
        #expect(offset.translation.kind == .bounded)
        #expect(offset.translation.maxReplay == 49)
        #expect(offset.stockPosition == 41)
        #expect(offset.commit == CommittedOffset(offset: 41, metadata: "m"))
    }

    @Test func aLostSourceLeavesCheckpointsAndTheTargetsSyncs() async throws {
        let estate = try estate()
        estate.commitOnSource("billing", orders, 150)
        estate.west.goDown()
        try estate.checkpoint("billing", orders, 100, 40, metadata: "old", at: 1)
        try estate.checkpoint("billing", orders, 200, 41, metadata: "new", at: 2)
        let plan = try await estate.plan(sourceLost: true)
        let offset = try #require(plan.planned("billing", orders))
        #expect(offset.origin == .checkpoint(writtenAt: 2))
        #expect(offset.commit == CommittedOffset(offset: 90, metadata: "new"))
        #expect(offset.translation.kind == .exact)
        #expect(plan.warnings.isEmpty)
        #expect(estate.west.requests.isEmpty)
    }

    @Test func syncsOnALostSourceLeaveCheckpointsAlone() async throws {
        let estate = try estate(syncsOn: .source)
        try estate.checkpoint("billing", orders, 150, 41)
        let plan = try await estate.plan(sourceLost: true)
        let offset = try #require(plan.planned("billing", orders))
        #expect((offset.translation.position, offset.translation.high) == (41, 150))
        #expect(offset.translation.kind == .bounded)
        #expect(offset.stockPosition == 41)
        #expect(plan.warnings.count == 1)
        #expect(plan.warnings.first?.contains("lost with it") == true)
    }

    @Test(arguments: [true, false])
    func withoutASyncsTopicCheckpointsServe(sourceLost: Bool) async throws {
        let estate = Estate()
        estate.mirror(orders, upTo: 260, copiedTo: 150)
        estate.commitOnSource("billing", orders, 150)
        estate.commitOnSource("search", orders, 10)
        try estate.checkpoint("billing", orders, 150, 41)
        let plan = try await estate.plan(sourceLost: sourceLost)
        #expect(plan.planned("billing", orders)?.commit?.offset == 41)
        #expect(plan.warnings.contains { $0.hasPrefix("no offset syncs: there is no topic") })
        // Only the source knows of 'search', and nothing translates its position.
        let expected: PlannedOffset.Action? = sourceLost
            ? nil : .skip(.positionUnknown(why: "no offset sync of this partition is known"))
        #expect(plan.planned("search", orders)?.action == expected)
    }

    @Test func aCheckpointOfAnotherPositionSaysNothing() async throws {
        let estate = Estate()
        estate.mirror(orders, upTo: 260, copiedTo: 150)
        estate.commitOnSource("billing", orders, 149)
        try estate.checkpoint("billing", orders, 150, 41)
        guard case .skip(.positionUnknown) = try await estate.plan().planned("billing", orders)?.action else {
            Issue.record("a checkpoint above the commit was used")
            return
        }
    }

    @Test func withNeitherThereIsNothingToPlan() async throws {
        let estate = Estate()
        await #expect(throws: NothingToPlan.self) { _ = try await estate.plan() }
        await #expect { _ = try await estate.plan(sourceLost: true) } throws: { error in
            "\(error)".contains("mm2-offset-syncs") && "\(error)".contains("west.checkpoints.internal")
        }
    }

    /// As brokers make them that create what is asked for.
    @Test func topicsThatAreThereAndEmptyAreSaid() async throws {
        let estate = Estate()
        for topic in [estate.flow.offsetSyncsTopic, estate.flow.checkpointsTopic] { estate.east.update { $0.log(place(topic)) { $0.extend(to: 0) } } }
        await #expect { _ = try await estate.plan() } throws: { "\($0)".contains("west->east with:\n  - its offset-syncs and checkpoints topics are empty") }
    }

    @Test func strictSyncsAreExact() async throws {
        let estate = Estate()
        estate.mirror(orders, upTo: 400, copiedTo: 400)
        try estate.sync(orders, 0, 0, isStrict: true)
        try estate.sync(orders, 100, 100, strictAfter: (0, 0))
        try estate.sync(orders, 150, 120, strictAfter: (100, 100))
        for (upstream, position) in [(57, 57), (100, 100), (110, 110), (140, 120), (150, 120), (151, 121)] as [(Int64, Int64)] {
            estate.commitOnSource("g\(upstream)", orders, upstream)
            let offset = try #require(try await estate.plan("g\(upstream)").planned("g\(upstream)", orders))
            #expect(offset.translation.kind == .exact, "\(upstream)")
            #expect(offset.commit?.offset == position, "\(upstream)")
            #expect(offset.translation.maxReplay == 0)
        }
    }

    @Test func aBrokenChainOfStrictSyncsIsNotExact() async throws {
        let estate = Estate()
        estate.mirror(orders, upTo: 400, copiedTo: 400)
        try estate.sync(orders, 0, 0, isStrict: true)
        try estate.sync(orders, 150, 120, strictAfter: (100, 100))
        estate.commitOnSource("billing", orders, 57)
        let offset = try #require(try await estate.plan().planned("billing", orders))
        #expect(offset.translation.kind == .bounded)
        #expect(offset.commit?.offset == 1)
    }

    @Test func anExactCheckpointSettlesWhatSyncsLeaveOpen() async throws {
        let estate = try estate()
        estate.commitOnSource("billing", orders, 150)
        try estate.checkpoint("billing", orders, 150, 66, isExact: true)
        let offset = try #require(try await estate.plan().planned("billing", orders))
        #expect(offset.translation.kind == .exact)
        #expect(offset.commit?.offset == 66)
        // One that contradicts the syncs does not.
        try estate.checkpoint("billing", orders, 150, 91, isExact: true)
        #expect(try await estate.plan().planned("billing", orders)?.commit?.offset == 41)
    }

    @Test func aStockCheckpointNeverRaisesAPosition() async throws {
        let estate = try estate()
        estate.commitOnSource("billing", orders, 150)
        try estate.checkpoint("billing", orders, 150, 77)
        #expect(try await estate.plan().planned("billing", orders)?.commit?.offset == 41)
    }

    @Test(arguments: [true, false])
    func aCheckpointIntoARecreatedTargetIsNotUsed(isExact: Bool) async throws {
        let estate = try estate()
        estate.commitOnSource("billing", orders, 150)
        try estate.checkpoint("billing", orders, 150, 41, isExact: isExact)
        // The same name, other records: 41 means nothing there.
        estate.east.update { contents in
            contents.recreateTopic("west.orders")
            contents.log(place("west.orders")) { $0.extend(to: 60) }
        }
        let offset = try #require(try await estate.plan().planned("billing", orders))
        #expect(offset.commit?.offset == 0 && offset.translation.maxReplay == 60)
        #expect(offset.translation.warnings == [.beyondTargetLogEnd(downstreamOffset: 90), .historyTainted])
        // Mirrored again from the source's retention on: the old checkpoint happens to lie between the new bounds.
        try estate.sync(orders, 140, 0)
        try estate.sync(orders, 190, 50)
        let remade = try #require(try await estate.plan().planned("billing", orders))
        #expect(remade.commit?.offset != 41 && remade.commit?.offset ?? .max <= 10)
    }

    @Test func aCheckpointBeyondTheTargetsLogIsNotUsed() async throws {
        let estate = Estate()
        estate.mirror(orders, upTo: 260, copiedTo: 30)
        try estate.checkpoint("billing", orders, 150, 41)
        let offset = try #require(try await estate.plan(sourceLost: true).planned("billing", orders))
        // Only the whole log is sure to skip nothing.
        #expect(offset.commit?.offset == 0 && offset.translation.maxReplay == 30)
        #expect(offset.translation.warnings == [.beyondTargetLogEnd(downstreamOffset: 41), .historyTainted])
    }

    @Test func malformedRecordsAreCountedAndPassedOver() async throws {
        let estate = try estate()
        let syncs = place(estate.flow.offsetSyncsTopic), checkpoints = place(estate.flow.checkpointsTopic)
        estate.east.update { contents in
            contents.append(Record(key: [0], value: [1, 2, 3]), to: syncs)
            contents.append(Record(key: nil, value: Array(repeating: 0, count: 16)), to: syncs)
            contents.append(Record(key: [0, 1, 65, 0, 0, 0, 0], value: nil), to: syncs)
        }
        estate.east.update { _ = $0.append(Record(key: [], value: [0, 7]), to: checkpoints) }
        estate.commitOnSource("billing", orders, 150)
        let plan = try await estate.plan()
        #expect(plan.planned("billing", orders)?.commit?.offset == 41)
        #expect(plan.warnings.contains { $0.hasPrefix("2 malformed records skipped in '\(syncs.topic)' on 'east'") })
        #expect(plan.warnings.contains { $0.hasPrefix("1 malformed record skipped in '\(checkpoints.topic)'") })
    }

    @Test func identityPolicyKeepsNames() async throws {
        let estate = try estate(IdentityReplicationPolicy(sourceAlias: "west"))
        estate.commitOnSource("billing", orders, 200)
        try estate.checkpoint("billing", orders, 200, 90)
        let alive = try #require(try await estate.plan().planned("billing", orders))
        #expect(alive.target == orders)
        #expect(alive.commit?.offset == 90)
        #expect(try await estate.plan(sourceLost: true).planned("billing", orders)?.commit?.offset == 90)
    }

    @Test func topicsOnTheirWayBackAndInternalOnesStayOut() async throws {
        let estate = try estate()
        // A copy of east's own topic, mirrored to west earlier.
        estate.west.update { $0.log(place("east.stock")) { $0.extend(to: 10) } }
        estate.east.update { $0.log(place("stock")) { $0.extend(to: 10) } }
        estate.commitOnSource("billing", place("east.stock"), 5)
        estate.commitOnSource("billing", orders, 200)
        #expect(try await estate.plan().offsets.map(\.source) == [orders])
    }
}

struct Unexpected: Error {}
