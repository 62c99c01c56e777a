/// The cluster that has a flow's offset-syncs topic (`offset-syncs.topic.location`, KIP-716).
public enum OffsetSyncsLocation: String, Sendable, Codable, CaseIterable {
    /// Stock's default.
    case source
    case target
}
