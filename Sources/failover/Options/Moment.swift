import ArgumentParser
import Foundation

/// An instant, given as such or as an age.
struct Moment: ExpressibleByArgument, Hashable, Sendable {
    /// Since the epoch.
    var milliseconds: Int64

    init?(argument: String) { self.init(argument, now: .now) }

    /// - Parameter text: ISO 8601 with a time zone, or a number with `s`, `m`, `h` or `d`.
    init?(_ text: String, now: Date) {
        let units: [Character: Double] = ["s": 1, "m": 60, "h": 3600, "d": 86_400]
        if let unit = text.last.flatMap({ units[$0] }), let count = UInt32(text.dropLast()) {
            milliseconds = now.addingTimeInterval(-Double(count) * unit).milliseconds
            return
        }
        let formats = [false, true].map { Date.ISO8601FormatStyle(includingFractionalSeconds: $0) }
        guard let date = formats.lazy.compactMap({ try? $0.parse(text) }).first, date.timeIntervalSince1970 >= 0 else { return nil }
        milliseconds = date.milliseconds
    }
}

/// A stretch of time that may be open at either end.
struct TimeWindow: Sendable {
    var since: Moment?
    /// Itself outside.
    var until: Moment?

    /// - Parameter timestamp: In milliseconds since the epoch; -1, unknown, lies in no window with an end.
    func includes(_ timestamp: Int64) -> Bool {
        guard since != nil || until != nil else { return true }
        return timestamp >= since?.milliseconds ?? 0 && timestamp < until?.milliseconds ?? .max
    }
}
