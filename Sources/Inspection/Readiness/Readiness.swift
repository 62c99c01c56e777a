/// Whether a flow is fit for a failover: checks, each with its evidence and its remedy.
public struct Readiness: Sendable, Hashable {
    public var checks: [ReadinessCheck]

    public init(checks: [ReadinessCheck]) { self.checks = checks }

    /// The worst of the checks; those that can't be made don't count.
    public var verdict: CheckStatus { checks.verdict() }

    public subscript(kind: ReadinessCheck.Kind) -> ReadinessCheck? { checks.first { $0.kind == kind } }
}

/// One thing that was looked at in a flow.
public typealias ReadinessCheck = InspectionCheck<ReadinessKind>

/// Names are stable.
public enum ReadinessKind: String, Sendable, Hashable, Codable, CaseIterable {
    case sourceReachable, targetReachable
    case heartbeat
    case replicationLag
    case offsetSyncs, offsetSyncsLocation, checkpoints
    case topicsMirrored, partitionCounts, topicSettings, topicAccess
    case retention
    case groups, reReadNow, reReadIfLost, positionsIfLost
    case recoveryPoint, recoveryTime
}
