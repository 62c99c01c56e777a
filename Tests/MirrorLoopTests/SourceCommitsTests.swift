import InMemoryKafka
import KafkaClient
import Synchronization
import Testing

@testable import MirrorLoop

/// Tier 2: the commits of many groups on the source.
@Suite struct SourceCommitsTests {
    private let partition = TopicPartition(topic: "orders", partition: 0)

    private func cluster(_ groups: Int) -> InMemoryCluster {
        var contents = ClusterContents()
        for group in 0..<groups { contents.commit(Int64(group), partition, by: "g\(group)") }
        return InMemoryCluster("west", contents)
    }

    @Test func onePassBoundedWithProgress() async throws {
        let source = cluster(3000), running = Mutex((now: 0, most: 0))
        var counts: [Int] = []
        source.beforeEachRequest { _, _ in
            running.withLock { $0 = ($0.now + 1, max($0.most, $0.now + 1)) }
            await Task.yield()
            running.withLock { $0.now -= 1 }
        }
        let names = (0..<3000).map { "g\($0)" } + ["gone"]
        let read = try await SourceCommits.read(names, [partition], from: source, atMost: 8) { counts.append($0) }
        #expect(read.commits.count == 3000 && read.commits["g7"] == [partition: .init(offset: 7)] && read.commits["gone"] == nil)
        #expect(read.failures.isEmpty && read.warnings.isEmpty)
        #expect(source.requests.count == 3001)
        #expect(running.withLock { $0.most } <= 8)
        #expect(counts == counts.sorted() && counts.last == 3001 && counts.count > 5)
    }

    @Test func aGroupThatFailsIsNamedAndStopsNoOther() async throws {
        let source = cluster(40)
        for group in ["g3", "g30"] { source.fail(at: Trigger(1, .committedOffsets, of: group), Fault(.before, .groupAuthorizationFailed)) }
        source.fail(at: Trigger(1, .committedOffsets, of: "g5"), Fault(.after, .timedOut))
        let read = try await SourceCommits.read((0..<40).map { "g\($0)" }, [partition], from: source)
        #expect(read.commits.count == 37 && Set(read.failures.keys) == ["g3", "g30", "g5"])
        #expect(read.warnings.count == 2)
        #expect(read.warnings.contains { $0.hasPrefix("no checkpoints for group 'g5' this time: ") })
        #expect(read.warnings.contains { $0.hasPrefix("no checkpoints for groups 'g3', 'g30' this time: ") })
    }

    /// A source that is away is not asked for each of thousands of groups, one deadline after the other.
    @Test func aSourceThatIsAwayIsGivenUp() async throws {
        let source = cluster(2000)
        source.beforeEachRequest { request, cluster in if request.number == 500 { cluster.goDown() } }
        let read = try await SourceCommits.read((0..<2000).map { "g\($0)" }, [partition], from: source, atMost: 8)
        #expect(source.requests.count < 500 + 3 * 8)
        #expect(read.commits.count + read.failures.count == 2000 && read.failures.count > 1400)
        #expect(read.warnings.count == 1)
    }
}
