import Foundation
import OffsetTranslate
import Testing

/// Translation of what a real MirrorMaker 2 left behind, against the record-by-record truth.
@Suite struct TranslationGoldenTests {
    struct Recording: CustomTestStringConvertible, Sendable {
        var name: String
        /// What the nearest sync of the full history re-reads, and what the dense rows do (measured independently).
        var nothing: Int64
        var dense: Int64
        var testDescription: String { name }
    }

    static let recordings = [
        Recording(name: "mm2-clean", nothing: 25_960, dense: 2_208),
        Recording(name: "mm2-crash", nothing: 12_046, dense: 5_281),
    ]

    private struct Group: Decodable {
        var group: String
        var source: [String: Int64]
    }

    /// Per partition: the target's log, and each source record with the offset of its latest copy.
    private struct Truth {
        var target: LogBounds
        var source: LogBounds
        /// Of every record that the source still holds.
        var copies: [Int64] = []
        var latest: [(upstream: Int64, downstream: Int64)] = []

        func position(_ offset: Int64) -> Int64 {
            latest.lazy.filter { $0.upstream >= offset }.map(\.downstream).min() ?? target.end
        }
    }

    private func map(_ recording: Recording) throws -> TranslationMap {
        var map = TranslationMap()
        for sync: Located<OffsetSync> in try GoldenData.entries("\(recording.name)/offset-syncs.jsonl") { map.append(sync) }
        return map
    }

    private func truths(_ recording: Recording) throws -> [TopicPartition: Truth] {
        var truths: [TopicPartition: Truth] = [:]
        for line in try GoldenData.lines("\(recording.name)/truth.jsonl") {
            let object = try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
            let topic = try #require(object["topic"] as? String)
            let partition = try #require(object["partition"] as? Int)
            let bounds = try ["source", "target"].map { side in
                let bounds = try #require(object[side] as? [Int])
                return LogBounds(start: Int64(bounds[0]), end: Int64(bounds[1]))
            }
            var truth = Truth(target: bounds[1], source: bounds[0])
            for copy in try #require(object["copies"] as? [[Any]]) {
                let offsets = try #require(copy[1] as? [Int])
                truth.copies += offsets.map(Int64.init)
                guard let downstream = offsets.last else { continue }
                truth.latest.append((Int64(try #require(copy[0] as? Int)), Int64(downstream)))
            }
            truths[TopicPartition(topic: topic, partition: Int32(partition))] = truth
        }
        return truths
    }

    private func groups(_ recording: Recording) throws -> [Group] {
        try GoldenData.lines("\(recording.name)/groups.jsonl").map {
            try JSONDecoder().decode(Group.self, from: Data($0.utf8))
        }
    }

    @Test(arguments: recordings) func everyGroupGetsAPositionAndSkipsNothing(_ recording: Recording) throws {
        let map = try map(recording)
        let truths = try truths(recording)
        var reread: [Assumption: Int64] = [:]
        var count = 0
        for group in try groups(recording) {
            for (name, committed) in group.source {
                let parts = name.split(separator: ":")
                let partition = TopicPartition(topic: String(parts[0]), partition: try #require(Int32(parts[1])))
                let truth = try #require(truths[partition])
                let wanted = truth.position(committed)
                for assumption in [Assumption.nothing, .dense] {
                    let translation = map.translate(committed, of: partition, assuming: assumption, target: truth.target)
                    let position = try #require(translation.position, "\(group.group) \(partition): \(translation)")
                    #expect(position <= wanted, "\(group.group) \(partition) \(committed): skips records")
                    try expectBounds(translation, wanted, truth)
                    reread[assumption, default: 0] += Int64(truth.copies.count { $0 >= position && $0 < wanted })
                }
                count += 1
            }
        }
        #expect(count == 108)
        // The figures that docs/translation.md shows.
        print("\(recording.name): re-read \(reread[.nothing, default: 0]) with nothing assumed, \(reread[.dense, default: 0]) dense")
        #expect(reread[.nothing, default: 0] <= recording.nothing)
        #expect(reread[.dense, default: 0] <= recording.dense)
    }

    @Test(arguments: recordings) func everyOffsetOfTheSourceHolds(_ recording: Recording) throws {
        let map = try map(recording)
        for (partition, truth) in try truths(recording) {
            var wanted = truth.target.end
            var latest = truth.latest[...]
            for offset in stride(from: truth.source.end + 2, through: 0, by: -1) {
                while let last = latest.last, last.upstream >= offset {
                    wanted = min(wanted, last.downstream)
                    latest.removeLast()
                }
                for assumption in [Assumption.nothing, .dense] {
                    let translation = map.translate(offset, of: partition, assuming: assumption, target: truth.target)
                    let position = try #require(translation.position)
                    guard position <= wanted else {
                        Issue.record("\(partition) \(offset) \(assumption): \(position) skips \(wanted)")
                        return
                    }
                    try expectBounds(translation, wanted, truth)
                }
            }
        }
    }

    /// Copies of records that compaction has since removed from the source are in nobody's way.
    private func expectBounds(_ translation: Translation, _ wanted: Int64, _ truth: Truth) throws {
        let low = try #require(translation.low)
        let high = try #require(translation.high)
        #expect(low <= wanted)
        let isBounded = high >= wanted || !truth.latest.contains { $0.downstream >= high && $0.downstream < wanted }
        #expect(isBounded, "\(translation), wanted \(wanted)")
    }
}
