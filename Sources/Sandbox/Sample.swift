internal import Foundation
import KafkaClient

/// The records of the demonstration: each knows who it is, so an audit can tell them apart wherever they lie.
enum Sample {
    static let sequenceHeader = "sequence"
    private static let canary: [UInt8] = Array("canary".utf8)

    private static var now: Int64 { Int64(Date().timeIntervalSince1970 * 1000) }

    /// Record number `sequence` of a source partition. Every 50th of `inventory` is a tombstone.
    static func record(_ partition: TopicPartition, _ sequence: Int64) -> Record {
        let isTombstone = partition.topic == "inventory" && sequence % 50 == 49
        let body = #"{"topic":"\#(partition.topic)","partition":\#(partition.partition),"sequence":\#(sequence),"note":"..."}"#
        return Record(
            key: Array("\(partition.topic)-\(sequence % 997)".utf8), value: isTombstone ? nil : Array(body.utf8),
            headers: [Header(name: sequenceHeader, value: withUnsafeBytes(of: sequence.bigEndian, Array.init))],
            timestamp: now)
    }

    /// Something that another application wrote into a target topic.
    static func foreign(_ number: Int) -> Record {
        Record(key: canary, value: Array("written by somebody else, \(number)".utf8), timestamp: now)
    }

    /// A record's number, or `nil` for one that did not come from the source.
    static func sequence(of record: Record) -> Int64? {
        guard let bytes = record.headers.last(where: { $0.name == sequenceHeader })?.value, bytes.count == 8 else { return nil }
        return bytes.reduce(0) { $0 << 8 | Int64($1) }
    }
}
