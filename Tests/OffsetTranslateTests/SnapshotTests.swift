import Foundation
import InMemoryKafka
import KafkaClient
import OffsetTranslate
import TestSupport
import Testing

@Suite struct SnapshotTests {
    private let topic = TopicPartition(topic: "mm2-offset-syncs.east.internal", partition: 0)
    private let orders = TopicPartition(topic: "orders", partition: 3)
    private let payments = TopicPartition(topic: "payments", partition: 0)

    private func record(_ partition: TopicPartition, _ upstream: Int64, _ downstream: Int64) throws -> Record {
        let sync = OffsetSync(topicPartition: partition, upstreamOffset: upstream, downstreamOffset: downstream)
        return Record(key: try sync.encodedKey(), value: sync.encodedValue(), timestamp: 1_000 + upstream)
    }

    private func cluster(_ records: [Record], name: String = "west") -> InMemoryCluster {
        var contents = ClusterContents()
        for record in records { contents.append(record, to: topic) }
        return InMemoryCluster(name, contents)
    }

    private func read(
        _ cluster: InMemoryCluster, from snapshot: TranslationSnapshot? = nil
    ) async throws -> (TranslationSnapshot, records: Int, SnapshotMisfit?) {
        let (taken, reading, refusal) = try await InternalTopic<OffsetSync>(topic.topic, on: cluster).history(from: snapshot)
        return (taken, reading.decoded, refusal)
    }

    @Test func readingGoesOnFromIt() async throws {
        let all = try (0..<40).map { try record($0 % 3 == 0 ? payments : orders, Int64($0) * 100, Int64($0) * 90) }
        let (half, _, _) = try await read(cluster(Array(all[..<25])))
        #expect(half.next == 25)
        let (resumed, records, refusal) = try await read(cluster(all), from: half)
        #expect(refusal == nil && records == 16)
        let (whole, _, _) = try await read(cluster(all))
        #expect(try resumed.encoded() == whole.encoded())
        for partition in [orders, payments] { #expect(resumed.history.map[partition] == whole.history.map[partition]) }
        #expect(resumed.history.stock?.translate(orders, 2_222) == whole.history.stock?.translate(orders, 2_222))
    }

    @Test func whatCompactionRemovedSinceStaysKnown() async throws {
        let all = try (0..<40).map { try record($0 % 3 == 0 ? payments : orders, Int64($0) * 100, Int64($0) * 90) }
        let (half, _, _) = try await read(cluster(Array(all[..<25])))
        let compacted = cluster(all)
        compacted.update { [topic] contents in contents.log(topic) { log in for offset in 0..<Int64(38) { log.compact(offset) } } }
        let (resumed, _, refusal) = try await read(compacted, from: half)
        #expect(refusal == nil)
        #expect(resumed.history.map.translate(1_100, of: orders).kind == .exact)
        #expect(try await read(compacted).0.history.map.translate(1_100, of: orders).kind != .exact)
    }

    @Test func anotherTopicIsNotTakenForItsOwn() async throws {
        let records = try (0..<10).map { try record(orders, Int64($0) * 100, Int64($0) * 90) }
        let (taken, _, _) = try await read(cluster(records))
        let others = try (0..<20).map { try record(orders, Int64($0) * 7, Int64($0) * 7) }
        let recreated = cluster(others)
        let (rebuilt, read20, refusal) = try await read(recreated, from: taken)
        #expect(refusal == .otherRecords(offset: 9) && read20 == 20)
        #expect(rebuilt.history.map[orders]?.last?.upstreamOffset == 133)
        #expect(try await read(cluster(Array(records[..<4])), from: taken).2 == .outsideTheLog(next: 10, LogBounds(start: 0, end: 4)))
        #expect(try await read(cluster(records, name: "elsewhere"), from: taken).2 == .otherCluster("in-memory-west"))
        // A topic that was re-created and compacted has no record at the old place, and nothing newer of that partition.
        let sparse = cluster(try (0..<20).map { try record(payments, Int64($0) * 7, Int64($0) * 7) })
        sparse.update { [topic] contents in contents.log(topic) { log in for offset in 0..<Int64(19) { log.compact(offset) } } }
        #expect(try await read(sparse, from: taken).2 == .otherRecords(offset: 9))
    }

    @Test func withoutStockItServesThoseWhoNeedNone() async throws {
        let west = cluster(try (0..<10).map { try record(orders, Int64($0) * 100, Int64($0) * 90) })
        let syncs = InternalTopic<OffsetSync>(topic.topic, on: west)
        let bytes = try await syncs.history(withStock: false).0.encoded()
        let slim = try bytes.withUnsafeBytes { try TranslationSnapshot.decode($0) }
        #expect(slim.history.stock == nil)
        let (resumed, reading, refusal) = try await syncs.history(from: slim, withStock: false)
        #expect(refusal == nil && reading.decoded == 1 && resumed.history.map[orders]?.last?.upstreamOffset == 900)
        let (whole, _, misfit) = try await syncs.history(from: slim)
        #expect(misfit == .withoutStock && whole.history.stock?.translate(orders, 900) == .offset(810))
    }

    @Test func damageIsRefused() async throws {
        let records = try (0..<60).map { try record(orders, Int64($0) * 100, Int64($0) * 97 - ($0 > 30 ? 2_000 : 0)) }
        let bytes = try await read(cluster(records)).0.encoded()
        for index in bytes.indices {
            var damaged = bytes
            damaged[index] ^= 0x10
            #expect(throws: SnapshotError.self, "byte \(index)") { try damaged.withUnsafeBytes { try TranslationSnapshot.decode($0) } }
        }
        for count in 0..<bytes.count {
            #expect(throws: SnapshotError.self) { try bytes[..<count].withUnsafeBytes { try TranslationSnapshot.decode($0) } }
        }
        var later = bytes
        later[5] = 2
        #expect(throws: SnapshotError.unknownVersion(2)) { try later.withUnsafeBytes { try TranslationSnapshot.decode($0) } }
    }

    /// Bytes that somebody made up, checksum and all: refused or harmless, never a crash.
    @Test func hostileContent() async throws {
        let records = try (0..<60).map { try record(orders, Int64($0) * 100, Int64($0) * 97 - ($0 > 30 ? 2_000 : 0)) }
        let bytes = try await read(cluster(records)).0.encoded()
        var generator = SeededGenerator(seed: 11)
        for _ in 0..<4_000 {
            var made = Array(bytes.dropLast(8))
            for _ in 0..<Int.random(in: 1...3, using: &generator) {
                made[Int.random(in: 6..<made.count, using: &generator)] = [0, 1, 0x7F, 0x80, 0xFF].randomElement(using: &generator)!
            }
            var sum: UInt64 = 0xcbf2_9ce4_8422_2325
            for byte in made { sum = (sum ^ UInt64(byte)) &* 0x100_0000_01b3 }
            made += withUnsafeBytes(of: sum.bigEndian, Array.init)
            guard let snapshot = try? made.withUnsafeBytes({ try TranslationSnapshot.decode($0) }) else { continue }
            var map = snapshot.history.map
            for partition in map.partitions {
                map.append(OffsetSync(topicPartition: partition, upstreamOffset: 3_050, downstreamOffset: 5_000))
                for offset in stride(from: Int64(0), through: 7_000, by: 50) {
                    _ = map.translate(offset, of: partition, assuming: .dense, target: LogBounds(start: 10, end: 5_001))
                    _ = map.translateBack(offset, of: partition, source: LogBounds(start: 10, end: 6_000))
                }
            }
        }
    }

    @Test func theFileIsReplacedInOneStep() async throws {
        let folder = scratch.appendingPathComponent("failover-tests-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = SnapshotFile(path: folder.appendingPathComponent("flow.snapshot").path)
        #expect(try file.load() == nil)
        let taken = try await read(cluster([record(orders, 5, 4)])).0
        try file.save(taken)
        #expect(try file.load()?.encoded() == taken.encoded())
        try Data("OTSN rubbish beyond repair".utf8).write(to: URL(fileURLWithPath: file.path))
        #expect(throws: SnapshotError.self) { try file.load() }
        #expect(throws: SnapshotFileError.self) { try SnapshotFile(path: folder.path + "/none/x").save(taken) }
    }
}
