import Foundation
import OffsetTranslate
import TestSupport
import Testing

/// Tier 1: the files that work without clusters.
@Suite struct OfflineFileTests {
    /// A file with that text, gone when the body returns.
    private func withFile<Result>(_ bytes: [UInt8], _ body: (String) throws -> Result) throws -> Result {
        let file = scratch.appendingPathComponent("offline-\(UUID().uuidString)")
        try Data(bytes).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        return try body(file.path)
    }

    private func syncs(_ text: String) throws -> [OffsetSyncFile.Line] {
        try withFile(Array(text.utf8)) { path in
            var lines: [OffsetSyncFile.Line] = []
            try OffsetSyncFile(path).forEach { lines.append($0) }
            return lines
        }
    }

    private func line(
        _ upstream: Int64, _ downstream: Int64, _ marker: StrictMarker? = nil, at timestamp: Int64 = -1, of topic: String = "orders",
        _ partition: Int32 = 0
    ) -> OffsetSyncFile.Line {
        .init(
            sync: OffsetSync(topicPartition: .init(topic: topic, partition: partition), upstreamOffset: upstream, downstreamOffset: downstream),
            marker: marker, timestamp: timestamp)
    }

    // MARK: What is read

    @Test(arguments: [
        #"{"topic":"orders","partition":0,"upstreamOffset":3,"downstreamOffset":4}"#,
        #" { "downstreamOffset" : 4 , "upstreamOffset" : 3, "topic" : "orders" ,"partition":0 } "#,
        #"{"topic":"orders","partition":0,"upstreamOffset":3,"downstreamOffset":4,"strict":false,"timestamp":-1}"#,
        #"{"topic":"orders","partition":0,"upstreamOffset":3,"downstreamOffset":4,"strict":null,"previousUpstreamOffset":null}"#,
        #"{"topic":"orders","partition":0,"upstreamOffset":3,"downstreamOffset":4,"offset":1,"more":[{"a":1.5e3}],"x":"\\\""}"#,
        #"{"\u0074opic":"\u006f\u0072ders","partition":0,"upstreamOffset":3,"downstreamOffset":4}"#,
        "OffsetSync{topicPartition=orders-0, upstreamOffset=3, downstreamOffset=4}",
        "\u{FEFF}{\"topic\":\"orders\",\"partition\":0,\"upstreamOffset\":3,\"downstreamOffset\":4}",
    ])
    func oneSyncManyWaysToWriteIt(_ text: String) throws {
        #expect(try syncs(text) == [line(3, 4)])
        #expect(try syncs(text + "\r\n\r\n  \r\n" + text.drop { $0 == "\u{FEFF}" } + "\r\n") == [line(3, 4), line(3, 4)])
    }

    @Test func theMirrorsMarkIsReadBack() throws {
        let text = #"{"topic":"orders","partition":0,"upstreamOffset":5,"downstreamOffset":6,"timestamp":99,"strict":true"#
        #expect(try syncs(text + "}") == [line(5, 6, StrictMarker(previous: nil), at: 99)])
        let chained = StrictMarker(previous: .init(upstreamOffset: 3, downstreamOffset: 4))
        #expect(try syncs(text + #","previousUpstreamOffset":3,"previousDownstreamOffset":4}"#) == [line(5, 6, chained, at: 99)])
        // A sync without the mark names nobody.
        #expect(try syncs(#"{"topic":"orders","partition":0,"upstreamOffset":5,"downstreamOffset":6,"previousUpstreamOffset":3,"previousDownstreamOffset":4}"#) == [line(5, 6)])
    }

    @Test func topicsWithDashesAndOtherLetters() throws {
        #expect(try syncs("OffsetSync{topicPartition=a-b-7-12, upstreamOffset=0, downstreamOffset=9223372036854775807}") == [line(0, .max, of: "a-b-7", 12)])
        #expect(try syncs(#"{"topic":"größe","partition":2147483647,"upstreamOffset":9223372036854775807,"downstreamOffset":0}"#) == [line(.max, 0, of: "größe", .max)])
        #expect(try syncs(#"{"topic":"\ud83d\ude00\t","partition":0,"upstreamOffset":0,"downstreamOffset":0}"#) == [line(0, 0, of: "😀\t")])
    }

    @Test func linesAcrossTheReadersPieces() throws {
        // Longer than the megabyte that is read at a time, and with lines that end anywhere in it.
        let lines = (0..<30_000).map { line(Int64($0), Int64($0 * 2), of: "topic-\($0 % 7)-\(String(repeating: "x", count: $0 % 40))", Int32($0 % 3)) }
        let text = lines.map {
            #"{"topic":"\#($0.sync.topicPartition.topic)","partition":\#($0.sync.topicPartition.partition),"upstreamOffset":\#($0.sync.upstreamOffset),"downstreamOffset":\#($0.sync.downstreamOffset)}"#
        }.joined(separator: "\n")
        #expect(text.utf8.count > 2 << 20)
        #expect(try syncs(text) == lines)
    }

    // MARK: What is refused

    private static let rest = #""partition":0,"upstreamOffset":3,"downstreamOffset":4}"#

    @Test(arguments: [
        ("{\"topic\":\"orders\",\"partition\":0,\"upstreamOffset\":3", "not JSON"),
        ("[]", "not a JSON object"),
        ("orders 0 3 4", "not JSON"),
        ("{}", "'topic' is missing"),
        ("{\"topic\":null,\(rest)", "'topic' is missing"),
        ("{\"topic\":\"\",\(rest)", "'topic' is missing"),
        ("{\"topic\":7,\(rest)", "'topic' is not a string"),
        ("{\"topic\":\"a\",\"topic\":\"b\",\(rest)", "'topic' is given twice"),
        ("{\"topic\":\"a\",\"\\u0074opic\":\"b\",\(rest)", "'topic' is given twice"),
        ("{\"topic\":\"a\",\(rest)}", "after the end"),
        ("{\"topic\":\"a\nb\",\(rest)", "not JSON"),
        (#"{"topic":"a","partition":0,"upstreamOffset":3}"#, "'downstreamOffset' is missing"),
        (#"{"topic":"a","partition":-1,"upstreamOffset":3,"downstreamOffset":4}"#, "'partition' is not a whole number"),
        (#"{"topic":"a","partition":2147483648,"upstreamOffset":3,"downstreamOffset":4}"#, "'partition' is not a whole number"),
        (#"{"topic":"a","partition":0,"upstreamOffset":9223372036854775808,"downstreamOffset":4}"#, "'upstreamOffset' is not a whole number"),
        (#"{"topic":"a","partition":0,"upstreamOffset":1e3,"downstreamOffset":4}"#, "'upstreamOffset' is not a whole number"),
        (#"{"topic":"a","partition":0,"upstreamOffset":03,"downstreamOffset":4}"#, "not JSON"),
        (#"{"topic":"a","partition":0,"upstreamOffset":3.0,"downstreamOffset":-4}"#, "not a whole number"),
        (#"{"topic":"a","partition":0,"upstreamOffset":"3","downstreamOffset":4}"#, "'upstreamOffset' is not a whole number"),
        (#"{"topic":"a","partition":0,"upstreamOffset":3,"downstreamOffset":4,"strict":1}"#, "neither true nor false"),
        (#"{"topic":"a","partition":0,"upstreamOffset":3,"downstreamOffset":4,"strict":true,"previousUpstreamOffset":2}"#, "is missing"),
        ("OffsetSync{topicPartition=orders, upstreamOffset=3, downstreamOffset=4}", "neither a JSON object nor OffsetSync"),
        ("OffsetSync{topicPartition=-0, upstreamOffset=3, downstreamOffset=4}", "neither"),
        ("OffsetSync{topicPartition=a-0, upstreamOffset=3, downstreamOffset=}", "neither"),
        ("OffsetSync{topicPartition=a-0, upstreamOffset=-3, downstreamOffset=4}", "neither"),
        ("OffsetSync{topicPartition=a-0, upstreamOffset=3, downstreamOffset=9223372036854775808}", "neither"),
        ("OffsetSync{topicPartition=a-4294967296, upstreamOffset=3, downstreamOffset=4}", "neither"),
        (String(repeating: "[", count: 100), "nested too deeply"),
    ])
    func malformedLinesAreNamed(_ text: String, _ problem: String) throws {
        let good = #"{"topic":"orders","partition":0,"upstreamOffset":3,"downstreamOffset":4}"#
        let error = try #require(throws: FileLineError.self) { try syncs("\(good)\n\n\(text)\n\(good)") }
        #expect(error.line == 3 && error.problem.contains(problem), "\(error)")
        #expect(error.description.hasPrefix("\(error.file):3: ") && !error.excerpt.isEmpty)
    }

    @Test func noMoreThanTheBeginningOfALineIsShown() throws {
        let error = try #require(throws: FileLineError.self) { try syncs("{\"topic\":\"" + String(repeating: "é", count: 5000) + "\u{1B}[31m") }
        #expect(error.excerpt.count == 123 && error.excerpt.hasSuffix("é..."))
        let control = try #require(throws: FileLineError.self) { try syncs("\u{1B}[31mred") }
        #expect(!control.description.contains("\u{1B}"))
    }

    @Test func bytesThatAreNoText() throws {
        let json = Array("{\"topic\":\"".utf8) + [0xC3, 0x28] + Array("\",\(Self.rest)".utf8)
        let formatted = Array("OffsetSync{topicPartition=".utf8) + [0xFF] + Array("-0, upstreamOffset=3, downstreamOffset=4}".utf8)
        for bytes in [json, formatted, [0x00], [0xFF, 0xFE, 0x7B]] {
            try withFile(bytes) { path in
                let error = try #require(throws: FileLineError.self) { try OffsetSyncFile(path).forEach { _ in } }
                #expect(error.line == 1)
            }
        }
    }

    @Test func aLineWithoutAnEndIsNotKept() throws {
        let error = try #require(throws: FileLineError.self) { try syncs(String(repeating: " ", count: 3 << 20)) }
        #expect(error.line == 1 && error.problem.contains("longer than 1 MiB"))
    }

    @Test func filesThatCannotBeRead() throws {
        for (path, why) in [("/nowhere/at/all", "No such file"), ("/", "directory")] {
            let error = try #require(throws: FileLineError.self) { try OffsetSyncFile(path).forEach { _ in } }
            #expect(error.line == nil && error.description.contains(path) && error.description.contains(why))
        }
    }

    // MARK: Positions and log ends

    @Test func positionsInTheirOrder() throws {
        let text = """
            {"topic":"b","partition":1,"offset":5,"group":"g"}
            {"group":null,"topic":"a","partition":0,"offset":9223372036854775807,"metadata":"x"}
            """
        #expect(try withFile(Array(text.utf8)) { try PositionFile($0).lines } == [
            .init(group: "g", topicPartition: .init(topic: "b", partition: 1), offset: 5),
            .init(topicPartition: .init(topic: "a", partition: 0), offset: .max),
        ])
        try withFile(Array(#"{"topic":"a","partition":0,"offset":-1}"#.utf8)) { path in
            let error = try #require(throws: FileLineError.self) { try PositionFile(path) }
            #expect(error.problem.contains("'offset'"))
        }
    }

    @Test func logEndsThatContradictAreRefused() throws {
        let line = #"{"topic":"a","partition":0,"logStart":3,"logEnd":9}"#
        let bounds = try withFile(Array("\(line)\n\(line)\n".utf8)) { try LogEndsFile($0).bounds }
        #expect(bounds == [.init(topic: "a", partition: 0): .init(start: 3, end: 9)])
        for other in [#"{"topic":"a","partition":0,"logStart":3,"logEnd":10}"#, #"{"topic":"b","partition":0,"logStart":3,"logEnd":2}"#] {
            try withFile(Array("\(line)\n\(other)".utf8)) { path in
                let error = try #require(throws: FileLineError.self) { try LogEndsFile(path) }
                #expect(error.line == 2)
            }
        }
    }

    // MARK: The recordings

    private struct Raw: Decodable {
        var key: Data
        var value: Data
    }

    /// Both ways of writing the syncs down lead to the same translations as the topic itself.
    @Test(arguments: ["mm2-clean", "mm2-crash"]) func nothingIsLostOnTheWayThroughAFile(_ recording: String) throws {
        var map = TranslationMap(), json: [String] = [], formatted: [String] = []
        for text in try GoldenData.lines("\(recording)/offset-syncs.jsonl") {
            let raw = try JSONDecoder().decode(Raw.self, from: Data(text.utf8))
            let sync = try Array(raw.key).withUnsafeBytes { key in
                try Array(raw.value).withUnsafeBytes { try OffsetSync.decode(key: key, value: $0) }
            }
            map.append(sync)
            json.append(#"{"topic":"\#(sync.topicPartition.topic)","partition":\#(sync.topicPartition.partition),"upstreamOffset":\#(sync.upstreamOffset),"downstreamOffset":\#(sync.downstreamOffset)}"#)
            formatted.append("OffsetSync{topicPartition=\(sync.topicPartition), upstreamOffset=\(sync.upstreamOffset), downstreamOffset=\(sync.downstreamOffset)}")
        }
        for text in [json, formatted] {
            var read = TranslationMap()
            for line in try syncs(text.joined(separator: "\n")) { read.append(line.sync, marker: line.marker, timestamp: line.timestamp) }
            #expect(read.partitions == map.partitions && read.partitions.count >= 6)
            for partition in map.partitions { #expect(read[partition] == map[partition]) }
        }
    }
}
