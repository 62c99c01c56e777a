extension LibrdkafkaCluster {
    /// Kafka allows no such name, so nothing is ever committed, or removed, for it; whether the group may be touched is checked before.
    private static let impossible = TopicPartition(topic: "failover: is this allowed?", partition: 0)

    public func tryAccess(_ trials: Set<AccessTrial>) async throws -> [AccessTrial: AccessAnswer] {
        let topics = try await topics()
        var answers: [AccessTrial: AccessAnswer] = [:]
        for (kind, trials) in Dictionary(grouping: trials, by: { Kind(type: $0.resourceType, operation: $0.operation) }) {
            // Brokers don't say which of the two it is.
            let unseen = kind.type == .topic && kind.operation != .create ? trials.filter { topics[$0.name] == nil } : []
            for trial in unseen { answers[trial] = .untold("it does not exist, or may not be seen (DESCRIBE)") }
            let seen = trials.filter { answers[$0] == nil }
            guard !seen.isEmpty else { continue }
            do {
                answers.merge(try await answer(kind, seen, topics)) { $1 }
            } catch let error as KafkaError {
                for trial in seen { answers[trial] = trial.answer(error) }
            }
        }
        return answers
    }

    private struct Kind: Hashable {
        var type: AccessRule.ResourceType
        var operation: AccessRule.Operation
    }

    private func answer(_ kind: Kind, _ trials: [AccessTrial], _ topics: [String: Int]) async throws -> [AccessTrial: AccessAnswer] {
        let names = trials.map(\.name)
        switch (kind.type, kind.operation) {
        // It was seen.
        case (.topic, .describe): return Self.each(trials) { _ in nil }
        case (.topic, .read):
            let refusals = try await reading(names)
            return Self.each(trials) { refusals[$0.name] }
        case (.topic, .create):
            let refusals = try await admin.creating(names)
            return Self.each(trials) { refusals[$0.name] }
        case (.topic, .alter):
            let refusals = try await admin.growing(names.map { ($0, (topics[$0] ?? 0) + 1) })
            return Self.each(trials) { refusals[$0.name] }
        case (.topic, .describeConfigs):
            let settings = try await topicSettings(of: names)
            return Self.each(trials) { if case .failure(let error)? = settings[$0.name] { error } else { nil } }
        case (.topic, .alterConfigs):
            let refusals = try await admin.alteringSettings(of: names)
            return Self.each(trials) { refusals[$0.name] }
        case (.group, .describe): return try await touching(trials) { _ in nil }
        case (.group, .read):
            return try await touching(trials) { try await self.commit([Self.impossible: CommittedOffset(offset: 0)], for: $0)[Self.impossible] }
        case (.group, .delete):
            return try await touching(trials) { try await self.deleteOffsets(of: $0, for: [Self.impossible])[Self.impossible] }
        case (.cluster, .alter):
            let refusal = try await admin.alteringRules()
            return Self.each(trials) { _ in refusal }
        case (.cluster, .describe): return try await seeingRules(trials)
        default: return trials.reduce(into: [:]) { $0[$1] = .untold("nothing but doing it would tell") }
        }
    }

    private static func each(_ trials: [AccessTrial], _ refusal: (AccessTrial) -> KafkaError?) -> [AccessTrial: AccessAnswer] {
        trials.reduce(into: [:]) { $0[$1] = $1.answer(refusal($1)) }
    }

    /// Fetches at the log's end, which brokers refuse whom they would refuse the records.
    private func reading(_ names: [String]) async throws -> [String: KafkaError] {
        let bounds = try await logBounds(of: names.map { TopicPartition(topic: $0, partition: 0) })
        let reader = try LogReader(cluster: name, properties: consumerProperties, log: log)
        for (partition, bounds) in bounds { try await reader.start(partition, at: bounds.end) }
        var open = Set(bounds.keys), refusals: [String: KafkaError] = [:], lastNews = ContinuousClock.now
        while !open.isEmpty {
            let polled = try await reader.poll(timeout: .milliseconds(100)) { batch in batch.forEach { _ in } }
            let refused = polled.errors.filter { !$0.isRetriable }
            for error in refused { if let topic = error.topic { refusals[topic] = error } else { throw error } }
            // Records that come just now are as good an answer; their partition's end follows.
            open.subtract(polled.ends.keys)
            open = open.filter { refusals[$0.topic] == nil }
            if !refused.isEmpty || !polled.ends.isEmpty || polled.records > 0 { lastNews = .now }
            guard ContinuousClock.now - lastNews <= timeout else {
                for partition in open { refusals[partition.topic] = await reader.timedOut("read the log", partition) }
                break
            }
        }
        return refusals
    }

    /// Asks for what takes DESCRIBE on a group, and then, where that is granted, for more: whoever may do more may describe it
    /// (Kafka's `AclAuthorizer`), and without that a group's coordinator is not even told.
    private func touching(
        _ trials: [AccessTrial], _ more: @escaping @Sendable (String) async throws -> KafkaError?
    ) async throws -> [AccessTrial: AccessAnswer] {
        let answers = try await concurrently(trials, atMost: 32) { trial -> AccessAnswer in
            func attempt(_ work: () async throws -> KafkaError?) async throws -> AccessAnswer {
                do { return trial.answer(try await work()) } catch let error as KafkaError { return trial.answer(error) }
            }
            let first = try await attempt {
                _ = try await self.committedOffsets(of: trial.name, for: [Self.impossible])
                return nil
            }
            return first == .granted ? try await attempt { try await more(trial.name) } : first
        }
        return Dictionary(zip(trials, answers)) { $1 }
    }

    private func seeingRules(_ trials: [AccessTrial]) async throws -> [AccessTrial: AccessAnswer] {
        let answer: AccessAnswer
        do {
            _ = try await acls(matching: AccessRuleFilter())
            answer = .granted
        } catch let error as KafkaError where error.code == .clusterAuthorizationFailed {
            answer = .untold(error.message)
        }
        return trials.reduce(into: [:]) { $0[$1] = answer }
    }
}

extension AccessTrial {
    /// What the answer to a request in its place says: only a refusal for want of this right is one.
    func answer(_ error: KafkaError?) -> AccessAnswer {
        guard let error else { return .granted }
        let refusals: [KafkaError.Code] = switch resourceType {
        case .group: [.groupAuthorizationFailed]
        case .cluster: [.clusterAuthorizationFailed]
        // Older brokers have topics created by those who may do so to the cluster.
        case .topic, .unknown: [.topicAuthorizationFailed, .clusterAuthorizationFailed]
        }
        if refusals.contains(error.code) { return .refused }
        return Self.pastRights.contains(error.code) ? .granted : .untold(error.message)
    }

    /// Brokers look at rights first. Who is told one of these had them, and asked for what can't be carried out.
    private static let pastRights: Set<KafkaError.Code> = [
        .securityDisabled, .unknownTopicOrPartition, .invalidTopic, .topicAuthorizationFailed, .groupIDNotFound, .unknownMember,
        .illegalGeneration, .groupSubscribedToTopic, .topicAlreadyExists, .invalidPartitions, .invalidReplicationFactor,
        .invalidConfiguration, .policyViolation,
    ]
}
