import Foundation
import Testing

@testable import Runbooks

/// A run that dies anywhere, and is taken up again, does everything once.
@Suite struct CrashTests {
    static let whole = """
        format-version: 1
        title: A move
        purpose: To be killed
        owner: tests
        use-when: [always]
        clusters: {source: "a:1", target: "b:1"}
        steps:
          - {id: say, title: Say, note: hello}
          - id: halt
            title: Halt what can't be halted twice
            command: {run: [halt, now]}
            compensation: {title: Go on, command: {run: [unhalt], repeatable: true}}
          - {id: plan, title: Plan, plan: {}}
          - {id: gate, title: Gate, gate: {require: plan.changes == 0}}
          - {id: ready, title: Ready, manual: {question: "Ready?"}}
          - {id: go, title: Go, approve: {question: "Go?"}}
          - id: move
            title: Move
            apply: {plan: plan}
            compensation: {title: Put back, rollback: {run: move}}
          - {id: look, title: Look, wait: {until: this.matched == 1, every: 1 s, verify: {}}, timeout: 5 s}
          - {id: tell, title: Tell, command: {run: [tell, "${move.run}"], repeatable: true}}
          - {id: check, title: Check, http: {url: "http://localhost/ok", contains: well}}
          - {id: last, title: Last, gate: {require: LAST}, on-failure: rollback}
        """

    private func rehearsed(last: String = "true", _ death: Outside.Death?) throws -> Rehearsed {
        let rehearsed = try Rehearsed(Self.whole.replacing("LAST", with: last))
        rehearsed.outside.reply("ready", "yes")
        rehearsed.outside.reply("go", "Jane")
        rehearsed.outside.die(death)
        return rehearsed
    }

    /// How many calls there are to die at.
    private func calls(last: String) async throws -> Int {
        let rehearsed = try rehearsed(last: last, nil)
        _ = try await rehearsed.run()
        return rehearsed.outside.calls
    }

    @Test func killedAnywhereItGoesOn() async throws {
        let calls = try await calls(last: "true")
        #expect(calls >= 9)
        for call in 1...calls {
            for isAfter in [false, true] {
                let death = Outside.Death(call: call, isAfter: isAfter), rehearsed = try rehearsed(death)
                await #expect(throws: (any Error).self, "\(death)") { _ = try await rehearsed.run() }
                #expect(try rehearsed.history.ending == nil)
                rehearsed.outside.die(nil)
                #expect(try await rehearsed.resume() == .completed, "\(death)")
                try expectDoneOnce(rehearsed, death)
                await #expect(throws: RunbookNotResumable.self) { _ = try await rehearsed.resume() }
            }
        }
    }

    private func expectDoneOnce(_ rehearsed: Rehearsed, _ death: Outside.Death) throws {
        let history = try rehearsed.history, effects = rehearsed.outside.effects
        #expect(try rehearsed.outcomes() == rehearsed.runbook.steps.map { "\($0.id) done" }, "\(death)")
        #expect(effects.filter { $0 == "halt now" }.count == 1, "\(death): \(effects)")
        let moves = effects.filter { $0.hasPrefix("moved") }
        #expect(moves.count == 1, "\(death): \(effects)")
        // It is the run that the runbook knows, and the one that its journal names.
        #expect(history.latest("move")?.found["run"] == .text(String(moves[0].dropFirst(6))))
        #expect(effects.contains("tell \(moves[0].dropFirst(6))"), "\(effects)")
        #expect(!effects.contains { $0.hasPrefix("put back") || $0.hasPrefix("unhalt") })
        // Evidence is what the journal says that it is.
        for evidence in history.attempts.flatMap(\.evidence) where !evidence.file.hasSuffix("plan.json") {
            let data = try Data(contentsOf: rehearsed.folder.folder(of: history.id).appendingPathComponent(evidence.file))
            #expect(Evidence(file: evidence.file, data) == evidence)
        }
    }

    @Test func killedAnywhereItGoesBack() async throws {
        let calls = try await calls(last: "false")
        for call in 1...calls {
            for isAfter in [false, true] {
                let death = Outside.Death(call: call, isAfter: isAfter), rehearsed = try rehearsed(last: "false", death)
                await #expect(throws: (any Error).self, "\(death)") { _ = try await rehearsed.run() }
                rehearsed.outside.die(nil)
                #expect(try await rehearsed.resume() == .rolledBack, "\(death)")
                let effects = rehearsed.outside.effects
                let moved = try #require(effects.firstIndex { $0.hasPrefix("moved") })
                #expect(effects.filter { $0.hasPrefix("moved") }.count == 1 && effects.filter { $0 == "halt now" }.count == 1, "\(death): \(effects)")
                // The last first.
                let back = try #require(effects.firstIndex { $0.hasPrefix("put back") }), on = try #require(effects.firstIndex(of: "unhalt"))
                #expect(moved < back && back < on && effects[back] == "put back \(effects[moved].dropFirst(6))", "\(death): \(effects)")
                await #expect(throws: RunbookNotResumable.self) { _ = try await rehearsed.resume() }
            }
        }
    }

    /// After each line of the journal, and within it.
    @Test func aJournalCutAnywhereIsTakenUp() async throws {
        let original = try rehearsed(nil)
        #expect(try await original.run() == .completed)
        let id = try #require(original.folder.ids.first), text = try Data(contentsOf: URL(fileURLWithPath: original.folder.journal(of: id)))
        let lines = text.split(separator: 0x0A, omittingEmptySubsequences: true)
        let effects = original.outside.effects
        for count in 1..<lines.count {
            for torn in [0, lines[count].count / 2] {
                // What had happened by then: each step's line before it was done is there.
                let before = lines[..<count].map { String(decoding: $0, as: UTF8.self) }.filter { $0.contains(#""step":"started""#) }
                original.outside.remember(effects.filter { effect in
                    before.contains { $0.contains(effect.hasPrefix("moved") ? String(effect.dropFirst(6)) : #""id":"\#(effect.prefix(4))""#) }
                })
                let whole = Data(lines[..<count].joined(separator: [0x0A])) + [0x0A], cut = whole + lines[count].prefix(torn)
                try cut.write(to: URL(fileURLWithPath: original.folder.journal(of: id)))
                original.outside.die(nil)
                #expect(try await original.resume() == .completed, "after line \(count), \(torn) bytes")
                let now = original.outside.effects
                #expect(now.count { $0 == "halt now" } == 1 && now.count { $0.hasPrefix("moved") } == 1, "after line \(count): \(now)")
            }
        }
    }

    @Test func aDamagedJournalIsRefused() async throws {
        let rehearsed = try rehearsed(nil)
        _ = try await rehearsed.run()
        let path = rehearsed.folder.journal(of: try #require(rehearsed.folder.ids.first))
        try String(contentsOfFile: path, encoding: .utf8).replacing("Jane", with: "Joan").write(toFile: path, atomically: true, encoding: .utf8)
        await #expect { _ = try await rehearsed.resume() } throws: { "\($0)".contains("changed after it was written") }
    }
}
