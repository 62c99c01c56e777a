@testable import Cutover
import InMemoryKafka
import KafkaClient
import Synchronization
import MirroredEstate
import Testing

/// Whatever goes wrong in a drill: the real groups stand as they stood, and no shadow stays.
@Suite struct DrillFaultTests {
    private static let faults = Fault.Moment.allCases.flatMap { moment in
        [KafkaError.Code.timedOut, .groupAuthorizationFailed].map { Fault(moment, $0) }
    }

    @Test func aFaultAtEveryRequest() async throws {
        let clean = try DrillEstate()
        _ = try await clean.run()
        let (west, east) = (clean.estate.west.requests.count, clean.estate.east.requests.count)
        try #require(west > 3 && east > 20)
        var points = 0
        for (isWest, number) in (1...west).map({ (true, $0) }) + (1...east).map({ (false, $0) }) {
            for fault in Self.faults {
                let estate = try DrillEstate()
                (isWest ? estate.estate.west : estate.estate.east).fail(at: Trigger(number), fault)
                let report = try? await estate.run()
                let context = "\(fault) at request \(number) to \(isWest ? "west" : "east")"
                try estate.checkNothingIsLeft(context)
                #expect(report?.remaining.isEmpty != false, "\(context)")
                points += 1
            }
        }
        print("drill faults: \(points) points")
    }

    /// Killed, interrupted, or with a full disk: at every line of the journal.
    @Test func theJournalFailsAtEveryLine() async throws {
        let clean = try DrillEstate()
        _ = try await clean.run()
        let lines = try clean.journal.entries.count
        try #require(lines > 10)
        for capacity in 0..<lines {
            let estate = try DrillEstate(lines: capacity)
            let report = try? await estate.run()
            #expect(report == nil || report?.interruption != nil || capacity > 8, "full after \(capacity) lines")
            try estate.checkNothingIsLeft("full after \(capacity) lines")
        }
    }

    @Test func anInterruptionAtEveryRequestCleansUp() async throws {
        let clean = try DrillEstate()
        _ = try await clean.run()
        for number in 1...clean.cluster.requests.count {
            let estate = try DrillEstate()
            let drill = Mutex<Task<DrillReport, any Error>?>(nil)
            estate.cluster.beforeEachRequest { request, _ in
                if request.number == number { drill.withLock { $0?.cancel() } }
            }
            let running = Task {
                while drill.withLock({ $0 == nil }) { await Task.yield() }
                return try await estate.run()
            }
            drill.withLock { $0 = running }
            let report = try? await running.value
            try estate.checkNothingIsLeft("interrupted at request \(number)")
            #expect(report == nil || report?.interruption is CancellationError || report?.remaining.isEmpty == true)
        }
    }

    /// A drill that was killed at any request leaves what its journal names, and that is removed.
    @Test func aKilledDrillIsCleanedUpByItsJournal() async throws {
        let clean = try DrillEstate()
        _ = try await clean.run()
        for number in 1...clean.cluster.requests.count {
            let estate = try DrillEstate(), copy = MemoryJournal()
            // The cluster's and the journal's state at that moment, as the next process finds them.
            let east = InMemoryCluster("east")
            estate.cluster.beforeEachRequest { request, cluster in
                guard request.number == number else { return }
                let contents = cluster.contents
                east.update { $0 = contents }
                try? copy.write([estate.journal.text])
            }
            _ = try await estate.run()
            guard !copy.text.isEmpty, try copy.history.approval != nil else { continue }
            let shadows = try #require(try copy.history.shadows), ended = try estate.journal.history
            #expect(try copy.history.isKilledDrill && !ended.isKilledDrill, "killed at request \(number)")
            _ = await ShadowCleaning(shadows: ShadowGroups(of: RunID(rawValue: "d1")), target: east).clean(shadows)
            #expect(east.contents.groups.filter { $0.key.hasPrefix("drill.") }.allSatisfy { $0.value.commits.isEmpty })
            #expect(east.contents.groups["search"] == estate.cluster.contents.groups["search"])
        }
    }
}
