import Cutover
import Foundation
import KafkaClient
import OffsetTranslate

/// Findings on positions, for people and for programs.
struct VerificationView {
    var source: String
    var target: String
    var findings: [PositionFinding]

    func print(as format: VerifyCommand.OutputFormat) throws {
        switch format {
        case .text: Console.data(text)
        case .json: try Console.json(Document(source: source, target: target, positions: findings.map(VerificationLine.init)))
        case .jsonl: try Console.jsonLines(findings.lazy.map(VerificationLine.init))
        }
    }

    private struct Document: Encodable {
        var formatVersion = 1
        var source: String
        var target: String
        var positions: [VerificationLine]
    }

    private var text: String {
        var table = Table([
            ("", .left), ("GROUP", .left), ("TOPIC", .left), ("PART", .right), ("SOURCE", .right), ("TARGET", .right), ("COPY AT", .right),
            ("VERDICT", .left),
        ])
        for finding in findings {
            let position = finding.position
            table.add([
                finding.isFailure ? "!" : finding.isOpen ? "?" : "=", position.group, position.target.topic, "\(position.target.partition)",
                position.sourceOffset.grouped, position.targetOffset.grouped, finding.evidence.copy.grouped, finding.verdict.text,
            ], styles: finding.isFailure ? [0: .red] : finding.isOpen ? [0: .yellow] : [:])
        }
        return ([table.text, ""] + [summary] + notes).joined(separator: "\n")
    }

    private var summary: String {
        let names = ["matched", "behind", "AHEAD", "moved on", "not matched", "ambiguous", "not readable"]
        let counts = names.compactMap { name -> String? in
            let count = findings.count { $0.verdict.name == name }
            return count == 0 ? nil : "\(count.grouped) \(name)"
        }
        let total = "\(source) -> \(target): \(findings.count.grouped) position\(findings.count == 1 ? "" : "s")"
        return "\(total), \(counts.isEmpty ? "nothing to compare" : counts.joined(separator: ", "))."
    }

    /// What was compared, where it did not match.
    private var notes: [String] {
        findings.filter { $0.isFailure || $0.isOpen || $0.evidence.uncopied > 0 }.compactMap { finding in
            let evidence = finding.evidence
            var parts = finding.isFailure || finding.isOpen
                ? [
                    ("\(source) before", evidence.sourceBefore), ("next", evidence.sourceNext), ("\(target) before", evidence.targetBefore),
                    ("next", evidence.targetNext),
                ].compactMap { name, place in place.map { "\(name) \($0.text)" } } : []
            if evidence.uncopied > 0 { parts.append("\(evidence.uncopied.grouped) wanted record\(evidence.uncopied == 1 ? " has" : "s have") no copy there (yet)") }
            guard !parts.isEmpty else { return nil }
            return "\(finding.isFailure ? "!" : "-") \(finding.position.group) \(finding.position.target): \(parts.joined(separator: ", "))"
        }
    }
}

extension PositionFinding.Place {
    fileprivate var text: String {
        guard timestamp >= 0 else { return "\(offset)" }
        let time = Date(timeIntervalSince1970: Double(timestamp) / 1000)
        return "\(offset) (\(time.ISO8601Format(.iso8601(timeZone: .gmt, includingFractionalSeconds: true))))"
    }
}

extension PositionFinding.Count {
    var text: String {
        let prefix = switch precision {
        case .exact: ""
        case .atLeast: "at least "
        case .atMost: "at most "
        }
        return prefix + records.grouped
    }
}

extension PositionFinding.Verdict {
    var name: String {
        switch self {
        case .matched: "matched"
        case .behind: "behind"
        case .ahead: "AHEAD"
        case .movedOn: "moved on"
        case .ambiguous: "ambiguous"
        case .notMatched: "not matched"
        case .notReadable: "not readable"
        }
    }

    var text: String {
        switch self {
        case .matched: name
        case .behind(let count): "behind by \(count.text): read again"
        case .ahead(let count): "AHEAD by \(count.text): would be skipped, unless the group has read here since"
        case .movedOn(let count): "moved on by \(count.text)"
        case .ambiguous(let range): "ambiguous: records are alike, right may be \(range.lowerBound.grouped) to \(range.upperBound.grouped)"
        case .notMatched(let mismatch): "not matched: \(mismatch)"
        case .notReadable(let obstacle): "not readable: \(obstacle)"
        }
    }
}
