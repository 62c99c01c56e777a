import Cutover
import InMemoryKafka
import KafkaClient
import MirroredEstate
import OffsetTranslate
import Testing

/// Which groups a plan is for.
@Suite struct PlannerSelectionTests {
    private let orders = place("orders")

    private func estate() throws -> Estate {
        let estate = Estate()
        estate.mirror(orders, upTo: 300, copiedTo: 200)
        try estate.sync(orders, 100, 40)
        estate.commitOnSource("billing", orders, 100)
        estate.commitOnSource("search", orders, 100)
        try estate.checkpoint("billing", orders, 100, 40)
        // A group that reads nothing of this flow.
        estate.west.update { $0.commit(3, place("local"), by: "local-only") }
        return estate
    }

    @Test func allThatPassTheFilter() async throws {
        let estate = try estate()
        #expect(try await estate.planner().plan(.all { $0 != "billing" }).groups == ["search"])
        #expect(try await estate.plan().groups == ["billing", "search"])
        #expect(try await estate.plan(sourceLost: true).groups == ["billing"])
    }

    @Test func unknownNamesAreAnErrorWithTheSourceAlive() async throws {
        let estate = try estate()
        await #expect { _ = try await estate.plan("nope") } throws: { error in
            guard let error = error as? UnknownGroups else { return false }
            return error.unknown == ["nope"] && error.source == "west" && error.known == ["billing", "local-only", "search"]
                && "\(error)".contains("group 'nope' committed nothing on 'west'") && "\(error)".contains("Check the spelling")
        }
    }

    @Test func someUnknownNamesAmongKnownOnesAreAnError() async throws {
        let estate = try estate()
        await #expect { _ = try await estate.plan("billing", "nope", "local-only", "search") } throws: { error in
            (error as? UnknownGroups)?.unknown == ["local-only", "nope"]
                && "\(error)".contains("groups 'local-only', 'nope' committed nothing")
        }
    }

    @Test func unknownNamesAreAnErrorWithTheSourceLost() async throws {
        let estate = try estate()
        await #expect { _ = try await estate.plan("billing", "search", sourceLost: true) } throws: { error in
            guard let error = error as? UnknownGroups else { return false }
            return error.unknown == ["search"] && error.known == ["billing"] && error.source == nil
                && "\(error)".contains("leave out --source-lost")
        }
    }

    @Test func aNameGivenTwiceIsPlannedOnce() async throws {
        #expect(try await estate().plan("search", "search").offsets.count == 1)
    }

    @Test func checkpointsThatTheSourceDoesNotBearOutAreNotPlanned() async throws {
        let estate = try estate()
        // Its commits have expired on the source, or its topic was re-created there.
        try estate.checkpoint("archive", orders, 180, 45)
        let plan = try await estate.plan("archive")
        #expect(plan.offsets.isEmpty)
        #expect(plan.warnings.count == 1)
        #expect(plan.warnings.first?.contains("group 'archive' has checkpoints but no commit on 'west'") == true)
        #expect(try await estate.plan("archive", sourceLost: true).changes == 1)
    }

    @Test func clustersThatCannotListGroups() async throws {
        let estate = try estate()
        estate.west.update { $0.unsupported = [.groups, .group] }
        estate.east.update { $0.unsupported = [.groups, .group] }
        // Not listed and without a checkpoint, but known by name.
        let named = try await estate.plan("search")
        #expect(named.planned("search", orders)?.action == .create)
        #expect(named.warnings.contains { $0.contains("can't list its groups") })
        #expect(try await estate.plan().groups == ["billing"])
        await #expect(throws: UnknownGroups.self) { _ = try await estate.plan("nope") }
    }

    @Test func statesOnTheTarget() async throws {
        let estate = try estate()
        estate.east.update { contents in
            contents.activate("billing")
            contents.activate("somebody-else")
        }
        let plan = try await estate.plan()
        #expect(plan.groupStates == ["billing": .stable])
        #expect(plan.checks.first { $0.kind == .groupActiveOnTarget }?.findings.map(\.group) == ["billing"])
    }

    @Test func planningChangesNothing() async throws {
        let estate = try estate()
        let (west, east) = (estate.west.contents, estate.east.contents)
        _ = try await estate.plan()
        #expect((estate.west.contents, estate.east.contents) == (west, east))
        let kinds = Set((estate.west.requests + estate.east.requests).map(\.kind))
        #expect(kinds.isDisjoint(with: [.commit, .createTopics]))
    }
}
