public import KafkaClient

/// A consumer group as its coordinator holds it.
public struct InMemoryGroup: Hashable, Sendable {
    public var state: GroupState
    public var memberCount: Int
    public var commits: [TopicPartition: CommittedOffset]
    /// Topics that live members subscribe to; `nil` is any.
    public var subscriptions: Set<String>?

    public init(state: GroupState = .empty, memberCount: Int = 0, commits: [TopicPartition: CommittedOffset] = [:]) {
        self.state = state
        self.memberCount = memberCount
        self.commits = commits
    }
}
