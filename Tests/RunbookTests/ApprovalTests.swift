import Cutover
import Foundation
import Testing

@testable import Runbooks

/// Positions are changed by what somebody has agreed to, and by nothing else.
@Suite struct ApprovalTests {
    private func book(_ steps: String) throws -> Rehearsed { try Rehearsed(Self.head + steps) }

    private static let head = """
        format-version: 1
        title: T
        purpose: P
        owner: O
        use-when: [always]
        clusters: {source: "a:1", target: "b:1"}
        steps:

        """
    private static let move = """
        - {id: plan, title: Plan, plan: {}}
        - {id: go, title: Go, approve: {question: "Go?", four-eyes: true}}
        - {id: more, title: More, approve: {question: "More?", four-eyes: true}}
        - id: move
          title: Move
          apply: {plan: plan}
          compensation: {title: Back, rollback: {run: move}}

        """

    /// What somebody types to say no, or nothing that can be read, is nobody's name; one name spelled otherwise is not a second person.
    @Test(arguments: [
        "n", "N", "nope", "false", "cancel", "\u{200B}", "\u{A0}", "\u{2060}\u{2060}", "...", "Jane\u{202E}x", "Ja\u{7}ne", "Jane\u{200B}",
        "ME", "ｍｅ", "m\u{E9}", "m\u{200D}e", "me\u{A0}",
    ]) func whatIsNoOtherPersonsName(_ name: String) async throws {
        let test = try book(Self.move)
        test.outside.reply("go", name, "Joe")
        test.outside.reply("more", "no")
        #expect(try await test.run() == .declined)
        #expect(test.outside.questions.filter { $0.step == "go" }.count == 2, "\(name) was taken")
        #expect(try test.history.latest("go")?.found["by"] == "Joe")
    }

    @Test(arguments: ["Jane Doe", "José Ñandú", "Łukasz", "王小明", "J. R. O'Neil-Smith", "نیلوفر\u{200C}ها"]) func whatIsAName(_ name: String) {
        #expect(ApproverNames(allowed: [], operators: ["me"], earlier: ["Joe"]).wanted(name) == nil)
    }

    @Test func anotherSpellingHasNotAgreedASecondTime() {
        let names = ApproverNames(allowed: [], operators: [], earlier: ["Jane  Doe"])
        for name in ["jane doe", "JANE DOE", "Jane\u{3000}Doe", "Jané Doe", "Ｊane Doe", " Jane Doe "] {
            #expect(names.wanted(name)?.contains("has approved before") == true, "\(name)")
        }
    }

    @Test(arguments: ["continue", "ask"]) func nothingGoesOnWithoutAnApproval(_ onFailure: String) throws {
        let text = Self.head + Self.move.replacing("four-eyes: true}}\n- {id: more", with: "four-eyes: true}, on-failure: \(onFailure)}\n- {id: more")
        #expect { _ = try Runbook(text, file: "t") } throws: { "\($0)".contains("'on-failure: \(onFailure)' does not go with 'approve'") }
    }

    @Test func whatUndoesMovesNothing() throws {
        let text = Self.head + Self.move + "- {id: x, title: X, command: {run: [x]}, compensation: {title: U, apply: {plan: plan}}}"
        #expect { _ = try Runbook(text, file: "t") } throws: { "\($0)".contains("'apply' is a step of its own") }
    }

    /// A plan that could not be made again leaves the old one's file behind.
    @Test func aPlanThatWasNotMadeIsNotApplied() async throws {
        let test = try book(Self.move.replacing("plan: {}}", with: "plan: {}, on-failure: continue}"))
        test.outside.reply("go", "Joe")
        #expect(try await test.run() == .paused)
        test.outside.end("plan", ProgramEnd(status: 1))
        test.outside.reply("more", "Ann")
        // The plan of before is in its file all the same.
        #expect(try await test.resume(from: "plan") == .stopped)
        #expect(try test.history.latest("plan")?.outcome == .failed)
        #expect(try test.history.latest("move")?.message == "the step 'plan' has made no plan: plan again")
        #expect(test.outside.effects.isEmpty)
    }

    private func moved() async throws -> (Rehearsed, child: String) {
        let test = try book(Self.move + "- {id: q, title: Q, manual: {question: \"Q?\"}}")
        test.outside.reply("go", "Joe")
        test.outside.reply("more", "Ann")
        #expect(try await test.run() == .paused)
        let child = try #require(try test.history.children(of: "move").first)
        return (test, test.folder.journals.path(of: RunID(rawValue: child)))
    }

    /// Nobody can say that it has moved nothing.
    @Test func aCutoverWhoseJournalIsDamagedIsNotTakenForNone() async throws {
        let (test, child) = try await moved()
        try String(contentsOfFile: child, encoding: .utf8).replacing("Joe", with: "Jim").write(toFile: child, atomically: true, encoding: .utf8)
        await #expect { _ = try await test.resume(from: "plan") } throws: { "\($0)".contains("has begun to move groups") }
        test.outside.end("rollback", ProgramEnd(status: 1, errors: Data("failover: the journal is damaged".utf8)))
        #expect(try await test.resume(rollBack: true) == .rolledBackInPart)
        #expect(try test.history.latest("move", undoes: true)?.outcome == .failed)
    }

    /// Its own journal has the plan: it goes on without the file.
    @Test func aMoveThatHasBegunGoesOnWithoutThePlansFile() async throws {
        let test = try book(Self.move)
        test.outside.reply("go", "Joe")
        test.outside.reply("more", "Ann")
        // After it was agreed to, before a group was moved.
        test.outside.die(Outside.Death(call: 5, isAfter: false))
        await #expect(throws: (any Error).self) { _ = try await test.run() }
        test.outside.die(nil)
        let history = try test.history
        let child = try #require(history.latest("move")?.child)
        #expect(history.latest("move")?.outcome == nil && test.folder.journals.holdsAgreedRun(child))
        try FileManager.default.removeItem(at: test.folder.folder(of: history.id).appendingPathComponent("plan.plan.json"))
        #expect(try await test.resume() == .completed)
        #expect(test.outside.effects.count == 1)
    }
}
