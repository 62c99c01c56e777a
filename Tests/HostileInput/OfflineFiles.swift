import Foundation
import KafkaClient
import OffsetTranslate

extension HostileInput {
    static let syncFile = HostileInput("sync-file", words: members + ["OffsetSync{topicPartition=", "-0, upstreamOffset=", ", downstreamOffset=", "}\n"]) {
        let json = #"{"topic":"orders","partition":0,"upstreamOffset":5,"downstreamOffset":6"#
        return [
            json + ",\"timestamp\":99,\"strict\":true,\"previousUpstreamOffset\":3,\"previousDownstreamOffset\":4}\n" + json + "}\r\n",
            "OffsetSync{topicPartition=a-b-7-12, upstreamOffset=0, downstreamOffset=9223372036854775807}\n", json + #","more":[{"a":1.5e3}],"x":"\\\""}"#,
        ].map { Data($0.utf8) }
    } read: { data in
        func read(_ data: Data) throws -> [OffsetSyncFile.Line]? {
            try withFile(data) { path in
                try attempt(FileLineError.self) {
                    var lines: [OffsetSyncFile.Line] = []
                    try OffsetSyncFile(path).forEach { lines.append($0) }
                    return lines
                }
            }
        }
        try requireOneReading(of: data, read)
        guard let lines = try read(data) else { return false }
        var map = TranslationMap()
        for line in lines { map.append(line.sync, marker: line.marker, timestamp: line.timestamp) }
        for partition in map.partitions.prefix(3) { try requireTranslations(map, partition, [0, map[partition]?.last?.upstreamOffset ?? 0, .max]) }
        return !lines.isEmpty
    }

    static let positionFiles = HostileInput("position-files", words: members + ["\"group\":", "\"logStart\":", "\"logEnd\":", "\"offset\":"]) {
        [
            "{\"group\":\"g\",\"topic\":\"o\",\"partition\":1,\"offset\":7}\n{\"topic\":\"o\",\"partition\":1,\"offset\":7}\n",
            "{\"topic\":\"o\",\"partition\":1,\"logStart\":7,\"logEnd\":9}\n",
        ].map { Data($0.utf8) }
    } read: { data in
        let (positions, ends) = try withFile(data) { path in
            (try attempt(FileLineError.self) { try PositionFile(path).lines }, try attempt(FileLineError.self) { try LogEndsFile(path).bounds })
        }
        try requireOneReading(of: data) { data in try withFile(data) { path in try attempt(FileLineError.self) { try PositionFile(path).lines } } }
        return positions?.isEmpty == false || ends?.isEmpty == false
    }

    private static let members = [
        "{", "}", "\n", "\r\n", "\"topic\":", "\"partition\":", "\"upstreamOffset\":", "\"downstreamOffset\":", "\"strict\":true", "\"timestamp\":", "null", "-1",
        "9223372036854775807", "999999999999999999", "\\u0041", "\\\"", "1e3", "\u{FEFF}", "{\"a\":[]}",
    ]
}

/// The quick reading of a line and the thorough one, which a member of another shape brings about, say the same.
private func requireOneReading<Line: Equatable>(of data: Data, _ read: (Data) throws -> [Line]?) throws {
    for line in data.split(separator: 0x0A).prefix(8) where line.first == 0x7B && line.count > 2 && String(validating: line, as: UTF8.self) != nil {
        let quick = try read(Data(line)), thorough = try read(Data("{\"\":[],".utf8) + line.dropFirst())
        try require(quick == thorough, "\(String(decoding: line, as: UTF8.self)) is \(String(describing: quick)), or \(String(describing: thorough))")
    }
}
