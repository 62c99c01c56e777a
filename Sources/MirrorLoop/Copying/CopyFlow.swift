internal import KafkaClient

/// What has gone over one partition so far, by MM2's measures (`MirrorSourceMetrics`).
public struct CopyFlow: Sendable, Hashable {
    /// Records in the target's log (`record-count`).
    public var records = 0
    /// Bytes of their keys and values (`byte-count`).
    public var bytes = 0
    /// Records that the flow does not mirror: they came from the target.
    public var passedOver = 0
    /// From a record's timestamp to the moment it was read (`record-age-ms`).
    public var age = Spread()
    /// From a record's timestamp to its acknowledgement (`replication-latency-ms`).
    public var latency = Spread()

    public init() {}

    /// Of milliseconds.
    public struct Spread: Sendable, Hashable {
        public var count = 0
        public var sum: Int64 = 0
        public var min: Int64 = .max
        public var max: Int64 = .min
        public var last: Int64 = 0

        public init() {}

        static func += (sum: inout Spread, other: Spread) {
            guard other.count > 0 else { return }
            sum.count += other.count
            sum.sum &+= other.sum
            sum.min = Swift.min(sum.min, other.min)
            sum.max = Swift.max(sum.max, other.max)
            sum.last = other.last
        }

        mutating func count(_ value: Int64) {
            count += 1
            sum &+= value
            if value < min { min = value }
            if value > max { max = value }
            last = value
        }
    }

    /// The average over an interval, of what was counted before and after it.
    public struct Mean: Sendable, Hashable {
        public var count = 0
        public var sum: Int64 = 0

        init() {}

        init(from before: Spread, to now: Spread) {
            count = Swift.max(0, now.count - before.count)
            sum = now.sum &- before.sum
        }

        public var value: Double? { count == 0 ? nil : Double(sum) / Double(count) }

        static func += (sum: inout Mean, other: Mean) {
            sum.count += other.count
            sum.sum &+= other.sum
        }
    }

    mutating func count(_ delivery: Outlet.Delivery, now: Int64) {
        records += 1
        bytes += delivery.size
        if delivery.timestamp >= 0 { latency.count(now - delivery.timestamp) }
    }

    static func += (sum: inout CopyFlow, other: CopyFlow) {
        sum.records += other.records
        sum.bytes += other.bytes
        sum.passedOver += other.passedOver
        sum.age += other.age
        sum.latency += other.latency
    }
}
