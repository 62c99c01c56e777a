internal import KafkaClient

/// The groups whose positions are looked at: listed anew each `refresh.groups.interval.seconds`, not each round.
struct SourceGroups: Sendable {
    /// `nil`: only once.
    let interval: Duration?
    private var names: [String] = []
    private var listedAt: ContinuousClock.Instant?

    init(every interval: Duration?) { self.interval = interval }

    /// - Throws: ``KafkaError`` where a listing fails; the next call tries again.
    mutating func current(
        at now: ContinuousClock.Instant = .now, _ list: () async throws -> [String]
    ) async throws -> [String] {
        if let listedAt, interval.map({ now - listedAt < $0 }) ?? true { return names }
        names = try await list()
        listedAt = now
        return names
    }
}
