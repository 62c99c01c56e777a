import Foundation
import Testing

@testable import Runbooks

/// What a run that is taken up does with what was done, failed, or was decided before.
@Suite struct TakenUpTests {
    private func book(_ steps: String) throws -> Rehearsed {
        try Rehearsed("""
            format-version: 1
            title: T
            purpose: P
            owner: O
            use-when: [always]
            clusters: {source: "a:1", target: "b:1"}
            steps:
            \(steps)
            """)
    }

    /// Cuts the journal after its last line with this in it, as a crash does.
    private func cut(_ test: Rehearsed, after mark: String) throws {
        let path = test.folder.journal(of: try #require(test.folder.ids.first))
        let lines = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n")
        let last = try #require(lines.lastIndex { $0.contains(mark) })
        try (lines[...last].joined(separator: "\n") + "\n").write(toFile: path, atomically: true, encoding: .utf8)
    }

    /// Who was asked what to do about a failure and had not answered when the process died is asked, and nothing is run again meanwhile.
    @Test func aFailureThatNobodyDecidedAboutIsAskedAbout() async throws {
        let test = try book("- {id: a, title: A, on-failure: ask, command: {run: [a]}}")
        test.outside.end("a", ProgramEnd(status: 1))
        #expect(try await test.run() == .paused)
        try cut(test, after: #""step":"ended""#)
        #expect(try await test.resume() == .paused)
        #expect(test.outside.effects == ["a"])
        test.outside.reply("a", "continue")
        #expect(try await test.resume() == .completed)
        #expect(test.outside.effects == ["a"])
    }

    @Test(arguments: ["ask", "rollback"]) func whatWasToBeRolledBackIsNotTriedAgain(_ onFailure: String) async throws {
        let test = try book("""
            - {id: z, title: Z, command: {run: [z]}, compensation: {title: Unz, command: {run: [unz]}}}
            - {id: a, title: A, on-failure: \(onFailure), command: {run: [a]}}
            """)
        test.outside.end("a", ProgramEnd(status: 1))
        test.outside.reply("a", "rollback")
        #expect(try await test.run() == .rolledBack)
        try cut(test, after: onFailure == "ask" ? #""step":"answered""# : #""outcome":"failed""#)
        test.outside.remember(["z", "a"])
        #expect(try await test.resume() == .rolledBack)
        #expect(test.outside.effects == ["z", "a", "unz"])
    }

    /// An answer that was written beforehand tries again once.
    @Test func retryingEndsWithoutAnybodyThere() async throws {
        var test = try book("- {id: a, title: A, on-failure: ask, command: {run: [a]}}")
        test.answers = try Answers("failures: {a: retry}", file: "f", for: test.runbook)
        test.outside.end("a", Array(repeating: ProgramEnd(status: 1), count: 50))
        #expect(try await test.run() == .paused)
        #expect(test.outside.effects == ["a", "a"])
    }

    /// To go back does not say that what can't be done twice is done twice.
    @Test func whatIsNotRepeatableIsAskedAboutAfterGoingBack() async throws {
        let test = try book("""
            - {id: n, title: N, note: no}
            - {id: a, title: A, command: {run: [a]}}
            - {id: b, title: B, command: {run: [b, "${a.output}"], repeatable: true}}
            - {id: q, title: Q, manual: {question: "Q?"}}
            """)
        #expect(try await test.run() == .paused)
        test.outside.reply("a", "done")
        #expect(try await test.resume(from: "n") == .paused)
        #expect(test.outside.effects == ["a", "b said by a", "b said by a"])
        #expect(test.outside.questions.contains { $0.step == "a" && $0.text.contains("before somebody went back") })
        #expect(try test.history.latest("a")?.isSuperseded == false && test.history.latest("a")?.outcome == .done)
        test.outside.reply("a", "again")
        #expect(try await test.resume(from: "n") == .paused)
        #expect(test.outside.effects.filter { $0 == "a" }.count == 2)
    }

    /// One that was killed half-way, too.
    @Test func whatHasNoEndIsAskedAboutAfterGoingBack() async throws {
        let test = try book("""
            - {id: n, title: N, note: no}
            - {id: a, title: A, command: {run: [a]}}
            """)
        test.outside.die(Outside.Death(call: 1, isAfter: true))
        await #expect(throws: (any Error).self) { _ = try await test.run() }
        test.outside.die(nil)
        test.outside.reply("a", "done")
        #expect(try await test.resume(from: "n") == .completed)
        #expect(test.outside.effects == ["a"])
    }

    /// What stands behind a list that is empty is no program.
    @Test func anArgumentIsNoProgram() async throws {
        var test = try Rehearsed("""
            format-version: 1
            title: T
            purpose: P
            owner: O
            use-when: [always]
            parameters: {c: {type: command, description: C, default: []}}
            steps:
            - {id: a, title: A, command: {run: ["${parameters.c}", "evil"]}}
            """)
        #expect(try await test.run() == .stopped)
        #expect(try test.history.latest("a")?.message == "no program is named")
        #expect(test.outside.effects.isEmpty)
        test = try Rehearsed(test.text)
        try test.parameters.add(settings: [#"c=["x", "y"]"#])
        #expect(try await test.run() == .completed)
        #expect(test.outside.effects == ["x y evil"])
    }
}
