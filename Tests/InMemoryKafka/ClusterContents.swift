public import KafkaClient

/// Everything that an in-memory cluster holds. A copy is a snapshot.
public struct ClusterContents: Hashable, Sendable {
    /// Logs by topic, in the order of partitions.
    public var topics: [String: [InMemoryLog]] = [:]
    public var groups: [String: InMemoryGroup] = [:]
    /// Partitions whose commits are refused, with the brokers' code (an ACL, too much metadata).
    public var refusedCommits: [TopicPartition: KafkaError.Code] = [:]
    /// Settings that were made on topics.
    public var configuration: [String: [String: String]] = [:]
    /// Settings that were made on brokers, in place of Kafka's defaults.
    public var brokerSettings: [TopicSetting] = []
    /// Topics that are neither created nor changed, with the brokers' code (a policy, a setting they don't take).
    public var refusedTopics: [String: KafkaError.Code] = [:]
    /// Topics whose settings the principal may not read.
    public var hiddenSettings: Set<String> = []
    public var accessRules: Set<AccessRule> = []
    /// What the principal may not do, and what can't be tried.
    public var accessAnswers: [AccessTrial: AccessAnswer] = [:]
    /// No `authorizer.class.name`: rules can't be had, and everybody may do anything.
    public var hasNoAuthorizer = false
    /// `allow.everyone.if.no.acl.found`: what no rule speaks of is allowed.
    public var allowsWithoutRules = true
    /// Request kinds that these brokers lack.
    public var unsupported: Set<Request.Kind> = []

    public init() {}

    /// The log of a partition. Setting one beyond the topic's partitions adds those in between, empty.
    public subscript(partition: TopicPartition) -> InMemoryLog? {
        get {
            guard let logs = topics[partition.topic], logs.indices.contains(Int(partition.partition)) else { return nil }
            return logs[Int(partition.partition)]
        }
        set {
            guard let newValue, partition.partition >= 0 else { return }
            var logs = topics[partition.topic] ?? []
            while logs.count <= Int(partition.partition) { logs.append(InMemoryLog()) }
            logs[Int(partition.partition)] = newValue
            topics[partition.topic] = logs
        }
    }

    /// Changes a log, made empty where it does not exist.
    public mutating func log<Result>(_ partition: TopicPartition, _ change: (inout InMemoryLog) -> Result) -> Result {
        var log = self[partition] ?? InMemoryLog()
        defer { self[partition] = log }
        return change(&log)
    }

    @discardableResult
    public mutating func append(_ record: Record, to partition: TopicPartition) -> Int64 {
        log(partition) { $0.append(record) }
    }

    /// Deletes a topic, and with it every group's commits for it (`GroupCoordinator.onPartitionsDeleted`).
    public mutating func deleteTopic(_ name: String) {
        topics[name] = nil
        configuration[name] = nil
        groups = groups.mapValues { group in
            var group = group
            group.commits = group.commits.filter { $0.key.topic != name }
            return group
        }
    }

    /// Deletes a topic and makes it again, empty.
    public mutating func recreateTopic(_ name: String) {
        let count = topics[name]?.count ?? 1
        deleteTopic(name)
        topics[name] = Array(repeating: InMemoryLog(), count: count)
    }

    /// Commits as the group's own members do: never refused.
    public mutating func commit(_ offset: Int64, metadata: String = "", _ partition: TopicPartition, by group: String) {
        groups[group, default: InMemoryGroup()].commits[partition] = CommittedOffset(offset: offset, metadata: metadata)
    }

    /// Members join.
    public mutating func activate(_ group: String, members: Int = 1) {
        groups[group, default: InMemoryGroup()].state = .stable
        groups[group, default: InMemoryGroup()].memberCount = members
    }

    /// All members leave.
    public mutating func deactivate(_ group: String) {
        groups[group]?.state = .empty
        groups[group]?.memberCount = 0
    }

    /// Commits as somebody who is not a member: brokers take it only where there are no members
    /// (`GroupMetadataManager`, UNKNOWN_MEMBER_ID). What they take does not depend on the log.
    mutating func commitFromOutside(
        _ offsets: [TopicPartition: CommittedOffset], for group: String
    ) -> [TopicPartition: KafkaError.Code] {
        if let state = groups[group]?.state, state.isActive { return offsets.mapValues { _ in .unknownMember } }
        var refused: [TopicPartition: KafkaError.Code] = [:]
        for (partition, commit) in offsets {
            if self[partition] == nil {
                refused[partition] = .unknownTopicOrPartition
            } else if let code = refusedCommits[partition] {
                refused[partition] = code
            } else {
                groups[group, default: InMemoryGroup()].commits[partition] = commit
            }
        }
        return refused
    }

    /// Removes commits as brokers do (`GroupCoordinator.handleDeleteOffsets`): not those that live members may read on from.
    mutating func deleteOffsets(of name: String, for partitions: [TopicPartition]) -> [TopicPartition: KafkaError.Code] {
        guard let group = groups[name], group.state != .dead else { return [:] }
        var refused: [TopicPartition: KafkaError.Code] = [:]
        for partition in partitions {
            if group.state.isActive, group.subscriptions?.contains(partition.topic) ?? true {
                refused[partition] = .groupSubscribedToTopic
            } else if self[partition] == nil {
                refused[partition] = .unknownTopicOrPartition
            } else {
                groups[name]?.commits[partition] = nil
            }
        }
        return refused
    }

    /// Whether the brokers' authorizer lets a principal, such as `User:app`, write to a topic: a rule that denies wins, else
    /// one that allows, else what holds where no rule speaks of the topic (`StandardAuthorizerData.authorize`).
    ///
    /// ``append(_:to:)`` does not ask.
    public func mayWrite(_ principal: String, _ topic: String, from host: String = "10.0.0.1") -> Bool {
        if hasNoAuthorizer { return true }
        let rules = accessRules.filter { $0.resourceType == .topic && $0.isAbout(topic) }
        let applicable = rules.filter {
            [principal, "User:*"].contains($0.principal) && [host, "*"].contains($0.host) && [.write, .all].contains($0.operation)
        }
        if applicable.contains(where: { $0.permission == .deny }) { return false }
        return applicable.contains { $0.permission == .allow } || rules.isEmpty && allowsWithoutRules
    }

    func listing(of group: String) -> GroupListing? {
        groups[group].map { GroupListing(name: group, state: $0.state, memberCount: $0.memberCount) }
    }
}
