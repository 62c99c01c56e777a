/// From when on a check warns, and from when on it fails.
public struct ReadinessThresholds: Sendable, Hashable {
    public struct Limit: Sendable, Hashable {
        public var warn: Int64
        public var fail: Int64

        public init(warn: Int64, fail: Int64) {
            self.warn = warn
            self.fail = fail
        }

        func status(of value: Int64) -> ReadinessCheck.Status { value > fail ? .fail : value > warn ? .warn : .pass }
    }

    /// Seconds since the flow last beat.
    public var heartbeatAge = Limit(warn: 10, fail: 60)
    /// Offsets of one partition that are not copied yet.
    public var replicationLag = Limit(warn: 10_000, fail: 1_000_000)
    /// Seconds: how old the oldest record is that is not copied yet.
    public var replicationAge = Limit(warn: 30, fail: 300)
    /// Seconds since the newest checkpoint, while groups move on.
    public var checkpointAge = Limit(warn: 240, fail: 900)
    /// Records that one group would read again if the source died now.
    public var reRead = Limit(warn: 10_000, fail: 1_000_000)
    /// How much of the copy's retention time the slowest group has used up, in percent.
    public var retentionUsed = Limit(warn: 50, fail: 90)

    public init() {}
}
