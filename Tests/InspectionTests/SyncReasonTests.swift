import Cutover
import Foundation
import Inspection
import InMemoryKafka
import KafkaClient
import MirroredEstate
import OffsetTranslate
import Testing

/// One test per reason: what has to be seen for it to be given.
@Suite struct SyncReasonTests {
    private let orders = place("orders")

    /// A strict mirror's syncs at (100, 40) and (200, 140), both logs at their ends; "billing" stands at 150, which is 90.
    private func watched(_ location: OffsetSyncsLocation = .target) throws -> Watched {
        let estate = Estate(DefaultReplicationPolicy(), syncsOn: location)
        estate.mirror(orders, upTo: 260, copiedTo: 200)
        try estate.sync(orders, 100, 40, isStrict: true)
        try estate.sync(orders, 200, 140, strictAfter: (100, 40))
        estate.commitOnSource("billing", orders, 150)
        try estate.checkpoint("billing", orders, 150, 90, isExact: true)
        return Watched(estate)
    }

    /// Stock MM2's syncs at (100, 40) and (200, 90): "billing", at 150, is somewhere in 41 ... 90.
    private func stock() throws -> Watched {
        let estate = Estate(DefaultReplicationPolicy(), syncsOn: .source)
        estate.mirror(orders, upTo: 260, copiedTo: 150)
        try estate.sync(orders, 100, 40)
        try estate.sync(orders, 200, 90)
        estate.commitOnSource("billing", orders, 150)
        return Watched(estate)
    }

    @Test func syncedExactly() async throws {
        let position = try await watched().position("billing", orders)
        #expect(position.reason == .syncedExactly && position.ifLost == .init(position: 90, origin: .checkpoint(writtenAt: 2_000), maxReplay: 0))
        #expect(position.lag == 110 && position.translation?.position == 90 && position.distance == nil)
    }

    /// Nobody can be given a wrong position where there is only one.
    @Test func anEmptyCopyNeedsNoCheckpoint() async throws {
        let watched = try watched(), empty = place("orders", 1)
        watched.estate.mirror(empty, upTo: 0, copiedTo: 0)
        watched.estate.commitOnSource("billing", empty, 0)
        let position = try await watched.position("billing", empty)
        #expect(position.reason == .syncedExactly && position.ifLost == .init(position: 0, maxReplay: 0))
    }

    @Test func syncedWithin() async throws {
        let watched = try watched()
        watched.estate.commitOnSource("billing", orders, 170)
        #expect(try await watched.reason("billing", orders) == .syncedWithin(records: 20))
        // With the syncs lost beside the source, the checkpoint is all there is: of stock MM2's, the lower bound.
        let stock = try stock()
        try stock.estate.checkpoint("billing", orders, 150, 41)
        #expect(try await stock.reason("billing", orders) == .syncedWithin(records: 49))
    }

    @Test func neverCommitted() async throws {
        let watched = try watched()
        watched.estate.mirror(place("orders", 1), upTo: 10, copiedTo: 10)
        #expect(try await watched.reason("billing", place("orders", 1)) == .neverCommitted)
    }

    @Test func commitGone() async throws {
        let watched = try watched(), second = place("orders", 1)
        watched.estate.mirror(second, upTo: 10, copiedTo: 10)
        try watched.estate.checkpoint("billing", second, 5, 5)
        #expect(try await watched.reason("billing", second) == .commitGone)
    }

    @Test func topicInternalAndTopicFromTarget() async throws {
        let watched = try watched(), offsets = place("__transaction_state"), copy = place("east.audit")
        for partition in [offsets, copy] {
            watched.estate.west.update { $0.log(partition) { $0.extend(to: 10) } }
            watched.estate.commitOnSource("billing", partition, 5)
        }
        #expect(try await watched.reason("billing", offsets) == .topicInternal)
        #expect(try await watched.reason("billing", copy) == .topicFromTarget)
    }

    @Test func topicExcluded() async throws {
        var watched = try watched()
        watched.configuration.topics = try NameFilter(include: [".*"], exclude: ["ord.*"])
        #expect(try await watched.reason("billing", orders) == .topicExcluded)
    }

    @Test func groupExcluded() async throws {
        var watched = try watched()
        watched.configuration.groups = try NameFilter(include: ["other"])
        #expect(try await watched.reason("billing", orders) == .groupExcluded)
    }

    @Test func copyMissing() async throws {
        let watched = try watched(), added = place("orders", 1), new = place("new")
        for partition in [added, new] {
            watched.estate.west.update { $0.log(partition) { $0.extend(to: 10) } }
            watched.estate.commitOnSource("billing", partition, 5)
            #expect(try await watched.reason("billing", partition) == .copyMissing)
        }
    }

    @Test func severalSources() async throws {
        let estate = Estate(try CustomReplicationPolicy(pattern: "(a|b)-(.*)", replacement: "$2", inversePattern: "(.*)", inverseReplacement: "a-$1"))
        let (a, b) = (place("a-orders"), place("b-orders"))
        for partition in [a, b] {
            estate.mirror(partition, upTo: 10, copiedTo: 10)
            try estate.sync(partition, 0, 0, isStrict: true)
            estate.commitOnSource("billing", partition, 5)
        }
        #expect(try await Watched(estate).reason("billing", a) == .severalSources)
    }

    @Test func sourceRecreated() async throws {
        let watched = try watched()
        watched.estate.west.update { contents in
            contents.recreateTopic("orders")
            contents.log(place("orders")) { $0.extend(to: 120) }
            contents.commit(50, place("orders"), by: "billing")
        }
        // The newest sync comes from beyond the log's end.
        #expect(try await watched.reason("billing", orders) == .sourceRecreated(logEnd: 120))
        // So does the group's own commit.
        watched.estate.west.update { $0.log(place("orders")) { $0.extend(to: 300) } }
        watched.estate.commitOnSource("billing", orders, 301)
        #expect(try await watched.reason("billing", orders) == .sourceRecreated(logEnd: 300))
    }

    @Test func targetRecreated() async throws {
        let watched = try watched()
        watched.estate.east.update { contents in
            contents.recreateTopic("west.orders")
            contents.log(place("west.orders")) { $0.extend(to: 7) }
        }
        #expect(try await watched.reason("billing", orders) == .targetRecreated)
    }

    @Test func expiredOnSource() async throws {
        let watched = try watched()
        watched.estate.west.update { $0.log(place("orders")) { $0.deleteRecords(before: 180) } }
        #expect(try await watched.reason("billing", orders) == .expiredOnSource(lost: 30))
    }

    @Test func expiredOnTarget() async throws {
        let watched = try watched()
        watched.estate.east.update { $0.log(place("west.orders")) { $0.deleteRecords(before: 100) } }
        #expect(try await watched.reason("billing", orders) == .expiredOnTarget(lost: 10))
    }

    @Test func noSyncs() async throws {
        let watched = try watched(), other = place("other")
        watched.estate.mirror(other, upTo: 10, copiedTo: 10)
        watched.estate.commitOnSource("billing", other, 5)
        #expect(try await watched.reason("billing", other) == .noSyncs)
        // Nothing at all was left behind.
        let bare = Estate()
        bare.mirror(orders, upTo: 10, copiedTo: 10)
        bare.commitOnSource("billing", orders, 5)
        #expect(try await Watched(bare).reason("billing", orders) == .noSyncs)
    }

    @Test func beforeFirstSync() async throws {
        let watched = try watched()
        watched.estate.commitOnSource("billing", orders, 50)
        #expect(try await watched.reason("billing", orders) == .beforeFirstSync(upstreamOffset: 100))
    }

    @Test func aheadOfMirror() async throws {
        let watched = try watched()
        watched.estate.mirror(orders, upTo: 1000, copiedTo: 200)
        // By the newest sync, 260 is the next to be copied.
        watched.estate.commitOnSource("billing", orders, 361)
        #expect(try await watched.reason("billing", orders) == .aheadOfMirror(by: 101))
        // Where so little is missing, it is no news.
        watched.estate.commitOnSource("billing", orders, 360)
        #expect(try await watched.reason("billing", orders) != .aheadOfMirror(by: 100))
    }

    @Test func targetGroupActive() async throws {
        let watched = try watched()
        watched.estate.east.update { $0.activate("billing") }
        #expect(try await watched.reason("billing", orders) == .targetGroupActive)
    }

    @Test func targetAhead() async throws {
        let watched = try watched()
        watched.estate.commitOnTarget("billing", orders, 95)
        let position = try await watched.position("billing", orders)
        #expect(position.reason == .targetAhead(by: 5) && position.distance == 5)
        watched.estate.commitOnTarget("billing", orders, 85)
        #expect(try await watched.reason("billing", orders) == .syncedExactly)
    }

    /// When the mirror has gone back, MM2 forgets all of its syncs from before (`OffsetSyncStore.updateExistingSyncs`).
    @Test func syncsForgotten() async throws {
        let estate = Estate(DefaultReplicationPolicy(), syncsOn: .source)
        estate.mirror(orders, upTo: 500, copiedTo: 600)
        for (upstream, downstream) in [(100, 100), (200, 200), (150, 250), (300, 400)] as [(Int64, Int64)] {
            try estate.sync(orders, upstream, downstream)
        }
        estate.commitOnSource("billing", orders, 120)
        let position = try await Watched(estate).position("billing", orders)
        #expect(position.reason == .syncsForgotten && position.stockPosition == nil && position.ifLost == .init())
        // Not forgotten here, while the source lives.
        #expect(position.translation?.position == 101)
    }

    @Test func checkpointWouldRewind() async throws {
        let stock = try stock()
        // From when MM2 had nearer syncs.
        try stock.estate.checkpoint("billing", orders, 145, 60)
        #expect(try await stock.reason("billing", orders) == .checkpointWouldRewind(downstreamOffset: 60))
    }

    /// The group was reset on the source since: what is left on the target would have it skip what it wants again.
    @Test func checkpointAhead() async throws {
        let watched = try watched()
        watched.estate.commitOnSource("billing", orders, 130)
        let position = try await watched.position("billing", orders)
        #expect(position.reason == .checkpointAhead(by: 20) && position.ifLost.position == 90 && position.ifLost.maxReplay == 0)
        let context = try await watched.inspector.groups(.named(["billing"])).context
        #expect(context.explain(position).passes == .within(.seconds(60)))
    }

    /// The copy was re-created and has been copied anew: a checkpoint from before points into another log.
    @Test func checkpointOfAnotherLog() async throws {
        let estate = Estate(syncsOn: .source)
        estate.mirror(orders, upTo: 260, copiedTo: 200)
        for (upstream, downstream) in [(100, 100), (150, 10), (170, 30), (200, 60)] as [(Int64, Int64)] { try estate.sync(orders, upstream, downstream) }
        estate.commitOnSource("billing", orders, 170)
        try estate.checkpoint("billing", orders, 165, 165)
        let position = try await Watched(estate).position("billing", orders)
        #expect(position.reason == .checkpointAhead(by: 135) && position.translation?.position == 30)
    }

    @Test func noCheckpoint() async throws {
        #expect(try await stock().reason("billing", orders) == .noCheckpoint)
    }

    @Test func checkpointsStopped() async throws {
        var stock = try stock()
        try stock.estate.checkpoint("billing", orders, 120, 41, at: 2_000)
        // Three intervals and a minute.
        stock.now = 2_000 + 240_000
        #expect(try await stock.reason("billing", orders) != .checkpointsStopped(milliseconds: 240_000))
        stock.now += 1
        #expect(try await stock.reason("billing", orders) == .checkpointsStopped(milliseconds: 240_001))
        // Not where there is nothing new to be written.
        stock.estate.commitOnSource("billing", orders, 120)
        #expect(try await stock.reason("billing", orders) == .syncedWithin(records: 49))
    }

    @Test func sourceLost() async throws {
        var watched = try watched()
        watched.sourceLost = true
        let position = try await watched.position("billing", orders)
        #expect(position.reason == .sourceLost(maxReplay: 0) && position.lag == nil && position.ifLost.position == 90)
    }

    /// Every name is in the documentation, once.
    @Test func namesAreDistinctAndDocumented() throws {
        let all: [SyncReason] = [
            .topicInternal, .topicFromTarget, .topicExcluded, .neverCommitted, .commitGone, .groupExcluded, .copyMissing, .severalSources,
            .sourceRecreated(logEnd: 0), .targetRecreated, .expiredOnSource(lost: 0), .expiredOnTarget(lost: 0), .noSyncs,
            .beforeFirstSync(upstreamOffset: 0), .aheadOfMirror(by: 0), .targetGroupActive, .targetAhead(by: 0), .checkpointAhead(by: 0), .syncsForgotten,
            .checkpointWouldRewind(downstreamOffset: 0), .noCheckpoint, .checkpointsStopped(milliseconds: 0), .sourceLost(maxReplay: nil),
            .syncedWithin(records: 0), .syncedExactly,
        ]
        #expect(all.map(\.name) == SyncReason.names && Set(SyncReason.names).count == 25)
        let page = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("../../docs/status.md")
        let rows = try String(contentsOf: page, encoding: .utf8).split(separator: "\n").filter { $0.hasPrefix("| `") }
        for reason in all { #expect(rows.count { $0.hasPrefix("| `\(reason.name)` |") } == 1, "\(reason.name)") }
        for kind in ReadinessCheck.Kind.allCases { #expect(rows.count { $0.hasPrefix("| `\(kind.rawValue)` |") } == 1, "\(kind)") }
    }
}
