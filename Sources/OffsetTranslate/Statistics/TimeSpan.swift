/// The earliest and the latest of some times, in milliseconds since the epoch; those that are not known (-1) count for neither.
public struct TimeSpan: Hashable, Sendable {
    public private(set) var oldest: Int64?
    public private(set) var newest: Int64?

    public init() {}

    public mutating func insert(_ timestamp: Int64) {
        guard timestamp >= 0 else { return }
        oldest = min(oldest ?? timestamp, timestamp)
        newest = max(newest ?? timestamp, timestamp)
    }
}
