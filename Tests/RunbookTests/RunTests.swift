import Foundation
import TestSupport
import Testing

@testable import Runbooks

/// What a run does with its steps' outcomes and people's answers.
@Suite struct RunTests {
    private func book(_ steps: String, parameters: String = "{}") throws -> Rehearsed {
        try Rehearsed("""
            format-version: 1
            title: T
            purpose: P
            owner: O
            use-when: [always]
            parameters: \(parameters)
            clusters: {source: "a:1", target: "b:1"}
            steps:
            \(steps.split(separator: "\n").map { "  " + $0 }.joined(separator: "\n"))
            """)
    }

    private let approval = """
        - {id: plan, title: Plan, plan: {}}
        - {id: go, title: Go, approve: {question: "Go?", by: [Jane, me, Joe], four-eyes: true}}
        - {id: more, title: More, approve: {question: "More?", four-eyes: true}}
        - {id: move, title: Move, apply: {plan: plan, accepting: [rewind, groupActiveOnTarget]}}
        """

    // MARK: Approvals

    @Test func approvalsAreByName() async throws {
        let test = try book(approval)
        test.outside.reply("go", "yes", "", "Ann", "me", "Jane")
        test.outside.reply("more", "jane", "OK", "Joe")
        #expect(try await test.run() == .completed)
        let problems = test.outside.questions.map { "\($0.step): \($0.problem ?? "-")" }
        #expect(problems == [
            "go: -", "go: That takes the name of who approves, or no, not 'yes'.", "go: That takes a name, or no.", "go: That takes one of Jane, me, Joe.",
            "go: That takes somebody else than me, who runs this.", "more: -", "more: That takes somebody else than jane, who has approved before.",
            "more: That takes the name of who approves, or no, not 'OK'.",
        ])
        #expect(try test.history.latest("more")?.answers.map(\.by) == ["Joe"])
        let apply = try #require(test.outside.programs.first { $0.arguments[0] == "apply" })
        #expect(Array(apply.arguments.prefix(5)) == ["apply", "--source=a:1", "--target=b:1", "--allow-rewind", "--leave-out-active"])
        #expect(apply.arguments.contains("--approved-by=Jane, Joe (runbook run \(try test.history.id))") && apply.arguments.contains("--yes"))
    }

    @Test func noIsNo() async throws {
        let test = try book(approval)
        test.outside.reply("go", "no")
        #expect(try await test.run() == .declined)
        #expect(try test.outcomes() == ["plan done", "go failed", "more -", "move -"] && test.outside.effects.isEmpty)
        test.outside.reply("go", "Jane")
        test.outside.reply("more", "Joe")
        #expect(try await test.resume() == .completed)
    }

    /// There is no default, neither in a file of answers nor for want of a terminal.
    @Test func whatIsNotAnsweredPauses() async throws {
        var test = try book(approval)
        #expect(try await test.run() == .paused)
        #expect(try await test.resume() == .paused)
        test.answers = try Answers("approvals: {go: Jane}", file: "answers", for: test.runbook)
        #expect(try await test.resume() == .paused)
        #expect(try test.outcomes() == ["plan done", "go done", "more -", "move -"])
        test.answers = try Answers("approvals: {more: yes}", file: "answers", for: test.runbook)
        #expect(try await test.resume() == .stopped)
        #expect(try test.history.latest("more")?.message?.contains("the name of who approves") == true)
        test.answers = try Answers("approvals: {more: Joe}", file: "answers", for: test.runbook)
        #expect(try await test.resume() == .completed)
        // An open question stays one attempt.
        #expect(try test.history.attempts.count { $0.id == "go" } == 1 && test.history.parts.count == 5)
    }

    @Test func answersAreAboutStepsThatAsk() throws {
        let test = try book(approval)
        #expect { _ = try Answers("approvals: {goo: Jane}\nanswers: {go: yes}\nfailures: {go: maybe}\nother: 1", file: "a.yaml", for: test.runbook) } throws: {
            let text = "\($0)"
            return ["a.yaml:1:13", "'goo'", "a.yaml:2:11", "a.yaml:3:16", "a.yaml:4:1"].allSatisfy(text.contains)
        }
    }

    @Test func aPlanThatWasChangedAfterItWasAgreedToIsNotApplied() async throws {
        let test = try book(approval)
        test.outside.reply("go", "Jane")
        #expect(try await test.run() == .paused)
        let file = test.folder.folder(of: try test.history.id).appendingPathComponent("plan.plan.json")
        try (String(contentsOf: file, encoding: .utf8) + " ").write(to: file, atomically: true, encoding: .utf8)
        test.outside.reply("more", "Joe")
        #expect(try await test.resume() == .stopped)
        #expect(try test.history.latest("move")?.message?.contains("is not the one that was agreed to") == true && test.outside.effects.isEmpty)
        // Back to the plan: what was agreed to before counts no more.
        test.outside.reply("go", "Joe")
        test.outside.reply("more", "Jane")
        #expect(try await test.resume(from: "plan") == .completed)
        #expect(try test.history.attempts.count { $0.isSuperseded } == 4)
    }

    @Test func nothingGoesBackPastGroupsThatWereMoved() async throws {
        let test = try book(approval + "\n- {id: q, title: Q, manual: {question: \"Q?\"}}")
        test.outside.reply("go", "Jane")
        test.outside.reply("more", "Joe")
        #expect(try await test.run() == .paused)
        await #expect { _ = try await test.resume(from: "plan") } throws: { "\($0)".contains("has begun to move groups in the step 'move'") }
        await #expect { _ = try await test.resume(from: "nowhere") } throws: { "\($0)".contains("no step 'nowhere'") }
        #expect(try await test.resume(from: "q") == .paused)
    }

    // MARK: Failures

    @Test func aFailureStopsUnlessItIsSaidOtherwise() async throws {
        let test = try book("""
            - {id: a, title: A, on-failure: continue, command: {run: [a]}}
            - {id: b, title: B, when: a.outcome == "failed", command: {run: [b], accept: [0, 3]}}
            - {id: c, title: C, command: {run: [c], repeatable: true}, retry: {times: 2, every: 1 s}}
            - {id: d, title: D, when: b.status == 0, note: no}
            """)
        test.outside.end("a", ProgramEnd(status: 1, errors: Data("one\ntwo\n".utf8)))
        test.outside.end("b", ProgramEnd(status: 3))
        test.outside.end("c", ProgramEnd(status: 1), ProgramEnd(status: 1), ProgramEnd(status: -9), ProgramEnd(status: 0))
        #expect(try await test.run() == .stopped)
        #expect(try test.outcomes() == ["a failed", "b done", "c failed", "d -"])
        #expect(try test.history.latest("a")?.message == "'a' ended with status 1: two")
        #expect(try test.history.latest("c")?.message == "'c' was killed by signal 9" && test.history.attempts.count { $0.id == "c" } == 3)
        #expect(try await test.resume() == .completed)
        #expect(try test.outcomes() == ["a failed", "b done", "c done", "d skipped"])
        #expect(test.outside.effects == ["a", "b", "c", "c", "c", "c"])
    }

    @Test(arguments: [("retry", "completed"), ("continue", "completed"), ("rollback", "rolledBack"), ("stop", "stopped")])
    func aFailureCanAsk(_ answer: String, _ ending: String) async throws {
        let steps = """
            - {id: z, title: Z, command: {run: [z]}, compensation: {title: Unz, command: {run: [unz]}}}
            - {id: a, title: A, on-failure: ask, command: {run: [a]}}
            - {id: e, title: E, command: {run: [e]}}
            """
        // At once, after a pause, and beforehand.
        for kind in 0..<3 {
            var test = try book(steps)
            test.outside.end("a", ProgramEnd(status: 1))
            if kind == 0 { test.outside.reply("a", answer) }
            if kind == 2 { test.answers = try Answers("failures: {a: \(answer)}", file: "f", for: test.runbook) }
            var result = try await test.run()
            if kind == 1 {
                #expect(result == .paused)
                test.outside.reply("a", answer)
                result = try await test.resume()
            }
            #expect(result.rawValue == ending, "\(kind)")
            let effects = ["retry": ["z", "a", "a", "e"], "continue": ["z", "a", "e"], "rollback": ["z", "a", "unz"], "stop": ["z", "a"]][answer]
            #expect(test.outside.effects == effects, "\(kind)")
        }
    }

    @Test func aCompensationThatFailsIsTriedAgain() async throws {
        let test = try book("""
            - {id: a, title: A, command: {run: [a]}, compensation: {title: Una, command: {run: [una], repeatable: true}}}
            - {id: b, title: B, command: {run: [b]}, compensation: {title: Unb, command: {run: [unb], repeatable: true}}}
            - {id: s, title: S, when: "false", command: {run: [s]}, compensation: {title: Uns, command: {run: [uns]}}}
            - {id: c, title: C, on-failure: rollback, gate: {require: b.status == 7, message: "status ${b.status}"}}
            - {id: d, title: D, command: {run: [d]}, compensation: {title: Und, command: {run: [und]}}}
            """)
        test.outside.end("unb", ProgramEnd(status: 1))
        #expect(try await test.run() == .rolledBackInPart)
        #expect(try test.history.latest("c")?.message == "status 0 (b.status == 7 does not hold: b.status = 0)")
        #expect(try await test.resume() == .rolledBack)
        // Only what was done, the last first.
        #expect(test.outside.effects == ["a", "b", "unb", "unb", "una"])
    }

    /// A program that was ended with the run may have done anything: it is asked about, not tried again.
    @Test(arguments: [false, true]) func anInterruptionIsNoFailure(_ isRepeatable: Bool) async throws {
        let test = try book("""
            - {id: a, title: A, on-failure: rollback, command: {run: [interrupted], repeatable: \(isRepeatable)}, compensation: {title: U, command: {run: [u]}}}
            - {id: b, title: B, command: {run: [b]}}
            """)
        #expect(try await Task { try await test.run() }.value == .interrupted)
        #expect(try test.history.latest("a")?.outcome == nil && test.history.rolledBackSince == nil)
        test.outside.reply("a", "done")
        let ending = try await Task { try await test.resume() }.value
        #expect(ending == (isRepeatable ? .interrupted : .completed))
        #expect(test.outside.effects == (isRepeatable ? ["interrupted", "interrupted"] : ["interrupted", "b"]))
        #expect(test.outside.questions.count == (isRepeatable ? 0 : 1))
    }

    /// Whether what came before is undone all the same is for the runbook to say.
    @Test(arguments: [("stop", "rolledBackInPart", ["a", "b", "unb"]), ("continue", "rolledBackInPart", ["a", "b", "unb", "una"]), ("ask", "rolledBack", ["a", "b", "unb", "unb", "una"])])
    func aCompensationThatFails(_ policy: String, _ ending: String, _ effects: [String]) async throws {
        let test = try book("""
            - {id: a, title: A, command: {run: [a]}, compensation: {title: Una, command: {run: [una]}}}
            - {id: b, title: B, command: {run: [b]}, compensation: {title: Unb, on-failure: \(policy), command: {run: [unb]}}}
            - {id: c, title: C, on-failure: rollback, gate: {require: "false"}}
            """)
        test.outside.end("unb", ProgramEnd(status: 1))
        test.outside.reply("b", "retry")
        #expect(try await test.run().rawValue == ending)
        #expect(test.outside.effects == effects)
        if ending != "rolledBack" { #expect(try await test.resume() == .rolledBack) }
        #expect(test.outside.effects.count { $0 == "una" } == 1)
    }

    @Test func somebodyCanCallItOff() async throws {
        let test = try book("""
            - {id: a, title: A, command: {run: [a]}, compensation: {title: Una, command: {run: [una]}}}
            - {id: q, title: Q, manual: {question: "Q?"}}
            """)
        #expect(try await test.run() == .paused)
        #expect(try await test.resume(rollBack: true) == .rolledBack)
        #expect(test.outside.effects == ["a", "una"])
    }

    /// That it was done does not say that it was undone, and how it is done is not how it is undone.
    @Test func whatUndoesAStepIsAnsweredApart() async throws {
        var test = try book("""
            - {id: a, title: A, description: Stop it., manual: {question: "Stopped?"}, compensation: {title: Una, manual: {question: "Started again?"}}}
            - {id: b, title: B, on-failure: rollback, gate: {require: "false"}}
            """)
        test.answers = try Answers("answers: {a: yes}", file: "answers", for: test.runbook)
        #expect(try await test.run() == .paused)
        #expect(test.outside.questions.map(\.text) == ["Started again?"] && test.outside.questions.map(\.instruction) == [nil])
        test.answers = try Answers("answers: {a.undo: yes}", file: "answers", for: test.runbook)
        #expect(try await test.resume() == .rolledBack)
        #expect(try test.history.attempts.flatMap(\.answers).map(\.isBeforehand) == [true, true])
    }

    @Test func whatHasNoProgramPeopleDo() async throws {
        let steps = """
            - {id: a, title: A, command: {run: "${parameters.a}", question: "Done?"}, compensation: {title: Una, command: {run: "${parameters.b}", question: "Undone?"}}}
            - {id: b, title: B, on-failure: rollback, gate: {require: a.status == 1}}
            """
        let parameters = "{a: {type: command, description: d, default: []}, b: {type: command, description: d, default: []}}"
        let test = try book(steps, parameters: parameters)
        #expect(try await test.run() == .paused)
        test.outside.reply("a", "no")
        #expect(try await test.resume() == .stopped)
        test.outside.reply("a", "maybe", "yes")
        #expect(try await test.resume() == .rolledBack)
        #expect(test.outside.effects.isEmpty && test.outside.questions.map(\.text) == ["Done?", "Done?", "Done?", "Done?", "Undone?"])
        #expect(try test.history.attempts.count { $0.id == "a" && !$0.undoes } == 2)
        var automatic = try book(steps, parameters: parameters)
        try automatic.parameters.add(settings: [#"a=["do", "it now"]"#, #"b=["undo"]"#])
        #expect(try await automatic.run() == .rolledBack)
        #expect(automatic.outside.effects == ["do it now", "undo"] && automatic.outside.questions.isEmpty)
    }

    // MARK: What is not known

    @Test func unknownIsNeverTakenForTrue() async throws {
        let test = try book("""
            - {id: s, title: S, status: {}}
            - {id: g, title: G, on-failure: continue, gate: {require: s.maxReplay <= 10}}
            - {id: w, title: W, on-failure: continue, when: s.maxReplay > 10, note: no}
            - {id: t, title: T, on-failure: continue, command: {run: [t, "${s.maxReplay}"]}}
            - {id: k, title: K, gate: {require: s.maxReplay is unknown and s.verdict == "warn"}}
            """)
        let totals = #"{"groups":1,"problems":0,"maxReplay":3,"replayUnbounded":1}"#
        let status = #"{"source":"a","target":"b","verdict":"warn","checks":[{"kind":"heartbeat","status":"warn"}],"totals":\#(totals)}"#
        test.outside.end("status", ProgramEnd(status: 0, output: Data(status.utf8)))
        #expect(try await test.run() == .completed)
        #expect(try test.outcomes() == ["s done", "g failed", "w failed", "t failed", "k done"] && test.outside.effects.isEmpty)
        #expect(try test.history.latest("g")?.message?.contains("s.maxReplay is not known") == true)
    }

    /// Without names an operation takes all: that is for people to say, and never what an empty finding comes to.
    @Test func nothingFoundIsNotEverything() async throws {
        let test = try book("""
            - {id: g, title: G, groups: {}}
            - {id: p, title: P, plan: {groups: "${g.activeOnTarget}"}}
            """)
        let group = #"{"name":"g","sourceState":"Empty","targetState":"Empty","severity":"good"}"#
        test.outside.end("groups", ProgramEnd(status: 0, output: Data(#"{"groups":[\#(group)]}"#.utf8)))
        #expect(try await test.run() == .stopped)
        #expect(try test.history.latest("p")?.message?.contains("g.activeOnTarget is an empty list") == true)
    }

    @Test func aWaitEndsByItsDeadline() async throws {
        let test = try book("- {id: w, title: W, timeout: 1 s, wait: {until: this.ahead > 0, every: 500 ms, verify: {}}}")
        #expect(try await test.run() == .stopped)
        #expect(try test.history.latest("w")?.message == "this.ahead > 0 does not hold in time: this.ahead = 0")
    }

    // MARK: The mirror

    @Test func aMirrorThatStillBeatsIsNotStopped() async throws {
        func mirror(_ verb: String, _ beats: some Sequence<Int>) async throws -> (RunbookEnding, [String]) {
            let test = try book("""
                - {id: m, title: M, timeout: 100 ms, mirror: {do: \(verb), command: [\(verb)-it]}}
                - {id: g, title: G, gate: {require: m.proven}}
                """)
            test.outside.end("heartbeats", beats.map { ProgramEnd(status: 0, output: Data(#"{"newestHeartbeat":\#($0)}"#.utf8)) })
            return (try await test.run(), test.outside.effects)
        }
        #expect(try await mirror("stop", 1...100_000) == (.stopped, ["stop-it"]))
        #expect(try await mirror("stop", [3, 4, 4]) == (.completed, ["stop-it"]))
        #expect(try await mirror("start", [4, 4, 9]) == (.completed, ["start-it"]))
        #expect(try await mirror("start", Array(repeating: 7, count: 100_000)) == (.stopped, ["start-it"]))
        // A look that fails says nothing, and what was there before it began is no sign of life.
        func dead(_ verb: String, _ ends: [ProgramEnd]) async throws -> [String: Value]? {
            let test = try book("- {id: m, title: M, timeout: 200 ms, on-failure: continue, mirror: {do: \(verb), command: [\(verb)-it]}}")
            test.outside.end("heartbeats", ends)
            #expect(try await test.run() == .completed)
            return try test.history.latest("m")?.found
        }
        let beat = ProgramEnd(status: 0, output: Data(#"{"newestHeartbeat":5}"#.utf8)), failed = Array(repeating: ProgramEnd(status: 1), count: 100_000)
        #expect(try await dead("stop", [beat] + failed) == ["proven": false])
        #expect(try await dead("start", [ProgramEnd(status: 1)] + Array(repeating: beat, count: 100_000)) == ["proven": false])
        let unseen = try book("- {id: m, title: M, mirror: {do: stop}}\n- {id: g, title: G, gate: {require: m.proven}}")
        unseen.outside.end("heartbeats", ProgramEnd(status: 1))
        unseen.outside.reply("m", "yes")
        #expect(try await unseen.run() == .stopped)
        #expect(try unseen.outcomes() == ["m done", "g failed"])
    }

    // MARK: Secrets

    /// Where a message or a body is cut, a secret may be cut in two, or be encoded as other programs do.
    @Test func noPartOfASecretStays() async throws {
        let secret = "s3cr3t/\"quoted\"-and-long'", file = scratch.appendingPathComponent("secret-\(UUID().uuidString)")
        try secret.write(to: file, atomically: true, encoding: .utf8)
        var test = try book("- {id: c, title: C, command: {run: [c], environment: {TOKEN: \"${parameters.token}\"}}}", parameters: "{token: {type: secret, description: d}}")
        try test.parameters.add(settings: ["token=${file:\(file.path)}"])
        let shown = [#"s3cr3t/\"quoted\"-and-long'"#, "s3cr3t%2F%22quoted%22-and-long%27", #"s3cr3t/"quoted"-and-long'\''"#].joined(separator: " ")
        test.outside.end("c", ProgramEnd(status: 1, output: Data(shown.utf8), errors: Data((secret + String(repeating: "y", count: 4090)).utf8)))
        #expect(try await test.run() == .stopped)
        #expect(try test.history.latest("c")?.message?.contains("long") == false)
        #expect(try test.history.latest("c")?.found["output"] == "[token] [token] [token]")
    }

    @Test func secretsStayOutOfEverythingThatIsKept() async throws {
        let secret = "s3cr3t \"quoted\"/+", file = scratch.appendingPathComponent("secret-\(UUID().uuidString)")
        try (secret + "\n").write(to: file, atomically: true, encoding: .utf8)
        var test = try book("""
            - {id: c, title: C, command: {run: [c], environment: {TOKEN: "${parameters.token}"}}}
            - {id: h, title: H, http: {url: "http://localhost/x", headers: {Authorization: "Bearer ${parameters.token}"}}}
            """, parameters: "{token: {type: secret, description: d}}")
        test.parameters = ParameterTexts()
        try test.parameters.add(settings: ["token=${file:\(file.path)}"])
        let shown = Data("got \(secret) and \(String(decoding: try JSONEncoder().encode([secret]), as: UTF8.self)) and \(Data(secret.utf8).base64EncodedString())".utf8)
        test.outside.end("c", ProgramEnd(status: 0, output: shown, errors: shown))
        #expect(try await test.run() == .completed)
        // It got where it belongs.
        #expect(test.outside.programs[0].environment == ["TOKEN": secret] && test.outside.requests[0].headers == ["Authorization": "Bearer \(secret)"])
        let folder = test.folder.folder(of: try test.history.id)
        let files = try FileManager.default.subpathsOfDirectory(atPath: folder.path).map { folder.appendingPathComponent($0) }
        let kept = files.compactMap { try? String(contentsOf: $0, encoding: .utf8) } + test.outside.events
        #expect(kept.contains { $0.contains("got [token] and") } && !kept.contains { $0.contains("s3cr3t") || $0.contains(Data(secret.utf8).base64EncodedString()) })
        #expect(try test.history.latest("c")?.found["output"] != nil)
        for file in files where file.pathExtension != "" {
            #expect((try FileManager.default.attributesOfItem(atPath: file.path)[.posixPermissions] as? Int) == 0o600, "\(file)")
        }
    }
}
