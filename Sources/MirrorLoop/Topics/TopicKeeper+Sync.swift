import OffsetTranslate

extension TopicKeeper {
    /// Brings the settings of copies in step with their originals' (`MirrorSourceConnector.syncTopicConfigs`).
    ///
    /// - Parameter topics: The source's topics that are mirrored. Those without a copy are passed over.
    public func syncSettings(of topics: some Sequence<String>) async throws -> TopicRound {
        let copies = rules.copies(of: topics)
        var round = TopicRound()
        guard !copies.isEmpty else { return round }
        try await round.attempt("topic settings are not in step") { round in
            let originals = try await source.topicSettings(of: copies.map(\.topic))
            let present = copies.filter { originals[$0.topic] != nil }
            let settings = try await target.topicSettings(of: present.map(\.copy))
            for (topic, copy) in present {
                guard let original = originals[topic], let old = settings[copy] else { continue }
                let goesOn = try await round.attempt("the settings of '\(copy)' are not in step") { round in
                    try await bring(copy, try old.get(), inStepWith: try original.get(), &round)
                }
                if !goesOn { return }
            }
        }
        return round
    }

    private func bring(
        _ copy: String, _ old: [TopicSetting], inStepWith original: [TopicSetting], _ round: inout TopicRound
    ) async throws {
        let change = rules.changes(source: original, target: old)
        guard !change.isEmpty else { return }
        try await target.alterTopicSettings(of: copy, change)
        let before = old.reduce(into: [:]) { $0[$1.name] = $1.value }
        for name in (Set(change.set.keys).union(change.remove)).sorted() {
            round.changes.append(.setting(copy, name: name, old: before[name], new: change.set[name], cluster: target.name))
        }
    }

    /// Gives copies the access rules of their originals that they lack (`MirrorSourceConnector.syncTopicAcls`). Takes none away.
    ///
    /// - Parameter topics: The source's topics that are mirrored.
    public func syncAccess(to topics: some Sequence<String>) async throws -> TopicRound {
        let topics = Set(topics)
        var round = TopicRound()
        guard !topics.isEmpty else { return round }
        try await round.attempt("topic ACLs are not copied") { round in
            let filter = AccessRuleFilter(resourceType: .topic, patternType: .literal)
            let wanted = rules.access(to: topics, among: try await source.acls(matching: filter))
            // Where there is nothing to copy, the target need not have an authorizer.
            guard !wanted.isEmpty else { return }
            let missing = wanted.subtracting(try await target.acls(matching: filter)).sorted { "\($0)" < "\($1)" }
            for start in stride(from: 0, to: missing.count, by: 500) {
                let some = Array(missing[start..<min(start + 500, missing.count)])
                let refused = try await target.createACLs(some)
                for rule in some {
                    if let error = refused[rule] {
                        round.warnings.append(TopicWarning(what: "an ACL of '\(rule.name)' is not copied", reason: error))
                    } else {
                        round.changes.append(.access(rule, cluster: target.name))
                    }
                }
            }
        }
        return round
    }
}
