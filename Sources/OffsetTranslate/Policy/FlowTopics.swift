extension ReplicationPolicy {
    /// What a source topic is called on the target of the flow `sourceAlias` -> `targetAlias`: the rule by which MM2 names
    /// topics in checkpoints (`MirrorCheckpointTask.renameTopicPartition`).
    ///
    /// A topic that came from the target in the first place is its original there, not a copy of the copy.
    public func targetTopic(forSource topic: String, sourceAlias: String, targetAlias: String) -> String {
        self.sourceAlias(ofRemoteTopic: topic) == targetAlias
            ? originalTopic(of: topic) : remoteTopic(topic, from: sourceAlias)
    }

    /// What a target topic is called on the source of the flow `sourceAlias` -> `targetAlias`, if this flow copies it there.
    ///
    /// The inverse of ``targetTopic(forSource:sourceAlias:targetAlias:)`` for the topics that MM2 would copy: internal
    /// topics and cycles are nobody's source. It promises that going forward again gives `topic`.
    ///
    /// - Returns: `nil` if the name is not that of one of this flow's copies. A policy that keeps names can't tell: to it
    ///   every topic that isn't internal is one.
    public func sourceTopic(forTarget topic: String, sourceAlias: String, targetAlias: String) -> String? {
        guard let candidate = upstreamTopic(of: topic),
            !isInternal(candidate), !isCycle(topic: candidate, targetAlias: targetAlias),
            targetTopic(forSource: candidate, sourceAlias: sourceAlias, targetAlias: targetAlias) == topic
        else { return nil }
        return candidate
    }

    /// What ``targetTopic(forSource:sourceAlias:targetAlias:)`` says, if it is certain that no other source topic has the
    /// same name there: the name has to lead back to `topic`.
    ///
    /// - Throws: ``ReplicationPolicyError/neverCopied(topic:)``, ``ReplicationPolicyError/illegalName(topic:renamedTo:)``
    ///   or ``ReplicationPolicyError/notInvertible(topic:renamedTo:leadsBackTo:)``.
    public func checkedTargetTopic(
        forSource topic: String, sourceAlias: String, targetAlias: String
    ) throws(ReplicationPolicyError) -> String {
        guard !isInternal(topic), !isCycle(topic: topic, targetAlias: targetAlias) else { throw .neverCopied(topic: topic) }
        let target = targetTopic(forSource: topic, sourceAlias: sourceAlias, targetAlias: targetAlias)
        guard TopicName.isLegal(target) else { throw .illegalName(topic: topic, renamedTo: target) }
        let back = sourceTopic(forTarget: target, sourceAlias: sourceAlias, targetAlias: targetAlias)
        guard back == topic else { throw .notInvertible(topic: topic, renamedTo: target, leadsBackTo: back) }
        return target
    }
}
