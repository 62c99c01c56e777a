@testable import Cutover
import InMemoryKafka
import KafkaClient
import MirroredEstate
import OffsetTranslate
import Synchronization
import Testing

/// What the executor does with a plan, step by step.
@Suite struct ExecutorTests {
    private let orders = place("orders"), more = place("orders", 1)
    private let target = place("west.orders"), moreTarget = place("west.orders", 1)

    /// 'billing' is to be advanced from 10 to 50 on the first partition, and to get 60 on the second.
    private func estate(groups: [String] = ["billing"]) throws -> Estate {
        let estate = Estate()
        for partition in [orders, more] {
            estate.mirror(partition, upTo: 200, copiedTo: 200)
            try estate.sync(partition, 50, 50)
            try estate.sync(partition, 60, 60)
        }
        for group in groups {
            estate.commitOnSource(group, orders, 50, metadata: "m")
            estate.commitOnSource(group, more, 60)
            estate.commitOnTarget(group, orders, 10)
        }
        return estate
    }

    private func apply(_ plan: CutoverPlan, _ estate: Estate, _ journal: MemoryJournal = MemoryJournal()) async throws -> Outcome {
        estate.east.forgetRequests()
        let outcomes = try await plan.apply(estate, journal)
        try #require(outcomes.count == 1)
        return outcomes[0]
    }

    /// A plan that is refused changes nothing, sends no commit and intends none.
    private func expectRefused(
        _ text: String, _ estate: Estate, plan: CutoverPlan? = nil, _ change: @Sendable (inout ClusterContents) -> Void
    ) async throws {
        let made = try await estate.plan()
        estate.east.update(change)
        let before = estate.east.contents, journal = MemoryJournal()
        let outcome = try await apply(plan ?? made, estate, journal)
        #expect(outcome.failures.count == 1)
        #expect(outcome.failures.first?.contains(text) == true, "\(outcome.failures)")
        #expect(outcome.remaining == [target, moreTarget])
        #expect(outcome.ending == .refused)
        #expect(estate.east.contents == before)
        #expect(!estate.east.requests.contains { $0.kind == .commit })
        #expect(try journal.entries.map(\.step) == [.begin, .planned, .agreed, .result, .end])
    }

    @Test func looksAgainCommitsOnceAndReadsBack() async throws {
        let estate = try estate()
        let journal = MemoryJournal()
        let plan = try await estate.plan()
        let outcome = try await apply(plan, estate, journal)
        #expect(outcome.succeeded)
        #expect(outcome.committed == [target: 50, moreTarget: 60])
        #expect(estate.east.requests.map(\.kind) == [.logBounds, .groupsNamed, .committedOffsets, .commit, .committedOffsets])
        #expect(estate.east.contents.groups["billing"]?.commits[target] == CommittedOffset(offset: 50, metadata: "m"))
        let entries = try journal.entries
        try #require(entries.map(\.step) == [.begin, .planned, .agreed, .intent, .result, .end])
        #expect((entries[0].plan?.sourceAlias, entries[0].plan?.targetAlias, entries[0].by) == ("west", "east", .test))
        #expect(entries[3].moves == [
            .init(target, expected: .init(offset: 10), wanted: .init(offset: 50, metadata: "m")),
            .init(moreTarget, expected: nil, wanted: .init(offset: 60)),
        ])
        #expect(entries[4].outcome == outcome)
        #expect(entries[5].succeeded == true)
    }

    @Test func theIntentIsWrittenBeforeTheCommitIsSent() async throws {
        let estate = try estate()
        let plan = try await estate.plan(), journal = MemoryJournal()
        let seen = Mutex<[JournalEntry.Step]>([])
        estate.east.beforeEachRequest { request, _ in
            guard request.kind == .commit else { return }
            let steps = (try? journal.entries.map(\.step)) ?? []
            seen.withLock { $0 = steps }
        }
        _ = try await apply(plan, estate, journal)
        #expect(seen.withLock { $0 } == [.begin, .planned, .agreed, .intent])
    }

    @Test func theJournalKeepsTheMetadataFromBefore() async throws {
        let estate = try estate()
        estate.commitOnTarget("billing", orders, 10, metadata: "stream time")
        let plan = try await estate.plan(), journal = MemoryJournal()
        _ = try await apply(plan, estate, journal)
        let intent = try #require(try journal.entries.first { $0.step == .intent })
        #expect(intent.moves?.first?.expected == CommittedOffset(offset: 10, metadata: "stream time"))
    }

    @Test func aGroupThatStandsAsPlannedIsLeftAlone() async throws {
        let estate = try estate()
        let plan = try await estate.plan()
        _ = try await apply(plan, estate)
        // Its consumers are back already.
        estate.east.update { $0.activate("billing") }
        let outcome = try await apply(plan, estate)
        #expect(outcome.succeeded)
        #expect(outcome.committed == [target: 50, moreTarget: 60])
        #expect(!estate.east.requests.contains { $0.kind == .commit })
    }

    @Test func whatStandsHalfwayIsCompleted() async throws {
        let estate = try estate()
        let plan = try await estate.plan()
        estate.commitOnTarget("billing", orders, 50, metadata: "m")
        let outcome = try await apply(plan, estate)
        #expect(outcome.committed == [target: 50, moreTarget: 60])
    }

    @Test func nothingToCommitIsNoOutcome() async throws {
        let estate = try estate()
        _ = try await apply(try await estate.plan(), estate)
        let plan = try await estate.plan()
        #expect(plan.changes == 0)
        estate.east.forgetRequests()
        #expect(try await plan.apply(estate).isEmpty)
        #expect(estate.east.requests.isEmpty)
    }

    // MARK: Refusals

    @Test func aCommitMadeSinceThePlanIsNotOverwritten() async throws {
        let partition = target, other = moreTarget
        try await expectRefused("was 10 and is 11 now; plan again", try estate()) { $0.commit(11, partition, by: "billing") }
        try await expectRefused("was none and is 300 now", try estate()) { $0.commit(300, other, by: "billing") }
        try await expectRefused("was 10 and is none now", try estate()) { $0.groups["billing"]?.commits = [:] }
        try await expectRefused("was 10 and is 10 with metadata now", try estate()) { $0.commit(10, metadata: "x", partition, by: "billing") }
        // As far as planned, but not by this plan.
        try await expectRefused("was 10 and is 50 with metadata now", try estate()) { $0.commit(50, metadata: "x", partition, by: "billing") }
    }

    @Test func anActiveGroupIsRefused() async throws {
        try await expectRefused("group 'billing' is Stable on 'east' with 3 member(s)", try estate()) { $0.activate("billing", members: 3) }
        try await expectRefused("is PreparingRebalance", try estate()) { $0.groups["billing"]?.state = .preparingRebalance }
        // States of newer brokers.
        try await expectRefused("is Assigning", try estate()) { $0.groups["billing"]?.state = GroupState(rawValue: "Assigning") }
    }

    @Test func aLogThatMovedIsRefused() async throws {
        let partition = target
        try await expectRefused("position 50 is outside", try estate()) { $0.log(partition) { $0.deleteRecords(before: 51) } }
        try await expectRefused("truncated or re-created", try estate()) { $0.log(partition) { $0.truncate(to: 199) } }
        try await expectRefused("does not exist on 'east' any more", try estate()) { $0.topics["west.orders"] = [InMemoryLog(), InMemoryLog()].dropLast(2) }
    }

    @Test func twoPositionsForOnePartitionAreRefused() async throws {
        let estate = try estate()
        var plan = try await estate.plan()
        var double = plan.offsets[0]
        double.translation.position = 51
        plan.offsets.append(double)
        try await expectRefused("two positions for one partition", estate, plan: plan) { _ in }
    }

    @Test func growthOfTheLogIsNoReasonToRefuse() async throws {
        let estate = try estate()
        let plan = try await estate.plan(), partition = target
        estate.east.update { $0.log(partition) { $0.leaveHole(5) } }
        #expect(try await apply(plan, estate).succeeded)
    }

    // MARK: Brokers that say no, or something else

    @Test func brokersThatCannotDescribeRefuseByThemselves() async throws {
        let estate = try estate()
        estate.east.update { $0.unsupported = [.group, .groups] }
        let plan = try await estate.plan()
        estate.east.update { $0.activate("billing") }
        let outcome = try await apply(plan, estate)
        #expect(outcome.failures.count == 2)
        #expect(outcome.failures.allSatisfy { $0.contains("The group has live members there") })
        estate.east.update { $0.deactivate("billing") }
        #expect(try await apply(plan, estate).succeeded)
    }

    @Test func everyPartitionThatIsRefusedIsNamed() async throws {
        let estate = try estate()
        let plan = try await estate.plan(), refused = target, other = moreTarget
        estate.east.update { $0.refusedCommits[refused] = .topicAuthorizationFailed }
        estate.east.beforeEachRequest { request, cluster in
            // Meanwhile the other partition's commit is undone by somebody.
            if cluster.requests.contains(where: { $0.kind == .commit }), request.kind == .committedOffsets {
                cluster.update { $0.groups["billing"]?.commits[other] = nil }
            }
        }
        let outcome = try await apply(plan, estate)
        #expect(outcome.remaining == [refused, other] && outcome.ending == .unmoved)
        #expect(outcome.failures.count == 2)
        #expect(outcome.failures[0].contains("The principal lacks an ACL"))
        #expect(outcome.failures[1] == "west.orders-1: committed 60, but none was read back")
    }

    @Test func aLostAnswerIsNoFailureWhereTheCommitStands() async throws {
        for code in [KafkaError.Code.timedOut, .transport, .fenced] {
            let estate = try estate()
            let plan = try await estate.plan()
            estate.east.fail(at: Trigger(1, .commit), Fault(.after, code))
            #expect(try await apply(plan, estate).succeeded)
        }
    }

    @Test func whatCannotBeReadBackIsUncertain() async throws {
        let estate = try estate()
        let plan = try await estate.plan(), journal = MemoryJournal()
        estate.east.fail(at: Trigger(1, .commit), Fault(.after))
        estate.east.fail(at: Trigger(2, .committedOffsets), Fault(.before, .transport))
        let outcome = try await apply(plan, estate, journal)
        #expect(outcome.ending == .uncertain)
        #expect(!outcome.succeeded)
        #expect(outcome.remaining == [target, moreTarget])
        #expect(outcome.failures.count == 2)
        let result = try #require(try journal.entries.first { $0.step == .result })
        #expect(result.outcome?.ending == .uncertain)
        // It did stand, and the same plan says so.
        #expect(try await apply(plan, estate).succeeded)
    }
}
