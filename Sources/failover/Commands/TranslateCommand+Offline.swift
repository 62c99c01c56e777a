import KafkaClient
import OffsetTranslate

extension TranslateCommand {
    /// From files alone. Nothing is answered before all of them have been read to their end.
    func translate(_ offsets: String, with syncs: String) async throws -> [TranslatedPosition] {
        let positions = try PositionFile(offsets).lines
        let bounds = try ends.map { try LogEndsFile($0).bounds } ?? [:]
        let questions = positions.map {
            TranslationQuestion(
                source: $0.topicPartition, target: $0.topicPartition, upstreamOffset: $0.offset, bounds: bounds[$0.topicPartition])
        }
        let answers = try await strategy(reading: OffsetSyncFile(syncs), of: Set(positions.map(\.topicPartition))).translate(questions)
        return zip(positions, answers).map {
            TranslatedPosition(group: $0.group, source: $0.topicPartition, offset: $0.offset, translation: $1)
        }
    }

    /// - Parameter wanted: of other partitions nothing is kept.
    private func strategy(
        reading file: OffsetSyncFile, of wanted: Set<TopicPartition>
    ) throws -> any TranslationStrategy {
        if strategy == .mm2 {
            var store = StockOffsetSyncStore()
            try file.forEach { line in
                guard wanted.contains(line.sync.topicPartition) else { return }
                store.append(
                    line.sync.topicPartition, upstreamOffset: line.sync.upstreamOffset, downstreamOffset: line.sync.downstreamOffset)
            }
            store.finishReadingToEnd()
            return StockStrategy(store: store)
        }
        var map = TranslationMap()
        try file.forEach { line in
            guard wanted.contains(line.sync.topicPartition) else { return }
            map.append(line.sync, marker: line.marker, timestamp: line.timestamp)
        }
        return SyncStrategy(map: map, assumption: planning.positions.assume)
    }
}
