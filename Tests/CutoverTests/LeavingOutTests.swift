@testable import Cutover
import KafkaClient
import OffsetTranslate
import Testing

/// What is left of a plan without the groups that can't be moved.
@Suite struct LeavingOutTests {
    /// A group that is left out because it is active has nothing else to be refused for.
    @Test func nothingElseSpeaksAgainstAGroupThatIsLeftOut() throws {
        let partition = TopicPartition(topic: "west.orders", partition: 0)
        func offset(_ group: String) -> PlannedOffset {
            PlannedOffset(
                group: group, source: TopicPartition(topic: "orders", partition: 0), target: partition, upstream: .init(offset: 5),
                origin: .sourceCommit, current: nil, translation: .init(position: 5, kind: .exact, evidence: Evidence(rule: .onSync)), action: .create)
        }
        var plan = CutoverPlan(mode: .switchover, sourceAlias: "west", targetAlias: "east", offsets: [offset("busy"), offset("plain")])
        plan.checks = [
            Check(.rewind, evidence: "", findings: [.init(group: "busy", partition: partition, detail: "stands at 9")]),
            Check(.groupActiveOnTarget, evidence: "", findings: [.init(group: "busy", detail: "is Stable")]),
        ]
        let admitted = try Admission(overrides: [.groupActiveOnTarget]).admit(plan)
        #expect(admitted.leftOut == ["busy"] && admitted.plan.groups == ["plain"])
        // Another's does.
        plan.checks[0].findings.append(.init(group: "plain", partition: partition, detail: "stands at 9"))
        let refusal = #expect(throws: PlanRefused.self) { try Admission(overrides: [.groupActiveOnTarget]).admit(plan) }
        #expect(refusal?.checks.map(\.kind) == [.rewind] && refusal?.checks.first?.findings.map(\.group) == ["plain"])
        #expect(throws: PlanRefused.self) { try Admission(overrides: [.rewind]).admit(plan) }
    }
}
