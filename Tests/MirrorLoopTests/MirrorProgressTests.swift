import InMemoryKafka
import KafkaClient
import OffsetTranslate
import Testing

@testable import MirrorLoop

/// What is said of a mirror's progress, from two looks at it.
@Suite struct MirrorProgressTests {
    private let orders = (0..<2).map { TopicPartition(topic: "orders", partition: $0) }
    private let audit = TopicPartition(topic: "audit", partition: 0)

    private func flow(_ records: Int, _ latencies: Int64...) -> CopyFlow {
        var flow = CopyFlow()
        flow.records = records
        flow.bytes = records * 10
        for latency in latencies {
            flow.latency.count(latency)
            flow.age.count(latency - 4)
        }
        return flow
    }

    private func status(
        _ positions: [TopicPartition: Int64] = [:], _ flows: [TopicPartition: CopyFlow] = [:], checkpoints: Int = 0,
        halted: [TopicPartition: String] = [:]
    ) -> MirrorStatus {
        MirrorStatus(positions: positions, flows: flows, checkpoints: checkpoints, heartbeats: 0, groups: 1, halted: halted)
    }

    private func progress(
        _ before: MirrorStatus, _ now: MirrorStatus, _ seconds: Int = 2, ends: [TopicPartition: Int64]? = [:]
    ) -> MirrorProgress {
        MirrorProgress(from: before, to: now, over: .seconds(seconds), ends: ends, situation: MirrorSituation())
    }

    @Test func ratesAndLatenciesAreOfTheIntervalAndCountsOfTheProcess() throws {
        let before = status([orders[0]: 100], [orders[0]: flow(100, 5, 900)], checkpoints: 3)
        // The other partition is new, and came with what it had copied in an earlier tenure.
        let now = status([orders[0]: 140, orders[1]: 20], [orders[0]: flow(140, 5, 900, 10, 20), orders[1]: flow(20, 30)], checkpoints: 5)
        let seen = progress(before, now)
        #expect(seen.totalRecords == 160 && seen.recordsPerSecond == 30 && seen.bytesPerSecond == 300)
        #expect(seen.averageLatency == 20 && seen.longestLatency == 900)
        #expect(seen.partitions[orders[0]]?.latency.value == 15 && seen.partitions[orders[1]]?.latency.value == 30)
        #expect(seen.partitions[orders[0]]?.age.value == 11 && seen.partitions[orders[0]]?.total.age.max == 896)
        #expect(seen.partitions[orders[0]]?.total.records == 140 && seen.checkpoints == 5 && seen.newCheckpoints == 2)
        let idle = progress(now, now)
        #expect(idle.recordsPerSecond == 0 && idle.averageLatency == nil && idle.longestLatency == 900)
    }

    @Test func groupsWithoutANewCheckpointAreNotListed() {
        let idle = GroupPartition(group: "idle", partition: audit), busy = GroupPartition(group: "busy", partition: audit)
        let fresh = GroupPartition(group: "fresh", partition: orders[0])
        var before = status(), now = status()
        before.checkpointLatencies = [idle: flow(0, 70).latency, busy: flow(0, 10).latency]
        now.checkpointLatencies = [idle: flow(0, 70).latency, busy: flow(0, 10, 20, 40).latency, fresh: flow(0, 5).latency]
        let seen = progress(before, now).checkpointed
        #expect(Set(seen.keys) == [busy, fresh] && seen[busy]?.latency.value == 30 && seen[fresh]?.latency.value == 5)
        #expect(seen[busy]?.total.min == 10 && seen[busy]?.total.max == 40 && seen[busy]?.total.last == 40)
    }

    @Test func countsThatGoBackAreNoNegativeRates() {
        let seen = progress(status([:], [orders[0]: flow(100, 5, 6)], checkpoints: 2), status([:], [orders[0]: flow(50, 5)], checkpoints: 1))
        #expect(seen.recordsPerSecond == 0 && seen.bytesPerSecond == 0 && seen.averageLatency == nil && seen.newCheckpoints == 0)
    }

    @Test func lagIsFromThePositionToTheEnd() {
        let now = status([orders[0]: 90, orders[1]: 40, audit: 7], [:])
        let seen = progress(status(), now, ends: [orders[0]: 100, orders[1]: 45, audit: 5])
        // A position past the end that was read a moment before is not behind.
        #expect(seen.lag == MirrorProgress.Lag(records: 15, partitions: 3, unknown: 0) && seen.partitions[audit]?.lag == 0)
        #expect(seen.topicsBehind(3).map(\.topic) == ["orders"] && seen.topicsBehind(3).map(\.records) == [15])
        let partly = progress(status(), now, ends: [orders[0]: 100])
        #expect(partly.lag == MirrorProgress.Lag(records: 10, partitions: 3, unknown: 2))
        let silent = progress(status(), now, ends: nil)
        #expect(silent.lag == MirrorProgress.Lag(records: 0, partitions: 3, unknown: 3) && silent.topicsBehind(3).isEmpty)
    }

    @Test func theTopicsFurthestBehindComeFirstAndTiesByName() {
        let all = ["a", "b", "c", "d", "e"].map { TopicPartition(topic: $0, partition: 0) }
        let positions = Dictionary(uniqueKeysWithValues: all.map { ($0, Int64(0)) })
        let ends = Dictionary(uniqueKeysWithValues: zip(all, [3, 9, 9, 0, 5] as [Int64]))
        #expect(progress(status(), status(positions), ends: ends).topicsBehind(3).map(\.topic) == ["b", "c", "e"])
    }

    @Test func aPartitionThatNeverBeganIsNotCountedAsCaughtUp() {
        let seen = progress(status(), status([orders[0]: 5], [:], halted: [orders[1]: "gone"]), ends: [orders[0]: 5, orders[1]: 9])
        #expect(seen.halted == [orders[1]: "gone"] && seen.lag == MirrorProgress.Lag(records: 0, partitions: 2, unknown: 1))
    }

    // MARK: By events

    private let halt = MirrorEvent.Halt.noPlace(.partitionMissing(.init(topic: "orders", partition: 1), cluster: "east"))

    @Test func haltedPartitionsAreKeptUntilTheyStartOrAreAnothers() {
        var situation = MirrorSituation()
        for event in [MirrorEvent.tasksAssigned([0, 2], of: 3), .partitionHalted(orders[0], halt), .partitionHalted(orders[1], halt)] { situation.note(event) }
        #expect(situation.tasks == [0, 2] && situation.taskCount == 3 && situation.halted.count == 2)
        situation.note(.startingAgain(MirrorError.syncsOutsideTransaction))
        #expect(situation.halted.count == 2)
        situation.note(.partitionStarted(orders[0], target: orders[0], from: 0, recovered: 0))
        #expect(Array(situation.halted.keys) == [orders[1]] && situation.halted[orders[1]]?.contains("does not exist") == true)
        situation.note(.tasksRevoked(isLost: false))
        #expect(situation.halted.isEmpty && situation.tasks.isEmpty && !situation.isStandingBy && situation.taskCount == 3)
    }

    @Test func whoHasNoTaskStandsBy() {
        var situation = MirrorSituation()
        #expect(!situation.isStandingBy)
        situation.note(.standingBy(1))
        #expect(situation.isStandingBy && situation.taskCount == 1)
        situation.note(.tasksAssigned([0], of: 1))
        #expect(!situation.isStandingBy && situation.tasks == [0])
    }

    // MARK: The source's ends

    @Test func endsAreReadAndAClusterThatDoesNotAnswerIsUnknown() async {
        let cluster = InMemoryCluster("west")
        cluster.update { contents in
            contents.topics["orders"] = [InMemoryLog(), InMemoryLog()]
            for _ in 0..<3 { contents.append(Record(value: [1]), to: .init(topic: "orders", partition: 0)) }
        }
        let ends = SourceEnds(of: cluster)
        #expect(await ends.ends(of: orders, within: .seconds(60)) == [orders[0]: 3, orders[1]: 0])
        #expect(await ends.ends(of: [], within: .seconds(60)) == [:])
        cluster.fail(at: Trigger(1), Fault(.before))
        #expect(await ends.ends(of: orders, within: .seconds(60)) == nil)
        #expect(await ends.ends(of: orders, within: .seconds(60))?[orders[0]] == 3)
    }

    @Test func questionsThatHangDoNotPileUp() async {
        let cluster = InMemoryCluster("west")
        let (gate, opener) = AsyncStream.makeStream(of: Never.self)
        cluster.beforeEachRequest { _, _ in for await _ in gate {} }
        let ends = SourceEnds(of: cluster)
        for _ in 0..<5 { #expect(await ends.ends(of: orders, within: .milliseconds(1)) == nil) }
        cluster.beforeEachRequest(nil)
        opener.finish()
        while await ends.ends(of: orders, within: .seconds(60)) == nil { await Task.yield() }
        #expect(cluster.requests.count == 2)
    }
}
