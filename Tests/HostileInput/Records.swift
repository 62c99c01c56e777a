import Foundation
import KafkaClient
import OffsetTranslate

extension HostileInput {
    static let offsetSyncs = HostileInput("offset-syncs", words: edges) {
        func log(_ syncs: [(Int64, Int64, StrictMarker?)]) throws -> Data {
            Pieces.joined(try syncs.flatMap { upstream, downstream, marker in
                let sync = OffsetSync(topicPartition: TopicPartition(topic: "o", partition: 1), upstreamOffset: upstream, downstreamOffset: downstream)
                return [[7], try sync.encodedKey(), sync.encodedValue(), marker?.encoded(), nil]
            })
        }
        func chained(_ upstream: Int64, _ downstream: Int64) -> StrictMarker { StrictMarker(previous: .init(upstreamOffset: upstream, downstreamOffset: downstream)) }
        return try [
            log([(0, 0, nil), (10, 10, nil), (30, 20, nil), (31, 30, chained(30, 20)), (35, 34, nil)]),
            log([(5, 5, StrictMarker(previous: nil)), (9, 9, chained(5, 5)), (200, 150, chained(9, 9)), (100, 120, nil), (150, 90, nil), (160, 200, nil)]),
            log([(0, .max, nil), (.max, .max, chained(0, .max))]), log([(.max, 0, nil), (0, .max - 1, nil), (.max - 1, .max, nil)]),
        ]
    } read: { data in
        var history = SyncHistory(), map = TranslationMap(), statistics = SyncStatistics(), offsets: Set<Int64> = [0, 1, .max - 1, .max]
        var taken = 0
        for record in records(data, headers: [StrictMarker.headerName, CapturedMarker.headerName]) {
            try MessageView.lend(record) { message in
                _ = CapturedMarker(of: message)
                guard let sync = try attempt(WireError.self, { try OffsetSync.decode(key: message.key, value: message.value) }) else { return }
                try requireRead(sync, from: sync.encodedKey(), sync.encodedValue()) { try OffsetSync.decode(key: $0, value: $1) }
                let located = Located(
                    entry: sync, offset: message.offset, timestamp: message.timestamp,
                    marker: message.withHeader(StrictMarker.headerName) { $0.map(Array.init) })
                try history.append(message)
                map.append(located)
                statistics.insert(located)
                taken += 1
                for offset in [sync.upstreamOffset, sync.downstreamOffset] { offsets.formUnion([offset, max(0, offset - 1), offset < .max ? offset + 1 : offset]) }
            }
        }
        for partition in map.partitions {
            try require(map[partition] == history.map[partition], "a history depends on how records are handed over")
            try requireTranslations(map, partition, offsets)
            if let stock = history.stock { for offset in offsets { _ = stock.translate(partition, offset) } }
            _ = statistics.partitions[partition]?.density
        }
        let snapshot = TranslationSnapshot(clusterID: nil, topic: "internal", next: Int64(taken), history: history)
        let read = try snapshot.encoded().withUnsafeBytes { try TranslationSnapshot.decode($0) }
        for partition in map.partitions { try require(read.history.map[partition] == map[partition], "a snapshot changes a history") }
        return taken > 0
    }

    static let checkpoints = HostileInput("checkpoints", words: edges) {
        let partition = TopicPartition(topic: "a.o", partition: 1)
        let all = [(0, 0, ""), (7, 5, "text"), (3, 3, "é"), (.max, .max, "")].map { Checkpoint(group: "g", topicPartition: partition, upstreamOffset: $0, downstreamOffset: $1, metadata: $2) }
        return [Pieces.joined(try all.flatMap { [[7], try $0.encodedKey(), try $0.encodedValue(), ExactCheckpointMarker.encoded()] })]
    } read: { data in
        var table = CheckpointTable(), statistics = CheckpointStatistics()
        for record in records(data, headers: [ExactCheckpointMarker.headerName]) {
            try MessageView.lend(record) { message in
                guard let checkpoint = try attempt(WireError.self, { try Checkpoint.decode(key: message.key, value: message.value) }) else { return }
                try requireRead(checkpoint, from: checkpoint.encodedKey(), checkpoint.encodedValue()) { try Checkpoint.decode(key: $0, value: $1) }
                let located = Located(
                    entry: checkpoint, offset: message.offset, timestamp: message.timestamp,
                    marker: message.withHeader(ExactCheckpointMarker.headerName) { $0.map(Array.init) })
                table.insert(located)
                statistics.insert(located)
            }
        }
        return !table.groups.isEmpty
    }

    static let heartbeats = HostileInput("heartbeats", words: edges) {
        let all = [0, 5, .max, .min].map { Heartbeat(sourceAlias: "a", targetAlias: "b", timestamp: $0) }
        return [Pieces.joined(try all.flatMap { [[7], try $0.encodedKey(), $0.encodedValue()] })]
    } read: { data in
        var statistics = HeartbeatStatistics()
        for record in records(data, headers: []) {
            try MessageView.lend(record) { message in
                guard let beat = try attempt(WireError.self, { try Heartbeat.decode(key: message.key, value: message.value) }) else { return }
                try requireRead(beat, from: beat.encodedKey(), beat.encodedValue()) { try Heartbeat.decode(key: $0, value: $1) }
                statistics.insert(Located(entry: beat, offset: message.offset, timestamp: message.timestamp))
            }
        }
        return !statistics.flows.isEmpty
    }

    /// Offsets at both ends of what there is.
    private static let edges = ["\0\0\0\0\0\0\0\0", "\u{7F}", "\0\u{01}o"]
}

/// What was written is read back as it was.
private func requireRead<Entry: Equatable>(
    _ entry: Entry, from key: [UInt8], _ value: [UInt8], _ decode: (UnsafeRawBufferPointer?, UnsafeRawBufferPointer?) throws -> Entry
) throws {
    let read = try key.withUnsafeBytes { key in try value.withUnsafeBytes { try decode(key, $0) } }
    try require(read == entry, "\(entry) is read back as \(read)")
}

/// Whatever the syncs are, a translation's numbers fit together.
func requireTranslations(_ map: TranslationMap, _ partition: TopicPartition, _ offsets: Set<Int64>) throws {
    // The ends of what there is, where sums do not fit.
    let ends = offsets.sorted(), offsets = Set(ends.prefix(8) + ends.suffix(8)), bounds = ends.first.flatMap { start in ends.last.map { LogBounds(start: start, end: $0) } }
    for assumption in Assumption.allCases {
        for offset in offsets {
            for log in [nil, bounds, LogBounds(start: 0, end: 0), LogBounds(start: offset, end: .max)] {
                let there = map.translate(offset, of: partition, assuming: assumption, target: log)
                let back = map.translateBack(offset, of: partition, assuming: assumption, source: log)
                for translation in [there, back] {
                    try require((translation.position ?? 0) >= 0 && (translation.maxReplay ?? 0) >= 0, "negative: \(translation)")
                    try require((translation.position == nil) == (translation.reason != nil), "no position, and no reason: \(translation)")
                    if let low = translation.low, let high = translation.high { try require(low <= high, "bounds that cross: \(translation)") }
                }
                let limits = map.bounds(of: offset, of: partition, assuming: assumption, target: log)
                if let limits { try require(limits.low <= limits.high ?? limits.low, "bounds that cross: \(limits)") }
            }
        }
    }
}
