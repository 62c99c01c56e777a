/// How mirrored and internal topics are named, as the configuration says it.
public enum ReplicationPolicySetting: Sendable, Equatable {
    /// `DefaultReplicationPolicy`: `<source alias><separator><topic>`.
    case standard(separator: String, internalSeparatorEnabled: Bool)
    /// `IdentityReplicationPolicy`: names stay as they are. The separator still rules heartbeats and internal topics.
    case identity(separator: String, internalSeparatorEnabled: Bool)
    /// A policy that MirrorMaker runs as Java code, described by `failover.policy.*`.
    case custom(Custom)

    /// The naming of a custom policy. Its internal topics are named as ``standard(separator:internalSeparatorEnabled:)``
    /// names them.
    public struct Custom: Sendable, Equatable {
        /// The Java class, for messages.
        public var className: String
        /// Put before the topic; `{source}` stands for the source alias.
        public var prefix: String
        /// Put after the topic; `{source}` stands for the source alias.
        public var suffix: String
        /// A regular expression for mirrored topics with a group `topic` and, if it can be told, a group `source`;
        /// nil where prefix and suffix are enough to recognise one.
        public var pattern: String?
        public var separator: String
        public var internalSeparatorEnabled: Bool

        public init(
            className: String, prefix: String = "", suffix: String = "", pattern: String? = nil,
            separator: String = ".", internalSeparatorEnabled: Bool = true
        ) {
            self.className = className
            self.prefix = prefix
            self.suffix = suffix
            self.pattern = pattern
            self.separator = separator
            self.internalSeparatorEnabled = internalSeparatorEnabled
        }
    }

    /// What MirrorMaker does unless told otherwise.
    public static let mirrorMakerDefault = ReplicationPolicySetting.standard(
        separator: ".", internalSeparatorEnabled: true)
    /// `IdentityReplicationPolicy` with the usual separator.
    public static let plainIdentity = ReplicationPolicySetting.identity(separator: ".", internalSeparatorEnabled: true)
}
