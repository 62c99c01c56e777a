import Foundation
import KafkaClient
import OffsetTranslate

/// Translations for people and for programs.
struct TranslationView {
    /// Aliases, where clusters were asked.
    var source: String?
    var target: String?
    var strategy: TranslateCommand.StrategyName
    var positions: [TranslatedPosition]

    var unknown: Int { positions.count { $0.translation.position == nil } }

    func print(as format: TranslateCommand.OutputFormat) throws {
        switch format {
        case .text: Console.data(text)
        case .json:
            try Console.json(
                Document(source: source, target: target, strategy: strategy.rawValue, offsets: positions.map(TranslationLine.init)))
        case .jsonl: try Console.jsonLines(positions.lazy.map(TranslationLine.init))
        case .csv: try printCSV()
        }
    }

    /// The JSON of `failover translate --output json`.
    private struct Document: Encodable {
        var formatVersion = 1
        /// Absent without clusters.
        var source: String?
        var target: String?
        var strategy: String
        var offsets: [TranslationLine]
    }

    private var text: String {
        let hasGroups = positions.contains { $0.group != nil }, now = Date.now.milliseconds
        var table = Table(
            (hasGroups ? [("GROUP", .left)] : []) + [
                ("TOPIC", .left), ("PART", .right), ("UPSTREAM", .right), ("TRANSLATED", .right), ("KIND", .left), ("RE-READ", .right),
                ("RULE", .left), ("EVIDENCE", .right),
            ])
        for position in positions {
            let translation = position.translation, place = position.target ?? position.source
            let evidence = translation.evidence
            table.add(
                (hasGroups ? [position.group ?? ""] : []) + [
                    place.topic, "\(place.partition)", position.offset.grouped, translation.position.grouped,
                    translation.kind.name, translation.maxReplay.map { $0 == 0 ? "0" : "<=\($0.grouped)" } ?? "-",
                    evidence.rule.rawValue, age(of: (evidence.below ?? evidence.above)?.timestamp ?? -1, now: now),
                ])
        }
        let notes = positions.flatMap { position in
            let place = [position.group, (position.target ?? position.source).description].compactMap { $0 }.joined(separator: " ")
            return (position.translation.reason.map { ["\($0)"] } ?? position.translation.warnings.map { "\($0)" }).map { "! \(place): \($0)" }
        }
        return ([table.text] + notes).joined(separator: "\n")
    }

    /// Lines of `kafka-consumer-groups --reset-offsets --from-file`: with the group where several may be meant.
    private func printCSV() throws {
        let known = positions.filter { $0.translation.position != nil }
        let withGroup = known.count { $0.group != nil }
        guard withGroup == 0 || withGroup == known.count else {
            throw MixedGroups()
        }
        let lines = known.compactMap { position -> String? in
            guard let offset = position.translation.position else { return nil }
            let place = position.target ?? position.source
            return ([position.group, place.topic].compactMap { $0 } + ["\(place.partition)", "\(offset)"]).joinedForCSV
        }
        if !lines.isEmpty { Console.data(lines.joined(separator: "\n")) }
        let left = positions.filter { $0.translation.position == nil }
        for position in left.prefix(20) {
            let place = [position.group, (position.target ?? position.source).description].compactMap { $0 }.joined(separator: " ")
            Console.warn("left out: \(place): \(position.translation.reason.map { "\($0)" } ?? "unknown")")
        }
        if left.count > 20 { Console.warn("left out: \((left.count - 20).grouped) more; --output jsonl has every reason") }
    }

    private struct MixedGroups: Error, CustomStringConvertible {
        var description: String { "some positions have a group and some have none: one csv can't hold both; --output jsonl can" }
    }
}
