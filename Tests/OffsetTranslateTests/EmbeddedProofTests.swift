import KafkaClient
import OffsetTranslate
import Testing

/// Proof by reading over real sockets: a mirror that copied twice, and left hardly a sync.
@Suite(.serialized) struct EmbeddedProofTests {
    private let partitions = (0..<2).map { TopicPartition(topic: "orders", partition: $0) }

    private func record(_ number: Int) -> Record {
        Record(key: Array("\(number % 7)".utf8), value: Array("value \(number)".utf8), timestamp: 1_700_000_000_000 + Int64(number))
    }

    private func fill(_ cluster: EmbeddedCluster, _ records: [Record]) async throws {
        let producer = try Producer(cluster: cluster.name, properties: cluster.properties)
        for partition in partitions {
            for record in records { try producer.produce(record, to: partition) { _ in } }
        }
        #expect(await producer.flush(within: .seconds(60)))
    }

    private func proven(
        _ offsets: [Int64], limits: RecordProof.Limits = RecordProof.Limits(), sourceDown: Bool = false
    ) async throws -> (RecordProof.Outcome, [TranslationQuestion]) {
        let west = try EmbeddedCluster(name: "west"), east = try EmbeddedCluster(name: "east")
        for cluster in [west, east] { try cluster.createTopic("orders", partitions: 2) }
        try await fill(west, (0..<4_000).map(record))
        // 0 to 2999 were copied, then the mirror began at 1500 once more and came to 3499.
        try await fill(east, (Array(0..<3_000) + Array(1_500..<3_500)).map(record))
        var map = TranslationMap()
        for (upstream, downstream) in [(0, 0), (2_000, 3_500)] as [(Int64, Int64)] {
            for partition in partitions {
                map.append(OffsetSync(topicPartition: partition, upstreamOffset: upstream, downstreamOffset: downstream))
            }
        }
        let target = try LibrdkafkaCluster(name: "east", properties: east.properties)
        let source = try LibrdkafkaCluster(name: "west", properties: west.properties, timeout: .seconds(sourceDown ? 1 : 10))
        if sourceDown { west.goDown() }
        let bounds = try await target.logBounds(of: partitions)
        let questions = partitions.flatMap { partition in
            offsets.map { TranslationQuestion(source: partition, target: partition, upstreamOffset: $0, bounds: bounds[partition]) }
        }
        let bySyncs = questions.map { map.translate($0.upstreamOffset, of: $0.source, target: $0.bounds) }
        let outcome = try await RecordProof(source: source, target: target, limits: limits).tighten(questions, bySyncs, by: map)
        return (outcome, questions)
    }

    @Test func everyPositionIsFound() async throws {
        let offsets: [Int64] = [1, 700, 1_499, 1_500, 1_501, 2_001, 3_200, 3_499, 3_500, 3_900]
        let (outcome, questions) = try await proven(offsets)
        #expect(outcome.obstacle == nil && outcome.uncompared == 0 && outcome.proven == 20)
        for (question, translation) in zip(questions, outcome.translations) {
            let wanted = question.upstreamOffset
            let right = wanted < 1_500 ? wanted : min(5_000, wanted + 1_500)
            #expect(translation.isExact && translation.position == right, "\(wanted): \(translation)")
        }
        // Of the records in between, the ones below 3500 are still to come a second time for who wanted 3900.
        #expect(outcome.translations.last?.warnings == [.notYetCopied(by: 400)])
        #expect(outcome.records > 5_000 && outcome.bytes > 50_000)
    }

    @Test func limitsLeaveWhatTheSyncsSay() async throws {
        let (outcome, questions) = try await proven([700], limits: RecordProof.Limits(records: 500))
        #expect(outcome.obstacle as? ProofLimitReached == .records(500) && outcome.uncompared == questions.count)
        #expect(outcome.translations.allSatisfy { $0.kind == .bounded && $0.position == 1 })
    }

    @Test func aSourceThatDiesMeanwhileLeavesWhatTheSyncsSay() async throws {
        let (outcome, _) = try await proven([700], sourceDown: true)
        #expect(outcome.obstacle is KafkaError && outcome.proven == 0)
        #expect(outcome.translations.allSatisfy { $0.kind == .bounded && $0.position == 1 })
    }
}
