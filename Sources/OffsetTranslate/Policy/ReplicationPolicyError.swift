/// Why a renaming of topics, or the name of a topic under it, can't be used to carry positions.
public enum ReplicationPolicyError: Error, Hashable, Sendable, CustomStringConvertible {
    /// A custom policy with neither prefix nor suffix.
    case renamesNothing
    /// A prefix or suffix that no topic's name can have.
    case illegalAffix(String)
    /// Not a regular expression.
    case invalidPattern(String)
    case invalidReplacement(String, reason: String)
    /// The pattern matches many names, the replacement makes one of them all.
    case constantReplacement(pattern: String, replacement: String)
    /// Brokers don't accept the name that the topic would have.
    case illegalName(topic: String, renamedTo: String)
    /// The name on the target leads back to another topic (or to none): it isn't certain whose copy it is.
    case notInvertible(topic: String, renamedTo: String, leadsBackTo: String?)
    /// An internal topic, or one that has come from the target.
    case neverCopied(topic: String)

    public var description: String {
        switch self {
        case .renamesNothing:
            "the prefix and the suffix are both empty; for topics that keep their names use the identity policy"
        case .illegalAffix(let affix):
            "no topic's name can have '\(affix)' added: letters, digits, '.', '_' and '-' are allowed, "
                + "\(TopicName.maxLength) characters in all"
        case .invalidPattern(let pattern):
            "'\(pattern)' is not a regular expression"
        case .invalidReplacement(let replacement, let reason):
            "the replacement '\(replacement)' can't be used: \(reason)"
        case .constantReplacement(let pattern, let replacement):
            "every topic that matches '\(pattern)' would become '\(replacement)', and no inverse could tell them apart; "
                + "put what differs into a group and use it, as in (.*) and $1"
        case .illegalName(let topic, let name):
            "topic '\(topic)' would be '\(name)' on the target, which is not a legal topic name"
        case .notInvertible(let topic, let name, let back):
            "topic '\(topic)' would be '\(name)' on the target, but that name leads back to "
                + (back.map { "topic '\($0)'" } ?? "no topic")
                + "; change the renaming or its inverse, or leave the topic out"
        case .neverCopied(let topic):
            "topic '\(topic)' is internal, or has come from the target: it is never copied there"
        }
    }
}
