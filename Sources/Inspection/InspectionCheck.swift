/// One thing that was looked at, of a list whose names are stable: of a flow (``ReadinessCheck``), or of a machine (``DoctorCheck``).
public struct InspectionCheck<Name>: Sendable, Hashable, Encodable
where Name: Sendable & Hashable & Encodable & RawRepresentable, Name.RawValue == String {
    public typealias Kind = Name
    public typealias Status = CheckStatus
    public typealias Unit = CheckUnit

    public var kind: Kind
    /// The alias of the cluster that it is about, where there is one of the kind for each.
    public var cluster: String?
    public var status: CheckStatus
    /// What was seen, in a sentence.
    public var evidence: String
    /// What is wrong, place by place.
    public var findings: [String]
    /// What to do; `nil` where nothing has to be done.
    public var remedy: String?
    /// The figure behind it, in ``unit``.
    public var value: Double?
    public var unit: CheckUnit?

    public init(
        _ kind: Kind, _ status: CheckStatus, _ evidence: String, of cluster: String? = nil, findings: [String] = [], remedy: String? = nil,
        value: Double? = nil, unit: CheckUnit? = nil
    ) {
        self.kind = kind
        self.cluster = cluster
        self.status = status
        self.evidence = evidence
        self.findings = findings
        self.remedy = remedy
        self.value = value
        self.unit = unit
    }
}

public enum CheckStatus: String, Sendable, Hashable, Codable, CaseIterable {
    case pass, warn, fail
    /// It can't be told.
    case unknown
}

public enum CheckUnit: String, Sendable, Hashable, Codable { case seconds, records, count, percent }

extension Sequence<CheckStatus> {
    /// The worst of them; those that can't be told don't count.
    public var worst: CheckStatus {
        reduce(.pass) { worst, status in worst == .fail || status == .fail ? .fail : worst == .warn || status == .warn ? .warn : .pass }
    }
}

extension Sequence {
    /// The worst of the checks; those that can't be made don't count.
    public func verdict<Name>() -> CheckStatus where Element == InspectionCheck<Name> { lazy.map(\.status).worst }
}
