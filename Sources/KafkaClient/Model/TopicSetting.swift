/// One setting of a topic as it is in effect, and where it comes from (Kafka's `ConfigEntry`).
public struct TopicSetting: Hashable, Sendable {
    /// Where a value was set, the nearest to the topic first (`ConfigEntry.ConfigSource`).
    public enum Origin: String, Hashable, Sendable, CaseIterable {
        /// On the topic itself.
        case topic
        /// On one broker, or on all of them, while they run.
        case broker, allBrokers
        /// In a broker's own properties file.
        case brokerFile
        /// Nowhere: it is Kafka's default.
        case nowhere
        /// The brokers don't say.
        case unknown
    }

    public var name: String
    /// `nil` where brokers keep it to themselves.
    public var value: String?
    public var origin: Origin
    public var isReadOnly: Bool
    /// Brokers never show its value.
    public var isSensitive: Bool

    public init(_ name: String, _ value: String?, origin: Origin, isReadOnly: Bool = false, isSensitive: Bool = false) {
        self.name = name
        self.value = value
        self.origin = origin
        self.isReadOnly = isReadOnly
        self.isSensitive = isSensitive
    }
}

/// What is to be different about a topic's own settings.
public struct SettingsChange: Hashable, Sendable {
    public var set: [String: String]
    /// What shall be as if it had never been set on the topic.
    public var remove: Set<String>

    public init(set: [String: String] = [:], remove: Set<String> = []) {
        self.set = set
        self.remove = remove
    }

    public var isEmpty: Bool { self.set.isEmpty && remove.isEmpty }

    /// The topic's own settings after it.
    public func applied(to own: [String: String]) -> [String: String] {
        own.filter { !remove.contains($0.key) }.merging(set) { $1 }
    }
}
