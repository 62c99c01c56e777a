/// What a mirror tells of groups' positions.
public enum PositionsEvent: Sendable, Hashable, CustomStringConvertible {
    /// Of a round that takes its time.
    case reading(groups: Int, of: Int)
    /// Committed on the target, of the groups that had to be looked at.
    case committed(GroupOffsetCounts, cluster: String)

    public var description: String {
        switch self {
        case .reading(let groups, let all): "positions of \(groups) of \(all) groups read"
        case .committed(let counts, let cluster): "on '\(cluster)': \(counts)"
        }
    }
}

/// What a round of `sync.group.offsets` has come to.
public struct GroupOffsetCounts: Sendable, Hashable, CustomStringConvertible {
    /// Groups that something was committed for, and their partitions.
    public var groups = 0
    public var partitions = 0
    /// Groups with live members on the target, which are left alone.
    public var inUse = 0
    /// Groups that have, for at least one partition, themselves committed more on the target.
    public var ahead = 0
    /// Groups that failed, or whose turn never came.
    public var failed = 0

    public var description: String {
        "committed \(partitions) position\(partitions == 1 ? "" : "s") of \(groups) group\(groups == 1 ? "" : "s")"
            + [(inUse, "in use there"), (ahead, "ahead there by themselves"), (failed, "not served")]
                .filter { $0.0 > 0 }.map { "; \($0) \($1)" }.joined()
    }
}
