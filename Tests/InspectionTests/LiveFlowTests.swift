import Cutover
import Inspection
import InMemoryKafka
import KafkaClient
import MirroredEstate
import OffsetTranslate
import Synchronization
import Testing

/// A fit flow that goes on while it is looked at is fit, in whatever moment of the look.
@Suite struct LiveFlowTests {
    /// A strict mirror in step, of a source with transactions, whose group reads along and has its commits brought over. The source's
    /// records are deleted as soon as they are read.
    private final class Live: Sendable {
        let estate = Estate()
        private let orders = place("orders")
        private let state = Mutex(State())

        private struct State {
            var sync: (Int64, Int64)?
            /// Behind what hook this is called already.
            var isMoving = false
        }

        init() throws {
            try move(rounds: 3)
        }

        /// Some records and markers are written, copied, read, checkpointed, and brought over.
        func move(rounds: Int = 40) throws {
            let isMoving = state.withLock { state in
                defer { state.isMoving = true }
                return state.isMoving
            }
            if isMoving { return }
            defer { state.withLock { $0.isMoving = false } }
            for _ in 0..<rounds {
                let copy = estate.flow.target(of: orders)
                let upstream = estate.west.update { [orders] contents in
                    contents.log(orders) { log in
                        for _ in 0..<5 { log.append(Record(value: [1], timestamp: 9_000)) }
                        log.leaveHole(5)
                        return log.bounds.end - 5
                    }
                }
                let downstream = estate.east.update { contents in
                    contents.log(copy) { log in
                        for _ in 0..<5 { log.append(Record(value: [1], timestamp: 9_000)) }
                        return log.bounds.end
                    }
                }
                let before = state.withLock { $0.sync }
                let pair = (upstream - 5, downstream - 5)
                try estate.sync(orders, pair.0, pair.1, strictAfter: before, isStrict: true)
                state.withLock { $0.sync = pair }
                estate.commitOnSource("billing", orders, upstream)
                try estate.checkpoint("billing", orders, upstream, downstream, isExact: true, at: 9_500)
                estate.commitOnTarget("billing", orders, downstream)
                estate.west.update { [orders] in $0.log(orders) { $0.deleteRecords(before: upstream) } }
            }
        }
    }

    private func watched(_ live: Live) -> Watched { Watched(live.estate) }

    private func verify(_ survey: FlowSurvey, _ place: Comment) {
        #expect(survey.sourceTrouble == nil, place)
        for position in survey.groups.flatMap(\.positions) {
            #expect(position.reason.severity != .problem && position.lag ?? -1 >= 0, "\(place): \(position)")
            #expect(position.ifLost.position != nil && position.ifLost.maxSkipped == 0, "\(place): \(position.ifLost)")
            if position.reason == .syncedExactly { #expect(position.ifLost.maxReplay == 0) }
        }
        #expect(survey.groups.map(\.name) == ["billing"], place)
        for partition in survey.partitions { #expect(partition.lag?.offsets ?? .max <= 1_000, "\(place): \(partition)") }
        let troubles = survey.readiness.checks.filter { [.groups, .offsetSyncs, .replicationLag, .recoveryPoint, .positionsIfLost].contains($0.kind) && $0.status != .pass }
        // How old they are can't be told of records that are deleted while they are looked for, time and again.
        #expect(troubles.filter { $0.kind != .recoveryPoint || $0.status != .unknown } == [], place)
    }

    @Test func itMovesBeforeAnyOneRequest() async throws {
        let count = try await {
            let live = try Live()
            verify(try await watched(live).inspector.survey(.all { _ in true }), "at rest")
            return (live.estate.west.requests.count, live.estate.east.requests.count)
        }()
        #expect(count.0 > 5 && count.1 > 5)
        for (isWest, number) in (1...count.0).map({ (true, $0) }) + (1...count.1).map({ (false, $0) }) {
            let live = try Live()
            (isWest ? live.estate.west : live.estate.east).beforeEachRequest { request, _ in
                if request.number == number { #expect(throws: Never.self) { try live.move() } }
            }
            let survey = try await watched(live).inspector.survey(.all { _ in true })
            verify(survey, "request \(number) to \(isWest ? "west" : "east"): \((isWest ? live.estate.west : live.estate.east).requests[number - 1])")
        }
    }

    @Test func itMovesBeforeEveryRequest() async throws {
        let live = try Live()
        for cluster in [live.estate.west, live.estate.east] {
            cluster.beforeEachRequest { _, _ in #expect(throws: Never.self) { try live.move(rounds: 20) } }
        }
        verify(try await watched(live).inspector.survey(.all { _ in true }), "every request")
    }

    /// Records that nobody ought to write: they make nobody stumble.
    @Test func hostileRecords() async throws {
        let extremes: [Int64] = [.min, .min + 1, -1, 0, 5, .max - 1, .max]
        var seen = 0
        for location in OffsetSyncsLocation.allCases {
            for upstream in extremes {
                for downstream in extremes {
                    let estate = Estate(syncsOn: location), orders = place("orders")
                    estate.mirror(orders, upTo: 10, copiedTo: 10)
                    if downstream != 5 { try estate.sync(orders, downstream, upstream) }
                    try estate.checkpoint("billing", orders, upstream, downstream, isExact: upstream == 5, at: upstream)
                    try estate.checkpoint("other", orders, upstream, downstream, at: downstream, isCaptured: true)
                    estate.commitOnSource("billing", orders, upstream)
                    estate.commitOnTarget("billing", orders, downstream)
                    let beat = Heartbeat(sourceAlias: "west", targetAlias: "east", timestamp: upstream)
                    let record = Record(key: try beat.encodedKey(), value: beat.encodedValue(), timestamp: upstream)
                    estate.east.update { _ = $0.append(record, to: place("heartbeats")) }
                    for isLost in [false, true] {
                        var watched = Watched(estate)
                        watched.sourceLost = isLost
                        let survey = try await watched.inspector.survey(.all { _ in true })
                        let look = try await watched.inspector.groups(.named(["billing", "other"]), thorough: true)
                        let positions = survey.groups.flatMap(\.positions) + look.groups.flatMap(\.positions)
                        seen += positions.count
                        for position in positions {
                            #expect(position.ifLost.maxReplay ?? 0 >= 0 && position.lag ?? 0 >= 0 && position.ifLost.maxSkipped >= 0)
                            #expect((0...10).contains(position.ifLost.position ?? 0), "\(position)")
                            #expect(!look.context.explain(position).summary.isEmpty)
                        }
                    }
                }
            }
        }
        #expect(seen > 200)
    }
}
