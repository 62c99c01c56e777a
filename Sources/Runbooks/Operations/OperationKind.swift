/// The command's own operations, as steps. Raw values are the format's.
public enum OperationKind: String, Sendable, CaseIterable {
    case status, groups, explain, plan, apply, verify, audit, rollback, drill, failback

    /// The words after `failover`.
    public var words: [String] {
        switch self {
        case .failback: ["failback", "plan"]
        case .audit: ["verify", "--audit"]
        default: [rawValue]
        }
    }

    /// What the command's exit statuses mean.
    static let statuses = [
        1: "an error", 3: "a check said no", 4: "the plan is stale", 5: "some of it was not done, or could not be told", 6: "cancelled", 64: "usage",
    ]

    /// Something on a cluster.
    public var changes: Bool {
        switch self {
        case .status, .groups, .explain, .plan, .verify, .audit, .failback: false
        case .apply, .rollback, .drill: true
        }
    }

    /// It needs somebody's agreement. A drill leaves real groups alone.
    public var needsApproval: Bool { self == .apply || self == .rollback }

    /// What makes a plan that can be applied.
    public var makesPlan: Bool { self == .plan || self == .failback }

    /// What it can be told besides the clusters: names are those of the command's options.
    public var options: [OperationOption] {
        let planning: [OperationOption] = [
            .value("assume"), .value("snapshot"), .value("proof"), .value("proof-limit"), .value("proof-time"), .value("quiet-time"),
        ]
        let own: [OperationOption] = switch self {
        case .status: [.lost, .value("assume"), .value("snapshot"), .value("fail-on")]
        case .groups: [.lost, .names("groups"), .value("assume"), .value("snapshot"), .value("only")]
        case .explain: [.lost, .name("group"), .values("topic"), .flag("problems"), .value("assume"), .value("snapshot")]
        case .plan: [.lost, .names("groups"), .value("matching")] + planning
        case .apply:
            [.step("plan"), .checks("accepting"), .flag("only-safe-groups"), .flag("fence"),
             .flag("fence-keep-open"), .value("fence-hook"), .value("fence-time"), .flag("journal-topic"), .flag("allow-concurrent-runs")]
        case .verify: [.lost, .names("groups")] + planning
        case .audit: [.values("topic"), .value("last"), .value("window"), .value("audit-limit")]
        case .rollback: [.step("run"), .flag("allow-concurrent-runs")]
        case .drill:
            [.lost, .names("groups"), .flag("switchover"), .value("read"), .value("max-re-read"), .value("max-rto"), .value("max-rpo"),
             .flag("journal-topic")] + planning
        case .failback:
            [.options("groups", as: "group"), .value("divergence"), .value("export-divergence"), .value("proof-limit"), .value("proof-time")]
        }
        return [.value("flow")] + own
    }

    /// What it finds.
    public var found: [String: ValueType] {
        switch self {
        case .status:
            ["verdict": .text, "failed": .list, "warned": .list, "source": .text, "target": .text, "sourceAnswers": .boolean, "groups": .number,
             "problems": .number, "consumerLag": .number, "replicationLag": .number, "maxReplay": .number, "maxReplayIfLost": .number]
        case .groups:
            ["groups": .list, "count": .number, "problems": .number, "activeOnSource": .list, "activeOnTarget": .list, "lag": .number,
             "maxReplay": .number, "maxReplayIfLost": .number]
        case .explain: ["positions": .number, "reasons": .list]
        case .plan:
            ["mode": .text, "source": .text, "target": .text, "groups": .number, "positions": .number, "changes": .number, "skipped": .number,
             "rewinds": .number, "maxReplay": .number, "failedChecks": .list, "unknownChecks": .list, "warnings": .list, "file": .text]
        case .apply: ["run": .text, "groups": .number, "committed": .number, "notMoved": .list]
        case .verify:
            ["positions": .number, "matched": .number, "behind": .number, "ahead": .number, "movedOn": .number, "notMatched": .number,
             "open": .number, "reRead": .number]
        case .audit: ["partitions": .number, "verdicts": .list, "missing": .number, "notYetCopied": .number]
        case .rollback: ["groups": .number, "notMoved": .list]
        case .drill:
            ["drill": .text, "passed": .boolean, "failures": .list, "open": .list, "refusals": .list, "rto": .number, "rpo": .number, "reRead": .number]
        case .failback:
            ["source": .text, "target": .text, "groups": .number, "positions": .number, "changes": .number, "skipped": .number, "maxReplay": .number,
             "neverGotOver": .number, "starts": .text, "failedChecks": .list, "unknownChecks": .list, "warnings": .list, "file": .text]
        }
    }
}

/// One thing that an operation can be told.
public struct OperationOption: Sendable, Hashable {
    public enum Shape: String, Sendable {
        /// Given or not: an expression.
        case flag
        /// A text; left out where it is empty.
        case value
        /// Any number of texts.
        case values
        /// Arguments that are no options.
        case names
        /// One such, which can't be left out.
        case name
        /// An earlier step of the runbook.
        case step
        /// Names of checks that may fail, each with the flag that accepts its hazard alone.
        case checks
    }

    /// In the file.
    public var name: String
    public var shape: Shape
    /// On the command line, without dashes.
    public var option: String

    static let lost = flag("source-lost")
    static func flag(_ name: String) -> Self { Self(name: name, shape: .flag, option: name) }
    static func value(_ name: String) -> Self { Self(name: name, shape: .value, option: name) }
    static func values(_ name: String) -> Self { Self(name: name, shape: .values, option: name) }
    static func options(_ name: String, as option: String) -> Self { Self(name: name, shape: .values, option: option) }
    static func names(_ name: String) -> Self { Self(name: name, shape: .names, option: name) }
    static func name(_ name: String) -> Self { Self(name: name, shape: .name, option: name) }
    static func checks(_ name: String) -> Self { Self(name: name, shape: .checks, option: name) }
    static func step(_ name: String) -> Self { Self(name: name, shape: .step, option: name) }
}

/// An operation as a runbook wants it.
public struct Operation: Sendable, Hashable {
    public var kind: OperationKind
    /// By name.
    public var given: [String: Given]
    /// Exit statuses that are no failure.
    public var accept: [Int] = [0]

    public enum Given: Sendable, Hashable {
        case flag(Expression)
        case texts([Template])
        case step(String)
    }

    /// The step of this name in `given`.
    public func step(_ name: String) -> String? {
        if case .step(let id) = given[name] { id } else { nil }
    }
}
