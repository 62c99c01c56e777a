/// Hostile syncs and checkpoints may hold any offset; no sum of theirs may trap.
extension Int64 {
    package func addingClamped(_ other: Int64) -> Int64 {
        let (sum, overflow) = addingReportingOverflow(other)
        return overflow ? (other < 0 ? .min : .max) : sum
    }

    package func subtractingClamped(_ other: Int64) -> Int64 {
        let (difference, overflow) = subtractingReportingOverflow(other)
        return overflow ? (self < other ? .min : .max) : difference
    }

    /// - Parameter other: Not negative, as neither is this.
    package func multipliedClamped(by other: Int64) -> Int64 {
        let (product, overflow) = multipliedReportingOverflow(by: other)
        return overflow ? .max : product
    }
}

extension Sequence<Int64?> {
    /// `nil` where one of them is.
    package var clampedSum: Int64? {
        var sum: Int64 = 0
        for value in self {
            guard let value else { return nil }
            sum = sum.addingClamped(value)
        }
        return sum
    }
}
