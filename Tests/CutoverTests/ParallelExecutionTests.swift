@testable import Cutover
import InMemoryKafka
import KafkaClient
import Synchronization
import MirroredEstate
import Testing

/// Several groups under way at the same time.
@Suite struct ParallelExecutionTests {
    private let names = (10..<50).map { "group-\($0)" }

    private func estate() throws -> Estate {
        let estate = Estate()
        estate.mirror(place("orders"), upTo: 200, copiedTo: 200)
        try estate.sync(place("orders"), 50, 50)
        for name in names { estate.commitOnSource(name, place("orders"), 50) }
        return estate
    }

    /// Groups between their first and their last request.
    private final class Gauge: Sendable {
        private let state = Mutex((open: Set<String>(), most: 0, requests: [String: [Request.Kind]]()))
        var most: Int { state.withLock { $0.most } }
        var requests: [String: [Request.Kind]] { state.withLock { $0.requests } }

        func note(_ request: Request) {
            let groups = request.group.map { [$0] } ?? []
            state.withLock { state in
                for group in groups {
                    state.requests[group, default: []].append(request.kind)
                    state.open.insert(group)
                }
                state.most = max(state.most, state.open.count)
            }
        }

        func end(_ group: String) { state.withLock { _ = $0.open.remove(group) } }
    }

    @Test(arguments: [1, 2, 16, 1000])
    func neverMoreThanTheLimit(limit: Int) async throws {
        let estate = try estate()
        let plan = try await estate.plan(), journal = MemoryJournal(), gauge = Gauge()
        estate.east.beforeEachRequest { request, _ in
            gauge.note(request)
            try? await Task.sleep(for: .milliseconds(1))
        }
        let told = Mutex<[String]>([])
        let outcomes = try await plan.apply(estate, journal, parallelism: limit) { outcome in
            gauge.end(outcome.group)
            told.withLock { $0.append(outcome.group) }
        }
        #expect(outcomes.map(\.group) == names)
        #expect(outcomes.allSatisfy { $0.succeeded })
        let toldOf = told.withLock { $0 }
        #expect(toldOf.sorted() == names)
        #expect(gauge.most <= limit)
        #expect(limit == 1 || gauge.most > 1)
        for name in names { #expect(gauge.requests[name] == [.committedOffsets, .commit, .committedOffsets]) }
        // Lines are whole, and in order within each group.
        let entries = try journal.entries
        #expect(entries.count == 3 + 3 * names.count)
        for name in names { #expect(entries.filter { $0.group == name }.map(\.step) == [.planned, .intent, .result]) }
    }

    @Test func oneGroupsTroubleIsNotAnothers() async throws {
        let estate = try estate()
        let plan = try await estate.plan()
        estate.east.update { $0.activate("group-20") }
        estate.east.fail(at: Trigger(1, .commit, of: "group-30"), Fault(.before))
        let outcomes = try await plan.apply(estate)
        #expect(outcomes.filter { !$0.succeeded }.map(\.group) == ["group-20", "group-30"])
        #expect(outcomes.count == names.count)
    }

    @Test(arguments: [1, 4, 16])
    func nothingIsTakenUpOnceTheJournalFails(limit: Int) async throws {
        let estate = try estate()
        let plan = try await estate.plan(), journal = MemoryJournal(lines: 2 + names.count + 18)
        // What planning asked for.
        estate.east.forgetRequests()
        let told = Mutex(0)
        do {
            _ = try await plan.apply(estate, journal, parallelism: limit) { _ in told.withLock { $0 += 1 } }
            Issue.record("the failure was swallowed")
        } catch let error as CutoverInterrupted {
            #expect(error.cause is JournalError)
            let toldOf = told.withLock { $0 }
            #expect(toldOf == error.outcomes.count)
            #expect(error.outcomes.count + error.notStarted.count == names.count)
            #expect(error.notStarted.count >= names.count - 10 - 2 * limit)
            let stands = estate.east.contents.groups.filter { $0.value.commits[place("west.orders")]?.offset == 50 }.keys.sorted()
            #expect(error.done == stands)
            let asked = Set(estate.east.requests.compactMap(\.group))
            #expect(asked.isDisjoint(with: error.notStarted))
            let commits = Set(estate.east.requests.filter { $0.kind == .commit }.compactMap(\.group))
            #expect(commits.isDisjoint(with: error.notStarted))
            #expect("\(error)".contains("Done, committed and read back: group-10"))
        }
    }

    @Test func aCancelledCutoverSaysWhatIsDone() async throws {
        let estate = try estate()
        let plan = try await estate.plan(), journal = MemoryJournal()
        let task = Task {
            try await plan.apply(estate, journal, parallelism: 2) { outcome in
                if outcome.group == "group-15" { withUnsafeCurrentTask { $0?.cancel() } }
            }
        }
        await #expect { _ = try await task.value } throws: { error in
            guard let error = error as? CutoverInterrupted else { return false }
            return error.cause is CancellationError && error.done.contains("group-15") && error.notStarted.count > 25
                && error.outcomes.allSatisfy(\.succeeded) && "\(error)".hasPrefix("the cutover was interrupted: cancelled")
        }
        #expect(try journal.entries.last?.step == .end)
        #expect(try journal.entries.last?.succeeded == false)
    }
}
