internal import KafkaClient

/// What stock MirrorMaker 2 would commit, for comparison and audits: see ``StockOffsetSyncStore``. Asks nobody.
///
/// A position is never held inside the target's log, as MM2 does not do that either; a warning says where it lies outside.
/// On a sync's own offset it is exact, elsewhere it has no upper bound.
public struct StockStrategy: TranslationStrategy {
    public var store: StockOffsetSyncStore
    public var name: String { "mm2" }

    /// - Parameter store: One that has been read to its end.
    public init(store: StockOffsetSyncStore) { self.store = store }

    public func translate(_ questions: [TranslationQuestion]) -> [Translation] { questions.map(translate) }

    private func translate(_ question: TranslationQuestion) -> Translation {
        let position: Int64
        switch store.translate(question.source, question.upstreamOffset) {
        case .none: return .unknown(.noSyncs, target: question.bounds)
        case .beforeEarliest: return .unknown(.forgottenByStock, target: question.bounds)
        case .offset(let offset): position = offset
        }
        let newestFirst = store.survivingSyncs(of: question.source)
        guard let index = newestFirst.firstIndex(where: { $0.upstreamOffset <= question.upstreamOffset }) else {
            return .unknown(.forgottenByStock, target: question.bounds)
        }
        let sync = newestFirst[index], newer = newestFirst[..<index]
        let isOnSync = sync.upstreamOffset == question.upstreamOffset
        var translation = Translation(
            position: position, kind: isOnSync ? .exact : .bounded, low: position, high: isOnSync ? position : nil,
            evidence: Evidence(
                rule: isOnSync ? .onSync : newer.isEmpty ? .afterLast : .interval, below: SyncPoint(sync),
                above: isOnSync ? nil : newer.last.map(SyncPoint.init), target: question.bounds))
        // Stock keeps syncs from before a target was re-created, and goes by them.
        let isVoid = newer.contains { $0.downstreamOffset <= sync.downstreamOffset }
        let isBeyond = sync.downstreamOffset >= question.bounds?.end ?? .max
        if isVoid { translation.warnings.append(.historyTainted) }
        if isBeyond { translation.warnings.append(.beyondTargetLogEnd(downstreamOffset: sync.downstreamOffset)) }
        if isVoid || isBeyond {
            // Nothing is proven, not even that no record is skipped.
            translation.kind = .estimate
            translation.low = nil
            translation.high = nil
        } else if let start = question.bounds?.start, position < start {
            translation.kind = .bounded
            translation.high = nil
            translation.warnings.append(.expiredOnTarget(lost: start - position))
        }
        return translation
    }
}

extension SyncPoint {
    fileprivate init(_ sync: OffsetSync) {
        self.init(upstreamOffset: sync.upstreamOffset, downstreamOffset: sync.downstreamOffset)
    }
}
