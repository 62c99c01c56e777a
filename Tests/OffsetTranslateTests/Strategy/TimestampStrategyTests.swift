import InMemoryKafka
import OffsetTranslate
import Testing

/// Tier 2: estimates from timestamps.
@Suite struct TimestampStrategyTests {
    @Test func theCopyIsFoundByItsTime() async throws {
        // Transactions leave holes on the source only.
        let link = Link((0..<100).flatMap { [$0, nil] as [Int?] }, 0..<100)
        let answers = try await link.ask(link.timestamp, 0, 100, 101, 198)
        #expect(answers.map(\.position) == [0, 50, 51, 99])
        #expect(answers.allSatisfy { $0.kind == .estimate && $0.high == nil && $0.maxReplay == nil && $0.evidence.rule == .records })
        #expect(answers[0].evidence.target == LogBounds(start: 0, end: 100))
    }

    @Test func atTheLogEndTheRecordBeforeDecides() async throws {
        let link = Link(0..<100, 0..<100)
        #expect(try await link.ask(link.byTimeAlone, 100).first?.position == 99)
        // It is one that has been read, and there is no other.
        #expect(try await link.ask(link.timestamp, 100).first?.position == 100)
    }

    @Test func copiesOfWhatWasReadArePassedOver() async throws {
        // An old record with a late time leads far too low.
        let numbers: [Int?] = [0, 1, 500, 3, 4, 5, 6, 7]
        let link = Link(numbers, numbers)
        #expect(try await link.ask(link.byTimeAlone, 6).map(\.position) == [2])
        let answer = try #require(try await link.ask(link.timestamp, 6).first)
        #expect(answer.position == 6 && answer.kind == .estimate && answer.low == nil && answer.evidence.rule == .records)
        // The records that are wanted have yet to come.
        let lagging = Link(numbers, Array(numbers[..<5]))
        #expect(try await lagging.ask(lagging.timestamp, 6).map(\.position) == [5])
    }

    @Test func whatNothingExplainsIsNotPassedOver() async throws {
        let link = Link([0, 1, 500, 3, 4, 5, 6, 7], [0, 1, 500, 3, 600, 4, 5, 6, 7])
        let answer = try #require(try await link.ask(link.timestamp, 6).first)
        #expect(answer.position == 4 && answer.kind == .estimate && answer.evidence.rule == .timestamps)
    }

    @Test func ofEqualRecordsTheLowestCounts() async throws {
        let numbers: [Int?] = [1, 2, 1, 1, 1, 3]
        let link = Link(numbers, numbers)
        #expect(try await link.ask(link.timestamp, 3, 5).map(\.position) == [0, 5])
    }

    @Test func limitsLeaveEstimatesAsTheyAre() async throws {
        let numbers: [Int?] = [0, 1, 500, 3, 4, 5, 6, 7]
        let link = Link(numbers, numbers)
        let strategy = TimestampStrategy(source: link.west, target: link.east, limits: .init(records: 3))
        let answer = try #require(try await link.ask(strategy, 6).first)
        #expect(answer.position == 2 && answer.evidence.rule == .timestamps)
    }

    /// Where the source's brokers set the times: contents alone are too often alike.
    @Test func withoutTheRecordsOwnTimesNothingIsPassedOver() async throws {
        let link = Link([1, 1, 1, 1], [1, 1, 1, 1])
        link.west.update { [source = link.source] in $0.log(source) { $0.isLogAppendTime = true } }
        let answer = try #require(try await link.ask(link.timestamp, 4).first)
        #expect(answer.position == 0 && answer.evidence.rule == .timestamps)
    }

    @Test func whatIsNotCopiedYetIsTheLogEnd() async throws {
        let link = Link(0..<100, 0..<80)
        #expect(try await link.ask(link.timestamp, 79, 80, 100).map(\.position) == [79, 80, 80])
        let empty = Link(0..<100, 0..<0)
        #expect(try await empty.ask(empty.timestamp, 50).first?.position == 0)
    }

    @Test func noDisorderSkipsARecordThatIsThere() async throws {
        let numbers: [Int?] = [5, 1, 9, 3, 9, 2, 8, 4]
        let link = Link(numbers, numbers)
        for offset in 0..<8 {
            let position = try #require(try await link.ask(link.timestamp, Int64(offset)).first?.position)
            #expect(position <= offset)
        }
    }

    /// MirrorMaker copies what aborted transactions wrote, our own mirror does not: neither may lose a record by it.
    @Test(arguments: [true, false]) func abortedRecordsSkipNothing(areCopied: Bool) async throws {
        // Each is followed by an older record, or by a younger one.
        for (aborted, next) in [(5, 3), (3, 5)] {
            let link = Link(0..<2, 0..<2)
            link.west.update { [source = link.source] in
                $0.log(source) { log in
                    log.append(Link.record(aborted), isAborted: true)
                    log.append(Link.record(next))
                }
            }
            for number in areCopied ? [aborted, next] : [next] { link.append(number, to: link.east, link.target) }
            #expect(try await link.ask(link.timestamp, 2).first?.position == 2)
        }
    }

    @Test func severalTimesOfOnePartition() async throws {
        let link = Link(0..<5000, 100..<5000)
        #expect(try await link.ask(link.timestamp, 4500, 100, 2000, 100).map(\.position) == [4400, 0, 1900, 0])
    }

    @Test func logAppendTimesAreNoAnswer() async throws {
        let link = Link(0..<10, 0..<10)
        link.east.update { [target = link.target] in $0.log(target) { $0.isLogAppendTime = true } }
        // Found, and not found.
        #expect(try await link.ask(link.timestamp, 5).first?.kind == .unknown(.logAppendTime))
        link.append(1000, to: link.west, link.source)
        #expect(try await link.ask(link.timestamp, 10).first?.kind == .unknown(.logAppendTime))
    }

    @Test(arguments: [true, false]) func recordsWithoutATimeAreNoAnswer(onSource: Bool) async throws {
        let link = Link(0..<10, 0..<(onSource ? 10 : 5))
        let (cluster, partition) = onSource ? (link.west, link.source) : (link.east, link.target)
        cluster.update { _ = $0.append(Record(value: [1]), to: partition) }
        #expect(try await link.ask(link.timestamp, onSource ? 10 : 9).first?.kind == .unknown(.noTimestamp))
    }

    @Test func whatRetentionHasTakenFromTheSourceIsUnknown() async throws {
        let link = Link(0..<100, 0..<100)
        link.west.update { [source = link.source] in $0.log(source) { $0.deleteRecords(before: 50) } }
        // The target may still have 20 to 49: the first record that the source has would skip them.
        #expect(try await link.ask(link.timestamp, 20, 50).map(\.answer) == ["expiredOnSource", "50"])
        link.west.update { [source = link.source] in $0.log(source) { $0.deleteRecords(before: 100) } }
        #expect(try await link.ask(link.timestamp, 100).first?.kind == .unknown(.nothingToCompare))
    }

    @Test func retentionOnTheTargetIsKeptTo() async throws {
        let link = Link(0..<100, 0..<100)
        link.east.update { [target = link.target] in $0.log(target) { $0.deleteRecords(before: 40) } }
        #expect(try await link.ask(link.timestamp, 20).first?.position == 40)
    }

    @Test func offsetsThatCannotBe() async throws {
        let link = Link(0..<10, 0..<10)
        #expect(try await link.ask(link.timestamp, .min, -1, 11, .max).map(\.answer) == ["0", "0", "beyondSourceLogEnd", "beyondSourceLogEnd"])
        let elsewhere = TopicPartition(topic: "elsewhere", partition: 3)
        let answers = try await link.timestamp.translate([
            .init(source: elsewhere, target: link.target, upstreamOffset: 1), .init(source: link.source, target: elsewhere, upstreamOffset: 1),
        ])
        #expect(answers.map(\.reason) == [.sourceMissing, .targetMissing])
    }

    /// The embedded brokers find no timestamp, ever. To believe them would be to skip the whole log.
    @Test func brokersThatFindNothingAreNotBelieved() async throws {
        let link = Link(0..<10, 0..<10)
        let strategy = TimestampStrategy(source: link.west, target: FindsNothing(cluster: link.east))
        #expect(try await link.ask(strategy, 0, 9, 10).allSatisfy { $0.kind == .unknown(.timestampsContradicted) })
    }
}

/// A cluster that finds no timestamp.
private struct FindsNothing: KafkaCluster {
    let cluster: InMemoryCluster

    var name: String { cluster.name }
    func clusterID() async throws -> String? { try await cluster.clusterID() }
    func topics() async throws -> [String: Int] { try await cluster.topics() }
    func logBounds(of partitions: [TopicPartition]) async throws -> [TopicPartition: LogBounds] { try await cluster.logBounds(of: partitions) }
    func offsets(atOrAfter timestamps: [TopicPartition: Int64]) async throws -> [TopicPartition: Int64] { [:] }
    func scan<State: Sendable>(
        _ ranges: [LogRange], isolation: Isolation?, into state: State,
        _ update: @escaping @Sendable (inout State, borrowing MessageView) throws -> Void
    ) async throws -> State { try await cluster.scan(ranges, isolation: isolation, into: state, update) }
    func groups() async throws -> [GroupListing] { try await cluster.groups() }
    func group(named name: String) async throws -> GroupListing? { try await cluster.group(named: name) }
    func committedOffsets(of group: String, for partitions: [TopicPartition]) async throws -> [TopicPartition: CommittedOffset] {
        try await cluster.committedOffsets(of: group, for: partitions)
    }
    func commit(_ offsets: [TopicPartition: CommittedOffset], for group: String) async throws -> [TopicPartition: KafkaError] {
        try await cluster.commit(offsets, for: group)
    }
    func createTopics(_ topics: [NewTopic]) async throws { try await cluster.createTopics(topics) }
    func groups(named names: [String]) async throws -> [String: GroupListing] { try await cluster.groups(named: names) }
    func deleteOffsets(of group: String, for partitions: [TopicPartition]) async throws -> [TopicPartition: KafkaError] {
        try await cluster.deleteOffsets(of: group, for: partitions)
    }
    func acls(matching filter: AccessRuleFilter) async throws -> [AccessRule] { try await cluster.acls(matching: filter) }
    func createACLs(_ rules: [AccessRule]) async throws -> [AccessRule: KafkaError] { try await cluster.createACLs(rules) }
    func deleteACLs(matching filters: [AccessRuleFilter]) async throws -> [AccessRule] { try await cluster.deleteACLs(matching: filters) }
    func tryAccess(_ trials: Set<AccessTrial>) async throws -> [AccessTrial: AccessAnswer] { try await cluster.tryAccess(trials) }
    func topicSettings(of topics: [String]) async throws -> [String: Result<[TopicSetting], KafkaError>] {
        try await cluster.topicSettings(of: topics)
    }
    func alterTopicSettings(of topic: String, _ change: SettingsChange) async throws {
        try await cluster.alterTopicSettings(of: topic, change)
    }
    func createPartitions(of topic: String, upTo count: Int) async throws { try await cluster.createPartitions(of: topic, upTo: count) }
}
