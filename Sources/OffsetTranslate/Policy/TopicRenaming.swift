/// A renaming of topics and its inverse.
enum TopicRenaming: Sendable {
    case affix(prefix: String, suffix: String)
    case pattern(forward: TopicPattern, inverse: TopicPattern)

    /// - Throws: ``ReplicationPolicyError/renamesNothing`` or ``ReplicationPolicyError/illegalAffix(_:)``.
    init(prefix: String, suffix: String) throws(ReplicationPolicyError) {
        guard !prefix.isEmpty || !suffix.isEmpty else { throw .renamesNothing }
        for affix in [prefix, suffix] where !TopicName.hasLegalCharacters(affix) { throw .illegalAffix(affix) }
        guard prefix.utf8.count + suffix.utf8.count < TopicName.maxLength else { throw .illegalAffix(prefix + suffix) }
        self = .affix(prefix: prefix, suffix: suffix)
    }

    func renamed(_ topic: String) -> String {
        switch self {
        case .affix(let prefix, let suffix): prefix + topic + suffix
        case .pattern(let forward, _): forward.apply(to: topic)
        }
    }

    /// - Returns: `nil` unless renaming it gives `topic` again.
    func original(_ topic: String) -> String? {
        guard let original = inverted(topic), !original.isEmpty, renamed(original) == topic else { return nil }
        return original
    }

    private func inverted(_ topic: String) -> String? {
        switch self {
        case .affix(let prefix, let suffix):
            guard topic.count > prefix.count + suffix.count else { return nil }
            return String(topic.dropFirst(prefix.count).dropLast(suffix.count))
        case .pattern(_, let inverse):
            return inverse.apply(to: topic)
        }
    }

    /// - Throws: ``ReplicationPolicyError/illegalName(topic:renamedTo:)`` or
    ///   ``ReplicationPolicyError/notInvertible(topic:renamedTo:leadsBackTo:)``.
    func check(_ topic: String) throws(ReplicationPolicyError) {
        let name = renamed(topic)
        guard TopicName.isLegal(name) else { throw .illegalName(topic: topic, renamedTo: name) }
        let back = inverted(name)
        guard back == topic else { throw .notInvertible(topic: topic, renamedTo: name, leadsBackTo: back) }
    }
}
