/// Work that is done again and again, counted from where the last round began; one that takes longer than that is said once.
struct Pace: Sendable {
    let what: String
    let setting: String
    let interval: Duration
    private var isLate = false

    init(_ what: String, every interval: Duration, _ setting: String) {
        self.what = what
        self.interval = interval
        self.setting = setting
    }

    /// When the next round begins, and what is to be said of the one that has ended.
    mutating func next(
        after begun: ContinuousClock.Instant, ended: ContinuousClock.Instant = .now
    ) -> (at: ContinuousClock.Instant, warning: String?) {
        let wasLate = isLate
        isLate = ended - begun > interval
        // Not without any rest, so that what else is asked of the clusters gets through.
        let next = max(begun + interval, ended + interval / 10)
        guard isLate, !wasLate else { return (next, nil) }
        return (
            next,
            "\(what) took \((ended - begun).inSeconds), longer than \(setting) (\(interval.inSeconds)): what is written is as much older"
        )
    }
}

extension Duration {
    /// In seconds, with one decimal.
    var inSeconds: String {
        let tenths = (components.seconds * 10) + components.attoseconds / 100_000_000_000_000_000
        return "\(tenths / 10).\(tenths % 10) s"
    }
}
