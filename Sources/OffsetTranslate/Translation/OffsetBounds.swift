/// Where a committed source offset lies on the target, and nothing else.
public struct OffsetBounds: Hashable, Sendable {
    /// What to commit: ``Translation/position``, held inside the target's log.
    public var low: Int64
    /// The right position is not above this; `nil` when nothing bounds it.
    public var high: Int64?

    public init(low: Int64, high: Int64?) {
        self.low = low
        self.high = high
    }

    /// Whether one position only is left.
    public var isExact: Bool { low == high }
}
