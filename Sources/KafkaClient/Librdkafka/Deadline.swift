/// A point in time by which a wait ends.
struct Deadline: Sendable {
    private let instant: ContinuousClock.Instant

    init(after duration: Duration) { instant = ContinuousClock.now + duration }

    var remaining: Duration { max(.zero, instant - ContinuousClock.now) }
    var hasPassed: Bool { remaining == .zero }
    /// What is left as librdkafka wants it, never 0 (which means "don't wait") and never above `most`.
    func milliseconds(atMost most: Int32 = .max) -> Int32 { max(1, min(most, remaining.milliseconds)) }
}

extension Duration {
    /// Whole milliseconds, rounded down, clamped to 32 bits.
    package var milliseconds: Int32 {
        let (seconds, attoseconds) = components
        if seconds >= Int64(Int32.max) / 1000 { return .max }
        return Int32(seconds * 1000 + attoseconds / 1_000_000_000_000_000)
    }

    /// In seconds, to the millisecond.
    package var seconds: Double { (Double(components.seconds) * 1000 + Double(components.attoseconds / 1_000_000_000_000_000)) / 1000 }
}
