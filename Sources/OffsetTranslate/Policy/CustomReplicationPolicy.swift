/// Topics that another tool has copied and renamed: by a prefix and a suffix, or by a regular expression.
///
/// For targets that were filled by Connect with a `RegexRouter`, by MirrorMaker 1 with a handler, by uReplicator and the
/// like. The internal topics have the names that ``DefaultReplicationPolicy`` gives them. Heartbeats are renamed like any
/// other topic.
///
/// ## The inverse
///
/// Positions can only be carried to the right topic, and back, if no two topics end up with one name. So an inverse is part
/// of the definition, and it is checked by *round trip*, name by name:
/// - a target topic counts as a copy only if renaming what the inverse makes of it gives its own name again; otherwise
///   ``sourceAlias(ofRemoteTopic:)``, ``upstreamTopic(of:)`` and
///   ``ReplicationPolicy/sourceTopic(forTarget:sourceAlias:targetAlias:)`` say `nil`;
/// - a source topic passes ``ReplicationPolicy/checkedTargetTopic(forSource:sourceAlias:targetAlias:)`` only if the inverse
///   leads back to it; otherwise the error names the topic it leads to instead. Two topics that both pass never share a name.
///
/// Definitions that can't have an inverse at all are refused at once. ``remoteTopic(_:from:)`` can't refuse: it says what
/// the tool calls the copy, invertible or not.
public struct CustomReplicationPolicy: ReplicationPolicy {
    /// The cluster that the topics come from, the answer to ``sourceAlias(ofRemoteTopic:)``.
    public let sourceAlias: String?
    public let internalSeparator: String
    private let renaming: TopicRenaming

    /// The copy of `orders` is `<prefix>orders<suffix>`. The inverse takes both off; a name without them is not a copy.
    ///
    /// - Parameters:
    ///   - sourceAlias: The cluster that the topics come from, if known: needed to see cycles.
    ///   - separator: Of internal topics' names.
    ///   - internalTopicSeparatorEnabled: See ``DefaultReplicationPolicy/init(separator:internalTopicSeparatorEnabled:)``.
    /// - Throws: ``ReplicationPolicyError/renamesNothing`` if both are empty, or ``ReplicationPolicyError/illegalAffix(_:)``.
    public init(
        sourceAlias: String? = nil, prefix: String = "", suffix: String = "", separator: String = ".",
        internalTopicSeparatorEnabled: Bool = true
    ) throws(ReplicationPolicyError) {
        self.init(
            renaming: try .init(prefix: prefix, suffix: suffix), sourceAlias: sourceAlias, separator: separator,
            internalTopicSeparatorEnabled: internalTopicSeparatorEnabled)
    }

    /// The copy is named by a regular expression, as Connect's `RegexRouter` does: if `pattern` matches the *whole* name,
    /// it becomes `replacement`, else it stays. The inverse is a second pair of the same kind.
    ///
    /// In a replacement `$1` stands for what the first group matched, `$0` for the whole name; a backslash before any
    /// character takes its meaning away. Named groups are not supported.
    ///
    /// - Parameters:
    ///   - sourceAlias: The cluster that the topics come from, if known: needed to see cycles.
    ///   - examples: Source topics that have to survive the round trip for the definition to be accepted.
    ///   - separator: Of internal topics' names.
    ///   - internalTopicSeparatorEnabled: See ``DefaultReplicationPolicy/init(separator:internalTopicSeparatorEnabled:)``.
    /// - Throws: ``ReplicationPolicyError/invalidPattern(_:)``, ``ReplicationPolicyError/invalidReplacement(_:reason:)``,
    ///   ``ReplicationPolicyError/constantReplacement(pattern:replacement:)`` if names of a kind would all become one, and
    ///   for an example ``ReplicationPolicyError/illegalName(topic:renamedTo:)`` or
    ///   ``ReplicationPolicyError/notInvertible(topic:renamedTo:leadsBackTo:)``.
    public init(
        sourceAlias: String? = nil, pattern: String, replacement: String, inversePattern: String,
        inverseReplacement: String, examples: [String] = [], separator: String = ".",
        internalTopicSeparatorEnabled: Bool = true
    ) throws(ReplicationPolicyError) {
        let forward = try TopicPattern(pattern, replacement: replacement)
        let inverse = try TopicPattern(inversePattern, replacement: inverseReplacement)
        self.init(
            renaming: .pattern(forward: forward, inverse: inverse), sourceAlias: sourceAlias, separator: separator,
            internalTopicSeparatorEnabled: internalTopicSeparatorEnabled)
        for example in examples { try renaming.check(example) }
    }

    private init(
        renaming: TopicRenaming, sourceAlias: String?, separator: String, internalTopicSeparatorEnabled: Bool
    ) {
        self.renaming = renaming
        self.sourceAlias = sourceAlias
        internalSeparator = internalTopicSeparatorEnabled ? separator : "."
    }

    /// The tool's name of the copy, whichever cluster it comes from.
    public func remoteTopic(_ topic: String, from sourceAlias: String) -> String { renaming.renamed(topic) }

    /// ``sourceAlias``, if the topic's name is that of a copy.
    public func sourceAlias(ofRemoteTopic topic: String) -> String? {
        renaming.original(topic) == nil ? nil : sourceAlias
    }

    public func upstreamTopic(of topic: String) -> String? { renaming.original(topic) }

    /// One hop upstream: further ones were not made by the tool that this policy describes.
    public func originalTopic(of topic: String) -> String { renaming.original(topic) ?? topic }

    /// Whether the topic was renamed on its way from the target. Names that the tool leaves alone can't tell.
    public func isCycle(topic: String, targetAlias: String) -> Bool {
        guard sourceAlias == targetAlias, let upstream = renaming.original(topic) else { return false }
        return upstream != topic
    }
}
