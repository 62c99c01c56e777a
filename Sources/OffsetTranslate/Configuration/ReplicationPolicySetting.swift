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
        /// Renaming by regular expression; nil where prefix and suffix say it.
        public var rename: Rename?
        public var separator: String
        public var internalSeparatorEnabled: Bool

        public init(
            className: String, prefix: String = "", suffix: String = "", rename: Rename? = nil,
            separator: String = ".", internalSeparatorEnabled: Bool = true
        ) {
            self.className = className
            self.prefix = prefix
            self.suffix = suffix
            self.rename = rename
            self.separator = separator
            self.internalSeparatorEnabled = internalSeparatorEnabled
        }
    }

    /// A regular expression and its replacement, there and back.
    public struct Rename: Sendable, Equatable {
        public var pattern: String
        public var replacement: String
        public var inversePattern: String
        public var inverseReplacement: String

        public init(pattern: String, replacement: String, inversePattern: String, inverseReplacement: String) {
            self.pattern = pattern
            self.replacement = replacement
            self.inversePattern = inversePattern
            self.inverseReplacement = inverseReplacement
        }
    }

    /// What MirrorMaker does unless told otherwise.
    public static let mirrorMakerDefault = ReplicationPolicySetting.standard(
        separator: ".", internalSeparatorEnabled: true)
    /// `IdentityReplicationPolicy` with the usual separator.
    public static let plainIdentity = ReplicationPolicySetting.identity(separator: ".", internalSeparatorEnabled: true)
}

extension ReplicationPolicySetting {
    /// The policy itself.
    ///
    /// - Throws: ``ReplicationPolicyError`` where a custom policy's renaming can't be undone.
    public func policy(sourceAlias: String) throws(ReplicationPolicyError) -> any ReplicationPolicy {
        switch self {
        case .standard(let separator, let enabled):
            return DefaultReplicationPolicy(separator: separator, internalTopicSeparatorEnabled: enabled)
        case .identity(let separator, let enabled):
            return IdentityReplicationPolicy(
                sourceAlias: sourceAlias, separator: separator, internalTopicSeparatorEnabled: enabled)
        case .custom(let custom):
            if let rename = custom.rename {
                return try CustomReplicationPolicy(
                    sourceAlias: sourceAlias, pattern: rename.pattern, replacement: rename.replacement,
                    inversePattern: rename.inversePattern, inverseReplacement: rename.inverseReplacement,
                    separator: custom.separator, internalTopicSeparatorEnabled: custom.internalSeparatorEnabled)
            }
            return try CustomReplicationPolicy(
                sourceAlias: sourceAlias, prefix: custom.prefix.replacing("{source}", with: sourceAlias),
                suffix: custom.suffix.replacing("{source}", with: sourceAlias), separator: custom.separator,
                internalTopicSeparatorEnabled: custom.internalSeparatorEnabled)
        }
    }
}
