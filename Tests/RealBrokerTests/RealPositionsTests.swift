import Foundation
import KafkaClient
import MirrorLoop
import OffsetTranslate
import Testing

/// Tier 4: checkpoints of many groups, and `sync.group.offsets`.
@Suite(.serialized, .enabled(if: RealClusters.present, "needs FAILOVER_TEST_SOURCE and FAILOVER_TEST_TARGET"))
struct RealPositionsTests {
    /// Mirrors while `body` runs, with group offsets committed each half second.
    private func mirroring(
        _ clusters: RealClusters, each interval: Duration = .milliseconds(500), _ body: (Mirror) async throws -> Void
    ) async throws -> [String] {
        try await clusters.mirroring({
            $0.refreshGroupsInterval = .milliseconds(500)
            $0.syncsGroupOffsets = true
            $0.syncGroupOffsetsInterval = interval
        }, body)
    }

    private func produce(_ count: Int, _ clusters: RealClusters) async throws {
        let producer = try Producer(cluster: clusters.source.name, properties: clusters.source.properties)
        for number in 0..<count {
            try producer.produce(Record(value: Array("\(number)".utf8)), to: clusters.partitions[number % 3]) { _ in }
        }
        #expect(await producer.flush(within: .seconds(30)))
    }

    private func commit(_ offset: Int64, _ partitions: [TopicPartition], for group: String, on cluster: LibrdkafkaCluster) async throws {
        let offsets = Dictionary(uniqueKeysWithValues: partitions.map { ($0, CommittedOffset(offset: offset, metadata: "m")) })
        #expect(try await cluster.commit(offsets, for: group).isEmpty)
    }

    @Test func idleGroupsFollowAndOthersAreLeftAlone() async throws {
        let clusters = try await RealClusters()
        try await produce(900, clusters)
        let copies = clusters.partitions.map { clusters.flow.target(of: $0) }
        let idle = "\(clusters.run)-idle", busy = "\(clusters.run)-busy", ahead = "\(clusters.run)-ahead"
        for group in [idle, busy, ahead] { try await commit(100, clusters.partitions, for: group, on: clusters.source) }
        try await clusters.target.createTopics([NewTopic(name: copies[0].topic, partitions: 3, replicationFactor: 1)])
        try await commit(250, [copies[0]], for: ahead, on: clusters.target)
        let member = try GroupConsumer(cluster: "target", group: busy, properties: clusters.target.properties)
        try await member.subscribe(to: [copies[0].topic])
        try await eventually("the group to be stable") {
            _ = try await member.poll(timeout: .milliseconds(100))
            return try await clusters.target.group(named: busy)?.state == .stable
        }
        @Sendable func stands(_ group: String) async throws -> [Int64?] {
            let found = try await clusters.target.committedOffsets(of: group, for: copies)
            return copies.map { found[$0]?.offset }
        }
        let events = try await mirroring(clusters) { _ in
            try await eventually("the idle groups to be there") { try await [stands(idle), stands(ahead)] == [[100, 100, 100], [250, 100, 100]] }
            // Several rounds on.
            try await commit(200, clusters.partitions, for: idle, on: clusters.source)
            try await commit(290, clusters.partitions, for: ahead, on: clusters.source)
            try await eventually("them to follow") { try await [stands(idle), stands(ahead)] == [[200, 200, 200], [250, 290, 290]] }
            #expect(try await clusters.target.committedOffsets(of: idle, for: copies)[copies[1]]?.metadata == "m")
            #expect(try await stands(busy) == [nil, nil, nil])
            await member.close()
            try await eventually("the group that was stopped to be given its position") { try await stands(busy) == [100, 100, 100] }
            // The source goes back: the target does not.
            try await commit(50, clusters.partitions, for: idle, on: clusters.source)
            try await commit(205, [clusters.partitions[0]], for: busy, on: clusters.source)
            try await eventually("a round after that") { try await stands(busy)[0] == 205 }
            #expect(try await stands(idle) == [200, 200, 200])
        }
        #expect(events.allSatisfy { !$0.hasPrefix("WARNING: group") }, "\(events)")
        #expect(events.contains { $0.contains("committed 3 positions of 1 group; 1 ahead there by themselves") || $0.contains("in use there") }, "\(events)")
    }

    /// Groups that are started and stopped on the target while the mirror would have them where they are on the source, which goes on.
    @Test func groupsThatComeAndGoAreNeverSetBack() async throws {
        let clusters = try await RealClusters()
        try await produce(900, clusters)
        let copies = clusters.partitions.map { clusters.flow.target(of: $0) }
        let groups = (0..<6).map { "\(clusters.run)-roaming\($0)" }
        for group in groups { try await commit(10, clusters.partitions, for: group, on: clusters.source) }
        _ = try await mirroring(clusters, each: .milliseconds(50)) { mirror in
            try await eventually("the mirror to serve them") {
                let found = try await clusters.target.committedOffsets(of: groups[5], for: copies)
                return mirror.status.records == 900 && found.count == 3
            }
            let moving = Task {
                for offset in Int64(11)... {
                    try Task.checkCancellation()
                    for group in groups { try await commit(offset % 200, clusters.partitions, for: group, on: clusters.source) }
                }
            }
            try await withThrowingTaskGroup(of: Void.self) { tasks in
                for group in groups {
                    tasks.addTask {
                        let member = try GroupConsumer(cluster: "target", group: group, properties: clusters.target.properties)
                        try await member.subscribe(to: [copies[0].topic])
                        try await eventually("records") { try await !member.poll(timeout: .milliseconds(100)).isEmpty }
                        let offsets = Dictionary(uniqueKeysWithValues: copies.map { ($0, CommittedOffset(offset: 250)) })
                        #expect(try await member.commit(offsets).isEmpty)
                        await member.close()
                        for _ in 0..<20 {
                            let stands = try await clusters.target.committedOffsets(of: group, for: copies)
                            #expect(stands.count == 3 && stands.values.allSatisfy { $0.offset == 250 }, "\(group): \(stands)")
                            try await Task.sleep(for: .milliseconds(50))
                        }
                    }
                }
                try await tasks.waitForAll()
            }
            moving.cancel()
            _ = try? await moving.value
        }
    }

    @Test func manyGroups() async throws {
        let clusters = try await RealClusters()
        try await produce(900, clusters)
        let names = (0..<400).map { "\(clusters.run)-\($0)" }
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            for (number, name) in names.enumerated() {
                tasks.addTask { try await commit(Int64(number % 300), clusters.partitions, for: name, on: clusters.source) }
            }
            try await tasks.waitForAll()
        }
        let copies = clusters.partitions.map { clusters.flow.target(of: $0) }
        let begun = ContinuousClock.now
        _ = try await mirroring(clusters) { mirror in
            try await eventually("checkpoints of all") { mirror.status.groups == 400 }
            try await eventually("commits of all") {
                for (number, name) in names.enumerated().reversed() {
                    let found = try await clusters.target.committedOffsets(of: name, for: copies)
                    guard copies.allSatisfy({ found[$0]?.offset == Int64(number % 300) }) else { return false }
                }
                return true
            }
        }
        print("400 groups of 3 partitions: checkpointed, committed and compared within \(ContinuousClock.now - begun)")
    }
}
