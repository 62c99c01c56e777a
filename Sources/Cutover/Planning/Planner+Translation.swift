import KafkaClient
import OffsetTranslate

extension Planner {
    /// By the syncs, and by the records where they leave something open.
    ///
    /// - Returns: In the order of the positions; and what a person should know of the proof.
    private func translations(
        of positions: [Position], _ evidence: Evidence, _ bounds: [TopicPartition: LogBounds]
    ) async throws -> ([Translation], warnings: [String]) {
        let questions = positions.map {
            TranslationQuestion(source: $0.source, target: $0.target, upstreamOffset: $0.upstream.offset, bounds: bounds[$0.target])
        }
        let newest = evidence.newest
        let bySyncs = questions.map {
            var translation = evidence.map.translate($0.upstreamOffset, of: $0.source, assuming: assumption, target: $0.bounds)
            if let newest { translation.noteStaleSync(newest: newest) }
            return translation
        }
        guard let proof else { return (bySyncs, []) }
        let outcome = try await proof.tighten(questions, bySyncs, by: evidence.map)
        let warning = outcome.obstacle.map {
            "\(outcome.uncompared) positions were not proven by reading records, and stay as the offset syncs say: \($0)"
        }
        return (outcome.translations, warning.map { [$0] } ?? [])
    }

    /// What is done with each position, in order; and what a person should know of the proof.
    func planned(
        _ positions: [Position], _ evidence: Evidence, _ bounds: [TopicPartition: LogBounds],
        _ current: [String: [TopicPartition: CommittedOffset]]
    ) async throws -> ([PlannedOffset], warnings: [String]) {
        let (translations, warnings) = try await translations(of: positions, evidence, bounds)
        let offsets = zip(positions, translations).map { position, translation in
            planned(position, translation, evidence, bounds[position.target], current[position.group]?[position.target])
        }
        return (Self.withoutConflicts(offsets).sorted { ($0.group, $0.source) < ($1.group, $1.source) }, warnings)
    }

    private func planned(
        _ position: Position, _ proven: Translation, _ evidence: Evidence, _ bounds: LogBounds?, _ current: CommittedOffset?
    ) -> PlannedOffset {
        let translation = refined(proven, position, evidence, bounds)
        return PlannedOffset(
            group: position.group, source: position.source, target: position.target, upstream: position.upstream,
            origin: position.origin, current: current, translation: translation,
            stockPosition: stock(position, evidence),
            action: action(translation, bounds, current))
    }

    /// Takes a group's checkpoints into account.
    private func refined(
        _ translation: Translation, _ position: Position, _ evidence: Evidence, _ bounds: LogBounds?
    ) -> Translation {
        guard let bounds else { return translation }
        let isOfAnotherLog = evidence.map[position.source]?.hasNewerCopies ?? false
        var captured = evidence.captured.groups[position.group]?[position.target]
        // It was translated by foreign syncs, and since then the mirror may have gone back: the syncs as they are now say more.
        captured?.marker = nil
        let checkpoint = evidence.checkpoints.groups[position.group]?[position.target]
        return [captured, checkpoint].compactMap { $0 }.reduce(translation) { translation, record in
            translation.refined(
                by: record, for: position.upstream.offset, target: bounds, mayBeOfAnotherLog: isOfAnotherLog)
        }.withNothingCopied(to: bounds)
    }

    private func stock(_ position: Position, _ evidence: Evidence) -> Int64? {
        if case .offset(let offset) = evidence.stock.translate(position.source, position.upstream.offset) { return offset }
        // With the syncs lost beside the source, MM2's own translation is in the checkpoint.
        guard evidence.map.partitions.isEmpty, let checkpoint = evidence.checkpoints.groups[position.group]?[position.target]?.entry,
            checkpoint.upstreamOffset == position.upstream.offset
        else { return nil }
        return checkpoint.downstreamOffset
    }

    /// Where a policy leads two source topics to one copy, a group's two positions can't both be right.
    static func withoutConflicts(_ offsets: [PlannedOffset]) -> [PlannedOffset] {
        struct Place: Hashable { var group: String, target: TopicPartition }
        let sources = Dictionary(grouping: offsets) { Place(group: $0.group, target: $0.target) }
            .mapValues { $0.map(\.source).sorted() }
        return offsets.map { offset in
            guard let claims = sources[Place(group: offset.group, target: offset.target)], claims.count > 1 else { return offset }
            var offset = offset
            offset.action = .skip(.severalSources(sources: claims))
            return offset
        }
    }

    private func action(_ translation: Translation, _ bounds: LogBounds?, _ current: CommittedOffset?) -> PlannedOffset.Action {
        guard bounds != nil else { return .skip(.targetPartitionMissing) }
        guard let planned = translation.position else {
            if case .unknown(let reason) = translation.kind { return .skip(.positionUnknown(why: "\(reason)")) }
            return .skip(.positionUnknown(why: "no position"))
        }
        guard let current else { return .create }
        if planned == current.offset { return .keep }
        if planned > current.offset { return .advance }
        return .rewind
    }
}
