import KafkaClient
import OffsetTranslate
import Testing

@Suite struct CheckpointStatisticsTests {
    @Test func groupsAreToldApart() throws {
        var statistics = CheckpointStatistics()
        func insert(_ group: String, _ partition: Int32, _ downstream: Int64, at timestamp: Int64, exact: Bool = false) {
            let checkpoint = Checkpoint(
                group: group, topicPartition: TopicPartition(topic: "orders", partition: partition), upstreamOffset: downstream,
                downstreamOffset: downstream)
            statistics.insert(
                Located(entry: checkpoint, offset: 0, timestamp: timestamp, marker: exact ? ExactCheckpointMarker.encoded() : nil))
        }
        insert("billing", 0, 10, at: 5000, exact: true)
        insert("billing", 1, 3, at: 6000)
        insert("billing", 0, 10, at: 7000)
        insert("search", 0, 4, at: -1)
        insert("billing", 0, 9, at: 8000, exact: true)
        insert("billing", 0, 11, at: 7500)
        let billing = try #require(statistics.groups["billing"]), search = try #require(statistics.groups["search"])
        #expect(billing.checkpoints == 5 && billing.exactCheckpoints == 2 && billing.partitions == 2 && billing.rewinds == 1)
        #expect(billing.times.oldest == 5000 && billing.times.newest == 8000)
        #expect(search.checkpoints == 1 && search.partitions == 1 && search.rewinds == 0 && search.times == TimeSpan())
    }

    @Test(arguments: TranslationGoldenTests.recordings) func whatMM2Wrote(_ recording: TranslationGoldenTests.Recording) throws {
        let checkpoints: [Located<Checkpoint>] = try GoldenData.entries("\(recording.name)/checkpoints.jsonl")
        var statistics = CheckpointStatistics()
        for checkpoint in checkpoints { statistics.insert(checkpoint) }
        let groups = Dictionary(grouping: checkpoints, by: \.entry.group)
        #expect(Set(statistics.groups.keys) == Set(groups.keys) && !groups.isEmpty)
        for (name, checkpoints) in groups {
            let found = try #require(statistics.groups[name])
            let partitions = Dictionary(grouping: checkpoints.map(\.entry), by: \.topicPartition)
            #expect(found.checkpoints == checkpoints.count && found.exactCheckpoints == 0 && found.partitions == partitions.count)
            #expect(found.times.oldest == checkpoints.map(\.timestamp).min() && found.times.newest == checkpoints.map(\.timestamp).max())
            let falls = partitions.values.map { list in zip(list, list.dropFirst()).count { $1.downstreamOffset < $0.downstreamOffset } }
            #expect(found.rewinds == falls.reduce(0, +))
        }
    }
}
