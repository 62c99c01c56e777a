import Cutover
import OffsetTranslate

/// What the demonstration came to. The JSON of `failover demo --output json` is this, with `formatVersion` 1.
public struct DemoReport: Codable, Sendable {
    public var formatVersion = 1
    /// Lost 0 and re-read 0 for every group.
    public var passed: Bool
    public var groups: [Group]
    /// Records that the source had acknowledged.
    public var produced: Int
    /// Of those, on the target when the source died.
    public var replicated: Int
    /// Acknowledged by the source and never replicated: lost with it, whatever is translated (RPO).
    public var unreplicated: Int
    /// Records of somebody else in the target's topics.
    public var foreign: Int
    /// Records that the producers could not write any more.
    public var refused: Int
    public var positionsCommitted: Int
    public var positionsExact: Int
    /// From the kill to the moment when the last group had its first answer from the target, in seconds.
    public var recoverySeconds: Double
    public var elapsedSeconds: Double

    public struct Group: Codable, Sendable {
        public var name: String
        public var readBefore: Int
        public var readAfter: Int
        public var lost: Int
        public var reread: Int
        public var unreplicated: Int
        public var stock: Stock
    }

    /// What MM2's own translation of the same offset syncs would have done.
    public struct Stock: Codable, Sendable {
        /// Records read again.
        public var reread = 0
        /// Partitions left without any position: read from the start.
        public var missing = 0
    }
}

extension DemoReport {
    init(
        groups: [Group], plan: CutoverPlan, produced: Int, replicated: Int, foreign: Int, refused: Int,
        recoveryTime: Duration, elapsed: Duration
    ) {
        self.groups = groups
        self.produced = produced
        self.replicated = replicated
        unreplicated = produced - replicated
        self.foreign = foreign
        self.refused = refused
        positionsCommitted = plan.changes
        positionsExact = plan.offsets.count { $0.translation.kind == .exact }
        recoverySeconds = recoveryTime / .seconds(1)
        elapsedSeconds = elapsed / .seconds(1)
        passed = groups.allSatisfy { $0.lost == 0 && $0.reread == 0 }
    }
}

extension DemoReport.Group {
    init(name: String, _ finding: Audit.Finding, stock: DemoReport.Stock) {
        self.init(
            name: name, readBefore: finding.before, readAfter: finding.after, lost: finding.lost, reread: finding.reread,
            unreplicated: finding.unreplicated, stock: stock)
    }
}
