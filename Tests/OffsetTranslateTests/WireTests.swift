import Foundation
import OffsetTranslate
import Testing

@Suite struct WireTests {
    private func bytes(_ hex: String) -> [UInt8] {
        stride(from: 0, to: hex.count, by: 2).map {
            UInt8(hex.dropFirst($0).prefix(2), radix: 16)!
        }
    }

    private func decode<Entry>(
        _ decode: (UnsafeRawBufferPointer?, UnsafeRawBufferPointer?) throws -> Entry, _ key: [UInt8]?, _ value: [UInt8]?
    ) throws -> Entry {
        func lend<Result>(_ bytes: [UInt8]?, _ body: (UnsafeRawBufferPointer?) throws -> Result) rethrows -> Result {
            guard let bytes else { return try body(nil) }
            return try bytes.withUnsafeBytes { try body($0) }
        }
        return try lend(key) { key in try lend(value) { try decode(key, $0) } }
    }

    // MARK: The bytes of MM2's own serialisation tests

    @Test func offsetSyncBytes() throws {
        let sync = OffsetSync(topicPartition: .init(topic: "topic-1", partition: 2), upstreamOffset: 3, downstreamOffset: 4)
        #expect(try sync.encodedKey() == bytes("0007746f7069632d3100000002"))
        #expect(sync.encodedValue() == bytes("00000000000000030000000000000004"))
        #expect(try decode(OffsetSync.decode, sync.encodedKey(), sync.encodedValue()) == sync)
    }

    @Test func checkpointBytes() throws {
        let checkpoint = Checkpoint(
            group: "group-1", topicPartition: .init(topic: "topic-2", partition: 3), upstreamOffset: 4, downstreamOffset: 5,
            metadata: "metadata-6")
        #expect(try checkpoint.encodedKey() == bytes("000767726f75702d310007746f7069632d3200000003"))
        #expect(try checkpoint.encodedValue() == bytes("000000000000000000040000000000000005000a6d657461646174612d36"))
        #expect(try decode(Checkpoint.decode, checkpoint.encodedKey(), checkpoint.encodedValue()) == checkpoint)
    }

    @Test func heartbeatBytes() throws {
        let heartbeat = Heartbeat(sourceAlias: "source-1", targetAlias: "target-2", timestamp: 1_234_567_890)
        #expect(try heartbeat.encodedKey() == bytes("0008736f757263652d3100087461726765742d32"))
        #expect(heartbeat.encodedValue() == bytes("000000000000499602d2"))
        #expect(try decode(Heartbeat.decode, heartbeat.encodedKey(), heartbeat.encodedValue()) == heartbeat)
    }

    // MARK: What a real MirrorMaker 2 wrote

    private struct Recorded: Decodable {
        var offset: Int64
        var key: Data?
        var value: Data?
    }

    private func recorded(_ path: String) throws -> [(key: [UInt8]?, value: [UInt8]?)] {
        try GoldenData.lines(path).map {
            let record = try JSONDecoder().decode(Recorded.self, from: Data($0.utf8))
            return (record.key.map(Array.init), record.value.map(Array.init))
        }
    }

    @Test(arguments: ["mm2-clean", "mm2-crash"])
    func recordingsDecodeAndEncodeToTheSameBytes(_ recording: String) throws {
        let syncs = try recorded("\(recording)/offset-syncs.jsonl")
        for (key, value) in syncs {
            let sync = try decode(OffsetSync.decode, key, value)
            #expect(try sync.encodedKey() == key && sync.encodedValue() == value)
            #expect(["orders", "payments", "inventory", "heartbeats"].contains(sync.topicPartition.topic))
        }
        let checkpoints = try recorded("\(recording)/checkpoints.jsonl")
        for (key, value) in checkpoints {
            let checkpoint = try decode(Checkpoint.decode, key, value)
            #expect(try checkpoint.encodedKey() == key && checkpoint.encodedValue() == value)
            // The recording's groups commit their own offset as metadata, as a C string with its NUL.
            #expect(checkpoint.metadata == "m\(checkpoint.upstreamOffset)\0")
        }
        let heartbeats = try recorded("\(recording)/heartbeats.jsonl")
        for (key, value) in heartbeats {
            let heartbeat = try decode(Heartbeat.decode, key, value)
            #expect(try heartbeat.encodedKey() == key && heartbeat.encodedValue() == value)
            #expect(heartbeat.sourceAlias == "source" && heartbeat.targetAlias == "target")
        }
        #expect(syncs.count > 400 && checkpoints.count > 90 && heartbeats.count > 80)
    }

    // MARK: Bad input

    @Test func everyTruncationIsATypedError() throws {
        let checkpoint = Checkpoint(
            group: "g", topicPartition: .init(topic: "t", partition: 0), upstreamOffset: 1, downstreamOffset: 2, metadata: "m")
        let key = try checkpoint.encodedKey(), value = try checkpoint.encodedValue()
        for length in 0..<key.count {
            #expect(throws: WireError.self) { try decode(Checkpoint.decode, Array(key.prefix(length)), value) }
        }
        for length in 0..<value.count {
            #expect(throws: WireError.self) { try decode(Checkpoint.decode, key, Array(value.prefix(length))) }
        }
        // Upstream's readers accept bytes after the last field.
        #expect(try decode(Checkpoint.decode, key + [1], value + [2, 3]) == checkpoint)
    }

    @Test func malformedFieldsAreTypedErrors() throws {
        let key = bytes("00017400000000")
        let value = bytes("00000000000000030000000000000004")
        #expect(throws: WireError.tombstone) { try decode(OffsetSync.decode, key, nil) }
        #expect(throws: WireError.missingKey) { try decode(OffsetSync.decode, nil, value) }
        #expect(throws: WireError.negativeLength(field: "topic")) { try decode(OffsetSync.decode, bytes("ffff00000000"), value) }
        #expect(throws: WireError.truncated(field: "topic")) { try decode(OffsetSync.decode, bytes("7fff7400000000"), value) }
        #expect(throws: WireError.invalidUTF8(field: "topic")) { try decode(OffsetSync.decode, bytes("0001ff00000000"), value) }
        #expect(throws: WireError.negative(field: "partition", -1)) { try decode(OffsetSync.decode, bytes("000174ffffffff"), value) }
        #expect(throws: WireError.negative(field: "upstreamOffset", -1)) {
            try decode(OffsetSync.decode, key, bytes("ffffffffffffffff0000000000000004"))
        }
        #expect(throws: WireError.unsupportedVersion(1)) {
            try decode(Heartbeat.decode, bytes("000161000162"), bytes("0001000000000000000a"))
        }
        let long = OffsetSync(
            topicPartition: .init(topic: String(repeating: "x", count: 40_000), partition: 0), upstreamOffset: 0, downstreamOffset: 0)
        #expect(throws: WireError.tooLong(field: "topic", bytes: 40_000)) { try long.encodedKey() }
    }

    @Test func randomBytesNeverCrash() {
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<20_000 {
            let key = (0..<Int.random(in: 0...24, using: &generator)).map { _ in UInt8.random(in: 0...255, using: &generator) }
            let value = (0..<Int.random(in: 0...40, using: &generator)).map { _ in UInt8.random(in: 0...255, using: &generator) }
            _ = try? decode(OffsetSync.decode, key, value)
            _ = try? decode(Checkpoint.decode, key, value)
            _ = try? decode(Heartbeat.decode, key, value)
            _ = try? value.withUnsafeBytes(StrictMarker.decode)
        }
    }

    // MARK: Our marks

    @Test func strictMarkersRoundTrip() throws {
        for previous in [nil, StrictMarker.Pair(upstreamOffset: 7, downstreamOffset: 1 << 40)] {
            let marker = StrictMarker(previous: previous)
            #expect(try marker.encoded().withUnsafeBytes(StrictMarker.decode) == marker)
        }
        #expect(throws: WireError.unsupportedVersion(2)) { try [UInt8]([2]).withUnsafeBytes(StrictMarker.decode) }
        #expect(throws: WireError.self) { try [UInt8]([1, 0, 0]).withUnsafeBytes(StrictMarker.decode) }
    }
    @Test func capturedMarkersRoundTrip() throws {
        let marker = CapturedMarker(sourceOffset: 0x0102_0304)
        #expect(marker.encoded() == [1, 0, 0, 0, 0, 1, 2, 3, 4])
        #expect(try marker.encoded().withUnsafeBytes(CapturedMarker.decode) == marker)
        #expect(throws: WireError.unsupportedVersion(2)) { try [UInt8]([2]).withUnsafeBytes(CapturedMarker.decode) }
        #expect(throws: WireError.truncated(field: "source offset")) { try [UInt8]([1, 0]).withUnsafeBytes(CapturedMarker.decode) }
        #expect(throws: WireError.negative(field: "source offset", -1)) {
            try ([1] + [UInt8](repeating: 255, count: 8)).withUnsafeBytes(CapturedMarker.decode)
        }
    }
}
