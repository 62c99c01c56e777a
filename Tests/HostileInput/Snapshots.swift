import Foundation
import KafkaClient
import OffsetTranslate

extension HostileInput {
    /// As it lies in the file, and once more with the checksum that it should have.
    static let snapshot = HostileInput("snapshot", words: ["OTSN\0\u{01}", "\u{01}", "\0\0\0\u{01}"]) {
        var history = SyncHistory()
        for (number, (upstream, downstream)) in ([(0, 0), (10, 10), (30, 20), (31, 21), (20, 40), (90, 80)] as [(Int64, Int64)]).enumerated() {
            let sync = OffsetSync(topicPartition: TopicPartition(topic: "o", partition: 1), upstreamOffset: upstream, downstreamOffset: downstream)
            let record = Record(key: try sync.encodedKey(), value: sync.encodedValue(), timestamp: Int64(number))
            try MessageView.lend(ConsumedRecord(topicPartition: TopicPartition(topic: "internal", partition: 0), offset: Int64(number), record: record)) {
                try history.append($0)
            }
        }
        // The second begins where it never went back to.
        return [Data(try TranslationSnapshot(clusterID: "c", topic: "internal", next: 6, history: history).encoded().dropLast(8)), Data(base64Encoded: oddOrigin) ?? Data()]
    } read: { data in
        func decode(_ data: Data) throws -> TranslationSnapshot? {
            try withFile(data) { path in try attempt(SnapshotError.self) { try SnapshotFile(path: path).load() ?? nil } ?? nil }
        }
        _ = try decode(data)
        guard let snapshot = try decode(sealed(data)) else { return false }
        let bytes = try snapshot.encoded()
        guard let again = try decode(Data(bytes)) else { throw BrokenPromise("what was written is refused") }
        try require(try again.encoded() == bytes, "what was written is read as something else")
        for partition in snapshot.history.map.partitions.prefix(3) {
            var offsets: Set<Int64> = [0, 1, .max - 1, .max]
            if let last = snapshot.history.map[partition]?.last { offsets.formUnion([last.upstreamOffset, last.downstreamOffset, last.upstreamOffset / 2]) }
            try requireTranslations(snapshot.history.map, partition, offsets)
            // Going on from it: where it ended, before, and far above.
            var map = snapshot.history.map
            for offset in offsets.sorted(by: >) {
                map.append(OffsetSync(topicPartition: partition, upstreamOffset: offset, downstreamOffset: offset / 3), timestamp: -1)
                try requireTranslations(map, partition, offsets)
            }
            if let stock = snapshot.history.stock { for offset in offsets { _ = stock.translate(partition, offset) } }
        }
        return true
    }

    private static let oddOrigin = """
        T1RTTgABAAFjAAhpbnRlcm5hbAAAAAAAAAAGAQAAAAAAAAAFAAFvAAAAAQAAAAEAAW8AAAABAAAAAwAAAAAAAAABAAAAAAAAAAAAAAAKAAAAAAEAAAAKAAAAAAAAABQA\
        AAAAAAAAKAAAAAAAAAAAAAAAAAAAAABaAAAAAAAAAFAAAAAAAAAAAAAAAAABAAAAAAAAAAAAAAAeAAAAAAAAABQAAAAAAAAAAAUBAAAAAAAAAAAAAAAAAQAAAAABAAAA\
        AAAAAAAAAQgAAAAAAAEAAAAAAAAAFAAAAAAAAAAoAAAAAAAAAABaAQAAAAAAAAAAAAAAAAEAAW8AAAABAAAAAAAAAQEAAAAAAAAAFAAAAAAA9wAoAAAAACAAAFoAAAAA\
        AAAAUA==
        """

    private static func sealed(_ data: Data) -> Data {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in data { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        return withUnsafeBytes(of: hash.bigEndian) { data + Data($0) }
    }
}
