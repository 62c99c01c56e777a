@testable import Cutover
import Foundation
import InMemoryKafka
import KafkaClient
import MirroredEstate
import TestSupport
import Testing

/// The journal as a file.
@Suite struct JournalTests {
    private func withFolder<Result>(_ body: (URL) async throws -> Result) async throws -> Result {
        let folder = scratch.appendingPathComponent("cutover-\(UUID().uuidString)")
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

    private func begin(_ plan: CutoverPlan, _ path: String, _ estate: Estate) async throws -> CutoverRun {
        try await CutoverRun.begin(plan, Approval(manner: "--yes"), by: .test, id: .new(), journal: path, on: estate.east)
    }

    @Test func onlyItsOwnerCanReadIt() async throws {
        try await withFolder { folder in
            let file = folder.appendingPathComponent("journal.jsonl"), estate = try estate()
            _ = try await begin(try await estate.plan(), file.path, estate).apply()
            let mode = try FileManager.default.attributesOfItem(atPath: file.path)[.posixPermissions] as? Int
            #expect(mode == 0o600)
            let entries = try MemoryJournal.entries(Data(contentsOf: file))
            try #require(entries.map(\.step) == [.begin, .planned, .agreed, .intent, .result, .end])
            #expect(entries[3].moves?.first?.expected?.metadata == "é\n\"")
        }
    }

    @Test func eachRunHasItsOwn() async throws {
        try await withFolder { folder in
            let file = folder.appendingPathComponent("journal.jsonl"), estate = try estate()
            let plan = try await estate.plan()
            _ = try await begin(plan, file.path, estate).apply()
            let text = try Data(contentsOf: file)
            await #expect { _ = try await begin(plan, file.path, estate) } throws: { "\($0)".contains("each run has its own") }
            #expect(try Data(contentsOf: file) == text)
        }
    }

    /// While a run is live, nobody else takes it up.
    @Test func aLiveRunIsLeftAlone() async throws {
        try await withFolder { folder in
            let file = folder.appendingPathComponent("journal.jsonl"), estate = try estate()
            let run = try await begin(try await estate.plan(), file.path, estate)
            await #expect { _ = try await CutoverRun.open(file.path, on: estate.east) } throws: { "\($0)".contains("that run is live") }
            _ = try await run.apply()
        }
    }

    @Test func aLineCutShortIsDroppedByTheNextRun() async throws {
        try await withFolder { folder in
            let file = folder.appendingPathComponent("journal.jsonl"), estate = try estate()
            _ = try await begin(try await estate.plan(), file.path, estate)
            var text = try Data(contentsOf: file)
            text += Data(#"{"group":"bil"#.utf8)
            try text.write(to: file)
            #expect(try RunHistory(text).discardedBytes == 13)
            let outcomes = try await CutoverRun.open(file.path, on: estate.east).resume(by: .test)
            #expect(outcomes.map(\.ending) == [.moved])
            let entries = try MemoryJournal.entries(Data(contentsOf: file))
            #expect(entries.map(\.step) == [.begin, .planned, .agreed, .resume, .intent, .result, .end])
            #expect(entries[3].discardedBytes == 13)
        }
    }

    @Test func aFullDiskMeansThatNothingIsDone() async throws {
        let estate = try estate()
        let plan = try await estate.plan()
        estate.east.forgetRequests()
        let before = estate.east.contents
        await #expect {
            _ = try await begin(plan, "/dev/full", estate).apply()
        } throws: { error in
            error is JournalError && "\(error)".hasPrefix("the journal '/dev/full' can't be written: No space left on device.")
        }
        #expect(estate.east.contents == before)
        #expect(estate.east.requests.isEmpty)
    }

    @Test func anUnwritablePathIsAnErrorAtOnce() async throws {
        try await withFolder { folder in
            await #expect(throws: JournalError.self) { try await JournalFile(path: folder.appendingPathComponent("missing/journal.jsonl").path) }
            // A folder is no file.
            await #expect { try await JournalFile(path: folder.path) } throws: { ($0 as? JournalError)?.reason == "Is a directory" }
        }
    }

    /// A run that ends, or somebody who asks whether it is live, may hold the file an instant longer than it seems.
    @Test func aFileThatIsBeingLetGoOfIsWaitedFor() async throws {
        try await withFolder { folder in
            let path = folder.appendingPathComponent("journal.jsonl").path
            var first: JournalFile? = try await JournalFile(path: path)
            await #expect {
                try await JournalFile(path: path, patience: .milliseconds(50))
            } throws: { ($0 as? JournalError)?.reason == "another process is writing it, so that run is live" }
            #expect(first != nil && JournalFile.isLive(path: path))
            async let second = JournalFile(path: path, patience: .seconds(60))
            try await Task.sleep(for: .milliseconds(50))
            first = nil
            _ = try await second
        }
    }

    @Test func nothingIsWrittenAfterAFailure() async throws {
        let memory = MemoryJournal(lines: 0)
        let journal = memory.journal
        for _ in 1...3 { await #expect(throws: JournalError.self) { try await journal.append(JournalEntry(.end)) } }
        // The second complaint is the first one's.
        #expect(memory.batches == 1)
        #expect(try memory.entries.isEmpty)
    }

    /// Any line changed, left out, doubled or moved is found; the end cut off shows.
    @Test func theChainHolds() async throws {
        let estate = try estate(), journal = MemoryJournal()
        _ = try await estate.plan().apply(estate, journal)
        let lines = journal.text.split(separator: 0x0A).map { Data($0) }
        func history(_ lines: [Data]) throws -> RunHistory { try RunHistory(lines.reduce(into: Data()) { $0 += $1 + [0x0A] }) }
        #expect(try history(lines).succeeded == true)
        for index in lines.indices {
            var changed = lines
            let text = String(decoding: lines[index], as: UTF8.self)
            // Times are in every line.
            changed[index] = Data(text.replacing(#""time":"20"#, with: #""time":"21"#).utf8)
            try #require(changed != lines)
            if index < lines.count - 1 { #expect(throws: JournalDamage.self) { try history(changed) } }
            changed = lines
            changed.remove(at: index)
            if index < lines.count - 1 { #expect(throws: JournalDamage.self) { try history(changed) } }
            changed = lines
            changed.insert(lines[index], at: index)
            #expect(throws: JournalDamage.self) { try history(changed) }
            changed = lines
            changed.swapAt(index, (index + 1) % lines.count)
            #expect(throws: JournalDamage.self) { try history(changed) }
            if index > 0 { #expect(try history(Array(lines[..<index])).succeeded == nil) }
        }
    }

    /// FIPS 180-2's own examples.
    @Test func theHashIsSHA256() {
        #expect(sha256(Data("abc".utf8)) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
        #expect(sha256(Data()) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
    }

    /// Whoever waits at the same time shares one write to disk.
    @Test func linesThatWaitTogetherGoTogether() async throws {
        let memory = MemoryJournal(), journal = memory.journal
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            for _ in 0..<200 { tasks.addTask { try await journal.append(JournalEntry(.result)) } }
            try await tasks.waitForAll()
        }
        #expect(try memory.entries.count == 200)
        #expect(memory.batches < 200)
    }
}
