public import OffsetTranslate

/// Keeps the target's copies of topics like their originals: there at all, as many partitions, settings, access rules.
///
/// Each round looks at both clusters and changes what differs, so a round after any crash or fault does what is left. One topic's
/// trouble is a warning and none of the others'; where the cluster can't be reached, the round ends, and the next one goes on.
/// Rounds throw nothing but a `CancellationError`, except where it is said.
public struct TopicKeeper: Sendable {
    let source: any KafkaCluster
    let target: any KafkaCluster
    let rules: TopicRules

    public init(source: any KafkaCluster, target: any KafkaCluster, rules: TopicRules) {
        self.source = source
        self.target = target
        self.rules = rules
    }

    /// Creates copies that are missing, with their originals' settings, and adds the partitions that others lack
    /// (`MirrorSourceConnector.computeAndCreateTopicPartitions`). Copies with more partitions are left as they are.
    ///
    /// A topic whose settings can't be read is not created (nor does MM2): a compacted topic's copy under the brokers' default
    /// retention would lose what was copied to it.
    /// - Parameter topics: The source's topics that are mirrored, with their numbers of partitions. Internal ones are passed over.
    /// - Throws: ``KafkaError`` where the target does not even show its topics.
    public func createMissing(_ topics: [String: Int]) async throws -> TopicRound {
        let known = try await target.topics()
        let wanted = topics.filter { !rules.flow.policy.isInternal($0.key) }.sorted { $0.key < $1.key }
            .map { (topic: $0.key, copy: rules.copy(of: $0.key), count: $0.value) }
        var round = TopicRound()
        round.incomplete = Set(wanted.filter { known[$0.copy] ?? 0 < $0.count }.map(\.topic))
        try await round.attempt("topics are missing on '\(target.name)'") { round in
            try await create(wanted.filter { known[$0.copy] == nil }, &round)
        }
        for (topic, copy, count) in wanted {
            guard let old = known[copy], old < count else { continue }
            let goesOn = try await round.attempt("topic '\(copy)' lacks partitions") { round in
                try await target.createPartitions(of: copy, upTo: count)
                round.changes.append(.grown(copy, from: old, to: count, cluster: target.name))
                round.incomplete.remove(topic)
            }
            if !goesOn { break }
        }
        return round
    }

    private func create(_ missing: [(topic: String, copy: String, count: Int)], _ round: inout TopicRound) async throws {
        guard !missing.isEmpty else { return }
        let settings = try await source.topicSettings(of: missing.map(\.topic))
        var requests: [(topic: String, request: NewTopic)] = []
        for (topic, copy, count) in missing {
            // One that has been deleted meanwhile is missing there, and needs no copy.
            guard let answer = settings[topic] else { continue }
            try await round.attempt("topic '\(copy)' is not created") { _ in
                requests.append((topic, NewTopic(
                    name: copy, partitions: count, replicationFactor: rules.replicationFactor,
                    configuration: rules.settings(forCopyOf: try answer.get()))))
            }
        }
        for start in stride(from: 0, to: requests.count, by: 100) {
            let some = requests[start..<min(start + 100, requests.count)]
            if try await createTogether(some.map(\.request)) {
                some.forEach { round.created($0.topic, $0.request, target.name) }
                continue
            }
            for (topic, request) in some {
                let goesOn = try await round.attempt("topic '\(request.name)' is not created") { round in
                    try await target.createTopics([request])
                    round.created(topic, request, target.name)
                }
                if !goesOn { return }
            }
        }
    }

    /// In one request; `false` where some are refused, which only asking one by one tells apart.
    private func createTogether(_ topics: [NewTopic]) async throws -> Bool {
        do {
            try await target.createTopics(topics)
            return true
        } catch let error as KafkaError where !error.meansUnreachable {
            return false
        }
    }
}

extension TopicRound {
    fileprivate mutating func created(_ topic: String, _ request: NewTopic, _ cluster: String) {
        changes.append(.created(request.name, partitions: request.partitions, settings: request.configuration, cluster: cluster))
        incomplete.remove(topic)
    }

    /// Does a part of the round; what goes wrong with it is a warning.
    ///
    /// - Returns: Whether it makes sense to go on with others of its kind.
    @discardableResult
    mutating func attempt(_ what: String, _ part: (inout TopicRound) async throws -> Void) async throws -> Bool {
        do {
            try await part(&self)
        } catch let error as KafkaError {
            warnings.append(TopicWarning(what: what, reason: error))
            return !error.meansUnreachable
        }
        return true
    }
}

extension KafkaError {
    /// Nothing about this topic: others would only wait as long for as little.
    fileprivate var meansUnreachable: Bool {
        [.timedOut, .transport, .allBrokersDown, .resolve, .authentication, .ssl, .notController, .unsupportedFeature].contains(code)
    }
}
