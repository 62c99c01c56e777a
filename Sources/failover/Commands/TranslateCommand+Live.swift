import Cutover
import KafkaClient
import OffsetTranslate

extension TranslateCommand {
    /// Positions of groups or of a file, by what the clusters hold.
    func translate(on open: OpenFlow) async throws -> [TranslatedPosition] {
        guard let offsets else {
            let plan = try await planning.plan(groups, open, checking: false)
            let planned = plan.offsets.map {
                TranslatedPosition(
                    group: $0.group, source: $0.source, target: $0.target, offset: $0.upstream.offset, translation: $0.translation)
            }
            // The planner knows more than the syncs: it has the groups' checkpoints.
            return try await answered(planned, by: strategy == .exact ? nil : strategy(on: open), open)
        }
        let positions = try PositionFile(offsets).lines.map {
            TranslatedPosition(
                group: $0.group, source: $0.topicPartition, target: open.flow.target(of: $0.topicPartition), offset: $0.offset,
                translation: .unknown(.noSyncs))
        }
        return try await answered(positions, by: strategy(on: open), open)
    }

    /// - Parameter strategy: `nil` where the translations are there already.
    private func answered(
        _ positions: [TranslatedPosition], by strategy: (any TranslationStrategy)?, _ open: OpenFlow
    ) async throws -> [TranslatedPosition] {
        var positions = positions
        let targets = positions.map { $0.target ?? open.flow.target(of: $0.source) }
        let bounds = try await open.target.logBounds(of: Set(targets).sorted())
        if let strategy {
            let questions = zip(positions, targets).map {
                TranslationQuestion(source: $0.source, target: $1, upstreamOffset: $0.offset, bounds: bounds[$1])
            }
            var answers = try await strategy.translate(questions)
            if let bySyncs = strategy as? SyncStrategy, let proof = planning.proof(on: open, preset: .records) {
                let outcome = try await proof.tighten(questions, answers, by: bySyncs.map)
                if let obstacle = outcome.obstacle { Console.warn("\(outcome.uncompared) positions were not proven by reading records: \(obstacle)") }
                answers = outcome.translations
            }
            for (index, answer) in zip(positions.indices, answers) { positions[index].translation = answer }
        }
        // Two positions of a group in one place can't both be right.
        struct Place: Hashable { var group: String?, target: TopicPartition }
        let sources = Dictionary(grouping: zip(positions, targets), by: { Place(group: $0.group, target: $1) })
            .mapValues { Set($0.map(\.0.source)).count }
        for (index, target) in zip(positions.indices, targets) {
            if bounds[target] == nil { positions[index].translation = .unknown(.targetMissing) }
            if sources[Place(group: positions[index].group, target: target)] ?? 0 > 1 {
                positions[index].translation = .unknown(.severalSources, target: bounds[target])
            }
        }
        return positions
    }

    private func strategy(on open: OpenFlow) async throws -> any TranslationStrategy {
        switch strategy {
        case .exact:
            return SyncStrategy(map: try await syncs(of: open).map, assumption: planning.positions.assume)
        case .mm2:
            return StockStrategy(store: try await syncs(of: open).stock ?? StockOffsetSyncStore())
        case .timestamp:
            return TimestampStrategy(
                source: try source(of: open), target: open.target,
                limits: planning.proof == PlanOptions.ProofChoice.none ? nil : planning.limits)
        case .identity: return IdentityStrategy(source: try source(of: open), target: open.target)
        }
    }

    private func source(of open: OpenFlow) throws -> LibrdkafkaCluster {
        guard let source = open.source else {
            throw SourceLost(
                """
                --strategy \(strategy.rawValue) reads the source's records, and '\(open.flow.sourceAlias)' does not answer.
                  Only exact and mm2 do without it.
                """)
        }
        return source
    }

    private func syncs(of open: OpenFlow) async throws -> SyncHistory {
        let cluster = open.flow.offsetSyncsLocation == .target ? open.target : open.source
        guard let cluster else {
            throw SourceLost(
                """
                the offset syncs are on '\(open.flow.sourceAlias)' ('\(open.flow.offsetSyncsTopic)') and lost with it.
                  Groups can still be translated by their checkpoints: with --strategy exact, and without --offsets.
                """)
        }
        let topic = InternalTopic<OffsetSync>(open.flow.offsetSyncsTopic, on: cluster, progress: Console.progress)
        let file = planning.positions.snapshotFile
        var old: TranslationSnapshot?
        do { old = try file?.load() } catch { Console.warn("snapshot not used: \(error)") }
        let (taken, reading, refusal) = try await topic.history(from: old, withStock: strategy == .mm2 || file != nil)
        if let warning = reading.warning { Console.warn(warning) }
        if let refusal { Console.warn("snapshot not used, all syncs were read: \(refusal)") }
        try file?.save(taken)
        return taken.history
    }
}

/// What was asked for needs the source.
private struct SourceLost: Error, CustomStringConvertible {
    var description: String

    init(_ description: String) { self.description = description }
}
