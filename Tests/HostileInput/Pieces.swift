import Foundation
import KafkaClient

/// Cuts bytes into a log's records: each piece has its length before it, 255 is a null.
struct Pieces {
    private var rest: Data

    init(_ data: Data) { rest = data }

    var isEmpty: Bool { rest.isEmpty }

    mutating func next() -> [UInt8]? {
        guard let length = rest.popFirst(), length < 255 else { return nil }
        defer { rest = rest.dropFirst(Int(length)) }
        return Array(rest.prefix(Int(length)))
    }

    static func joined(_ pieces: [[UInt8]?]) -> Data {
        pieces.reduce(into: Data()) { data, piece in
            data.append(piece.map { UInt8($0.count) } ?? 255)
            data.append(contentsOf: piece ?? [])
        }
    }
}

/// A log of hostile records, the time of each before it: up to eight bytes, the highest first.
func records(_ data: Data, headers names: [String]) -> [ConsumedRecord] {
    var pieces = Pieces(data), records: [ConsumedRecord] = []
    while !pieces.isEmpty {
        let time = pieces.next().map { $0.suffix(8).reduce(Int64(0)) { $0 << 8 | Int64($1) } }, key = pieces.next(), value = pieces.next()
        let headers = names.map { Header(name: $0, value: pieces.next()) }
        records.append(
            ConsumedRecord(
                topicPartition: TopicPartition(topic: "internal", partition: 0), offset: Int64(records.count),
                record: Record(key: key, value: value, headers: headers, timestamp: time)))
    }
    return records
}
