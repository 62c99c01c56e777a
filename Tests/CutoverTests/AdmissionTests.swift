@testable import Cutover
import Foundation
import InMemoryKafka
import KafkaClient
import MirroredEstate
import OffsetTranslate
import Testing

/// What speaks against a plan, and which flag goes on regardless.
@Suite struct AdmissionTests {
    private let orders = place("orders"), target = place("west.orders")

    private func estate() throws -> Estate {
        let estate = Estate()
        for partition in [orders, place("orders", 1)] {
            estate.mirror(partition, upTo: 200, copiedTo: 200)
            try estate.sync(partition, 50, 50)
        }
        for group in ["busy", "plain"] { estate.commitOnSource(group, orders, 50) }
        return estate
    }

    private func failed(_ plan: CutoverPlan) -> [Check.Kind] { plan.checks.filter { $0.status == .failed }.map(\.kind) }

    @Test func nothingSpeaksAgainstAQuietEstate() async throws {
        let plan = try await estate().plan()
        #expect(plan.mode == .switchover)
        #expect(plan.checks.map(\.kind) == [
            .groupActiveOnTarget, .groupActiveOnSource, .sourceTakesWrites, .mirrorBehind, .partitionCountMismatch, .rewind, .positionUnknown,
        ])
        #expect(plan.checks.allSatisfy { $0.status == .passed })
        #expect(try Admission().admit(plan).plan == plan)
    }

    @Test func aLostSourceIsNotAsked() async throws {
        let estate = try estate()
        try estate.checkpoint("plain", orders, 50, 50)
        let plan = try await estate.plan(sourceLost: true)
        #expect(plan.mode == .failover)
        #expect(plan.checks.map(\.kind) == [.groupActiveOnTarget, .rewind, .positionUnknown])
        #expect(estate.west.requests.isEmpty)
    }

    @Test func eachHazardIsFound() async throws {
        let orders = orders, target = target
        let cases: [(Check.Kind, @Sendable (Estate) -> Void)] = [
            (.groupActiveOnTarget, { $0.east.update { $0.activate("busy") } }),
            (.groupActiveOnSource, { $0.west.update { $0.activate("busy", members: 2) } }),
            (.mirrorBehind, { $0.west.update { _ = $0.append(Record(value: [1], timestamp: 5), to: orders) } }),
            (.partitionCountMismatch, { $0.west.update { $0.topics["orders"]?.append(InMemoryLog()) } }),
            (.rewind, { $0.east.update { $0.commit(60, target, by: "busy") } }),
            (.sourceTakesWrites, { estate in
                // Somebody writes whenever he is looked at; the mirror keeps up.
                estate.west.beforeEachRequest { request, west in
                    guard request.kind == .logBounds else { return }
                    west.update { _ = $0.append(Record(value: [9], timestamp: 9), to: orders) }
                    estate.east.update { _ = $0.append(Record(value: [9], timestamp: 9), to: target) }
                }
            }),
        ]
        for (kind, change) in cases {
            let estate = try estate()
            change(estate)
            let plan = try await estate.plan()
            #expect(failed(plan).contains(kind), "\(kind): \(plan.checks)")
            #expect(throws: PlanRefused.self, "\(kind)") { try Admission().admit(plan) }
            // Its own flag accepts it; all others together don't.
            let admission = Admission(overrides: Set(failed(plan)))
            let admitted = try admission.admit(plan)
            #expect(admitted.leftOut == (kind == .groupActiveOnTarget ? ["busy"] : []))
            let others = Admission(overrides: Set(Check.Kind.allCases).subtracting([kind]))
            #expect { try others.admit(plan) } throws: { "\($0)".contains(kind.flag) && "\($0)".contains(kind.rawValue) }
        }
    }

    /// The others go, and it stays wholly; but what concerns all groups can't be left out.
    @Test func safeGroupsGoAlone() async throws {
        let estate = try estate(), target = target
        estate.east.update { $0.commit(60, target, by: "busy") }
        var plan = try await estate.plan()
        let (admitted, leftOut) = try Admission(onlySafeGroups: true).admit(plan)
        #expect(leftOut == ["busy"] && admitted.groups == ["plain"] && admitted.checks.allSatisfy { $0.status == .passed })
        plan.checks.append(Check(.mirrorBehind, evidence: "a look", findings: [.init(detail: "it is")]))
        #expect(throws: PlanRefused.self) { try Admission(onlySafeGroups: true).admit(plan) }
    }

    @Test func whatBrokersCannotTellIsNoRefusal() async throws {
        let estate = try estate()
        for cluster in [estate.west, estate.east] { cluster.update { $0.unsupported = [.groups, .group] } }
        let plan = try await estate.plan()
        #expect(plan.checks.filter { $0.status == .unknown }.map(\.kind) == [.groupActiveOnTarget, .groupActiveOnSource])
        #expect(try Admission().admit(plan).plan == plan)
    }

    /// A log whose last records are alike can't show that all of them are there.
    @Test func alikeRecordsProveNothing() async throws {
        let estate = try estate(), orders = orders, target = target
        for _ in 0..<3 { estate.west.update { _ = $0.append(Record(value: [1], timestamp: 5), to: orders) } }
        estate.east.update { _ = $0.append(Record(value: [1], timestamp: 5), to: target) }
        let check = try #require(try await estate.plan().checks.first { $0.kind == .mirrorBehind })
        #expect(check.findings.map(\.partition) == [orders] && check.findings.first?.detail.contains("alike") == true)
    }

    /// docs/cutover.md says which flag accepts a check, docs/operating.md what to do about it.
    @Test(arguments: ["cutover.md", "operating.md"]) func everyCheckIsDocumented(_ page: String) throws {
        let docs = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("../../docs/\(page)")
        let rows = try String(contentsOf: docs, encoding: .utf8).split(separator: "\n").filter { $0.hasPrefix("| `") }
        for kind in Check.Kind.allCases {
            let row = try #require(rows.first { $0.hasPrefix("| `\(kind.rawValue)` |") }, "\(kind.rawValue)")
            #expect(page == "operating.md" || row.contains("`\(kind.flag)`"), "\(kind.flag)")
        }
    }
}
