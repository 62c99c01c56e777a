/// What a stretch of a heartbeats topic amounts to, flow by flow.
///
/// Folded beat by beat in the order of the log, in constant memory for each flow.
public struct HeartbeatStatistics: Hashable, Sendable {
    public private(set) var flows: [Flow: Beats] = [:]

    public init() {}

    public mutating func insert(_ heartbeat: Located<Heartbeat>) {
        let flow = Flow(sourceAlias: heartbeat.entry.sourceAlias, targetAlias: heartbeat.entry.targetAlias)
        flows[flow, default: Beats()].insert(heartbeat.entry.timestamp)
    }

    public struct Flow: Hashable, Comparable, Sendable {
        public var sourceAlias: String
        public var targetAlias: String

        public init(sourceAlias: String, targetAlias: String) {
            self.sourceAlias = sourceAlias
            self.targetAlias = targetAlias
        }

        public static func < (a: Flow, b: Flow) -> Bool { (a.sourceAlias, a.targetAlias) < (b.sourceAlias, b.targetAlias) }
    }

    public struct Beats: Hashable, Sendable {
        public private(set) var count = 0
        /// The longest time from one beat to the next, in milliseconds. A beat that comes late, after a younger one, ends no gap.
        public private(set) var largestGap: Int64 = 0
        public private(set) var times = TimeSpan()

        fileprivate mutating func insert(_ timestamp: Int64) {
            count += 1
            if let newest = times.newest, timestamp > newest { largestGap = max(largestGap, timestamp - newest) }
            times.insert(timestamp)
        }
    }
}
