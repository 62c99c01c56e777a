import KafkaClient
import OffsetTranslate

extension FailbackPlanner {
    /// Where a group stands.
    struct Standing: Sendable {
        var group: String
        /// Its partition's place in the survey.
        var index: Int
        var position: CommittedOffset
        /// What it has committed at home.
        var current: CommittedOffset?
    }

    func positions(of groups: [String], _ surveyed: [Surveyed]) async throws -> [Standing] {
        let places = Dictionary(surveyed.enumerated().map { ($1.partition.away, $0) }) { $1 }
        var standings: [Standing] = []
        for group in groups {
            let committed = try await away.committedOffsets(of: group, for: places.keys.sorted())
            let found = committed.sorted { $0.key < $1.key }.compactMap { partition, offset in places[partition].map { ($0, offset) } }
            let homes = Set(found.map { surveyed[$0.0].partition }.filter { $0.homeLog != nil }.map(\.home)).sorted()
            let current = homes.isEmpty ? [:] : try await home.committedOffsets(of: group, for: homes)
            standings += found.map { index, offset in
                Standing(group: group, index: index, position: offset, current: current[surveyed[index].partition.home])
            }
        }
        return standings
    }

    func planned(
        _ standings: [Standing], _ surveyed: [Surveyed], _ syncs: Syncs, _ warnings: inout [String]
    ) async throws -> [PlannedOffset] {
        let ways = standings.map { way($0, surveyed[$0.index]) }
        let byReverse = try await translatedForward(standings, ways, surveyed, &warnings)
        var offsets: [PlannedOffset] = []
        var stretches = HomeStretches(home: home, away: away, limits: limits)
        for (index, standing) in standings.enumerated() {
            let place = surveyed[standing.index]
            switch ways[index] {
            case .back(let offset):
                offsets.append(plan(standing, place, try await back(offset, place, syncs, &stretches, &warnings)))
            case .forward:
                offsets.append(forward(standing, place, byReverse[index], &warnings))
            case .none(let reason):
                let unknown = Translation(position: nil, kind: .unknown(.noSyncs), evidence: Evidence(rule: .none, target: place.partition.homeLog))
                offsets.append(planned(standing, place, unknown, .skip(.positionUnknown(why: reason))))
            }
        }
        return offsets
    }

    /// How a position gets home.
    private enum Way {
        /// Through the inverse of the flow's syncs, as this offset.
        case back(Int64)
        /// Through the reverse flow's.
        case forward
        case none(String)
    }

    private func way(_ standing: Standing, _ surveyed: Surveyed) -> Way {
        let partition = surveyed.partition, offset = standing.position.offset
        if surveyed.search != nil || surveyed.syncsHold, offset <= partition.fence.firstWritten {
            let offset = min(offset, partition.fence.start)
            if surveyed.syncsHold || surveyed.search?.position(of: offset) != nil { return .back(offset) }
        }
        if partition.homeLog != nil, surveyed.reverse.map[partition.away] != nil { return .forward }
        let flow = "\(reverse.sourceAlias)->\(reverse.targetAlias)"
        let from = partition.fence.start
        return .none(
            "the group has read what was written on \(reverse.sourceAlias), which no mirror has brought home: start one of \(flow) that begins with "
                + "\(partition.away) at \(from) ('failover mirror --start-from'), and plan again")
    }

    // MARK: Below the fence

    private func back(
        _ offset: Int64, _ surveyed: Surveyed, _ syncs: Syncs, _ stretches: inout HomeStretches, _ warnings: inout [String]
    ) async throws -> Translation {
        let partition = surveyed.partition, fence = partition.fence
        if let known = surveyed.search?.position(of: offset) { return proven(known, partition) }
        if offset == fence.start, surveyed.search != nil || fence.basis == .syncs { return proven(fence.home...fence.home, partition) }
        var translation = syncs.forward.translateBack(offset, of: partition.home, source: partition.homeLog)
        // Below the fence lie copies alone, and their originals below its place at home.
        if let low = translation.low, let high = translation.high, high > fence.home, low <= fence.home {
            translation.high = fence.home
            if low == fence.home { translation.kind = .exact }
        }
        do {
            return try await stretches.tighten(translation, offset, partition)
        } catch let error as ProofLimitReached {
            warnings.append("a position in \(partition.away) stays as the offset syncs say: \(error)")
        } catch let error as KafkaError where error.code == .offsetOutOfLog || error.code == .timedOut {
            warnings.append("a position in \(partition.away) stays as the offset syncs say: \(error)")
        }
        return translation
    }

    private func proven(_ known: ClosedRange<Int64>, _ partition: FailbackPartition) -> Translation {
        let log = partition.homeLog ?? LogBounds(start: 0, end: 0)
        func held(_ offset: Int64) -> Int64 { min(max(offset, log.start), max(log.start, log.end)) }
        let low = held(known.lowerBound), high = held(known.upperBound)
        let isProven = partition.fence.basis == .records
        return Translation(
            position: low, kind: low < high ? .bounded : isProven ? .exactByProof : .exact, low: low, high: high,
            evidence: Evidence(rule: isProven ? .records : .onSync, target: log),
            warnings: known.lowerBound < log.start ? [.expiredOnSource(lost: log.start - known.lowerBound)] : [])
    }

    // MARK: Above it

    /// By the reverse flow's syncs and, where they leave something open, by comparing records.
    private func translatedForward(
        _ standings: [Standing], _ ways: [Way], _ surveyed: [Surveyed], _ warnings: inout [String]
    ) async throws -> [Int: Translation] {
        var answers: [Int: Translation] = [:]
        let asked = standings.indices.filter { if case .forward = ways[$0] { true } else { false } }
        // Partitions whose logs were replaced go by other syncs than those that were not.
        for (_, indices) in Dictionary(grouping: asked, by: { standings[$0].index }).sorted(by: { $0.key < $1.key }) {
            guard let first = indices.first else { continue }
            let place = surveyed[standings[first].index], partition = place.partition
            guard let log = partition.homeLog else { continue }
            let bounds = LogBounds(start: min(log.end, max(log.start, place.floor)), end: log.end)
            let questions = indices.map {
                TranslationQuestion(source: partition.away, target: partition.home, upstreamOffset: standings[$0].position.offset, bounds: bounds)
            }
            let bySyncs = questions.map { place.reverse.map.translate($0.upstreamOffset, of: $0.source, target: bounds) }
            let outcome = try await RecordProof(source: away, target: home, limits: limits, progress: progress)
                .tighten(questions, bySyncs, by: place.reverse.map)
            if let obstacle = outcome.obstacle {
                warnings.append("\(outcome.uncompared) positions in \(partition.away) stay as the reverse flow's offset syncs say: \(obstacle)")
            }
            for (index, translation) in zip(indices, outcome.translations) { answers[index] = translation }
        }
        return answers
    }

    private func forward(
        _ standing: Standing, _ surveyed: Surveyed, _ translation: Translation?, _ warnings: inout [String]
    ) -> PlannedOffset {
        let partition = surveyed.partition
        guard var translation else { return planned(standing, surveyed, .unknown(.targetMissing), .skip(.targetPartitionMissing)) }
        let seen = standing.current?.offset ?? 0
        let unseen = partition.divergence?.mostRecords(from: seen) ?? 0
        guard unseen > 0, let position = translation.position, let first = partition.divergence?.ranges.first(where: { $0.end > seen }) else {
            return plan(standing, surveyed, translation)
        }
        let count = "up to \(unseen) record\(unseen == 1 ? "" : "s") of \(partition.home) that never reached \(reverse.sourceAlias)"
        switch handling {
        case .undecided:
            return planned(
                standing, surveyed, translation,
                .skip(.positionUnknown(
                    why: "the group has not read \(count): --divergence pass leaves them out (export them first), --divergence read makes it read "
                        + "them, and again what it has read on \(reverse.sourceAlias) since")))
        case .passOver:
            warnings.append("group '\(standing.group)' passes over \(count)")
        case .read:
            let start = min(position, max(first.start, seen))
            translation.position = start
            translation.low = start
            translation.high = translation.high.map { max($0, start) }
            translation.kind = .bounded
        }
        return plan(standing, surveyed, translation)
    }

    // MARK: What to do

    private func plan(_ standing: Standing, _ surveyed: Surveyed, _ translation: Translation) -> PlannedOffset {
        planned(standing, surveyed, translation, action(translation, surveyed.partition, standing.current))
    }

    private func planned(
        _ standing: Standing, _ surveyed: Surveyed, _ translation: Translation, _ action: PlannedOffset.Action
    ) -> PlannedOffset {
        PlannedOffset(
            group: standing.group, source: surveyed.partition.away, target: surveyed.partition.home, upstream: standing.position,
            origin: .sourceCommit, current: standing.current, translation: translation, stockPosition: nil, action: action)
    }

    private func action(_ translation: Translation, _ partition: FailbackPartition, _ current: CommittedOffset?) -> PlannedOffset.Action {
        guard partition.homeLog != nil else { return .skip(.targetPartitionMissing) }
        guard let planned = translation.position else { return .skip(.positionUnknown(why: "\(translation.reason ?? .noSyncs)")) }
        guard let current else { return .create }
        if planned == current.offset { return .keep }
        return planned > current.offset ? .advance : .rewind
    }
}
