internal import KafkaClient

/// What a mirror remembers of the commits on the target, for as long as it runs.
struct GroupOffsetMemory: Sendable {
    /// The last position committed by a mirror.
    private(set) var own: [String: [TopicPartition: Int64]]
    /// Where a group has once been ahead by itself.
    private(set) var ahead: [String: Set<TopicPartition>] = [:]
    /// Positions that were found in place, or put there.
    private var settled: TranslatedPositions.ByGroup = [:]
    private var rounds = 0

    init(own: [String: [TopicPartition: Int64]] = [:]) { self.own = own }

    /// Commits expire (`offsets.retention.minutes`) and topics are made anew: now and then everything is looked at again.
    private static let lookAgainAfter = 10

    mutating func beginRound() {
        rounds += 1
        if rounds % Self.lookAgainAfter == 0 { settled = [:] }
    }

    func isSettled(_ group: String, at positions: [TopicPartition: CommittedOffset]) -> Bool { settled[group] == positions }

    mutating func take(_ result: GroupOffsetResult) {
        own[result.group, default: [:]].merge(result.committed.mapValues(\.offset)) { $1 }
        if !result.freed.isEmpty { ahead[result.group]?.subtract(result.freed) }
        if !result.ahead.isEmpty { ahead[result.group, default: []].formUnion(result.ahead.keys) }
        settled[result.group] = result.isSettled ? result.wanted : nil
    }
}
