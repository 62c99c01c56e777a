@testable import Cutover
import InMemoryKafka
import KafkaClient
import Synchronization
import MirroredEstate
import Testing

/// The target changes by somebody else's hand, between any two requests of a cutover.
@Suite struct DisturbanceTests {
    private let shared = place("west.orders", 1)

    /// Runs the cutover with `change` made right before each of its requests to the target in turn.
    private func disturb(
        _ change: @escaping @Sendable (inout ClusterContents) -> Void,
        _ check: (_ rehearsal: Rehearsal, _ end: Rehearsal.End, _ number: Int) throws -> Void
    ) async throws {
        let clean = try Rehearsal(sourceLost: true)
        _ = await clean.run()
        for number in 1...clean.estate.east.requests.count {
            let rehearsal = try Rehearsal(sourceLost: true)
            rehearsal.estate.east.beforeEachRequest { request, cluster in
                if request.number == number { cluster.update(change) }
            }
            try check(rehearsal, await rehearsal.run(), number)
        }
    }

    /// The number of the group's last request of a kind.
    private func last(_ kind: Request.Kind, of group: String, _ rehearsal: Rehearsal) -> Int {
        rehearsal.estate.east.requests.last { $0.kind == kind && $0.group == group }?.number ?? 0
    }

    @Test func theGroupBecomesActive() async throws {
        var refusals = 0
        try await disturb({ $0.activate("search") }) { rehearsal, end, number in
            let isMoved = rehearsal.estate.east.contents.groups["search"]?.commits != rehearsal.before.groups["search"]?.commits
            let commit = self.last(.commit, of: "search", rehearsal)
            #expect(isMoved == (commit > 0 && number > commit), "at \(number)")
            let outcome = end.outcomes.first { $0.group == "search" }
            #expect(outcome?.succeeded == isMoved, "at \(number)")
            if !isMoved {
                refusals += 1
                #expect(outcome?.failures.contains { $0.contains("stop its consumers") } == true, "at \(number): \(outcome?.failures ?? [])")
                #expect(outcome?.remaining.count == 3)
            }
            #expect(end.outcomes.filter(\.succeeded).count >= 2, "at \(number)")
        }
        #expect(refusals > 10)
    }

    @Test func somebodyElseCommits() async throws {
        let shared = shared
        let foreign = CommittedOffset(offset: 77, metadata: "foreign")
        try await disturb({ $0.commit(77, metadata: "foreign", shared, by: "search") }) { rehearsal, end, number in
            let outcome = end.outcomes.first { $0.group == "search" }
            let stands = rehearsal.estate.east.contents.groups["search"]?.commits[shared]
            guard stands == foreign else { return }
            // Seen by the plan it is moved; seen by the second look it makes the plan stale; seen by the reading back it
            // is reported. Only after that it goes unseen.
            let readBack = self.last(.committedOffsets, of: "search", rehearsal)
            #expect(outcome?.remaining.contains(shared) == true || number > readBack, "at \(number)")
        }
    }

    @Test func somebodyElseCommitsAfterTheSecondLook() async throws {
        let rehearsal = try Rehearsal(sourceLost: true)
        let shared = shared
        rehearsal.estate.east.beforeEachRequest { request, cluster in
            let hasCommitted = cluster.requests.contains { $0.kind == .commit && $0.group == "search" }
            if request.kind == .committedOffsets, request.group == "search", hasCommitted {
                cluster.update { $0.commit(77, shared, by: "search") }
            }
        }
        let outcome = try #require(await rehearsal.run().outcomes.first { $0.group == "search" })
        // All or nothing: the other two are put back. What somebody else has moved is theirs.
        #expect(outcome.ending == .mixed && outcome.committed.isEmpty && outcome.remaining.count == 3)
        #expect(outcome.failures == [
            "west.orders-1: committed 340 with metadata, but 77 was read back",
            "west.orders-1: could not be put back to 20: it stands at 77",
        ])
        let stands = rehearsal.estate.east.contents.groups["search"]?.commits
        #expect(stands?[shared]?.offset == 77 && stands?.count == 2)
    }

    @Test func retentionMoves() async throws {
        let orders = place("west.orders")
        try await disturb({ $0.log(orders) { $0.deleteRecords(before: 200) } }) { rehearsal, end, number in
            // billing's position there is 90, deleted now.
            let commit = rehearsal.estate.east.contents.groups["billing"]?.commits[orders]
            let look = rehearsal.estate.east.requests.last { $0.kind == .logBounds && $0.number < self.last(.commit, of: "billing", rehearsal) }
            if commit?.offset == 90 { #expect(number > look?.number ?? 0, "at \(number)") }
            guard let outcome = end.outcomes.first(where: { $0.group == "billing" }) else { return }
            #expect(outcome.succeeded || outcome.failures.contains { $0.contains("the plan is stale") }, "at \(number)")
            #expect(outcome.succeeded == (commit != nil), "at \(number)")
        }
    }

    @Test(arguments: [true, false])
    func theTopicIsDeletedOrMadeAnew(isDeleted: Bool) async throws {
        let stock = place("west.stock")
        try await disturb({ isDeleted ? $0.deleteTopic("west.stock") : $0.recreateTopic("west.stock") }) { rehearsal, end, number in
            let commit = rehearsal.estate.east.contents.groups["billing"]?.commits[stock]
            let look = rehearsal.estate.east.requests.last { $0.kind == .logBounds && $0.number < self.last(.commit, of: "billing", rehearsal) }
            // A position in the old log must not be committed into the new one, once that could be seen. The log's start may.
            if let commit, commit.offset > 0 { #expect(number > look?.number ?? 0, "at \(number): \(commit as Any)") }
            let outcome = end.outcomes.first { $0.group == "billing" }
            if commit == nil, number <= self.last(.committedOffsets, of: "billing", rehearsal) {
                #expect(outcome?.succeeded != true || outcome?.committed[stock] == nil, "at \(number)")
            }
        }
    }
}
