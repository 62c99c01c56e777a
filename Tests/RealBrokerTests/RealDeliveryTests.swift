import CRdkafka
import Foundation
import KafkaClient
import MirrorLoop
import OffsetTranslate
import Synchronization
import Testing

/// What gets over, and what doesn't, in the mirror's ways to deliver.
@Suite(.serialized, .enabled(if: RealClusters.present, "needs FAILOVER_TEST_SOURCE and FAILOVER_TEST_TARGET"))
struct RealDeliveryTests {
    /// Killed in the middle of transactions; and held up for longer than its session, then let go on: the brokers take nothing from it
    /// any more, and whoever has taken over is not disturbed.
    @Test func exactlyOnceThroughKillsAndAZombie() async throws {
        let clusters = try await RealClusters()
        let copies = clusters.partitions.map { clusters.flow.target(of: $0) }
        var processes = [try Mirroring(clusters, tasks: 1, ["--exactly-once"])]
        defer { for process in processes where process.process.isRunning { kill(process.process.processIdentifier, SIGKILL) } }
        func begun(_ process: Mirroring) -> Bool { process.said.contains("mirroring \(clusters.topic)-2") }
        try await clusters.load {
            for _ in 0..<3 {
                try await eventually("it to mirror") { begun(processes[0]) }
                try await Task.sleep(for: .milliseconds(Int.random(in: 200...1500)))
                try await processes[0].end(SIGKILL)
                processes[0] = try Mirroring(clusters, tasks: 1, ["--exactly-once"])
            }
            try await eventually("it to mirror") { begun(processes[0]) }
            processes.append(try Mirroring(clusters, tasks: 1, ["--exactly-once"]))
            try await eventually("the second to join") { processes.contains { $0.said.contains("standing by") } }
            try await Task.sleep(for: .seconds(2))
            let working = processes.firstIndex { !$0.said.hasSuffix("standing by: another process runs this mirror (tasks.max says how many may share it)\n") } ?? 0
            let zombie = processes[working].process.processIdentifier, heir = processes[1 - working]
            let before = heir.said.count
            kill(zombie, SIGSTOP)
            try await eventually("the other to take over") { heir.said.dropFirst(before).contains("mirroring \(clusters.topic)-2") }
            try await Task.sleep(for: .seconds(1))
            kill(zombie, SIGCONT)
            try await Task.sleep(for: .seconds(4))
        }
        // Markers of transactions take offsets: what counts is the records.
        try await eventually("all to be over") {
            for (partition, copy) in zip(clusters.partitions, copies) {
                let wanted = try await clusters.log(partition, of: clusters.source).count
                guard try await clusters.log(copy, of: clusters.target).count >= wanted else { return false }
            }
            return true
        }
        for process in processes { try await process.end(SIGTERM) }
        try await clusters.compare(atLeast: 1001)
    }

    private func collect(_ clusters: RealClusters, _ change: (inout MirrorConfiguration) -> Void) throws -> (Task<Void, any Error>, Mirror, @Sendable () -> [MirrorEvent]) {
        var configuration = clusters.configuration()
        (configuration.emitsHeartbeats, configuration.emitsCheckpoints) = (false, false)
        configuration.refreshTopicsInterval = .milliseconds(500)
        change(&configuration)
        let told = Told()
        let mirror = try Mirror(source: clusters.source, target: clusters.target, configuration: configuration) { told.note($0) }
        return (Task { try await mirror.run() }, mirror, { told.all })
    }

    private final class Told: Sendable {
        private let events = Mutex<[MirrorEvent]>([])
        func note(_ event: MirrorEvent) { events.withLock { $0.append(event) } }
        var all: [MirrorEvent] { events.withLock { $0 } }
    }

    /// The brokers refuse a whole batch for one record in it: that one is found, and it alone is left out.
    @Test func oneRecordOfABatchIsRefused() async throws {
        let clusters = try await RealClusters()
        let copy = clusters.flow.target(of: clusters.partitions[0])
        try await clusters.target.createTopics([NewTopic(name: copy.topic, partitions: 3, replicationFactor: 1, configuration: ["max.message.bytes": "50000"])])
        let producer = try Producer(cluster: "source", properties: clusters.source.properties)
        for number in 0..<3000 {
            let value = number == 1500 ? (0..<200_000).map { UInt8(truncatingIfNeeded: $0 &* 31) } : Array("record \(number)".utf8)
            try producer.produce(Record(value: value, timestamp: presentTime + Int64(number)), to: clusters.partitions[0]) { _ in }
        }
        #expect(await producer.flush(within: .seconds(30)))
        let (stopping, _, told) = try collect(clusters) { _ in }
        try await eventually("the refusal") {
            told().contains { if case .partitionHalted(clusters.partitions[0], .refused(1500, _)) = $0 { true } else { false } }
        }
        #expect(try await clusters.log(copy, of: clusters.target).count == 1500)
        stopping.cancel()
        try await stopping.value

        let (skipping, mirror, heard) = try collect(clusters) { $0.refusedRecords = .skip }
        try await eventually("the rest") { mirror.status.positions[clusters.partitions[0]] == 3000 }
        skipping.cancel()
        try await skipping.value
        #expect(heard().contains { if case .recordLeftOut(clusters.partitions[0], 1500, _) = $0 { true } else { false } })
        let originals = try await clusters.log(clusters.partitions[0], of: clusters.source).filter { $0.offset != 1500 }.map(\.record)
        #expect(try await clusters.log(copy, of: clusters.target).map(\.record) == originals)
    }

    /// A source topic that is deleted and made anew, and longer than before: noticed, and mirrored from its beginning where told so.
    @Test func aSourceThatIsAnotherOneBeginsANewHistory() async throws {
        let clusters = try await RealClusters()
        let partition = clusters.partitions[0]
        func write(_ range: Range<Int>, _ word: String) async throws {
            let producer = try Producer(cluster: "source", properties: clusters.source.properties)
            for number in range {
                try producer.produce(Record(value: Array("\(word) \(number)".utf8), timestamp: presentTime + Int64(number)), to: partition) { _ in }
            }
            #expect(await producer.flush(within: .seconds(30)))
        }
        try await write(0..<500, "old")
        let (running, mirror, told) = try collect(clusters) {
            $0.sourceReset = .newHistory
            $0.sourceWatchInterval = .seconds(1)
        }
        try await eventually("the old ones") { mirror.status.positions[partition] == 500 }
        // For the mirror to have looked at it.
        try await Task.sleep(for: .seconds(3))
        try Self.delete(clusters.topic, at: try #require(RealClusters.addresses).source)
        try await eventually("its end") { try await clusters.source.topics()[clusters.topic] == nil }
        try await clusters.source.createTopics([NewTopic(name: clusters.topic, partitions: 3, replicationFactor: 1)])
        try await write(0..<900, "new")
        let copy = clusters.flow.target(of: partition)
        // What was read from its middle before that was noticed stays; behind it comes all of it.
        func copies() async throws -> [String] { try await clusters.log(copy, of: clusters.target).map { String(decoding: $0.record.value ?? [], as: UTF8.self) } }
        let old = (0..<500).map { "old \($0)" }, new = (0..<900).map { "new \($0)" }
        try await eventually("the new ones") { try await copies().suffix(900) == new }
        running.cancel()
        try await running.value
        #expect(try await Array(copies().prefix(500)) == old)
        #expect(told().contains { if case .newHistory(partition, 0, _) = $0 { true } else { false } })
    }

    private static func delete(_ topic: String, at address: String) throws {
        var text = [CChar](repeating: 0, count: 512)
        let configuration = rd_kafka_conf_new()
        _ = rd_kafka_conf_set(configuration, "bootstrap.servers", address, &text, text.count)
        let client = try #require(rd_kafka_new(RD_KAFKA_PRODUCER, configuration, &text, text.count))
        defer { rd_kafka_destroy(client) }
        let queue = rd_kafka_queue_new(client)
        defer { rd_kafka_queue_destroy(queue) }
        var request: OpaquePointer? = rd_kafka_DeleteTopic_new(topic)
        defer { rd_kafka_DeleteTopic_destroy(request) }
        rd_kafka_DeleteTopics(client, &request, 1, nil, queue)
        let event = try #require(rd_kafka_queue_poll(queue, 30_000), "the topic was not deleted within 30 s")
        defer { rd_kafka_event_destroy(event) }
        #expect(rd_kafka_event_error(event) == RD_KAFKA_RESP_ERR_NO_ERROR)
    }
}
