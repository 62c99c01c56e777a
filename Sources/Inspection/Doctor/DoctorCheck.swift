/// One thing that was looked at of a machine, or of how it reaches a cluster.
public typealias DoctorCheck = InspectionCheck<DoctorKind>

/// Names are stable. Those from `credentials` to `brokers` are made of each cluster.
public enum DoctorKind: String, Sendable, Hashable, Codable, CaseIterable {
    case clientLibrary
    case openFiles
    case journal, temporaryFolder
    case clock, terminal, runbooks
    case configuration
    case credentials
    case addresses
    case brokers
    case brokerAddresses
    case distinctClusters
}
