import Foundation
package import InMemoryKafka
package import KafkaClient
package import OffsetTranslate

/// What a real run of stock MirrorMaker 2 left behind, fed into in-memory clusters
/// (see `Tests/OffsetTranslateTests/Golden/README.md`).
package struct RecordedMirror {
    package let flow: ReplicationFlow
    package let source = InMemoryCluster("source")
    package let target = InMemoryCluster("target")
    package let truths: [TopicPartition: Truth]
    package let groups: [Group]

    /// Where the copies of one partition's records really are.
    package struct Truth: Decodable {
        package struct Copy: Decodable {
            package var upstream: Int64
            package var downstream: [Int64]

            package init(from decoder: any Decoder) throws {
                var list = try decoder.unkeyedContainer()
                upstream = try list.decode(Int64.self)
                downstream = try list.decode([Int64].self)
            }
        }
        package var topic: String
        package var partition: Int32
        package var source: [Int64]
        package var target: [Int64]
        package var copies: [Copy]

        package var place: TopicPartition { TopicPartition(topic: topic, partition: partition) }

        /// The right position of a group that wants `upstream` next: the first of the latest copies.
        package func right(_ upstream: Int64) -> Int64 {
            copies.filter { $0.upstream >= upstream }.compactMap { $0.downstream.max() }.min() ?? target[1]
        }

        /// Records at the target's offsets `low ..< high`.
        package func records(_ low: Int64, _ high: Int64) -> Int {
            copies.reduce(0) { $0 + $1.downstream.count { (low..<max(low, high)).contains($0) } }
        }
    }

    package struct Group: Decodable {
        package var group: String
        package var source: [String: Int64]
        package var mm2Target: [String: Int64]
    }

    private struct Raw: Decodable {
        var timestamp: Int64
        var key: Data?
        var value: Data?
    }

    package init(_ name: String, syncsOn location: OffsetSyncsLocation, withMM2sCommits: Bool, withRecords: Bool = false) throws {
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("../OffsetTranslateTests/Golden/\(name)")
        func lines<Line: Decodable>(_ file: String) throws -> [Line] {
            try Data(contentsOf: folder.appendingPathComponent("\(file).jsonl")).split(separator: 0x0A)
                .map { try JSONDecoder().decode(Line.self, from: Data($0)) }
        }
        flow = ReplicationFlow(from: "source", to: "target", policy: IdentityReplicationPolicy(), offsetSyncsLocation: location)
        let truthLines: [Truth] = try lines("truth")
        truths = Dictionary(uniqueKeysWithValues: truthLines.map { ($0.place, $0) })
        groups = try lines("groups")

        var west = ClusterContents(), east = ClusterContents()
        for truth in truthLines {
            west.log(truth.place) { truth.fill(&$0, .source, withRecords: withRecords) }
            east.log(truth.place) { truth.fill(&$0, .target, withRecords: withRecords) }
        }
        for group in groups {
            for (name, offset) in group.source { west.commit(offset, try Self.place(name), by: group.group) }
            for (name, offset) in group.mm2Target where withMM2sCommits { east.commit(offset, try Self.place(name), by: group.group) }
        }
        func records(_ file: String) throws -> [Record] {
            let raw: [Raw] = try lines(file)
            return raw.map { Record(key: $0.key.map(Array.init), value: $0.value.map(Array.init), timestamp: $0.timestamp) }
        }
        for record in try records("offset-syncs") {
            if location == .source { west.append(record, to: Self.first(flow.offsetSyncsTopic)) }
            else { east.append(record, to: Self.first(flow.offsetSyncsTopic)) }
        }
        for record in try records("checkpoints") { east.append(record, to: Self.first(flow.checkpointsTopic)) }
        let (allOfWest, allOfEast) = (west, east)
        source.update { $0 = allOfWest }
        target.update { $0 = allOfEast }
    }

    private static func first(_ topic: String) -> TopicPartition { TopicPartition(topic: topic, partition: 0) }

    /// `orders:2`
    private static func place(_ name: String) throws -> TopicPartition {
        let parts = name.split(separator: ":")
        guard parts.count == 2, let partition = Int32(parts[1]) else { throw CocoaError(.fileReadCorruptFile) }
        return TopicPartition(topic: String(parts[0]), partition: partition)
    }
}

extension RecordedMirror.Truth {
    /// The recordings hold no contents: each record gets its own, all copies the same. What the target holds besides, copies of
    /// records that compaction has taken from the source, equals none of them.
    fileprivate func fill(_ log: inout InMemoryLog, _ side: OffsetSyncsLocation, withRecords: Bool) {
        defer { log.extend(to: side == .source ? source[1] : target[1]) }
        guard withRecords else { return }
        func record(_ content: String, _ stamp: Int64) -> Record {
            Record(key: Array("\(stamp % 50)".utf8), value: Array(content.utf8), timestamp: 1_700_000_000_000 + stamp)
        }
        if side == .source {
            for copy in copies {
                log.extend(to: copy.upstream)
                log.append(record("\(copy.upstream)", copy.upstream))
            }
            return
        }
        let originals = Dictionary(copies.flatMap { copy in copy.downstream.map { ($0, copy.upstream) } }) { $1 }
        for offset in 0..<target[1] {
            log.append(originals[offset].map { record("\($0)", $0) } ?? record("gone \(offset)", 0))
        }
    }
}
