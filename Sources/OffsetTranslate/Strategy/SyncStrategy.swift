/// The whole history of offset syncs: see ``PartitionHistory``. Asks nobody.
public struct SyncStrategy: TranslationStrategy {
    public var map: TranslationMap
    public var assumption: Assumption
    public var name: String { "exact" }

    public init(map: TranslationMap, assumption: Assumption = .nothing) {
        self.map = map
        self.assumption = assumption
    }

    public func translate(_ questions: [TranslationQuestion]) -> [Translation] {
        let newest = map.newestTimestamp
        return questions.map {
            var translation = map.translate($0.upstreamOffset, of: $0.source, assuming: assumption, target: $0.bounds)
            if let newest { translation.noteStaleSync(newest: newest) }
            return translation
        }
    }
}
