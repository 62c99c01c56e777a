@testable import Cutover
import Foundation
import InMemoryKafka
import KafkaClient
import MirroredEstate
import OffsetTranslate
import TestSupport
import Testing

/// Keeping producers from the source.
@Suite struct FenceTests {
    private let orders = place("orders"), target = place("west.orders")

    private func estate(rules: [AccessRule]) throws -> Estate {
        let estate = Estate()
        estate.mirror(orders, upTo: 200, copiedTo: 200)
        try estate.sync(orders, 50, 50)
        estate.commitOnSource("billing", orders, 50)
        estate.west.update { $0.accessRules = Set(rules) }
        return estate
    }

    private let producer = AccessRule(.allow, .write, on: .topic, named: "orders", to: "User:shop")
    private let reader = AccessRule(.allow, .read, on: .topic, named: "orders", to: "User:mirror")
    private let deny = AccessRule(.deny, .write, on: .topic, named: "orders", to: "User:*")

    @Test func itKeepsWritersOutAndIsTakenDownAgain() async throws {
        let estate = try estate(rules: [producer, reader]), journal = MemoryJournal()
        let plan = try await estate.plan()
        let run = try await CutoverRun.begin(plan, Approval(manner: "--yes"), by: .test, id: .new(), journal.journal, on: estate.east)
        let fence = AccessRuleFence(on: estate.west), record = try await fence.prepare(for: ["orders"])
        #expect(record.rules == [deny])
        #expect(estate.west.contents.mayWrite("User:shop", "orders"))
        try await run.raise(fence, record)
        #expect(!estate.west.contents.mayWrite("User:shop", "orders"))
        #expect(try journal.history.fence == record)
        // Whoever takes the run up knows of it.
        try await journal.reopened(on: estate.east).lift(fence, record)
        #expect(estate.west.contents.accessRules == [producer, reader] && estate.west.contents.mayWrite("User:shop", "orders"))
        #expect(try journal.history.fence == nil)
        #expect(try journal.entries.map(\.step).suffix(4) == [.fence, .fenced, .unfence, .unfenced])
    }

    @Test func whatWasThereBeforeStays() async throws {
        let estate = try estate(rules: [producer, deny])
        let fence = AccessRuleFence(on: estate.west), record = try await fence.prepare(for: ["orders"])
        #expect(record.rules == [])
        try await fence.raise(record)
        #expect(try await fence.isUp(record) == true)
        try await fence.lift(record)
        #expect(estate.west.contents.accessRules == [producer, deny])
    }

    /// A first rule would shut readers out as well.
    @Test func topicsWithoutARuleAreNotFencedByTheWay() async throws {
        let estate = try estate(rules: [])
        await #expect { _ = try await AccessRuleFence(on: estate.west).prepare(for: ["orders"]) } throws: {
            "\($0)".contains("--fence-keep-open") && "\($0)".contains("orders")
        }
        let fence = AccessRuleFence(on: estate.west, keepsOpen: true), record = try await fence.prepare(for: ["orders"])
        #expect(record.rules?.count == 2)
        try await fence.raise(record)
        #expect(!estate.west.contents.mayWrite("User:shop", "orders"))
        try await fence.lift(record)
        #expect(estate.west.contents.accessRules.isEmpty)
    }

    @Test func aRuleOfManyTopicsCounts() async throws {
        let all = AccessRule(.allow, .all, on: .topic, named: "ord", patternType: .prefixed, to: "User:shop")
        #expect(try await AccessRuleFence(on: estate(rules: [all]).west).prepare(for: ["orders"]).rules == [deny])
        let any = AccessRule(.allow, .read, on: .topic, named: "*", to: "User:*")
        #expect(try await AccessRuleFence(on: estate(rules: [any]).west).prepare(for: ["orders"]).rules == [deny])
    }

    @Test func withoutAnAuthorizerThereIsNoFence() async throws {
        let estate = try estate(rules: [])
        estate.west.update { $0.hasNoAuthorizer = true }
        await #expect { _ = try await AccessRuleFence(on: estate.west, keepsOpen: true).prepare(for: ["orders"]) } throws: {
            ($0 as? KafkaError)?.code == .securityDisabled
        }
    }

    /// A fault at every request: it stands, or it was never said to; and it always can be taken down.
    @Test func aFaultAtEveryRequest() async throws {
        for number in 1...4 {
            for moment in Fault.Moment.allCases {
                let estate = try estate(rules: [producer]), journal = MemoryJournal(), plan = try await estate.plan()
                let run = try await CutoverRun.begin(plan, Approval(manner: "--yes"), by: .test, id: .new(), journal.journal, on: estate.east)
                let fence = AccessRuleFence(on: estate.west), record = try await fence.prepare(for: ["orders"])
                estate.west.fail(at: Trigger(number), Fault(moment))
                let raised: Bool
                do {
                    try await run.raise(fence, record)
                    raised = true
                } catch {
                    raised = false
                }
                if raised { #expect(!estate.west.contents.mayWrite("User:shop", "orders")) }
                let known = try #require(try journal.history.fence)
                estate.west.clearFaults()
                try await journal.reopened(on: estate.east).lift(fence, known)
                #expect(estate.west.contents.accessRules == [producer])
            }
        }
    }

    // MARK: Behind it

    @Test func writersThatGetPastItStopTheCutover() async throws {
        let estate = try estate(rules: [producer]), orders = orders
        estate.west.beforeEachRequest { request, west in
            if request.kind == .logBounds { west.update { _ = $0.append(Record(value: [1], timestamp: 1), to: orders) } }
        }
        let drain = SourceDrain(source: estate.west, target: estate.east, pairs: [orders: target])
        await #expect { try await drain.wait(quietTime: .milliseconds(1), atMost: .milliseconds(300)) } throws: {
            ($0 as? PlanRefused)?.checks.contains { $0.kind == .sourceTakesWrites } == true
        }
    }

    @Test func theMirrorIsWaitedFor() async throws {
        let estate = try estate(rules: [producer]), orders = orders, target = target
        let late = Record(value: [1], timestamp: 1)
        estate.west.update { _ = $0.append(late, to: orders) }
        let drain = SourceDrain(source: estate.west, target: estate.east, pairs: [orders: target])
        try await drain.wait(quietTime: .milliseconds(1), atMost: .seconds(600)) { failed in
            #expect(failed.map(\.kind) == [.mirrorBehind])
            estate.east.update { _ = $0.append(late, to: target) }
        }
    }

    @Test func aPlanMadeBehindItReplacesTheFirst() async throws {
        let estate = try estate(rules: [producer]), journal = MemoryJournal()
        let plan = try await estate.plan()
        var run = try await CutoverRun.begin(plan, Approval(manner: "--yes"), by: .test, id: .new(), journal.journal, on: estate.east)
        var better = plan
        better.createdAt += 1
        better.offsets[0].translation.position = 51
        run = try await run.replanned(better)
        _ = try await run.apply()
        #expect(estate.east.contents.groups["billing"]?.commits[target]?.offset == 51)
        let history = try journal.history
        #expect(history.isReplanned && history.plan == better && history.unfinished.isEmpty)
    }

    /// Wherever a crash cuts the journal off, the fence is known and can be taken down, and the plan is one that is whole.
    @Test func aCrashWhilePlanningAgainLeavesTheFenceKnown() async throws {
        let estate = try estate(rules: [producer]), journal = MemoryJournal()
        for group in ["a", "b", "c"] { estate.commitOnSource(group, orders, 50) }
        let plan = try await estate.plan()
        var run = try await CutoverRun.begin(plan, Approval(manner: "--yes"), by: .test, id: .new(), journal.journal, on: estate.east)
        let fence = AccessRuleFence(on: estate.west), record = try await fence.prepare(for: ["orders"])
        try await run.raise(fence, record)
        var better = plan
        better.createdAt += 1
        run = try await run.replanned(better)
        let lines = journal.text.split(separator: 0x0A), replanned = 8
        try #require(lines.count == replanned + 5)
        for count in replanned...lines.count {
            let text = lines.prefix(count).reduce(into: Data()) { $0 += $1 + [0x0A] }
            let history = try RunHistory(text), isWhole = count == lines.count
            #expect(history.fence == record && history.isReplanned == isWhole && history.plan == (isWhole ? better : plan), "\(count)")
            // Taken up, planned once more, and read again.
            let again = MemoryJournal(text: text)
            let resumed = try await again.reopened(on: estate.east).replanned(better)
            #expect(try again.history.plan == better)
            #expect(try await resumed.apply().allSatisfy(\.succeeded))
            let down = MemoryJournal(text: text)
            try await down.reopened(on: estate.east).lift(fence, record)
            #expect(try down.history.fence == nil)
        }
    }

    // MARK: By a command

    /// Copied into place by a process of its own: while this one has a file open for writing, a child that another test starts at that
    /// moment has it open too, and nobody can run it ("text file busy").
    private func hook(_ script: String) async throws -> (path: String, folder: URL) {
        let folder = scratch.appendingPathComponent("hook-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let text = folder.appendingPathComponent("text"), file = folder.appendingPathComponent("hook")
        try ("#!/bin/sh\n" + script.replacing("OUT", with: folder.appendingPathComponent("out").path)).write(to: text, atomically: true, encoding: .utf8)
        let copied = try await ChildProcess("/bin/cp", [text.path, file.path], timeout: .seconds(30)).run(input: Data())
        try #require(copied.status == 0)
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: file.path)
        return (file.path, folder)
    }

    @Test func aHookGetsTheTopics() async throws {
        let (path, folder) = try await hook("echo \"$1\" >> OUT; cat >> OUT")
        defer { try? FileManager.default.removeItem(at: folder) }
        let fence = HookFence(path), record = try await fence.prepare(for: ["orders", "a $(b)"])
        try await fence.raise(record)
        try await fence.lift(record)
        let text = try String(contentsOf: folder.appendingPathComponent("out"), encoding: .utf8)
        #expect(text == "fence\norders\na $(b)\nunfence\norders\na $(b)\n")
        #expect(try await fence.isUp(record) == nil)
    }

    @Test func aHookThatFailsIsAFenceThatFails() async throws {
        let (path, folder) = try await hook("exit 3")
        defer { try? FileManager.default.removeItem(at: folder) }
        await #expect { try await HookFence(path).raise(FenceRecord(topics: ["orders"], hook: path)) } throws: { "\($0)".contains("status 3") }
        let (slow, other) = try await hook("exec sleep 60")
        defer { try? FileManager.default.removeItem(at: other) }
        await #expect { try await HookFence(slow, timeout: .milliseconds(200)).raise(FenceRecord(topics: [])) } throws: { "\($0)".contains("killed") }
        await #expect { _ = try await HookFence("/nowhere/hook").prepare(for: []) } throws: { "\($0)".contains("not an executable") }
    }
}
