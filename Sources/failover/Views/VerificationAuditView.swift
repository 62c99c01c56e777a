import Cutover
import KafkaClient
import OffsetTranslate

/// Findings of an audit, for people and for programs.
struct AuditView {
    var source: String
    var target: String
    var partitions: [AuditFindings]

    /// With jsonl, each partition has been printed as it was done.
    func print(as format: VerifyCommand.OutputFormat) throws {
        switch format {
        case .text: Console.data(text)
        case .json: try Console.json(Document(source: source, target: target, partitions: partitions.map(Line.init)))
        case .jsonl: break
        }
    }

    static func printLine(_ findings: AuditFindings) throws { try Console.jsonLines([Line(findings)]) }

    private struct Document: Encodable {
        var formatVersion = 1
        var source: String
        var target: String
        var partitions: [Line]
    }

    private static let kinds: [(title: String, tally: @Sendable (AuditFindings) -> AuditFindings.Tally)] = [
        ("MISSING", { $0.missing }), ("DIFFERENT", { $0.different }), ("OUT OF ORDER", { $0.outOfOrder }), ("DOUBLED", { $0.doubled }),
        ("FOREIGN", { $0.foreign }), ("COMPACTED", { $0.compactedOnTarget }), ("COMPACTED ON SOURCE", { $0.compactedOnSource }),
    ]

    private var text: String {
        // Columns for what there is, besides those that everybody looks for.
        let kinds = Self.kinds.prefix(4) + Self.kinds.dropFirst(4).filter { kind in partitions.contains { kind.tally($0).count > 0 } }
        var table = Table(
            [("", .left), ("TOPIC", .left), ("PART", .right), ("RECORDS", .right), ("MATCHED", .right)]
                + kinds.map { ($0.title, .right) } + [("NOT YET COPIED", .right), ("OUTSIDE", .right), ("VERDICT", .left)])
        for found in partitions {
            table.add(
                [
                    found.isFailure ? "!" : found.obstacle != nil ? "?" : "=", found.target?.topic ?? "", found.target.map { "\($0.partition)" } ?? "",
                    found.originals.grouped, found.matched.grouped,
                ] + kinds.map { $0.tally(found).count.grouped }
                    + [found.notYetCopied.grouped, "\(found.outsideOnSource.grouped)/\(found.outsideOnTarget.grouped)", found.verdict.text])
        }
        return ([table.text, "", summary] + notes).joined(separator: "\n")
    }

    private var summary: String {
        let failed = partitions.count(where: \.isFailure), matched = partitions.reduce(0) { $0 + $1.matched }
        return "\(source) -> \(target): \(partitions.count.grouped) partition\(partitions.count == 1 ? "" : "s"), \(matched.grouped) records matched; "
            + (failed == 0 ? "nothing is missing, different or out of order." : "\(failed.grouped) partition\(failed == 1 ? " is" : "s are") not a copy.")
    }

    /// The first few of each kind.
    private var notes: [String] {
        partitions.flatMap { found -> [String] in
            let name = found.target.map { "\($0)" } ?? ""
            let examples = Self.kinds.prefix(5).filter { $0.tally(found).count > 0 }.map { kind in
                let tally = kind.tally(found)
                let places = tally.examples.map { coordinates in
                    [coordinates.source.map { "\($0)" } ?? "-", coordinates.target.map { "\($0)" } ?? "-"].joined(separator: " -> ")
                }
                return "- \(name) \(kind.title.lowercased()): \(places.joined(separator: ", "))\(tally.count > Int64(places.count) ? ", ..." : "")"
            }
            return examples + (found.obstacle.map { ["? \(name): \($0)"] } ?? [])
        }
    }

    /// One partition: see docs/json.md.
    private struct Line: Encodable {
        var sourceTopic: String?
        var targetTopic: String?
        var partition: Int32?
        var verdict: String
        var isFailure: Bool
        var sourceRecords: Int64
        var targetRecords: Int64
        var matched: Int64
        var firstMatched: Int64?
        var lastMatched: Int64?
        var missing: Tally
        var different: Tally
        var outOfOrder: Tally
        var doubled: Tally
        var foreign: Tally
        var compactedOnTarget: Tally
        var compactedOnSource: Tally
        var notYetCopied: Int64
        var outsideOnSource: Int64
        var outsideOnTarget: Int64
        var obstacle: String?

        init(_ found: AuditFindings) {
            sourceTopic = found.source?.topic
            targetTopic = found.target?.topic
            partition = found.source?.partition
            verdict = found.verdict.rawValue
            isFailure = found.isFailure
            sourceRecords = found.originals
            targetRecords = found.copies
            matched = found.matched
            firstMatched = found.compared?.lowerBound
            lastMatched = found.compared?.upperBound
            missing = Tally(found.missing)
            different = Tally(found.different)
            outOfOrder = Tally(found.outOfOrder)
            doubled = Tally(found.doubled)
            foreign = Tally(found.foreign)
            compactedOnTarget = Tally(found.compactedOnTarget)
            compactedOnSource = Tally(found.compactedOnSource)
            notYetCopied = found.notYetCopied
            outsideOnSource = found.outsideOnSource
            outsideOnTarget = found.outsideOnTarget
            obstacle = found.obstacle
        }
    }

    private struct Tally: Encodable {
        struct Example: Encodable {
            var sourceOffset: Int64?
            var targetOffset: Int64?
            var timestamp: Int64
        }
        var count: Int64
        var examples: [Example]

        init(_ tally: AuditFindings.Tally) {
            count = tally.count
            examples = tally.examples.map { Example(sourceOffset: $0.source, targetOffset: $0.target, timestamp: $0.timestamp) }
        }
    }
}

extension AuditFindings.Verdict {
    fileprivate var text: String {
        switch self {
        case .same: "the same"
        case .complete: "complete, with more on the target"
        case .broken: "NOT A COPY"
        case .unrelated: "NOTHING IN COMMON"
        case .nothingToCompare: "nothing to compare"
        case .unfinished: "not read to the end"
        }
    }
}
