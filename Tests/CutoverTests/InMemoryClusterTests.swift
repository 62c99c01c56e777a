import InMemoryKafka
import KafkaClient
import Testing

/// The in-memory cluster keeps to the seam's promises and to the brokers' rules.
@Suite struct InMemoryClusterTests {
    private let orders = TopicPartition(topic: "orders", partition: 0)
    private let missing = TopicPartition(topic: "missing", partition: 3)

    private func cluster() -> InMemoryCluster {
        let cluster = InMemoryCluster("west")
        cluster.update { contents in
            for value in UInt8(0)..<6 { contents.append(Record(value: [value]), to: TopicPartition(topic: "orders", partition: 0)) }
        }
        return cluster
    }

    private func values(_ cluster: InMemoryCluster, _ bounds: LogBounds) async throws -> [UInt8] {
        try await cluster.scan([LogRange(orders, bounds)], into: [UInt8]()) { values, message in
            if let value = message.value?.first { values.append(value) }
        }
    }

    @Test func logsHaveHolesAndRetention() async throws {
        let cluster = cluster()
        cluster.update { contents in
            contents.log(TopicPartition(topic: "orders", partition: 0)) { log in
                log.compact(3)
                log.leaveHole(2)
                log.deleteRecords(before: 1)
                _ = log.append(Record(value: [9]))
            }
        }
        #expect(try await cluster.logBounds(of: [orders, missing]) == [orders: LogBounds(start: 1, end: 9)])
        #expect(try await values(cluster, LogBounds(start: 1, end: 9)) == [1, 2, 4, 5, 9])
        #expect(try await values(cluster, LogBounds(start: 2, end: 5)) == [2, 4])
        await #expect { _ = try await values(cluster, LogBounds(start: 0, end: 9)) } throws: { ($0 as? KafkaError)?.code == .offsetOutOfLog }
        await #expect {
            _ = try await cluster.scan([LogRange(missing, LogBounds(start: 0, end: 1))], into: 0) { count, _ in count += 1 }
        } throws: { ($0 as? KafkaError)?.code == .unknownTopicOrPartition }
    }

    @Test func commitsFollowTheBrokersRules() async throws {
        let cluster = cluster()
        let five = CommittedOffset(offset: 5, metadata: "mine")
        let refused = try await cluster.commit([orders: five, missing: five], for: "billing")
        #expect(refused.mapValues(\.code) == [missing: .unknownTopicOrPartition])
        #expect(try await cluster.committedOffsets(of: "billing", for: [orders, missing]) == [orders: five])
        #expect(try await cluster.group(named: "billing")?.state == .empty)
        #expect(try await cluster.group(named: "nobody") == nil)
        cluster.update { $0.activate("billing", members: 2) }
        #expect(try await cluster.commit([orders: five], for: "billing").mapValues(\.code) == [orders: .unknownMember])
        #expect(try await cluster.groups() == [GroupListing(name: "billing", state: .stable, memberCount: 2)])
        cluster.update { $0.recreateTopic("orders") }
        #expect(try await cluster.committedOffsets(of: "billing", for: [orders]).isEmpty)
        #expect(try await cluster.logBounds(of: [orders]) == [orders: LogBounds(start: 0, end: 0)])
    }

    @Test func faultsStrikeBeforeOrAfterActing() async throws {
        let cluster = cluster()
        let orders = orders
        cluster.fail(at: Trigger(1, .commit), Fault(.before))
        cluster.fail(at: Trigger(2, .commit, of: "billing"), Fault(.after, .transport))
        let commit = { @Sendable in _ = try await cluster.commit([orders: CommittedOffset(offset: 1)], for: "billing") }
        await #expect { try await commit() } throws: { ($0 as? KafkaError)?.code == .timedOut }
        #expect(cluster.contents.groups.isEmpty)
        await #expect { try await commit() } throws: { ($0 as? KafkaError)?.code == .transport }
        #expect(cluster.contents.groups["billing"]?.commits[orders]?.offset == 1)
        try await commit()
        #expect(cluster.requests.map(\.kind) == [.commit, .commit, .commit])
        #expect(cluster.requests.map(\.number) == [1, 2, 3])
    }

    @Test func theHookActsBetweenRequests() async throws {
        let cluster = cluster()
        cluster.beforeEachRequest { request, cluster in
            if request.number == 2 { cluster.update { $0.activate("billing") } }
        }
        let offsets = [orders: CommittedOffset(offset: 1)]
        #expect(try await cluster.commit(offsets, for: "billing").isEmpty)
        #expect(try await cluster.commit(offsets, for: "billing").count == 1)
    }
}
