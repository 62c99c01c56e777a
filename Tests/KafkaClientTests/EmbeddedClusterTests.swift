import KafkaClient
import Synchronization
import Testing

/// Tier 3: librdkafka's mock brokers over real sockets.
@Suite(.serialized) struct EmbeddedClusterTests {
    private func start(brokers: Int = 1) throws -> (EmbeddedCluster, LibrdkafkaCluster) {
        let embedded = try EmbeddedCluster(name: "east", brokers: brokers)
        return (embedded, try LibrdkafkaCluster(name: "east", properties: embedded.properties, timeout: .seconds(10)))
    }

    private func read(_ cluster: LibrdkafkaCluster, _ partition: TopicPartition) async throws -> [ConsumedRecord] {
        let bounds = try #require(try await cluster.logBounds(of: [partition])[partition])
        return try await cluster.scan([LogRange(partition, bounds)], into: []) { $0.append($1.copy()) }
    }

    @Test func recordsRoundTripWithEveryField() async throws {
        let (embedded, cluster) = try start()
        try embedded.createTopic("orders", partitions: 2)
        let records = [
            Record(key: [1], value: [2, 3], headers: [.init(name: "h", value: [9]), .init(name: "h", value: nil)], timestamp: 1_700_000_000_000),
            Record(key: nil, value: nil, timestamp: 1_700_000_000_001),
            Record(key: [], value: [], headers: [.init(name: "empty", value: [])], timestamp: 1_700_000_000_002),
        ]
        let producer = try Producer(cluster: "east", properties: embedded.properties)
        let partition = TopicPartition(topic: "orders", partition: 1)
        for (index, record) in records.enumerated() {
            #expect(try await producer.send(record, to: partition) == Int64(index))
        }
        let back = try await read(cluster, partition)
        #expect(back.map(\.offset) == [0, 1, 2])
        #expect(back.map(\.record) == records)
        #expect(try await cluster.topics()["orders"] == 2)
    }

    @Test func headersAreFoundByNameWithoutCopyingTheRest() async throws {
        let (embedded, cluster) = try start()
        try embedded.createTopic("t", partitions: 1)
        let producer = try Producer(cluster: "east", properties: embedded.properties)
        let partition = TopicPartition(topic: "t", partition: 0)
        _ = try await producer.send(Record(value: [0], headers: [.init(name: "a", value: [1]), .init(name: "a", value: [2])]), to: partition)
        _ = try await producer.send(Record(value: [0]), to: partition)
        let found = try await cluster.scan([LogRange(partition, .init(start: 0, end: 2))], into: [[UInt8]?]()) { found, message in
            found.append(message.withHeader("a") { $0.map(Array.init) })
        }
        #expect(found == [[2], nil])
    }

    @Test func severalRangesOfAPartitionAreReadInOneScan() async throws {
        let (embedded, cluster) = try start()
        try embedded.createTopic("t", partitions: 2)
        let producer = try Producer(cluster: "east", properties: embedded.properties)
        let partitions = (0..<2).map { TopicPartition(topic: "t", partition: $0) }
        for number in 0..<6_000 {
            for partition in partitions { try producer.produce(Record(value: Array("\(number)".utf8)), to: partition) { _ in } }
        }
        #expect(await producer.flush(within: .seconds(60)))
        // Far apart, adjacent, one that ends with the log, and out of order.
        let ranges = [(5_000, 6_000), (10, 20), (20, 21), (3_000, 3_100), (0, 1)].map { LogBounds(start: Int64($0.0), end: Int64($0.1)) }
        let read = try await cluster.scan(partitions.flatMap { partition in ranges.map { LogRange(partition, $0) } }, into: [TopicPartition: [Int64]]()) {
            $0[TopicPartition(topic: $1.topic, partition: $1.partition), default: []].append($1.offset)
        }
        let wanted = ranges.sorted { $0.start < $1.start }.flatMap { Array($0.start..<$0.end) }
        for partition in partitions { #expect(read[partition] == wanted) }
    }

    @Test func scanningStopsAtTheEndOfTheRange() async throws {
        let (embedded, cluster) = try start()
        try embedded.createTopic("t", partitions: 3)
        let producer = try Producer(cluster: "east", properties: embedded.properties)
        for number in 0..<30 {
            _ = try await producer.send(Record(value: [UInt8(number)]), to: TopicPartition(topic: "t", partition: Int32(number % 3)))
        }
        let ranges = [
            LogRange(TopicPartition(topic: "t", partition: 0), .init(start: 2, end: 5)),
            LogRange(TopicPartition(topic: "t", partition: 1), .init(start: 0, end: 1)),
            LogRange(TopicPartition(topic: "t", partition: 2), .init(start: 4, end: 4)),
        ]
        let read = try await cluster.scan(ranges, into: [UInt8]()) { $0.append($1.value![0]) }
        #expect(read.sorted() == [1, 6, 9, 12])
    }

    @Test func groupOffsetsSurviveCoordinatorTrouble() async throws {
        let (embedded, cluster) = try start(brokers: 2)
        try embedded.createTopic("t", partitions: 2)
        let first = TopicPartition(topic: "t", partition: 0), second = TopicPartition(topic: "t", partition: 1)
        #expect(try await cluster.committedOffsets(of: "g", for: [first, second]).isEmpty)

        embedded.fail(next: .offsetCommit, with: [.notCoordinator, .coordinatorLoadInProgress])
        let wanted = [first: CommittedOffset(offset: 5, metadata: "m1 ✓\0"), second: CommittedOffset(offset: 0)]
        #expect(try await cluster.commit(wanted, for: "g").isEmpty)

        embedded.fail(next: .offsetFetch, with: [.notCoordinator, .coordinatorLoadInProgress])
        #expect(try await cluster.committedOffsets(of: "g", for: [first, second]) == wanted)

        // The coordinator moves, and the broker it was on goes away.
        embedded.setCoordinator(ofGroup: "g", to: 1)
        embedded.setCoordinator(ofGroup: "g", to: 2)
        embedded.setLeader(of: first, to: 2)
        embedded.setLeader(of: second, to: 2)
        embedded.goDown(broker: 1)
        #expect(try await cluster.commit([first: .init(offset: 7)], for: "g").isEmpty)
        #expect(try await cluster.committedOffsets(of: "g", for: [first])[first]?.offset == 7)
    }

    @Test func logBoundsSurviveALeaderThatDoesNotKnowYet() async throws {
        let (embedded, cluster) = try start()
        try embedded.createTopic("t", partitions: 2)
        embedded.fail(next: .listOffsets, with: [.notLeader, .leaderNotAvailable])
        let partitions = (0..<2).map { TopicPartition(topic: "t", partition: $0) }
        let bounds = try await cluster.logBounds(of: partitions + [TopicPartition(topic: "missing", partition: 0)])
        #expect(bounds == Dictionary(uniqueKeysWithValues: partitions.map { ($0, LogBounds(start: 0, end: 0)) }))
    }

    /// The embedded brokers find no timestamp, ever; that it is an answer, and that wrong questions are none, is what shows here.
    @Test func offsetsByTimestamp() async throws {
        let (embedded, cluster) = try start()
        try embedded.createTopic("t", partitions: 1)
        let partition = TopicPartition(topic: "t", partition: 0), missing = TopicPartition(topic: "missing", partition: 0)
        embedded.fail(next: .listOffsets, with: [.notLeader])
        #expect(try await cluster.offsets(atOrAfter: [partition: 5, missing: 5]).isEmpty)
        #expect(try await cluster.topics()["missing"] == nil)
        let error = try await #require(throws: KafkaError.self) { try await cluster.offsets(atOrAfter: [partition: -1]) }
        #expect(error.code == .invalidArgument && error.cluster == "east" && error.topic == "t")
        embedded.goDown()
        let short = try LibrdkafkaCluster(name: "east", properties: embedded.properties, timeout: .seconds(1))
        await #expect(throws: KafkaError.self) { try await short.offsets(atOrAfter: [partition: 5]) }
    }

    @Test func aRefusedCommitNamesGroupAndPartition() async throws {
        let (embedded, cluster) = try start()
        try embedded.createTopic("t", partitions: 1)
        let partition = TopicPartition(topic: "t", partition: 0)
        embedded.fail(next: .offsetCommit, with: [.unknownMember])
        let refused = try await cluster.commit([partition: .init(offset: 1)], for: "g")
        let error = try #require(refused[partition])
        #expect(error.code == .unknownMember)
        #expect(error.description.contains("group 'g'") && error.description.contains("live members"))
    }

    @Test func aDeadClusterIsAnErrorWithinTheDeadline() async throws {
        let (embedded, _) = try start()
        embedded.goDown()
        let cluster = try LibrdkafkaCluster(name: "west", properties: embedded.properties, timeout: .milliseconds(800))
        let partition = TopicPartition(topic: "t", partition: 0)
        let begin = ContinuousClock.now
        await #expect(throws: KafkaError.self) { try await cluster.topics() }
        await #expect(throws: KafkaError.self) { try await cluster.committedOffsets(of: "g", for: [partition]) }
        await #expect(throws: KafkaError.self) { try await cluster.commit([partition: .init(offset: 1)], for: "g") }
        await #expect(throws: KafkaError.self) {
            try await cluster.scan([LogRange(partition, .init(start: 0, end: 1))], into: 0) { _, _ in }
        }
        #expect(ContinuousClock.now - begin < .seconds(20))
        do {
            _ = try await cluster.topics()
        } catch let error as KafkaError {
            #expect(error.cluster == "west")
            #expect(error.isRetriable)
            #expect(error.description.contains("refused"), "\(error)")
        }
    }

    @Test func whatTheMockLacksIsSaidNotHung() async throws {
        let (embedded, cluster) = try start()
        defer { withExtendedLifetime(embedded) {} }
        do {
            _ = try await cluster.groups()
            Issue.record("the mock can't list groups")
        } catch let error as KafkaError {
            #expect(error.code == .unsupportedFeature)
        }
    }

    @Test func producingToADownClusterFailsEachRecordOnce() async throws {
        let (embedded, _) = try start()
        try embedded.createTopic("t", partitions: 1)
        var properties = embedded.properties
        properties["message.timeout.ms"] = "3000"
        let producer = try Producer(cluster: "east", properties: properties)
        let partition = TopicPartition(topic: "t", partition: 0)
        _ = try await producer.send(Record(value: [1]), to: partition)
        embedded.goDown()
        let failures = Mutex(0)
        for _ in 0..<10 {
            try producer.produce(Record(value: [2]), to: partition) { if case .failure = $0 { failures.withLock { $0 += 1 } } }
        }
        #expect(await producer.flush(within: .seconds(60)))
        #expect(failures.withLock { $0 } == 10)
    }

    @Test func groupMembersReadAndCommit() async throws {
        let (embedded, cluster) = try start()
        try embedded.createTopic("t", partitions: 2)
        let producer = try Producer(cluster: "east", properties: embedded.properties)
        for number in 0..<20 {
            _ = try await producer.send(Record(value: [UInt8(number)]), to: TopicPartition(topic: "t", partition: Int32(number % 2)))
        }
        let member = try GroupConsumer(cluster: "east", group: "g", properties: embedded.properties)
        try await member.subscribe(to: ["t"])
        var seen: [ConsumedRecord] = []
        let deadline = ContinuousClock.now + .seconds(90)
        while seen.count < 20, ContinuousClock.now < deadline { seen += try await member.poll(timeout: .milliseconds(200)) }
        #expect(Set(seen.map(\.record.value)).count == 20)
        let positions = Dictionary(seen.map { ($0.topicPartition, CommittedOffset(offset: $0.offset + 1)) }) { max($0.offset, $1.offset) == $0.offset ? $0 : $1 }
        #expect(try await member.commit(positions).isEmpty)
        await member.close()
        #expect(try await cluster.committedOffsets(of: "g", for: Array(positions.keys)) == positions)
    }

    @Test func wrongPropertiesAreRefusedByName() throws {
        #expect(throws: KafkaError.self) {
            try LibrdkafkaCluster(name: "x", properties: ClientProperties(["bootstrap.servers": "h:1", "no.such.thing": "1"]))
        }
        do {
            _ = try LibrdkafkaCluster(name: "x", properties: ClientProperties(["bootstrap.servers": "h:1", "session.timeout.ms": "many"]))
            Issue.record("accepted")
        } catch {
            #expect(error.description.contains("session.timeout.ms"))
        }
        #expect(ClientProperties.check("bootstrap.servers", "a:1") == .accepted)
        #expect(ClientProperties.check("bootstrap.server", "a:1") == .unknown)
    }

    @Test func secretsNeverShow() {
        let properties = ClientProperties(["sasl.password": "hunter2", "ssl.key.pem": "hunter2", "sasl.username": "ann"])
        #expect(!"\(properties)".contains("hunter2") && "\(properties)".contains("ann"))
        var dumped = ""
        dump(properties, to: &dumped)
        #expect(!dumped.contains("hunter2"))
        #expect(!String(reflecting: properties).contains("hunter2"))
    }
}
