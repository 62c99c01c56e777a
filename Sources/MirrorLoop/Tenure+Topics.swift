import OffsetTranslate

extension Tenure {
    private var keeper: TopicKeeper { TopicKeeper(source: source, target: target, rules: configuration.topicRules) }

    /// The source's topics that are mirrored, with their numbers of partitions.
    func mirroredTopics() async throws -> [String: Int] {
        try await source.topics().filter { configuration.mirrors($0.key) }
    }

    /// Sees to it that partitions have copies, and returns those that do. What is missing still is looked at with the next refresh.
    func withCopies(
        _ partitions: [TopicPartition], of topics: [String: Int], _ standing: inout StandingWarnings
    ) async throws -> [TopicPartition: TopicPartition] {
        let concerned = Set(partitions.map(\.topic))
        let round = try await keeper.createMissing(topics.filter { concerned.contains($0.key) })
        tell(round, &standing)
        let existing = try await target.topics()
        return partitions.reduce(into: [:]) { copies, partition in
            let copy = configuration.flow.target(of: partition)
            // What was created a moment ago need not show yet: its log is waited for.
            if !round.incomplete.contains(partition.topic) || copy.partition < existing[copy.topic] ?? 0 { copies[partition] = copy }
        }
    }

    func keepRefreshing(_ said: SaidAtRefresh) async throws {
        guard configuration.refreshesTopics else { return try await restWhileOthersWork() }
        var said = said
        while true {
            try await Task.sleep(for: configuration.refreshTopicsInterval)
            do {
                try await refresh(&said)
            } catch let error as KafkaError where !error.isFatal {
                // What is mirrored already does not need it.
                report(.warning("topics not refreshed: \(error)"))
            } catch let error as MirrorError {
                guard case .syncsNotSettled = error else { throw error }
                report(.warning("topics not refreshed: \(error)"))
            }
        }
    }

    func keepSyncingSettings() async throws {
        try await keepRounding(
            "topic settings", every: configuration.syncTopicSettingsInterval, "sync.topic.configs.interval.seconds"
        ) { try await $0.syncSettings(of: $1) }
    }

    func keepSyncingAccess() async throws {
        try await keepRounding("topic ACLs", every: configuration.syncAccessInterval, "sync.topic.acls.interval.seconds") {
            try await $0.syncAccess(to: $1)
        }
    }

    private func keepRounding(
        _ what: String, every interval: Duration, _ setting: String,
        _ round: (TopicKeeper, [String]) async throws -> TopicRound
    ) async throws {
        var standing = StandingWarnings()
        var pace = Pace("a round of \(what)", every: interval, setting)
        while true {
            let begun = ContinuousClock.now
            do {
                tell(try await round(keeper, Array(try await mirroredTopics().keys)), &standing)
            } catch let error as KafkaError {
                report(.warning("\(what) not in step: \(error)"))
            }
            let (next, warning) = pace.next(after: begun)
            if let warning { report(.warning(warning)) }
            try await Task.sleep(until: next, clock: .continuous)
        }
    }

    private func tell(_ round: TopicRound, _ standing: inout StandingWarnings) {
        round.changes.forEach { report(.topicChanged($0)) }
        standing.news(in: round.warnings).forEach { report(.warning("\($0)")) }
    }

    /// The end of any of its works is a tenure's.
    private func restWhileOthersWork() async throws {
        while true { try await Task.sleep(for: .seconds(86_400)) }
    }
}

/// What a tenure has said about topics and partitions: not each time anew, as long as nothing changes.
struct SaidAtRefresh: Sendable {
    var warnings = StandingWarnings()
    private var halts: [TopicPartition: String] = [:]

    /// What is new among the partitions that can't be begun with.
    mutating func news(in latest: [TopicPartition: MirrorEvent.Halt]) -> [(TopicPartition, MirrorEvent.Halt)] {
        let before = halts
        halts = latest.mapValues(\.description)
        return latest.filter { before[$0.key] != halts[$0.key] }.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }
}
