internal import Cutover
internal import Foundation
internal import OffsetTranslate
internal import KafkaClient

/// What steps refer to, by name.
typealias Found = [String: Value]

extension OperationKind {
    /// What its output says.
    ///
    /// - Parameters:
    ///   - output: JSON, as `docs/json.md` describes it.
    ///   - plan: What it wrote besides, of kinds that make a plan.
    func found(in output: Data, plan: CutoverPlan?) throws -> Found {
        switch self {
        case .status: try decode(StatusFindings.self, output).found
        case .groups: try decode(GroupFindings.self, output).found
        case .explain: try decode(ExplainFindings.self, output).found
        case .plan: plan?.found ?? [:]
        case .failback: (plan?.found ?? [:]).merging(try decode(FailbackFindings.self, output).found) { $1 }
        case .apply: try decode(RunFindings.self, output).found
        case .rollback: try decode(RunFindings.self, output).found.filter { ["groups", "notMoved"].contains($0.key) }
        case .verify: try decode(VerifyFindings.self, output).found
        case .audit: try decode(AuditedFindings.self, output).found
        case .drill: try decode(DrillFindings.self, output).found
        }
    }

    private func decode<Document: Decodable>(_ type: Document.Type, _ output: Data) throws -> Document { try JSONDecoder().decode(type, from: output) }
}

extension Found {
    /// Unknown where it is not there.
    fileprivate mutating func set(_ name: String, _ number: (some BinaryInteger)?) { self[name] = number.map { .integer($0) } }
}

extension CutoverPlan {
    fileprivate var found: Found {
        var found: Found = [
            "mode": .text(mode.rawValue), "source": .text(sourceAlias), "target": .text(targetAlias), "groups": .integer(groups.count),
            "positions": .integer(offsets.count), "changes": .integer(changes), "skipped": .integer(skipped.count),
            "rewinds": .integer(offsets.count { $0.action == .rewind }),
            "failedChecks": .list(checks.filter { $0.status == .failed }.map(\.kind.rawValue)),
            "unknownChecks": .list(checks.filter { $0.status == .unknown }.map(\.kind.rawValue)),
            // For people to read before they agree: the first few of many.
            "warnings": .list(warnings.prefix(20) + (warnings.count > 20 ? ["and \((warnings.count - 20).grouped) more"] : [])),
        ]
        found.set("maxReplay", maxReplay)
        return found
    }
}

private struct StatusFindings: Decodable {
    struct Check: Decodable {
        var kind: String
        var status: String
    }
    struct Totals: Decodable {
        var groups: Int
        var problems: Int
        var consumerLag: Int64?
        var replicationLag: Int64?
        var replicationLagUnknown: Int?
        var maxReplay: Int64
        var replayUnbounded: Int
        var maxReplayIfLost: Int64?
        var replayUnboundedIfLost: Int?
    }
    var source: String
    var target: String
    var sourceAnswers: Bool?
    var verdict: String
    var checks: [Check]
    var totals: Totals?

    var found: Found {
        var found: Found = [
            "verdict": .text(verdict), "failed": .list(checks.filter { $0.status == "fail" }.map(\.kind)),
            "warned": .list(checks.filter { $0.status == "warn" }.map(\.kind)), "source": .text(source), "target": .text(target),
        ]
        found["sourceAnswers"] = sourceAnswers.map { .boolean($0) }
        guard let totals else { return found }
        found.set("groups", totals.groups)
        found.set("problems", totals.problems)
        found.set("consumerLag", totals.consumerLag)
        found.set("replicationLag", totals.replicationLagUnknown == 0 ? totals.replicationLag : nil)
        found.set("maxReplay", totals.replayUnbounded == 0 ? totals.maxReplay : nil)
        found.set("maxReplayIfLost", totals.replayUnboundedIfLost == 0 ? totals.maxReplayIfLost : nil)
        return found
    }
}

private struct GroupFindings: Decodable {
    struct Group: Decodable {
        var name: String
        var sourceState: String?
        var targetState: String?
        var lag: Int64?
        var maxReplay: Int64?
        var maxReplayIfLost: Int64?
        var severity: String
    }
    var groups: [Group]

    var found: Found {
        var found: Found = [
            "groups": .list(groups.map(\.name)), "count": .integer(groups.count), "problems": .integer(groups.count { $0.severity == "problem" }),
        ]
        // Brokers that can't list groups say nothing of any.
        if groups.contains(where: { $0.sourceState != nil }) { found["activeOnSource"] = .list(active(\.sourceState)) }
        if groups.contains(where: { $0.targetState != nil }) { found["activeOnTarget"] = .list(active(\.targetState)) }
        // Unknown where one is.
        found.set("lag", groups.lazy.map(\.lag).clampedSum)
        found.set("maxReplay", groups.lazy.map(\.maxReplay).clampedSum)
        found.set("maxReplayIfLost", groups.lazy.map(\.maxReplayIfLost).clampedSum)
        return found
    }

    /// By the state, as a plan's checks do: brokers that know the newer group protocol (KIP-848) may tell of no members where there are some.
    private func active(_ state: KeyPath<Group, String?>) -> [String] {
        groups.filter { $0[keyPath: state].map { GroupState(rawValue: $0).isActive } ?? false }.map(\.name)
    }
}

private struct ExplainFindings: Decodable {
    struct Position: Decodable { var reason: String? }
    var positions: [Position]

    var found: Found { ["positions": .integer(positions.count), "reasons": .list(positions.compactMap(\.reason).eachOnce)] }
}

private struct FailbackFindings: Decodable {
    struct Divergence: Decodable { var records: Int64 }
    struct Partition: Decodable {
        var divergence: Divergence?
        var origin: String
    }
    var partitions: [Partition]

    /// Where a log that was copied is gone, nobody can tell what of it had never got over.
    var found: Found {
        var found: Found = [:]
        let isKnown = partitions.allSatisfy { $0.divergence != nil }
        found.set("neverGotOver", isKnown ? partitions.reduce(0) { $0 + ($1.divergence?.records ?? 0) } : nil)
        return found
    }
}

private struct RunFindings: Decodable {
    struct Result: Decodable {
        var group: String
        var ending: String
        var committed: [String: Int64]
    }
    var run: String?
    var results: [Result]?

    var found: Found {
        let results = results ?? []
        var found: Found = [
            "groups": .integer(results.count), "committed": .integer(results.reduce(0) { $0 + $1.committed.count }),
            "notMoved": .list(results.filter { Outcome.Ending(rawValue: $0.ending)?.isSuccess != true }.map(\.group)),
        ]
        found["run"] = run.map { .text($0) }
        return found
    }
}

private struct VerifyFindings: Decodable {
    struct Position: Decodable {
        var verdict: String
        var records: Int64?
        var precision: String?
    }
    var positions: [Position]

    var found: Found {
        func count(_ verdicts: String...) -> Value { .integer(positions.count { verdicts.contains($0.verdict) }) }
        var found: Found = [
            "positions": .integer(positions.count), "matched": count("matched"), "behind": count("behind"), "ahead": count("ahead"),
            "movedOn": count("movedOn"), "notMatched": count("notMatched"), "open": count("ambiguous", "notReadable"),
        ]
        let behind = positions.filter { $0.verdict == "behind" }
        let isTold = behind.allSatisfy { $0.precision != "atLeast" && $0.records != nil }
        found.set("reRead", isTold ? behind.reduce(0) { $0 + ($1.records ?? 0) } : nil)
        return found
    }
}

private struct AuditedFindings: Decodable {
    struct Tally: Decodable { var count: Int64 }
    struct Partition: Decodable {
        var verdict: String
        var missing: Tally
        var notYetCopied: Int64
    }
    var partitions: [Partition]

    var found: Found {
        [
            "partitions": .integer(partitions.count), "verdicts": .list(partitions.map(\.verdict).eachOnce),
            "missing": .integer(partitions.reduce(0) { $0 + $1.missing.count }), "notYetCopied": .integer(partitions.reduce(0) { $0 + $1.notYetCopied }),
        ]
    }
}

private struct DrillFindings: Decodable {
    struct Seconds: Decodable { var rto: Double? }
    struct Loss: Decodable { var records: Int64? }
    struct ReRead: Decodable {
        var records: Int64
        var positionsNotTold: Int
    }
    struct Refusal: Decodable { var kind: String }
    var drill: String
    var passed: Bool
    var failures: [String]
    var open: [String]?
    var seconds: Seconds
    var rpo: Loss
    var reRead: ReRead
    var refusals: [Refusal]

    var found: Found {
        var found: Found = [
            "drill": .text(drill), "passed": .boolean(passed), "failures": .list(failures), "refusals": .list(refusals.map(\.kind)),
        ]
        found["open"] = open.map { .list($0) }
        found["rto"] = seconds.rto.map { .number($0) }
        found.set("rpo", rpo.records)
        found.set("reRead", reRead.positionsNotTold == 0 ? reRead.records : nil)
        return found
    }
}
