import KafkaClient
import OffsetTranslate
import Testing

/// What counts as a record's copy.
@Suite struct RecordFingerprintTests {
    private func fingerprint(_ headers: [Header], timestamp: Int64 = 1) throws -> RecordFingerprint {
        var found: RecordFingerprint?
        let record = Record(key: [1], value: [2], headers: headers, timestamp: timestamp)
        MessageView.lend(ConsumedRecord(topicPartition: .init(topic: "t", partition: 0), offset: 0, record: record)) { found = RecordFingerprint($0) }
        return try #require(found)
    }

    private let own = [Header(name: "h", value: [1]), Header(name: "n", value: nil), Header(name: "h", value: [2])]

    @Test func aCopyMatchesWhateverItCameThrough() throws {
        let west = ProvenanceMarker.header(from: "west"), east = ProvenanceMarker.header(from: "east")
        let original = try fingerprint(own)
        for marked in [own + [west], [west] + own, own + [west, east], [west, own[0], east] + own[1...], own + [Header(name: west.name, value: nil)]] {
            #expect(try fingerprint(marked) == original && fingerprint(marked).matches(original))
        }
        #expect(try fingerprint([west]) == fingerprint([]) && fingerprint([west, west]) == fingerprint([east]))
    }

    @Test func everyOtherHeaderCounts() throws {
        let mark = ProvenanceMarker.header(from: "west")
        let original = try fingerprint(own)
        for other in [
            [], Array(own.dropLast()), own.reversed(), own + own, own + [Header(name: "offset-translate.fro", value: mark.value)],
            own + [Header(name: "Offset-translate.from", value: mark.value)], own + [Header(name: "", value: mark.value)],
        ] {
            #expect(try !fingerprint(other).matches(original))
            #expect(try !fingerprint(other + [mark]).matches(original))
        }
        #expect(try !fingerprint(own + [mark], timestamp: 2).matches(original))
    }
}
