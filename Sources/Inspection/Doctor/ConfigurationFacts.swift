internal import Cutover
public import OffsetTranslate

/// What came of reading the configuration.
public enum ConfigurationFacts: Sendable {
    case read(FlowConfiguration, [ConfigurationWarning])
    /// A sentence.
    case refused(String)

    public var check: DoctorCheck {
        switch self {
        case .refused(let reason):
            return DoctorCheck(.configuration, .fail, "it can't be used: \(reason)", remedy: "docs/configuration.md has every key; nothing else of the clusters is looked at before it can be read.")
        case .read(let configuration, let warnings):
            let severe = warnings.filter { $0.severity == .warning }
            // What has no meaning here is worth a look where something is wrong, and is nothing that is.
            let notes = warnings.filter { $0.severity == .note }
            return DoctorCheck(
                .configuration, severe.isEmpty ? .pass : .warn,
                "\(configuration) is read" + (severe.isEmpty ? "" : ", with \(counted(severe.count, "warning"))"),
                findings: severe.map(\.description) + notes.map { "note: \($0)" },
                remedy: severe.isEmpty ? nil : "See to each of them: a key that has no effect is often one that was meant to have some.")
        }
    }
}

/// Whether there are two clusters at all.
public func distinctClusters(_ source: ClusterFacts, _ target: ClusterFacts) -> DoctorCheck {
    guard let one = source.clusterID, let other = target.clusterID else {
        return DoctorCheck(.distinctClusters, .unknown, "that takes both clusters' answers")
    }
    return DoctorCheck(
        .distinctClusters, one == other ? .fail : .pass,
        one == other ? "'\(source.alias)' and '\(target.alias)' are the same cluster, \(one)" : "'\(source.alias)' is \(one), '\(target.alias)' \(other)",
        remedy: one == other ? "See to the bootstrap addresses of both." : nil)
}
