import Cutover
import Inspection
import KafkaClient
import OffsetTranslate

/// What principals may do, for people.
struct PermissionsView {
    var checks: [PermissionCheck]
    var configuration: FlowConfiguration

    var text: String {
        var table = Table([("", .whole), ("CLUSTER", .left), ("RIGHT", .whole), ("ON", .left), ("TRIED", .right), ("FOR", .left)])
        for check in checks {
            table.add(
                [
                    check.status.rawValue, alias(check.privilege.side), check.privilege.operation.rawValue, check.privilege.resource.words,
                    (check.granted.count + check.refused.count + check.untold.count).grouped, check.jobs.map(\.rawValue).joined(separator: " "),
                ], styles: check.status.style.map { [0: $0] } ?? [:])
        }
        let notes = checks.flatMap(refusals) + unknowns
        return table.text + (notes.isEmpty ? "" : "\n\n" + notes.map(\.withoutControls).joined(separator: "\n"))
    }

    private func alias(_ side: ClusterSide) -> String { configuration[side].alias }

    private func refusals(_ check: PermissionCheck) -> [String] {
        guard [.warn, .fail].contains(check.status) else { return [] }
        let privilege = check.privilege, principal = configuration[privilege.side].principal.map { " \($0)" } ?? ""
        let words = "\(privilege.operation.rawValue) on \(privilege.resource.words) of '\(alias(privilege.side))', \(privilege.purpose)"
            + (privilege.without.map { "; without it \($0)" } ?? "")
        if check.refused.isEmpty { return ["\(check.status.rawValue)  none is seen: there is none, or the principal\(principal) lacks \(words)"] }
        let names = privilege.resource == .cluster ? [] : ["      refused: " + check.refused.map { "'\($0.name)'" }.shortened(to: 10).joined(separator: ", ")]
        return ["\(check.status.rawValue)  the principal\(principal) lacks \(words)"] + names
    }

    /// Those that can't be told for the same reason together.
    private var unknowns: [String] {
        var order: [String] = [], rights: [String: [String]] = [:]
        for check in checks where check.status == .unknown {
            let reason = "'\(alias(check.privilege.side))': \(check.reasons.joined(separator: "; "))"
            if rights[reason] == nil { order.append(reason) }
            rights[reason, default: []].append("\(check.privilege.operation.rawValue) on \(check.privilege.resource.words)")
        }
        return order.map { "unknown on \($0): \(rights[$0, default: []].joined(separator: ", "))" }
    }
}

/// The same as JSON; docs/json.md describes it.
struct PermissionsDocument: Encodable {
    struct Row: Encodable {
        var status: String
        /// `source` or `target`.
        var side: String
        var cluster: String
        var operation: String
        var resource: String
        var jobs: [String]
        var purpose: String
        /// Missing where the jobs can't be done without it.
        var without: String?
        var granted: Int
        /// Names; empty for the cluster.
        var refused: [String]
        var untold: [String]
        var reasons: [String]
    }

    var formatVersion = 1
    var permissions: [Row]

    init(_ checks: [PermissionCheck], _ configuration: FlowConfiguration) {
        permissions = checks.map { check in
            Row(
                status: check.status.rawValue, side: check.privilege.side.rawValue,
                cluster: configuration[check.privilege.side].alias,
                operation: check.privilege.operation.rawValue, resource: check.privilege.resource.words, jobs: check.jobs.map(\.rawValue),
                purpose: check.privilege.purpose, without: check.privilege.without, granted: check.granted.count,
                refused: check.refused.map(\.name), untold: check.untold.map(\.name), reasons: check.reasons)
        }
    }
}
