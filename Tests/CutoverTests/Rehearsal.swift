@testable import Cutover
import InMemoryKafka
import KafkaClient
import MirroredEstate
import OffsetTranslate
import Testing

/// A cutover of several groups with every kind of action, to be run again and again with something going wrong, and the
/// promises that hold whatever goes wrong.
struct Rehearsal {
    let estate = Estate()
    let journal = MemoryJournal()
    let before: ClusterContents
    var sourceLost = false
    var parallelism = 1

    init(sourceLost: Bool = false, parallelism: Int = 1) throws {
        self.sourceLost = sourceLost
        self.parallelism = parallelism
        let orders = place("orders"), more = place("orders", 1), stock = place("stock")
        for (partition, shift) in [(orders, 60), (more, 10), (stock, 0)] as [(TopicPartition, Int64)] {
            estate.mirror(partition, upTo: 500, copiedTo: 500 - shift)
            try estate.sync(partition, 100, 100 - shift, isStrict: true)
            try estate.sync(partition, 400, 400 - shift, strictAfter: (100, 100 - shift))
        }
        for (group, offset) in [("billing", 150), ("reports", 250), ("search", 350)] as [(String, Int64)] {
            for partition in [orders, more, stock] {
                estate.commitOnSource(group, partition, offset, metadata: "\(group) \(partition)")
                try estate.checkpoint(group, partition, offset, 1, metadata: "\(group) \(partition)")
            }
        }
        // billing: create all. reports: advance, rewind, keep. search: create, advance, create; it is known to the brokers.
        estate.commitOnTarget("reports", orders, 41)
        estate.commitOnTarget("reports", more, 300, metadata: "ahead")
        estate.commitOnTarget("reports", stock, 250, metadata: "right")
        estate.commitOnTarget("search", more, 20)
        estate.commitOnTarget("search", place("of-no-concern"), 7)
        estate.commitOnTarget("bystander", orders, 7)
        before = estate.east.contents
    }

    /// Where every group has to stand in the end.
    func planned() async throws -> [String: [TopicPartition: CommittedOffset]] {
        let plan = try await estate.plan(sourceLost: sourceLost)
        try #require(plan.offsets.count == 9 && plan.changes == 8)
        return plan.offsets.reduce(into: [:]) {
            $0[$1.group, default: [:]][$1.target] = $1.commit ?? $1.current
        }
    }

    enum End {
        case notPlanned(any Error)
        case interrupted(CutoverInterrupted)
        case ended([Outcome])

        var outcomes: [Outcome] {
            switch self {
            case .notPlanned: []
            case .interrupted(let error): error.outcomes
            case .ended(let outcomes): outcomes
            }
        }
    }

    /// Plans and applies, as the command does.
    func run(_ journal: MemoryJournal? = nil) async -> End {
        do {
            let plan = try await estate.plan(sourceLost: sourceLost)
            return .ended(try await plan.apply(estate, journal ?? self.journal, parallelism: parallelism))
        } catch let error as CutoverInterrupted {
            return .interrupted(error)
        } catch {
            return .notPlanned(error)
        }
    }

    /// Whatever went wrong: each partition of each group stands where it was or where it was planned to be, and the outcome
    /// says which.
    func check(_ end: End, _ planned: [String: [TopicPartition: CommittedOffset]], _ context: String) {
        let contents = estate.east.contents
        #expect(contents.topics == before.topics, "\(context)")
        #expect(Set(contents.groups.keys).isSubset(of: planned.keys + ["bystander"]), "\(context)")
        #expect(contents.groups["bystander"] == before.groups["bystander"], "\(context)")
        for (group, positions) in planned {
            let outcome = end.outcomes.first { $0.group == group }
            let remaining = Set(outcome?.remaining ?? [])
            for (partition, position) in positions {
                let stood = before.groups[group]?.commits[partition], stands = contents.groups[group]?.commits[partition]
                let context = "\(context): \(group) \(partition) was \(stood as Any), is \(stands as Any), planned \(position)"
                #expect(stands == stood || stands == position, "\(context)")
                if outcome == nil || stood == position {
                    #expect(stands == stood, "\(context)")
                } else if remaining.contains(partition) {
                    #expect(outcome?.failures.isEmpty == false, "\(context)")
                    #expect(outcome?.ending == .uncertain || outcome?.ending == .mixed || stands == stood, "\(context)")
                } else {
                    #expect(stands == position, "\(context)")
                    #expect(outcome?.committed[partition] == position.offset, "\(context)")
                }
            }
            func others(_ commits: [TopicPartition: CommittedOffset]?) -> [TopicPartition: CommittedOffset] {
                (commits ?? [:]).filter { positions[$0.key] == nil }
            }
            #expect(others(contents.groups[group]?.commits) == others(before.groups[group]?.commits), "\(context)")
        }
    }

    /// Intent before, result after, every line whole; nothing changed that is not intended in writing.
    func checkJournal(_ end: End, _ context: String) throws {
        let entries = try journal.entries
        if case .notPlanned = end { return #expect(entries.isEmpty, "\(context)") }
        #expect(entries.first?.step == .begin, "\(context)")
        #expect(entries.last?.step == .end, "\(context)")
        let succeeded = end.outcomes.allSatisfy(\.succeeded)
        #expect(entries.last?.succeeded == succeeded, "\(context)")
        for outcome in end.outcomes {
            let own = entries.filter { $0.group == outcome.group }
            #expect(own.last?.step == .result, "\(context)")
            #expect(own.last?.outcome == outcome, "\(context)")
            #expect(own.map(\.step) == [.planned, .intent, .result] || own.map(\.step) == [.planned, .result], "\(context)")
            let isChanged = estate.east.contents.groups[outcome.group] != before.groups[outcome.group]
            #expect(!isChanged || own.count == 3, "\(context)")
            if own.count == 3 {
                let stood = before.groups[outcome.group]?.commits ?? [:], moves = own[1].moves ?? []
                for step in moves { #expect(step.expected == stood[step.partition], "\(context)") }
                #expect(Set(moves.map(\.partition)) == Set(outcome.remaining + outcome.committed.keys), "\(context)")
            }
        }
    }

    // MARK: Afterwards

    /// What an operator does then.
    enum Recovery: CaseIterable {
        /// The same command once more.
        case rerun
        case resume
        case rollback
    }

    /// Goes on, or back.
    @discardableResult
    func recover(_ recovery: Recovery, _ journal: MemoryJournal? = nil) async throws -> [Outcome] {
        let journal = journal ?? self.journal
        switch recovery {
        case .rerun: return await run(MemoryJournal()).outcomes
        case .resume: return try await journal.reopened(on: estate.east).resume(by: .test)
        case .rollback: return try await journal.reopened(on: estate.east).rollBack(by: .test)
        }
    }

    /// With nothing in its way any more: everything stands as planned, or as it stood before; and the journal says so.
    func check(
        _ recovery: Recovery, after end: End, _ planned: [String: [TopicPartition: CommittedOffset]], _ context: String,
        _ journal: MemoryJournal? = nil
    ) async throws {
        estate.east.clearFaults()
        estate.west.clearFaults()
        estate.east.beforeEachRequest(nil)
        let journal = journal ?? self.journal
        // Nothing was begun, so there is nothing to take up.
        var recovery = recovery
        if case .notPlanned = end { recovery = .rerun }
        let outcomes = try await recover(recovery, journal)
        for outcome in outcomes { #expect(outcome.succeeded, "\(context), \(recovery): \(outcome)") }
        let contents = estate.east.contents
        for (group, positions) in planned {
            for (partition, position) in positions {
                let wanted = recovery == .rollback ? before.groups[group]?.commits[partition] : position
                let stands = contents.groups[group]?.commits[partition]
                #expect(stands == wanted, "\(context): \(group) \(partition) after \(recovery)")
            }
        }
        guard recovery != .rerun else { return }
        let history = try journal.history
        #expect(history.succeeded == true, "\(context)")
        if recovery == .resume { #expect(history.unfinished.isEmpty, "\(context)") }
        // What it leaves in doubt, it does not call done.
        for (group, record) in history.groups { #expect(record.outcome != nil, "\(context): \(group)") }
    }
}
