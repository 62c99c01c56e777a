import InMemoryKafka
import KafkaClient
import OffsetTranslate
import Testing

@testable import MirrorLoop

/// Tier 2: whose offset syncs a topic holds that two flows would both keep theirs in.
@Suite struct OppositeSyncsTests {
    private let west = InMemoryCluster("west"), east = InMemoryCluster("east")
    private let flow = ReplicationFlow(from: "west", to: "east", policy: DefaultReplicationPolicy(), offsetSyncsLocation: .target)
    private let orders = TopicPartition(topic: "orders", partition: 0)

    private func append(_ numbers: Range<Int>, to cluster: InMemoryCluster, _ topic: String) {
        cluster.update { contents in
            for number in numbers {
                contents.log(TopicPartition(topic: topic, partition: 0)) { log in
                    _ = log.append(Record(value: Array("\(cluster.name) \(number)".utf8), timestamp: Int64(number)))
                }
            }
        }
    }

    /// What was written on one side, copied to the other.
    private func copy(_ numbers: Range<Int>, from source: InMemoryCluster, to target: InMemoryCluster) {
        target.update { contents in
            for number in numbers {
                contents.log(TopicPartition(topic: "\(source.name).orders", partition: 0)) { log in
                    _ = log.append(Record(value: Array("\(source.name) \(number)".utf8), timestamp: Int64(number)))
                }
            }
        }
    }

    private func owner(_ upstream: Int64, _ downstream: Int64) async throws -> TopicPartition? {
        try await OppositeSyncs(flow: flow, source: west, target: east)
            .first(in: [orders: .init(upstreamOffset: upstream, downstreamOffset: downstream)])
    }

    /// Both clusters have the topic, each has a copy of the other's.
    private func bothWays() {
        append(0..<100, to: west, "orders")
        append(0..<100, to: east, "orders")
        copy(10..<100, from: west, to: east)
        copy(30..<100, from: east, to: west)
    }

    @Test func theRecordsTell() async throws {
        bothWays()
        #expect(try await owner(80, 50) == orders)
        #expect(try await owner(80, 70) == nil)
        // Neither's.
        #expect(try await owner(80, 60) == nil)
        #expect(try await owner(.max, .max) == nil)
    }

    @Test func whereTheOwnCopyIsMissingTheOppositesIsEnough() async throws {
        append(0..<100, to: east, "orders")
        copy(30..<100, from: east, to: west)
        #expect(try await owner(80, 50) == orders)
    }

    /// In step, both flows have the same pairs of offsets.
    @Test func whatRetentionHasTakenMayHaveBeenOurs() async throws {
        for cluster in [west, east] { append(0..<100, to: cluster, "orders") }
        copy(0..<100, from: west, to: east)
        copy(0..<100, from: east, to: west)
        #expect(try await owner(50, 50) == nil)
        west.update { [orders] in $0.log(orders) { $0.deleteRecords(before: 60) } }
        #expect(try await owner(50, 50) == nil)
    }
}
