import OffsetTranslate

extension TopicRules {
    /// The access rules that copies of these topics get (`syncTopicAcls`): of those about one topic by its whole name.
    ///
    /// As in MM2, nobody is allowed to write to a copy: `ALLOW WRITE` is left out, `ALLOW ALL` becomes `ALLOW READ`. Unlike in MM2,
    /// nobody is kept from writing either: while a switchover's fence stands, the source denies it to everybody, and what would be
    /// copied of that would shut the producers out of the cluster that they are about to move to.
    func access(to topics: Set<String>, among rules: [AccessRule]) -> Set<AccessRule> {
        let concerned = rules.filter {
            $0.resourceType == .topic && $0.patternType == .literal && topics.contains($0.name) && flow.mayMirror($0.name)
        }
        let fenced = Set(concerned.filter { $0.permission == .deny && $0.operation == .write && $0.isAboutEverybody }.map(\.name))
        return concerned.reduce(into: []) { copies, rule in
            // A fence that keeps a topic open to readers allows everybody everything else: on the copy that would be its first rule,
            // and forbid what no other rule allows.
            if fenced.contains(rule.name), rule.permission == .allow, rule.operation == .all, rule.isAboutEverybody { return }
            for operation in Self.operations(of: rule) {
                var copy = rule
                copy.name = self.copy(of: rule.name)
                copy.operation = operation
                copies.insert(copy)
            }
        }
    }

    /// What a rule says about operations of the copy.
    private static func operations(of rule: AccessRule) -> [AccessRule.Operation] {
        switch (rule.permission, rule.operation) {
        case (_, .write), (_, .unknown), (.unknown, _): []
        case (.allow, .all): [.read]
        // Everything but what a writer needs: to write, and to see the topic.
        case (.deny, .all): [.read, .create, .delete, .alter, .describeConfigs, .alterConfigs]
        case (_, let operation): [operation]
        }
    }
}

extension AccessRule {
    fileprivate var isAboutEverybody: Bool { principal == "User:*" && host == "*" }
}
