internal import KafkaClient

/// What has become of one group in a round.
struct GroupOffsetResult: Sendable {
    enum Ending: Hashable, Sendable {
        case done
        /// Live members on the target: nothing was committed.
        case inUse
        /// The look at its state was too old by the time it could have been committed. Nothing was.
        case stale
        case failed
    }

    var group: String
    var wanted: [TopicPartition: CommittedOffset]
    var ending = Ending.done
    /// Read back as they were committed, or further on.
    var committed: [TopicPartition: CommittedOffset] = [:]
    /// Where the group is further on by itself.
    var ahead: [TopicPartition: CommittedOffset] = [:]
    /// Where a group that was ahead once has no commit any more.
    var freed: Set<TopicPartition> = []
    /// Left out, refused or in doubt.
    var warnings: [String] = []

    init(_ group: String, _ wanted: [TopicPartition: CommittedOffset]) {
        self.group = group
        self.wanted = wanted
    }

    /// Nothing is left to be done until the positions change.
    var isSettled: Bool { ending == .done && warnings.isEmpty }

    static func ended(_ group: String, _ wanted: [TopicPartition: CommittedOffset], _ ending: Ending, _ warning: String? = nil) -> Self {
        var result = Self(group, wanted)
        result.ending = ending
        result.warnings = warning.map { [$0] } ?? []
        return result
    }
}

/// What a round has come to.
struct GroupOffsetRound: Sendable {
    var counts = GroupOffsetCounts()
    var results: [GroupOffsetResult] = []
    /// What ended the round early, or concerns no single group.
    var trouble: [String] = []
    /// The target can't tell which groups are in use: nothing was committed, and never will be.
    var isUnsupported = false

    mutating func take(_ result: GroupOffsetResult) {
        results.append(result)
        switch result.ending {
        case .done: break
        case .inUse: counts.inUse += 1
        case .stale, .failed: counts.failed += 1
        }
        if !result.committed.isEmpty {
            counts.groups += 1
            counts.partitions += result.committed.count
        }
        if !result.ahead.isEmpty { counts.ahead += 1 }
    }

    /// What is to be said, at most so many lines of single groups.
    func warnings(atMost limit: Int = 20) -> [String] {
        let ofGroups = results.lazy.flatMap(\.warnings)
        let shown = Array(ofGroups.prefix(limit)), all = results.reduce(0) { $0 + $1.warnings.count }
        return trouble + shown + (all > limit ? ["and \(all - limit) more warnings of group offsets on the target"] : [])
    }
}
