import Cutover
import Foundation
import KafkaClient
import MirrorLoop
import OffsetTranslate
import TestSupport
import Testing

@Suite(.serialized, .enabled(if: RealClusters.present, "needs FAILOVER_TEST_SOURCE and FAILOVER_TEST_TARGET"))
struct RealBrokerTests {
    private func record(_ number: Int) -> Record {
        Record(
            key: number % 3 == 0 ? nil : Array("k\(number % 50)".utf8), value: number % 11 == 0 ? nil : Array("value \(number)".utf8),
            headers: number % 2 == 0 ? [Header(name: "h", value: [1, 2]), Header(name: "null", value: nil), Header(name: "empty", value: [])] : [],
            timestamp: 1_700_000_000_000 + Int64(number))
    }

    private func produce(_ numbers: Range<Int>, _ clusters: RealClusters) async throws {
        let producer = try Producer(cluster: clusters.source.name, properties: clusters.source.properties)
        for number in numbers { try producer.produce(record(number), to: clusters.partitions[number % 3]) { _ in } }
        #expect(await producer.flush(within: .seconds(30)))
    }

    @Test func topicsOffsetsAndGroups() async throws {
        let clusters = try await RealClusters()
        #expect(try await clusters.source.clusterID() != nil)
        try await produce(0..<300, clusters)
        let bounds = try await clusters.source.logBounds(of: clusters.partitions + [.init(topic: "no-such-topic", partition: 0)])
        #expect(bounds.count == 3 && bounds.values.allSatisfy { $0 == LogBounds(start: 0, end: 100) })
        // Asking for a topic that does not exist has not made it.
        #expect(try await clusters.source.topics()["no-such-topic"] == nil)

        // Of the first partition's records, every third number, the one of 150 is the 50th.
        let times = [clusters.partitions[0]: Int64(1_700_000_000_150), clusters.partitions[1]: 1_800_000_000_000]
        #expect(try await clusters.source.offsets(atOrAfter: times) == [clusters.partitions[0]: 50])

        let group = "\(clusters.run)-g", partition = clusters.partitions[0]
        #expect(try await clusters.source.group(named: group) == nil)
        #expect(try await clusters.source.commit([partition: .init(offset: 7, metadata: "é\0")], for: group).isEmpty)
        let committed = try await clusters.source.committedOffsets(of: group, for: clusters.partitions)
        #expect(committed == [partition: .init(offset: 7, metadata: "é\0")])
        let listed = try await clusters.source.groups().first { $0.name == group }
        #expect(listed?.state == .empty && listed?.memberCount == 0)

        let member = try GroupConsumer(cluster: "source", group: group, properties: clusters.source.properties)
        try await member.subscribe(to: [clusters.topic])
        try await eventually("the group to be stable") {
            _ = try await member.poll(timeout: .milliseconds(100))
            return try await clusters.source.group(named: group)?.state == .stable
        }
        let refused = try await clusters.source.commit([partition: .init(offset: 9)], for: group)
        #expect(refused[partition]?.code == .unknownMember)
        await member.close()
        try await eventually("the group to be empty") { try await clusters.source.group(named: group)?.state == .empty }
    }

    @Test func mirrorAndCutOver() async throws {
        let clusters = try await RealClusters()
        try await produce(0..<9000, clusters)
        let groups = ["\(clusters.run)-head": Int64(3000), "\(clusters.run)-middle": 1517, "\(clusters.run)-start": 0]
        for (group, offset) in groups {
            let offsets = Dictionary(uniqueKeysWithValues: clusters.partitions.map { ($0, CommittedOffset(offset: offset, metadata: "m")) })
            #expect(try await clusters.source.commit(offsets, for: group).isEmpty)
        }
        // The target's topic has a past.
        let copy = clusters.flow.target(of: clusters.partitions[0]).topic
        try await clusters.target.createTopics([RealClusters.newTopic(copy)])
        let foreign = try Producer(cluster: clusters.target.name, properties: clusters.target.properties)
        for number in 0..<70 {
            try foreign.produce(Record(value: [7]), to: .init(topic: copy, partition: Int32(number % 2))) { _ in }
        }
        #expect(await foreign.flush(within: .seconds(20)))

        // Killed twice on the way.
        for delay in [300, 700] {
            let mirror = try clusters.mirror()
            let running = Task { try await mirror.run() }
            try await Task.sleep(for: .milliseconds(delay))
            mirror.abandon()
            running.cancel()
            _ = try? await running.value
        }
        let mirror = try clusters.mirror()
        let running = Task { try await mirror.run() }
        try await eventually("the mirror to catch up and checkpoint") {
            let (table, _) = try await InternalTopic<Checkpoint>(clusters.flow.checkpointsTopic, on: clusters.target)
                .read(into: CheckpointTable()) { $0.insert($1) }
            return mirror.status.positions.values.allSatisfy { $0 == 3000 } && groups.allSatisfy { group, offset in
                clusters.partitions.allSatisfy { table.groups[group]?[clusters.flow.target(of: $0)]?.entry.upstreamOffset == offset }
            }
        }
        running.cancel()
        try await running.value

        var mirrored: [TopicPartition: [ConsumedRecord]] = [:]
        for partition in clusters.partitions {
            let target = clusters.flow.target(of: partition)
            let original = try await clusters.log(partition, of: clusters.source)
            mirrored[target] = try await clusters.log(target, of: clusters.target).filter { $0.record.value != [7] }
            #expect(original.count == 3000 && mirrored[target]?.map(\.record) == original.map(\.record))
        }

        // The source is not asked any more.
        let plan = try await Planner(flow: clusters.flow, source: nil, target: clusters.target).plan(.all { _ in true })
        #expect(plan.changes == 9 && plan.offsets.allSatisfy { $0.translation.kind == .exact })
        let path = scratch.path + "/\(clusters.run).journal.jsonl"
        defer { try? FileManager.default.removeItem(atPath: path) }
        let outcomes = try await cutOver(plan, path, clusters)
        #expect(outcomes.count == 3 && outcomes.allSatisfy(\.succeeded))
        for (group, offset) in groups {
            let commits = try await clusters.target.committedOffsets(of: group, for: Array(mirrored.keys))
            for (target, records) in mirrored {
                #expect(commits[target]?.metadata == "m")
                let next = records.first { $0.offset >= commits[target]?.offset ?? 0 }
                // The record that the group goes on with is the one it wanted, or there is none left.
                #expect(next == nil ? offset == 3000 : next?.record == record(Int(offset) * 3 + Int(target.partition)))
            }
        }
    }

    @Test func anActiveGroupIsLeftAlone() async throws {
        let clusters = try await RealClusters()
        try await produce(0..<30, clusters)
        let group = "\(clusters.run)-busy", partition = clusters.partitions[0]
        _ = try await clusters.source.commit([partition: .init(offset: 3)], for: group)
        let mirror = try clusters.mirror()
        let running = Task { try await mirror.run() }
        try await eventually("a checkpoint") { mirror.status.checkpoints > 0 }
        running.cancel()
        try await running.value
        let member = try GroupConsumer(cluster: "target", group: group, properties: clusters.target.properties)
        try await member.subscribe(to: [clusters.flow.target(of: partition).topic])
        try await eventually("the group to be stable") {
            _ = try await member.poll(timeout: .milliseconds(100))
            return try await clusters.target.group(named: group)?.state == .stable
        }
        let plan = try await Planner(flow: clusters.flow, source: nil, target: clusters.target).plan(.named([group]))
        #expect(plan.checks.first { $0.kind == .groupActiveOnTarget }?.findings.map(\.group) == [group])
        let path = scratch.path + "/\(clusters.run).journal.jsonl"
        defer { try? FileManager.default.removeItem(atPath: path) }
        let outcomes = try await cutOver(plan, path, clusters)
        #expect(outcomes.first?.succeeded == false && outcomes.first?.failures.first?.contains("Stable") == true)
        #expect(try await clusters.target.committedOffsets(of: group, for: [clusters.flow.target(of: partition)]).isEmpty)
        await member.close()
    }
}

extension RealBrokerTests {
    private func cutOver(_ plan: CutoverPlan, _ path: String, _ clusters: RealClusters) async throws -> [Outcome] {
        try await CutoverRun.begin(
            plan, Approval(manner: "a test"), by: Operator(user: "test", host: "here", process: 0), id: .new(), journal: path, on: clusters.target
        ).apply()
    }

    /// A cluster that refuses is not a cluster that is away: nobody may take it for lost.
    @Test(arguments: ["SASL_PLAINTEXT", "SSL"]) func refusedSecurityIsNotRetriable(_ protocol: String) async throws {
        let address = try #require(RealClusters.addresses?.source)
        var properties = ClientProperties(["bootstrap.servers": address, "security.protocol": `protocol`])
        if `protocol` == "SASL_PLAINTEXT" {
            properties = properties.merging(ClientProperties(["sasl.mechanism": "PLAIN", "sasl.username": "ann", "sasl.password": "hunter2"]))
        }
        // Whoever asks waits for the whole time, since an answer may still come. A loaded machine may need more than a little
        // to hear of the refusal at all.
        for seconds in [3, 10, 30] {
            let cluster = try LibrdkafkaCluster(name: "west", properties: properties, timeout: .seconds(seconds))
            do {
                _ = try await cluster.topics()
                Issue.record("a plaintext listener took it")
            } catch let error as KafkaError {
                if error.isRetriable, seconds < 30 { continue }
                #expect(!error.isRetriable && [.authentication, .ssl].contains(error.code), "\(error)")
                #expect(error.description.contains("'west'") && !error.description.contains("hunter2"))
            }
            return
        }
    }
}
