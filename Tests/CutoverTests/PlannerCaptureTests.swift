import Cutover
import InMemoryKafka
import KafkaClient
import MirroredEstate
import OffsetTranslate
import Testing

/// What `failover capture` left on the target, and when a plan goes by it.
@Suite struct PlannerCaptureTests {
    private let orders = place("orders")

    /// Strict syncs (0, 3), (200, 203); the target's log ends at 260.
    private func estate() throws -> Estate {
        let estate = Estate()
        estate.mirror(orders, upTo: 260, copiedTo: 260)
        try estate.sync(orders, 0, 3, isStrict: true)
        try estate.sync(orders, 200, 203, strictAfter: (0, 3))
        return estate
    }

    @Test(arguments: [
        (captured: 20, checkpoint: 10, expected: .captured(writtenAt: 20)), (10, 20, .checkpoint(writtenAt: 20)),
        // Both saw the group in the same millisecond: the capture read the commit itself.
        (20, 20, .captured(writtenAt: 20)), (-1, 20, .checkpoint(writtenAt: 20)),
    ] as [(Int64, Int64, PlannedOffset.Origin)])
    func theNewerOneGivesThePosition(captured: Int64, checkpoint: Int64, expected: PlannedOffset.Origin) async throws {
        let estate = try estate()
        try estate.checkpoint("billing", orders, 100, 50, metadata: "old", at: checkpoint)
        try estate.checkpoint("billing", orders, 150, 60, metadata: "new", at: captured, isCaptured: true)
        let plan = try await estate.plan(sourceLost: true)
        let offset = try #require(plan.planned("billing", orders))
        let isCaptured = expected == .captured(writtenAt: captured)
        #expect(offset.origin == expected && plan.offsets.count == 1)
        #expect(offset.upstream == CommittedOffset(offset: isCaptured ? 150 : 100, metadata: isCaptured ? "new" : "old"))
        // Translated by the syncs, whatever either says of the target.
        #expect(offset.commit?.offset == offset.upstream.offset + 3 && offset.translation.kind == .exact)
        #expect(plan.warnings.isEmpty && estate.west.requests.isEmpty)
    }

    @Test func eachPartitionHasItsOwnNewestAndGroupsWithoutCheckpointsCount() async throws {
        let estate = try estate()
        let second = place("orders", 1)
        estate.mirror(second, upTo: 260, copiedTo: 260)
        try estate.sync(second, 0, 0, isStrict: true)
        try estate.sync(second, 200, 200, strictAfter: (0, 0))
        try estate.checkpoint("billing", orders, 100, 50, at: 30)
        try estate.checkpoint("billing", orders, 90, 50, at: 20, isCaptured: true)
        try estate.checkpoint("billing", second, 70, 50, at: 20, isCaptured: true)
        try estate.checkpoint("search", orders, 40, 43, at: 20, isCaptured: true)
        for plan in [try await estate.plan(sourceLost: true), try await estate.plan("billing", "search", sourceLost: true)] {
            #expect(plan.planned("billing", orders)?.origin == .checkpoint(writtenAt: 30))
            #expect(plan.planned("billing", second)?.origin == .captured(writtenAt: 20))
            #expect(plan.planned("search", orders)?.commit?.offset == 43)
            #expect(plan.offsets.count == 3)
        }
    }

    @Test func aLivingSourceIsAskedInstead() async throws {
        let estate = try estate()
        estate.commitOnSource("billing", orders, 120)
        try estate.checkpoint("billing", orders, 150, 60, at: 9_000, isCaptured: true)
        try estate.checkpoint("gone", orders, 150, 60, at: 9_000, isCaptured: true)
        let plan = try await estate.plan()
        #expect(plan.offsets.map(\.origin) == [.sourceCommit] && plan.offsets.first?.commit?.offset == 123)
        #expect(plan.warnings.isEmpty || !plan.warnings.contains { $0.contains("captured") })
        let topic = estate.flow.capturedTopic
        #expect(!estate.east.requests.contains { $0.partitions.contains(place(topic)) })
    }

    /// It was exact by the syncs of its time; since then the mirror went back, and copied the record again.
    @Test func aCapturedTranslationDoesNotOverruleLaterSyncs() async throws {
        let estate = Estate()
        estate.mirror(orders, upTo: 400, copiedTo: 400)
        for (upstream, downstream) in [(100, 100), (150, 150), (120, 200), (300, 380)] as [(Int64, Int64)] {
            try estate.sync(orders, upstream, downstream)
        }
        try estate.checkpoint("billing", orders, 110, 110, isExact: true, at: 10, isCaptured: true)
        let offset = try #require(try await estate.plan(sourceLost: true).planned("billing", orders))
        #expect(offset.translation.kind == .bounded && offset.commit?.offset == 101)
    }

    @Test func withoutSyncsTheCapturedTranslationIsABound() async throws {
        let estate = Estate()
        estate.mirror(orders, upTo: 260, copiedTo: 150)
        try estate.checkpoint("billing", orders, 150, 41, isExact: true, at: 10, isCaptured: true)
        let offset = try #require(try await estate.plan(sourceLost: true).planned("billing", orders))
        #expect((offset.translation.position, offset.translation.high) == (41, 150) && offset.translation.kind == .bounded)
    }

    /// Records relayed twice, by a capture that was killed or by two at once, must not look like a mirror that went back.
    @Test func relayedSyncsThatComeAgainArePassedOver() async throws {
        let estate = Estate()
        estate.mirror(orders, upTo: 400, copiedTo: 400)
        let chain: [(Int64, Int64)] = [(0, 3), (100, 103), (200, 203), (300, 303)]
        let topic = place(estate.flow.offsetSyncsTopic)
        for index in [0, 1, 2, 1, 2, 0, 3, 3] {
            let (upstream, downstream) = chain[index]
            let sync = OffsetSync(topicPartition: orders, upstreamOffset: upstream, downstreamOffset: downstream)
            let previous = index == 0 ? nil : chain[index - 1]
            let strict = StrictMarker(previous: previous.map { .init(upstreamOffset: $0.0, downstreamOffset: $0.1) })
            let headers = [
                Header(name: StrictMarker.headerName, value: strict.encoded()),
                Header(name: CapturedMarker.headerName, value: CapturedMarker(sourceOffset: Int64(index)).encoded()),
            ]
            let record = Record(key: try sync.encodedKey(), value: sync.encodedValue(), headers: headers, timestamp: 1)
            estate.east.update { _ = $0.append(record, to: topic) }
        }
        for upstream in [50, 150, 299] as [Int64] {
            try estate.checkpoint("g\(upstream)", orders, upstream, 0, at: 1, isCaptured: true)
            let offset = try #require(try await estate.plan("g\(upstream)", sourceLost: true).planned("g\(upstream)", orders))
            #expect(offset.translation.kind == .exact && offset.commit?.offset == upstream + 3)
        }
    }

    @Test func whoWroteAnOffsetSyncsTopicShows() async throws {
        let estate = try estate()
        let topic = estate.flow.offsetSyncsTopic
        func origin(_ topic: String) async throws -> SyncsOrigin { try await SyncsOrigin(of: topic, on: estate.east, for: estate.flow) }
        #expect(try await origin(topic) == .strictMirror)
        #expect(try await origin("nowhere") == .missing)
        func append(_ headers: [Header]) {
            estate.east.update { contents in _ = contents.append(Record(value: [1], headers: headers), to: place(topic)) }
        }
        append([])
        #expect(try await origin(topic) == .unmarked)
        append([
            Header(name: StrictMarker.headerName, value: StrictMarker(previous: nil).encoded()),
            Header(name: CapturedMarker.headerName, value: CapturedMarker(sourceOffset: 2).encoded()),
        ])
        estate.east.update { contents in contents.log(place(topic)) { $0.leaveHole(3) } }
        #expect(try await origin(topic) == .capture)
        for (flow, expected) in [(estate.flow, SyncsOrigin.strictMirror), (ReplicationFlow(from: "east", to: "west", policy: DefaultReplicationPolicy()), .anotherFlow("east->west"))] {
            append([
                Header(name: StrictMarker.headerName, value: StrictMarker(previous: nil).encoded()),
                Header(name: FlowMarker.headerName, value: FlowMarker.encoded(flow)),
            ])
            #expect(try await origin(topic) == expected)
        }
        // Read as this flow's, they would skip records.
        await #expect { _ = try await estate.plan() } throws: { "\($0)".contains("holds the offset syncs of east->west") }
        estate.east.update { $0.topics["empty"] = [InMemoryLog()] }
        #expect(try await origin("empty") == .empty)
    }
}
