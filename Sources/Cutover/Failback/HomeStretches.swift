import KafkaClient
import OffsetTranslate

/// What was read between two syncs of each other, to tighten the positions that stand there: once for all groups.
struct HomeStretches {
    private struct Key: Hashable {
        var partition: TopicPartition
        var below: SyncPoint?
        var above: SyncPoint?
        var end: Int64
    }

    private struct Stretch {
        var originals: [FenceSearch.Original]
        /// How many originals have that content.
        var counts: [RecordFingerprint: Int]
        /// By content, the first place of the target that has it.
        var places: [RecordFingerprint: Int64]
        var keepsTimestamps: Bool
    }

    let home: any KafkaCluster
    let away: any KafkaCluster
    let limits: RecordProof.Limits
    private var stretches: [Key: Stretch] = [:]

    init(home: any KafkaCluster, away: any KafkaCluster, limits: RecordProof.Limits) {
        self.home = home
        self.away = away
        self.limits = limits
    }

    /// Tightens a position that the forward syncs leave open.
    ///
    /// A group that wants `offset` next was given every original whose content lies below it, where no other original has that. It goes
    /// on at the first original for which that is not so.
    /// - Throws: ``ProofLimitReached``, ``KafkaError``.
    mutating func tighten(_ translation: Translation, _ offset: Int64, _ partition: FailbackPartition) async throws -> Translation {
        guard translation.kind == .bounded, translation.warnings.isEmpty, let low = translation.low, let high = translation.high,
            let homeLog = partition.homeLog, high <= homeLog.end
        else { return translation }
        let below = translation.evidence.below
        if let below {
            guard below.upstreamOffset < low, below.downstreamOffset >= partition.awayLog.start, below.downstreamOffset < offset else {
                return translation
            }
        }
        let start = max(homeLog.start, below?.upstreamOffset ?? homeLog.start)
        guard Int64(limits.records) > high - start else { return translation }
        let above = translation.evidence.above
        let key = Key(partition: partition.away, below: below, above: above, end: above == nil ? offset : high)
        if stretches[key] == nil {
            let awayEnd = min(partition.awayLog.end, (above?.downstreamOffset ?? offset).addingClamped(1))
            stretches[key] = try await read(
                LogRange(partition.home, LogBounds(start: start, end: min(homeLog.end, high.addingClamped(1)))),
                LogRange(partition.away, LogBounds(start: below?.downstreamOffset ?? partition.awayLog.start, end: awayEnd)))
        }
        return stretches[key].map { Self.tighten(translation, offset, low...high, $0) } ?? translation
    }

    private func read(_ homeRange: LogRange, _ awayRange: LogRange) async throws -> Stretch {
        let meter = ReadingMeter(limits)
        let originals = try await home.scan([homeRange], isolation: .uncommitted, into: [FenceSearch.Original]()) { originals, message in
            _ = try meter.note(message)
            originals.append(FenceSearch.Original(offset: message.offset, content: RecordFingerprint(message)))
        }
        let places = try await away.scan([awayRange], into: [RecordFingerprint: Int64]()) { places, message in
            _ = try meter.note(message)
            let content = RecordFingerprint(message)
            places[content] = min(places[content] ?? .max, message.offset)
        }
        return Stretch(
            originals: originals, counts: originals.reduce(into: [:]) { $0[$1.content, default: 0] += 1 }, places: places,
            keepsTimestamps: originals.allSatisfy { $0.content.timestamp != nil } && places.keys.allSatisfy { $0.timestamp != nil })
    }

    private static func tighten(
        _ translation: Translation, _ offset: Int64, _ known: ClosedRange<Int64>, _ stretch: Stretch
    ) -> Translation {
        guard stretch.keepsTimestamps else { return translation }
        func with(_ low: Int64, _ high: Int64) -> Translation {
            var translation = translation
            translation.position = low
            translation.low = low
            translation.high = high
            translation.kind = low == high ? .exactByProof : .bounded
            translation.evidence.rule = .records
            return translation
        }
        for original in stretch.originals where known.contains(original.offset) && original.offset < known.upperBound {
            guard stretch.counts[original.content] == 1, let place = stretch.places[original.content] else {
                return with(original.offset, known.upperBound)
            }
            if place >= offset { return with(original.offset, original.offset) }
        }
        // All up to the upper bound were given.
        return with(known.upperBound, known.upperBound)
    }
}
