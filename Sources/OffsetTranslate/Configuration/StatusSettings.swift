/// From when on `failover status` warns, and from when on it fails (`failover.status.*`).
public struct StatusSettings: Sendable, Equatable {
    /// Both are still in order; what is above is not.
    public struct Limit: Sendable, Equatable {
        public var warn: Int64
        public var fail: Int64

        public init(warn: Int64, fail: Int64) {
            self.warn = warn
            self.fail = fail
        }
    }

    /// Seconds since the flow last beat.
    public var heartbeatAge = Limit(key: .heartbeatAge)
    /// Offsets of one partition that are not copied yet.
    public var replicationLag = Limit(key: .replicationLag)
    /// Seconds: how old the oldest record is that is not copied yet.
    public var recoveryPoint = Limit(key: .recoveryPoint)
    /// Seconds since the newest checkpoint, while groups move on.
    public var checkpointAge = Limit(key: .checkpointAge)
    /// Records that a group would read again if the source died now.
    public var reRead = Limit(key: .reRead)
    /// How much of its copy's retention time the slowest group has used up, in percent.
    public var retentionUsed = Limit(key: .retentionUsed)
    /// Seconds that moving all groups would take.
    public var recoveryTime = Limit(key: .recoveryTime)

    public init() {}
}

extension StatusSettings.Limit {
    /// "10, 60": the first warns, the second fails.
    init?(_ text: String) {
        let parts = NameFilter.list(text).map { Int64($0) }
        guard parts.count == 2, let warn = parts[0], let fail = parts[1], warn >= 0, fail >= warn else { return nil }
        self.init(warn: warn, fail: fail)
    }

    fileprivate init(key: MirrorKey) { self = Self(key.defaultText) ?? Self(warn: 0, fail: 0) }
}
