/// Whether a flow is fit for a failover: checks, each with its evidence and its remedy.
public struct Readiness: Sendable, Hashable {
    public var checks: [ReadinessCheck]

    public init(checks: [ReadinessCheck]) { self.checks = checks }

    /// The worst of the checks; those that can't be made don't count.
    public var verdict: ReadinessCheck.Status {
        if checks.contains(where: { $0.status == .fail }) { return .fail }
        return checks.contains { $0.status == .warn } ? .warn : .pass
    }

    public subscript(kind: ReadinessCheck.Kind) -> ReadinessCheck? { checks.first { $0.kind == kind } }
}

/// One thing that was looked at.
public struct ReadinessCheck: Sendable, Hashable, Encodable {
    /// Names are stable.
    public enum Kind: String, Sendable, Hashable, Codable, CaseIterable {
        case sourceReachable, targetReachable
        case heartbeat
        case replicationLag
        case offsetSyncs, offsetSyncsLocation, checkpoints
        case topicsMirrored, partitionCounts, topicSettings, topicAccess
        case retention
        case groups, reReadNow, reReadIfLost, positionsIfLost
        case recoveryPoint, recoveryTime
    }

    public enum Status: String, Sendable, Hashable, Codable, CaseIterable {
        case pass, warn, fail
        /// It can't be told.
        case unknown
    }

    public var kind: Kind
    public var status: Status
    /// What was seen, in a sentence.
    public var evidence: String
    /// What is wrong, place by place.
    public var findings: [String]
    /// What to do; `nil` where nothing has to be done.
    public var remedy: String?
    /// The figure behind it, in ``unit``.
    public var value: Double?
    public var unit: Unit?

    public enum Unit: String, Sendable, Hashable, Codable { case seconds, records, count, percent }

    public init(
        _ kind: Kind, _ status: Status, _ evidence: String, findings: [String] = [], remedy: String? = nil, value: Double? = nil,
        unit: Unit? = nil
    ) {
        self.kind = kind
        self.status = status
        self.evidence = evidence
        self.findings = findings
        self.remedy = remedy
        self.value = value
        self.unit = unit
    }
}
