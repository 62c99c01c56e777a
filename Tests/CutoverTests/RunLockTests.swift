@testable import Cutover
import KafkaClient
import Testing

/// The lock over sockets.
@Suite struct RunLockTests {
    private let embedded: EmbeddedCluster
    private let cluster: LibrdkafkaCluster

    init() throws {
        embedded = try EmbeddedCluster(name: "east")
        try embedded.createTopic(RunLock.topic, partitions: 1)
        cluster = try LibrdkafkaCluster(name: "east", properties: embedded.properties)
    }

    private func lock(_ flow: String = "west<->east", patience: Duration = .seconds(8)) throws -> RunLock {
        try RunLock(flow: flow, by: .test, on: cluster, beat: .milliseconds(200), patience: patience)
    }

    @Test func oneAtATime() async throws {
        let first = try lock(), second = try lock(), elsewhere = try lock("north<->east")
        let result = try await first.hold {
            await #expect { _ = try await second.hold { 1 } } throws: {
                "\($0)".contains("ann@laptop") && "\($0)".contains("west<->east") && $0 is RunIsLive
            }
            // Another flow's is another lock.
            return try await elsewhere.hold { 2 }
        }
        #expect(result == 2)
        #expect(try await second.hold { 3 } == 3)
        #expect(try await second.read().holder == nil)
    }

    @Test func aFailureLetsGo() async throws {
        struct Oops: Error {}
        await #expect(throws: Oops.self) { try await lock().hold { throw Oops() } }
        #expect(try await lock().read().holder == nil)
    }

    /// Nothing is heard of a holder that died: its lock falls free, once.
    @Test func theDeadLoseIt() async throws {
        let heir = try lock(patience: .seconds(1))
        try await heir.write(.init(verb: .claim, claim: "dead", by: .test))
        #expect(try await heir.hold { 1 } == 1)
    }

    /// Whoever is taken for dead and lives has to stop.
    @Test func whoLosesItIsCancelled() async throws {
        let lock = try lock()
        let task = Task {
            try await lock.hold {
                let holder = try await lock.read().holder?.claim
                try await lock.write(.init(verb: .claim, claim: "heir", replacing: holder, by: .test))
                try await Task.sleep(for: .seconds(60))
            }
        }
        await #expect(throws: CancellationError.self) { try await task.value }
        #expect(try await lock.read().holder?.claim == "heir")
    }
}
