import Cutover
import Foundation
import KafkaClient
import MirrorLoop
import OffsetTranslate
import TestSupport
import Testing

/// A cutover's whole life, with what only real brokers have: removal of commits, access rules.
@Suite(.serialized, .enabled(if: RealClusters.present, "needs FAILOVER_TEST_SOURCE and FAILOVER_TEST_TARGET"))
struct RealCutoverTests {
    private let me = Operator(user: "test", host: "here", process: 0)

    @Test func appliedAndRolledBackWithRemoval() async throws {
        let clusters = try await RealClusters()
        let producer = try Producer(cluster: clusters.source.name, properties: clusters.source.properties)
        for number in 0..<300 { try producer.produce(Record(value: [UInt8(number % 250)]), to: clusters.partitions[number % 3]) { _ in } }
        #expect(await producer.flush(within: .seconds(30)))
        // One is new on the target, one has been there.
        let new = "\(clusters.run)-new", old = "\(clusters.run)-old", copies = clusters.partitions.map(clusters.flow.target(of:))
        let positions = Dictionary(uniqueKeysWithValues: clusters.partitions.map { ($0, CommittedOffset(offset: 70, metadata: "m")) })
        for group in [new, old] { #expect(try await clusters.source.commit(positions, for: group).isEmpty) }
        let mirror = try clusters.mirror()
        let running = Task { try await mirror.run() }
        try await eventually("the mirror to catch up") {
            mirror.status.positions.count == 3 && mirror.status.positions.values.allSatisfy { $0 == 100 }
        }
        running.cancel()
        try await running.value
        let before = [copies[0]: CommittedOffset(offset: 5, metadata: "é before"), copies[2]: CommittedOffset(offset: 6)]
        #expect(try await clusters.target.commit(before, for: old).isEmpty)

        // Real brokers can be asked for removals in this very process.
        let target = try LibrdkafkaCluster(
            name: clusters.target.name, properties: clusters.target.properties, timeout: .seconds(20)) { try await $0.run() }
        var planner = Planner(flow: clusters.flow, source: clusters.source, target: target, checking: .init(quietTime: .milliseconds(100)))
        planner.proof = RecordProof(source: clusters.source, target: target)
        let plan = try await planner.plan(.named([new, old]))
        #expect(plan.mode == .switchover && plan.changes == 6)
        #expect(plan.checks.allSatisfy { $0.status == .passed }, "\(plan.checks.filter { $0.status != .passed })")

        let path = scratch.path + "/\(clusters.run).journal.jsonl", id = RunID.new()
        defer { try? FileManager.default.removeItem(atPath: path) }
        let topic = JournalTopic("\(clusters.run)-journal", on: target)
        let outcomes = try await CutoverRun.begin(
            plan, Approval(manner: "a test"), by: me, id: id, journal: path, copy: topic, on: target).apply()
        #expect(outcomes.map(\.ending) == [.moved, .moved])
        for group in [new, old] {
            let committed = try await target.committedOffsets(of: group, for: copies)
            #expect(committed.count == 3 && committed.values.allSatisfy { $0 == CommittedOffset(offset: 70, metadata: "m") }, "\(committed)")
        }

        // On another machine, from the copy.
        let fetched = path + ".fetched"
        defer { try? FileManager.default.removeItem(atPath: fetched) }
        let copied = try await topic.journal(of: id)
        #expect(try copied == Data(contentsOf: URL(fileURLWithPath: path)))
        #expect(try await Array(topic.runs().keys) == [id])
        try copied.write(to: URL(fileURLWithPath: fetched))
        let undone = try await CutoverRun.open(fetched, copy: { JournalTopic($0, on: target) }, on: target).rollBack(by: me)
        #expect(undone.allSatisfy(\.succeeded) && undone.count == 2, "\(undone)")
        #expect(try await target.committedOffsets(of: new, for: copies).isEmpty)
        #expect(try await target.committedOffsets(of: old, for: copies) == before)
        #expect(try await topic.journal(of: id) == Data(contentsOf: URL(fileURLWithPath: fetched)))
        #expect(try await RunHistory(topic.journal(of: id)).succeeded == true)
    }

    @Test func oneRunAtATime() async throws {
        let clusters = try await RealClusters()
        let flow = clusters.run, me = me, target = clusters.target
        let other = Operator(user: "other", host: "there", process: 1)
        try await RunLock(flow: flow, by: me, on: target).hold {
            let refusal = await #expect(throws: RunIsLive.self) {
                try await RunLock(flow: flow, by: other, on: target).hold { Issue.record("two at the same time") }
            }
            #expect(refusal?.by == me)
            // Of another flow.
            try await RunLock(flow: flow + "-2", by: other, on: target).hold {}
        }
        // Let go; then one that was killed, and is not heard of any more.
        let producer = try Producer(cluster: target.name, properties: target.properties)
        let claim = #"{"verb":"claim","claim":"dead","by":{"user":"dead","host":"there","process":2}}"#
        _ = try await producer.send(
            Record(key: Array(flow.utf8), value: Array(claim.utf8)), to: TopicPartition(topic: RunLock.topic, partition: 0))
        #expect(try await RunLock(flow: flow, by: other, on: target).hold { true })
    }

    @Test func aFenceOfAccessRules() async throws {
        let clusters = try await RealClusters()
        let source = clusters.source, topic = clusters.topic, ruled = "\(clusters.run)-ruled"
        try await source.createTopics([NewTopic(name: ruled, partitions: 1, replicationFactor: 1)])
        let own = AccessRule(.allow, .all, on: .topic, named: ruled, to: "User:\(clusters.run)")
        let mine = AccessRule(.deny, .write, on: .topic, named: ruled, to: "User:*")
        do {
            #expect(try await source.createACLs([own]).isEmpty)
        } catch let error as KafkaError where error.code == .securityDisabled {
            print("SKIPPED: a fence of access rules. The brokers of FAILOVER_TEST_SOURCE have no authorizer.")
            return
        }
        func rules() async throws -> Set<AccessRule> {
            Set(try await source.acls(matching: AccessRuleFilter(resourceType: .topic)).filter { $0.name.hasPrefix(clusters.run) })
        }
        try await eventually("the rule to be known") { try await rules() == [own] }
        let refusal = await #expect(throws: FenceError.self) { try await AccessRuleFence(on: source).prepare(for: [topic, ruled]) }
        #expect(refusal.map { "\($0)".contains("1 topic(s) have no access rule on '\(source.name)': \(topic)") } == true)

        let fence = AccessRuleFence(on: source, keepsOpen: true), record = try await fence.prepare(for: [topic, ruled])
        #expect(Set(record.rules ?? []) == [
            mine, AccessRule(.deny, .write, on: .topic, named: topic, to: "User:*"), AccessRule(.allow, .all, on: .topic, named: topic, to: "User:*"),
        ])
        #expect(try await fence.isUp(record) == false)
        for _ in 1...2 {
            try await fence.raise(record)
            try await eventually("the fence to stand") { try await fence.isUp(record) == true }
            #expect(try await rules() == Set((record.rules ?? []) + [own]))
        }
        for _ in 1...2 {
            try await fence.lift(record)
            try await eventually("the fence to be gone") { try await rules() == [own] }
            #expect(try await fence.isUp(record) == false)
        }
        // What was there before stays.
        #expect(try await source.createACLs([mine]).isEmpty)
        try await eventually("the rule to be known") { try await rules() == [own, mine] }
        let second = try await AccessRuleFence(on: source).prepare(for: [ruled])
        #expect(second.rules?.isEmpty == true)
        try await fence.raise(second)
        try await fence.lift(second)
        #expect(try await rules() == [own, mine])
        _ = try await source.deleteACLs([own, mine])
    }
}
