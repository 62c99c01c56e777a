import KafkaClient
import OffsetTranslate

/// Where the latest copies of a stretch of originals lie.
///
/// A mirror copies in order and at least once, so:
/// - the latest copy of an original that no other one of the stretch equals is where its content stands last;
/// - those of equal originals lie between the copies of their neighbours that are not; where there are as many of them as
///   originals, each has its own, else they may be any.
struct CopyPlaces: Sendable {
    struct Place: Sendable {
        /// `Int64.min` and `.max` where nothing bounds it.
        var low: Int64
        var high: Int64
    }

    /// Of each original; `nil` where none was read.
    private(set) var places: [Place?]
    /// How many originals are told apart from all others, and have a copy.
    let anchors: Int
    /// The least of an original's place and of all behind it.
    private(set) var first: [Place?]
    /// The highest of an original's place and of all before it.
    private(set) var last: [Place?]

    /// Those that are told apart from all others.
    private let numbers: [RecordFingerprint: Int]

    /// The original of a copy, where no other one equals it.
    func number(of key: RecordFingerprint) -> Int? { numbers[key] }

    private struct Run: Hashable {
        var content: RecordFingerprint
        var after: Int64?
        var before: Int64?
    }

    /// - Parameter isCompleteAbove: Nothing follows the originals, and nothing the copies that were read.
    init(_ originals: [RecordSample.Entry], in copies: CopyIndex, isCompleteBelow: Bool, isCompleteAbove: Bool) {
        let keys = originals.map(copies.key)
        var equals: [RecordFingerprint: Int] = [:]
        for key in keys { equals[key, default: 0] += 1 }
        let unique = keys.map { equals[$0] == 1 ? copies.places(of: $0).last : nil }
        anchors = unique.count { $0 != nil }

        numbers = Dictionary(zip(keys, keys.indices).filter { equals[$0.0] == 1 }) { a, _ in a }

        let before = Self.running(unique, max), after = Array(Self.running(unique.reversed(), min).reversed())
        var runs: [Run: [Int]] = [:]
        for index in keys.indices where equals[keys[index]] != 1 {
            runs[Run(content: keys[index], after: before[index], before: after[index]), default: []].append(index)
        }
        var places = unique.map { $0.map { Place(low: $0, high: $0) } }
        for (run, members) in runs {
            let end = run.before ?? .max
            let possible = copies.places(of: run.content).filter { $0 > run.after ?? -1 && $0 < end }
            guard !possible.isEmpty else { continue }
            let isBounded = (run.after != nil || isCompleteBelow) && (run.before != nil || isCompleteAbove)
            let start = run.after ?? copies.log.start
            let isRead = copies.read.cover(LogBounds(start: start, end: max(start, min(end, copies.log.end))))
            if isBounded, isRead, run.after != nil || run.before != nil, possible.count == members.count {
                for (index, place) in zip(members, possible) { places[index] = Place(low: place, high: place) }
            } else {
                let low = run.after.map { isRead ? possible[0] : $0.addingClamped(1) } ?? .min
                let high = run.before.map { isRead ? possible[possible.count - 1] : $0 - 1 } ?? .max
                for index in members { places[index] = Place(low: low, high: high) }
            }
        }
        self.places = places
        last = Self.accumulated(places) { Place(low: max($0.low, $1.low), high: max($0.high, $1.high)) }
        first = Array(Self.accumulated(places.reversed()) { Place(low: min($0.low, $1.low), high: min($0.high, $1.high)) }.reversed())
    }

    /// For each element, what its forerunners come to.
    private static func running(_ values: some Sequence<Int64?>, _ pick: (Int64, Int64) -> Int64) -> [Int64?] {
        var picked: Int64?
        return values.map { value in
            defer { if let value { picked = picked.map { pick($0, value) } ?? value } }
            return picked
        }
    }

    /// For each element, what it and its forerunners come to.
    private static func accumulated(_ places: some Sequence<Place?>, _ pick: (Place, Place) -> Place) -> [Place?] {
        var picked: Place?
        return places.map { place in
            if let place { picked = picked.map { pick($0, place) } ?? place }
            return picked
        }
    }
}
