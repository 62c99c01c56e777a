public import OffsetTranslate

/// What has changed about a topic of the target.
public enum TopicChange: Hashable, Sendable, CustomStringConvertible {
    case created(String, partitions: Int, settings: [String: String], cluster: String)
    case grown(String, from: Int, to: Int, cluster: String)
    /// - Parameters:
    ///   - old: What was in effect before.
    ///   - new: `nil` where the topic has it no longer of its own: the brokers' default holds.
    case setting(String, name: String, old: String?, new: String?, cluster: String)
    case access(AccessRule, cluster: String)

    public var description: String {
        switch self {
        case .created(let topic, let partitions, let settings, let cluster):
            "created topic '\(topic)' on '\(cluster)': \(partitions) partitions"
                + settings.sorted { $0.key < $1.key }.map { ", \($0.key)=\($0.value)" }.joined()
        case .grown(let topic, let old, let new, let cluster):
            "topic '\(topic)' on '\(cluster)' has \(new) partitions now, not \(old)"
        case .setting(let topic, let name, let old, let new, let cluster):
            "topic '\(topic)' on '\(cluster)': \(name) is \(new ?? "the brokers' default") now, not \(old ?? "unset")"
        case .access(let rule, let cluster): "access rule created on '\(cluster)': \(rule)"
        }
    }
}

/// What could not be done for a topic, or for all; it is tried again in the next round.
public struct TopicWarning: Hashable, Sendable, CustomStringConvertible {
    /// What is not as it should be, such as "the settings of 'A.orders' are not in step".
    public var what: String
    public var reason: KafkaError

    public var description: String {
        // Its advice is about fences.
        reason.code == .securityDisabled ? "\(what): \(reason.message)" : "\(what): \(reason)"
    }
}

/// What one round over the topics of a flow came to.
public struct TopicRound: Hashable, Sendable {
    public var changes: [TopicChange] = []
    public var warnings: [TopicWarning] = []
    /// Source topics whose copies are still missing, or lack partitions.
    public var incomplete: Set<String> = []

    public init() {}
}

/// Problems that are there already: a round every ten minutes need not say each time what has not changed.
public struct StandingWarnings: Sendable {
    private var standing: Set<TopicWarning> = []

    public init() {}

    /// What is new among the warnings of the latest round. One that has gone away and comes again is new.
    public mutating func news(in warnings: [TopicWarning]) -> [TopicWarning] {
        defer { standing = Set(warnings) }
        return warnings.filter { !standing.contains($0) }
    }
}
