@testable import Cutover
import InMemoryKafka
import KafkaClient
import MirroredEstate
import Testing

/// A fault at every request of a cutover, from the first look of the plan to the last reading back.
@Suite struct FaultEnumerationTests {
    /// What the client raises, what brokers answer for a while, and what they answer for good.
    private static let codes: [KafkaError.Code] = [
        .timedOut, .transport, .notCoordinator, .coordinatorLoadInProgress, .groupAuthorizationFailed, .unknownMember, .fenced,
    ]
    private static let faults = Fault.Moment.allCases.flatMap { moment in codes.map { Fault(moment, $0) } }

    private func requests(_ sourceLost: Bool) async throws -> (west: Int, east: Int) {
        let rehearsal = try Rehearsal(sourceLost: sourceLost)
        let planned = try await Rehearsal(sourceLost: sourceLost).planned()
        let end = await rehearsal.run()
        rehearsal.check(end, planned, "clean")
        try rehearsal.checkJournal(end, "clean")
        try #require(end.outcomes.count == 3 && end.outcomes.allSatisfy(\.succeeded))
        return (rehearsal.estate.west.requests.count, rehearsal.estate.east.requests.count)
    }

    @Test(arguments: [true, false], Rehearsal.Recovery.allCases)
    func aFaultAtEveryRequest(sourceLost: Bool, recovery: Rehearsal.Recovery) async throws {
        let count = try await requests(sourceLost), parallelism = recovery == .resume ? 16 : 1
        let planned = try await Rehearsal(sourceLost: sourceLost).planned()
        var points = 0, moved = 0, carriedOut = 0
        for (isWest, number) in (1..<count.west + 1).map({ (true, $0) }) + (1..<count.east + 1).map({ (false, $0) }) {
            for fault in Self.faults {
                let rehearsal = try Rehearsal(sourceLost: sourceLost, parallelism: parallelism)
                let context = "\(fault) at request \(number) to \(isWest ? "west" : "east")"
                (isWest ? rehearsal.estate.west : rehearsal.estate.east).fail(at: Trigger(number), fault)
                let end = await rehearsal.run()
                rehearsal.check(end, planned, context)
                try rehearsal.checkJournal(end, context)
                try await rehearsal.check(recovery, after: end, planned, context)
                points += 1
                moved += end.outcomes.filter(\.succeeded).count
                if case .ended = end { carriedOut += 1 }
            }
        }
        // One group's trouble is not another's: at least two of three move where the plan came about.
        #expect(carriedOut > 100 && moved >= 2 * carriedOut)
        print("cutover faults, source \(sourceLost ? "lost" : "alive"), then \(recovery): \(points) points")
    }

    /// Going on, and going back, may fail at every request as well.
    @Test(arguments: [Rehearsal.Recovery.resume, .rollback])
    func aFaultAtEveryRequestOfARecovery(recovery: Rehearsal.Recovery) async throws {
        let planned = try await Rehearsal(sourceLost: true).planned()
        /// A run with one group's commit lost on the way, to be gone on with or undone.
        func begun() async throws -> Rehearsal {
            let rehearsal = try Rehearsal(sourceLost: true)
            rehearsal.estate.east.fail(at: Trigger(1, .commit, of: "reports"), Fault(.after))
            rehearsal.estate.east.fail(at: Trigger(3, .committedOffsets, of: "reports"), Fault(.before))
            let end = await rehearsal.run()
            try #require(end.outcomes.map(\.ending) == [.moved, .uncertain, .moved])
            rehearsal.estate.east.clearFaults()
            rehearsal.estate.east.forgetRequests()
            return rehearsal
        }
        let clean = try await begun()
        try await clean.recover(recovery)
        let count = clean.estate.east.requests.count
        try #require(count > 4)
        var points = 0
        for number in 1...count {
            for fault in Self.faults {
                let rehearsal = try await begun()
                rehearsal.estate.east.fail(at: Trigger(number), fault)
                _ = try? await rehearsal.recover(recovery)
                let context = "\(fault) at request \(number) of a \(recovery)"
                try await rehearsal.check(recovery, after: .ended([]), planned, context)
                points += 1
            }
        }
        print("cutover faults during a \(recovery): \(points) points")
    }

    /// A commit whose answer is lost is the worst case: then anything else may fail too.
    @Test func twoFaultsAtAnyTwoRequestsToTheTarget() async throws {
        let count = try await requests(true).east
        let planned = try await Rehearsal(sourceLost: true).planned()
        let kinds = [Fault(.before, .timedOut), Fault(.after, .timedOut), Fault(.after, .groupAuthorizationFailed)]
        var points = 0
        for first in 1..<count {
            for second in first + 1...count {
                for one in kinds {
                    for other in kinds {
                        let rehearsal = try Rehearsal(sourceLost: true)
                        rehearsal.estate.east.fail(at: Trigger(first), one)
                        rehearsal.estate.east.fail(at: Trigger(second), other)
                        let context = "\(one) at request \(first), \(other) at \(second)"
                        let end = await rehearsal.run()
                        rehearsal.check(end, planned, context)
                        try rehearsal.checkJournal(end, context)
                        let recovery = Rehearsal.Recovery.allCases[points % Rehearsal.Recovery.allCases.count]
                        try await rehearsal.check(recovery, after: end, planned, context)
                        points += 1
                    }
                }
            }
        }
        print("cutover faults, two at a time: \(points) points")
    }

    /// The target goes away for good at any moment, and comes back for the second run.
    @Test func theTargetDiesAtEveryRequest() async throws {
        let count = try await requests(true).east
        let planned = try await Rehearsal(sourceLost: true).planned()
        for number in 1...count {
            for moment in Fault.Moment.allCases {
                let rehearsal = try Rehearsal(sourceLost: true, parallelism: 2)
                rehearsal.estate.east.fail(at: Trigger(number), Fault(moment, .transport))
                for later in number + 1...count + 1 { rehearsal.estate.east.fail(at: Trigger(later), Fault(.before, .allBrokersDown)) }
                let end = await rehearsal.run()
                let context = "dead from request \(number) on, \(moment)"
                rehearsal.check(end, planned, context)
                try rehearsal.checkJournal(end, context)
                try await rehearsal.check(moment == .before ? .resume : .rollback, after: end, planned, context)
            }
        }
    }

    /// The process is killed at any request: right before it is sent, or when the brokers have acted. Nothing more is written, nothing
    /// more is sent.
    @Test(arguments: [1, 3], Rehearsal.Recovery.allCases)
    func theProcessIsKilledAtEveryRequest(parallelism: Int, recovery: Rehearsal.Recovery) async throws {
        let count = try await requests(true).east
        let planned = try await Rehearsal(sourceLost: true).planned()
        var points = 0
        for number in 1...count {
            for moment in Fault.Moment.allCases {
                let rehearsal = try Rehearsal(sourceLost: true, parallelism: parallelism)
                let east = rehearsal.estate.east, journal = rehearsal.journal
                east.fail(at: Trigger(number), Fault(moment, .transport))
                for later in number + 1...count + 20 { east.fail(at: Trigger(later), Fault(.before, .transport)) }
                east.beforeEachRequest { request, _ in if request.number >= number { journal.die() } }
                let end = await rehearsal.run()
                let context = "killed at request \(number), \(moment) it acts"
                rehearsal.check(end, planned, context)
                let begun = (try? MemoryJournal(text: journal.text).history.approval) != nil
                try await rehearsal.check(
                    recovery, after: begun ? .ended([]) : .notPlanned(CancellationError()), planned, context, MemoryJournal(text: journal.text))
                points += 1
            }
        }
        print("cutover killed, \(parallelism) at a time, then \(recovery): \(points) points")
    }

    /// The journal's disk is full from any line on, or the process is killed there.
    @Test(arguments: [1, 2, 16], Rehearsal.Recovery.allCases)
    func theJournalFailsAtEveryLine(parallelism: Int, recovery: Rehearsal.Recovery) async throws {
        let planned = try await Rehearsal(sourceLost: true).planned()
        let clean = try Rehearsal(sourceLost: true)
        _ = await clean.run()
        let lines = try clean.journal.entries.count
        try #require(lines == 12)
        for capacity in 0..<lines {
            let rehearsal = try Rehearsal(sourceLost: true, parallelism: parallelism)
            let journal = MemoryJournal(lines: capacity)
            let end = await rehearsal.run(journal)
            let context = "full after \(capacity) lines"
            rehearsal.check(end, planned, context)
            let intended = try journal.entries.filter { $0.step == .intent }.compactMap(\.group)
            let committed = rehearsal.estate.east.requests.filter { $0.kind == .commit }.compactMap(\.group)
            // Lines go to disk together, so an intent may be there that was never acted on.
            #expect(Set(committed).isSubset(of: intended), "\(context)")
            switch end {
            case .ended: Issue.record("\(context): the failure was swallowed")
            case .notPlanned(let error):
                #expect(error is JournalError && capacity < 5, "\(context): \(error)")
                #expect(rehearsal.estate.east.contents == rehearsal.before, "\(context)")
            case .interrupted(let error):
                #expect(error.cause is JournalError, "\(context)")
                #expect(error.done.sorted() == committed.sorted(), "\(context)")
                #expect(Set(error.outcomes.map(\.group) + error.notStarted) == Set(planned.keys), "\(context)")
                for group in error.done { #expect("\(error)".contains(group), "\(context)") }
            }
            if case .notPlanned = end { continue }
            try await rehearsal.check(recovery, after: end, planned, context, MemoryJournal(text: journal.text))
        }
    }
}
