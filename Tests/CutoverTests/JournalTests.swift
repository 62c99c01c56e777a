@testable import Cutover
import Foundation
import InMemoryKafka
import KafkaClient
import Testing

/// The journal as a file.
@Suite struct JournalTests {
    private func withFolder<Result>(_ body: (URL) async throws -> Result) async throws -> Result {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("cutover-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        return try await body(folder)
    }

    private func estate() throws -> Estate {
        let estate = Estate()
        estate.mirror(place("orders"), upTo: 200, copiedTo: 200)
        try estate.sync(place("orders"), 50, 50)
        estate.commitOnSource("billing", place("orders"), 50)
        estate.commitOnTarget("billing", place("orders"), 10, metadata: "é\n\"")
        return estate
    }

    @Test func onlyItsOwnerCanReadIt() async throws {
        try await withFolder { folder in
            let file = folder.appendingPathComponent("journal.jsonl"), estate = try estate()
            _ = try await Executor(target: estate.east, journal: Journal(path: file.path)).apply(try await estate.plan())
            let mode = try FileManager.default.attributesOfItem(atPath: file.path)[.posixPermissions] as? Int
            #expect(mode == 0o600)
            let entries = try MemoryJournal.entries(Data(contentsOf: file))
            try #require(entries.map(\.step) == [.begin, .intent, .result, .end])
            #expect(entries[1].beforeMetadata == ["west.orders-0": "é\n\""])
        }
    }

    @Test func aSecondRunIsAppended() async throws {
        try await withFolder { folder in
            let file = folder.appendingPathComponent("journal.jsonl"), estate = try estate()
            let plan = try await estate.plan()
            for _ in 1...2 { _ = try await Executor(target: estate.east, journal: Journal(path: file.path)).apply(plan) }
            #expect(try MemoryJournal.entries(Data(contentsOf: file)).map(\.step) == [.begin, .intent, .result, .end, .begin, .result, .end])
        }
    }

    @Test func aLineCutShortDoesNotSwallowTheNext() async throws {
        try await withFolder { folder in
            let file = folder.appendingPathComponent("journal.jsonl"), estate = try estate()
            try Data(#"{"step":"int"#.utf8).write(to: file)
            _ = try await Executor(target: estate.east, journal: Journal(path: file.path)).apply(try await estate.plan())
            let lines = try String(contentsOf: file, encoding: .utf8).split(separator: "\n")
            #expect(lines.count == 5)
            #expect(try MemoryJournal.entries(Data(lines.dropFirst().joined(separator: "\n").utf8)).count == 4)
        }
    }

    @Test func aFullDiskMeansThatNothingIsDone() async throws {
        let estate = try estate()
        let plan = try await estate.plan()
        estate.east.forgetRequests()
        let before = estate.east.contents
        await #expect {
            _ = try await Executor(target: estate.east, journal: Journal(path: "/dev/full")).apply(plan)
        } throws: { error in
            error is JournalError && "\(error)".hasPrefix("the journal '/dev/full' can't be written: No space left on device.")
        }
        #expect(estate.east.contents == before)
        #expect(estate.east.requests.isEmpty)
    }

    @Test func anUnwritablePathIsAnErrorAtOnce() async throws {
        try await withFolder { folder in
            #expect(throws: JournalError.self) { try Journal(path: folder.appendingPathComponent("missing/journal.jsonl").path) }
            // A folder is no file.
            #expect { try Journal(path: folder.path) } throws: { ($0 as? JournalError)?.reason == "Is a directory" }
        }
    }

    @Test func nothingIsWrittenAfterAFailure() throws {
        let memory = MemoryJournal(lines: 0)
        let journal = memory.journal
        for _ in 1...2 { #expect(throws: JournalError.self) { try journal.append(.end(succeeded: true)) } }
        // The second complaint is the first one's.
        #expect(throws: JournalError.self) { try journal.append(.end(succeeded: true)) }
        #expect(try memory.entries.isEmpty)
    }
}
