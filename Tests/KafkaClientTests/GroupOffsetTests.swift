import KafkaClient
import Synchronization
import Testing

/// Offsets of many groups at once, over embedded brokers.
@Suite(.serialized) struct GroupOffsetTests {
    private let partitions = (0..<3).map { TopicPartition(topic: "t", partition: $0) }

    private func start(brokers: Int = 2) throws -> EmbeddedCluster {
        let embedded = try EmbeddedCluster(name: "east", brokers: brokers)
        try embedded.createTopic("t", partitions: 3)
        return embedded
    }

    private func open(_ embedded: EmbeddedCluster, timeout: Duration = .seconds(60), groupClients: Int = 8) throws -> LibrdkafkaCluster {
        try LibrdkafkaCluster(name: "east", properties: embedded.properties, timeout: timeout, groupClients: groupClients)
    }

    /// One group's offsets, unlike every other group's.
    private func offsets(_ group: Int) -> [TopicPartition: CommittedOffset] {
        [
            partitions[0]: CommittedOffset(offset: Int64(group), metadata: "group \(group) ✓"),
            partitions[1]: CommittedOffset(offset: 0), partitions[2]: CommittedOffset(offset: Int64(group) << 32, metadata: "\(group)\0"),
        ]
    }

    private func inParallel(_ groups: Range<Int>, _ body: @escaping @Sendable (Int, String) async throws -> Void) async throws {
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            for group in groups { tasks.addTask { try await body(group, "g\(group)") } }
            try await tasks.waitForAll()
        }
    }

    private func commitAndReadBack(_ groups: Range<Int>, _ cluster: LibrdkafkaCluster) async throws {
        try await inParallel(groups) { group, name in
            let refused = try await cluster.commit(offsets(group), for: name)
            #expect(refused.isEmpty)
        }
        try await inParallel(groups) { group, name in
            let committed = try await cluster.committedOffsets(of: name, for: partitions)
            #expect(committed == offsets(group))
        }
    }

    @Test func eachGroupGetsItsOwn() async throws {
        let embedded = try start()
        let cluster = try open(embedded)
        try await inParallel(0..<100) { _, name in
            let committed = try await cluster.committedOffsets(of: name, for: partitions)
            #expect(committed.isEmpty)
        }
        try await commitAndReadBack(0..<100, cluster)
        // Asked for twice, and for what there is not.
        #expect(try await cluster.committedOffsets(of: "g7", for: [partitions[0], partitions[0]]) == [partitions[0]: offsets(7)[partitions[0]]!])
        #expect(try await cluster.committedOffsets(of: "g7", for: []).isEmpty)
        #expect(try await cluster.commit([:], for: "g7").isEmpty)
        withExtendedLifetime(embedded) {}
    }

    /// Clients that know their coordinator, and those that don't yet, meet every error that passes.
    @Test func coordinatorsThatMoveAndLoadAreWaitedFor() async throws {
        let embedded = try start()
        let cluster = try open(embedded)
        let errors: [KafkaError.Code] = [.notCoordinator, .coordinatorLoadInProgress, .coordinatorNotAvailable]
        for round in 0..<2 {
            for kind in [EmbeddedCluster.Request.offsetCommit, .offsetFetch, .findCoordinator] {
                embedded.fail(next: kind, with: kind == .findCoordinator ? [.coordinatorNotAvailable] : errors + errors)
            }
            try await commitAndReadBack(round * 20..<round * 20 + 20, cluster)
        }
    }

    @Test func aCoordinatorThatGoesAwayIsFoundAgain() async throws {
        let embedded = try start()
        let cluster = try open(embedded)
        for group in 0..<16 { embedded.setCoordinator(ofGroup: "g\(group)", to: 1) }
        try await commitAndReadBack(0..<16, cluster)
        for partition in partitions { embedded.setLeader(of: partition, to: 2) }
        for group in 0..<16 { embedded.setCoordinator(ofGroup: "g\(group)", to: 2) }
        embedded.goDown(broker: 1)
        try await commitAndReadBack(0..<16, cluster)
    }

    /// Requests are under way, and some wait for a coordinator, when all brokers vanish and come back.
    @Test func droppedConnectionsAreWaitedOut() async throws {
        let embedded = try start()
        let cluster = try open(embedded)
        try await commitAndReadBack(0..<8, cluster)
        for _ in 0..<3 {
            embedded.setRoundTripTime(.milliseconds(20))
            async let committed: Void = commitAndReadBack(0..<40, cluster)
            try await Task.sleep(for: .milliseconds(30))
            embedded.goDown()
            try await Task.sleep(for: .milliseconds(300))
            embedded.comeUp()
            try await committed
        }
    }

    @Test func refusalsAreToldForEachPartition() async throws {
        let embedded = try start()
        let cluster = try open(embedded)
        try await commitAndReadBack(0..<1, cluster)
        for code in [KafkaError.Code.unknownMember, .rebalanceInProgress, .topicAuthorizationFailed] {
            embedded.fail(next: .offsetCommit, with: [code])
            let refused = try await cluster.commit(offsets(5), for: "g0")
            #expect(Set(refused.keys) == Set(partitions) && refused.values.allSatisfy { $0.code == code && $0.group == "g0" })
        }
        // What is refused for good is not tried again.
        embedded.fail(next: .offsetFetch, with: [.groupAuthorizationFailed])
        let error = try await #require(throws: KafkaError.self) { try await cluster.committedOffsets(of: "g0", for: partitions) }
        #expect(error.code == .groupAuthorizationFailed && error.cluster == "east" && error.group == "g0")
        #expect(try await cluster.committedOffsets(of: "g0", for: partitions) == offsets(0))
    }

    /// Waiting for a turn counts: those that never get one end when the others do.
    @Test func aDeadClusterEndsAllGroupsWithinTheDeadline() async throws {
        let embedded = try start()
        embedded.goDown()
        let cluster = try open(embedded, timeout: .seconds(1), groupClients: 2)
        let begin = ContinuousClock.now
        let failed = Mutex(0)
        try await inParallel(0..<60) { group, name in
            let error = await #expect(throws: KafkaError.self) {
                if group % 2 == 0 {
                    _ = try await cluster.commit(offsets(group), for: name)
                } else {
                    _ = try await cluster.committedOffsets(of: name, for: partitions)
                }
            }
            #expect(error?.group == name && error?.isRetriable == true)
            failed.withLock { $0 += 1 }
        }
        // One after the other they would take 30 s.
        #expect(failed.withLock { $0 } == 60 && ContinuousClock.now - begin < .seconds(15))
        embedded.comeUp()
        try await commitAndReadBack(0..<2, try open(embedded))
    }

    @Test func whoeverWaitsCanBeCancelled() async throws {
        let embedded = try start()
        embedded.goDown()
        let cluster = try open(embedded, timeout: .seconds(2), groupClients: 1)
        let tasks = (0..<3).map { group in Task { try await cluster.committedOffsets(of: "g\(group)", for: partitions) } }
        try await Task.sleep(for: .milliseconds(200))
        for task in tasks { task.cancel() }
        for task in tasks { await #expect(throws: CancellationError.self) { try await task.value } }
    }
}
