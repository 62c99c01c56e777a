import KafkaClient
import MirrorLoop
import OffsetTranslate

/// What differs between topics and their copies.
struct TopicDifferences: Sendable {
    /// Topics without a copy.
    var missing: [String] = []
    /// Copies with fewer partitions, and with more, in words.
    var fewer: [String] = []
    var more: [String] = []
    /// Settings, and access rules, that a mirror would bring in step; `nil` where they can't be read.
    var settings: [String]?
    var access: [String]?
    /// Why they can't, or not all of them.
    var obstacles: (settings: [String], access: [String]) = ([], [])
}

extension Inspector {
    /// Looks at topics and their copies by the mirror's own rules: what it would change is what differs.
    func differences(_ look: GroupLook) async throws -> TopicDifferences? {
        guard let source, let originals = look.topics.source else { return nil }
        let topics = originals.filter { flow.mayMirror($0.key) && configuration.topics.matches($0.key) }
        var differences = TopicDifferences()
        for (topic, count) in topics.sorted(by: { $0.key < $1.key }) {
            let copy = flow.target(of: TopicPartition(topic: topic, partition: 0)).topic
            guard let copied = look.topics.target[copy] else {
                differences.missing.append(topic)
                continue
            }
            if copied == count { continue }
            let words = "'\(topic)' has \(count) partitions, its copy '\(copy)' \(copied)"
            if copied < count { differences.fewer.append(words) } else { differences.more.append(words) }
        }
        let present = topics.keys.filter { !differences.missing.contains($0) }
        let keeper = TopicKeeper(
            source: UntouchedCluster(source), target: UntouchedCluster(target), rules: TopicRules(flow: flow, configuration))
        let settings = try await keeper.syncSettings(of: present)
        differences.obstacles.settings = settings.warnings.map(\.reason.message)
        differences.settings = settings.differences
        // Clusters that have no controller (the embedded ones) would not answer this either.
        if settings.warnings.contains(where: { $0.reason.code == .notController }) { return differences }
        let access = try await keeper.syncAccess(to: present)
        differences.obstacles.access = access.warnings.map(\.reason.message)
        differences.access = access.differences
        return differences
    }
}

extension TopicRound {
    /// `nil` where nothing could be seen.
    fileprivate var differences: [String]? { changes.isEmpty && !warnings.isEmpty ? nil : changes.map(\.difference) }
}

extension TopicChange {
    /// What it would change, as it is now.
    fileprivate var difference: String {
        switch self {
        case .setting(let topic, let name, let old, let new, _):
            "'\(topic)': \(name) is \(old ?? "unset"), its original's is \(new ?? "the default")"
        case .access(let rule, _): "missing: \(rule)"
        case .created, .grown: description
        }
    }
}
