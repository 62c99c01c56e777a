import Cutover
import Foundation
import InMemoryKafka
import KafkaClient
import MirroredEstate
import OffsetTranslate
import TestSupport
import Testing

/// The cases of the way home, one by one. `FailbackPropertyTests` mixes them.
@Suite struct FailbackPlannerTests {
    private let orders = place("orders")

    private func record(_ number: Int) -> Record { Record(value: Array("\(number)".utf8), timestamp: Int64(number)) }

    private func append(_ numbers: Range<Int>, to partition: Place, of cluster: InMemoryCluster) {
        let records = numbers.map(record)
        cluster.update { contents in for record in records { contents.append(record, to: partition) } }
    }

    private func planner(_ estate: Estate, identity: Bool = false) -> FailbackPlanner {
        FailbackPlanner(
            flow: estate.flow, reversePolicy: identity ? IdentityReplicationPolicy(sourceAlias: "east") : DefaultReplicationPolicy(),
            home: estate.west, away: estate.east)
    }

    /// Copies of 0..<10, a sync of the last one; 10..<13 never got over, and 100..<105 were written on the target.
    private func estate(_ policy: any ReplicationPolicy = DefaultReplicationPolicy()) throws -> Estate {
        let estate = Estate(policy)
        append(0..<13, to: orders, of: estate.west)
        append(0..<10, to: estate.flow.target(of: orders), of: estate.east)
        append(100..<105, to: estate.flow.target(of: orders), of: estate.east)
        try estate.sync(orders, 9, 9, isStrict: true)
        return estate
    }

    private func partition(_ plan: FailbackPlan, _ away: Place) throws -> FailbackPartition {
        try #require(plan.partitions.first { $0.away == away })
    }

    @Test func theFenceAndWhatLiesOnEitherSide() async throws {
        let estate = try estate()
        let copy = estate.flow.target(of: orders)
        let plan = try await planner(estate).plan(.all { _ in true })
        let found = try partition(plan, copy)
        #expect(found.fence == CopyFence(start: 10, end: 10, firstWritten: 10, home: 10, basis: .records))
        #expect(found.divergence == Divergence(partition: orders, ranges: [LogBounds(start: 10, end: 13)], records: 3, isCounted: true))
        #expect(plan.starts == [
            ReverseStart(partition: copy, offset: 10, target: orders, targetOffset: 13, lastCopy: CopyPair(original: 9, copy: 9))
        ])
        #expect(found.written == 5)
    }

    /// Both flows keep their syncs in topics whose names don't tell; read as the other's, they would skip records.
    @Test func syncsOfAnotherFlowAreNotRead() async throws {
        let stranger = ReplicationFlow(from: "north", to: "south", policy: DefaultReplicationPolicy())
        for isReverse in [false, true] {
            let estate = try estate(), planner = planner(estate)
            let (cluster, topic) = isReverse
                ? (estate.west, planner.reverse.offsetSyncsTopic) : (estate.east, planner.flow.offsetSyncsTopic)
            let sync = OffsetSync(topicPartition: orders, upstreamOffset: 9, downstreamOffset: 9)
            let record = Record(
                key: try sync.encodedKey(), value: sync.encodedValue(),
                headers: [Header(name: FlowMarker.headerName, value: FlowMarker.encoded(stranger))])
            cluster.update { _ = $0.append(record, to: place(topic)) }
            await #expect(throws: SyncsOfAnotherFlow.self) { try await planner.plan(.all { _ in true }) }
        }
    }

    /// With the default policy a topic of the target's own comes home under its alias, and a copy that nobody wrote to not at all.
    @Test func topicsOfTheTargetsOwn() async throws {
        let estate = Estate()
        append(0..<10, to: orders, of: estate.west)
        append(0..<10, to: estate.flow.target(of: orders), of: estate.east)
        append(50..<60, to: orders, of: estate.east)
        try estate.sync(orders, 9, 9, isStrict: true)
        estate.east.update { $0.commit(7, place("west.orders"), by: "g") }
        estate.east.update { $0.commit(3, place("orders"), by: "g") }
        let plan = try await planner(estate).plan(.named(["g"]))
        #expect(try partition(plan, place("west.orders")).reverse == .nothingWritten)
        let local = try partition(plan, place("orders"))
        #expect(local.home == place("east.orders") && local.origin == .local && local.reverse == .fromBeginning && local.homeLog == nil)
        #expect(plan.starts.isEmpty && plan.divergences.isEmpty)
        #expect(plan.groups.planned("g", place("west.orders"))?.translation.position == 7)
        let waiting = try #require(plan.groups.planned("g", place("orders")))
        #expect(waiting.commit == nil && "\(waiting.action)".contains("no mirror has brought home"))
    }

    @Test(arguments: [true, false]) func aSourceThatWasRebuilt(isMissing: Bool) async throws {
        let estate = try estate(IdentityReplicationPolicy(sourceAlias: "west"))
        estate.west.update { isMissing ? $0.deleteTopic("orders") : $0.recreateTopic("orders") }
        estate.east.update { $0.commit(4, place("orders"), by: "g") }
        let plan = try await planner(estate, identity: true).plan(.named(["g"]))
        let found = try partition(plan, orders)
        #expect(found.origin == .copyOfLostLog && found.divergence == nil && found.reverse == .fromBeginning)
        #expect(plan.groups.planned("g", orders)?.commit == nil)
    }

    /// The log end is beyond the newest sync's record again, and the records say that it is another log.
    @Test func aRebuiltSourceThatHasGrown() async throws {
        let estate = try estate(IdentityReplicationPolicy(sourceAlias: "west"))
        estate.west.update { $0.recreateTopic("orders") }
        append(500..<520, to: orders, of: estate.west)
        estate.east.update { $0.commit(4, place("orders"), by: "g") }
        let plan = try await planner(estate, identity: true).plan(.named(["g"]))
        let found = try partition(plan, orders)
        #expect(found.origin == .copyOfLostLog && found.fence.start == 0 && found.divergence?.records == 20)
        #expect(plan.groups.planned("g", orders)?.commit == nil)
    }

    /// Where records may not be read, only what the syncs say counts, and all that may be missing counts as missing.
    @Test func withoutReading() async throws {
        let estate = try estate()
        let copy = estate.flow.target(of: orders)
        estate.east.update { $0.commit(10, copy, by: "at-the-fence") }
        estate.east.update { $0.commit(12, copy, by: "above") }
        var planner = planner(estate)
        planner.limits.records = 1
        let plan = try await planner.plan(.all { _ in true })
        let found = try partition(plan, copy)
        #expect(found.fence == CopyFence(start: 10, end: 15, firstWritten: 10, home: 10, basis: .lastSync))
        #expect(found.divergence?.records == 3 && found.divergence?.isCounted == false && !found.warnings.isEmpty)
        #expect(plan.groups.planned("at-the-fence", copy)?.translation.position == 10)
        #expect(plan.groups.planned("above", copy)?.commit == nil)
    }

    /// What a group has read at home before, it need not be asked about.
    @Test func whatWasReadAtHomeIsNotMissed() async throws {
        let estate = try estate()
        let copy = estate.flow.target(of: orders)
        append(100..<105, to: orders, of: estate.west)
        let sync = OffsetSync(topicPartition: copy, upstreamOffset: 10, downstreamOffset: 13)
        let record = Record(
            key: try sync.encodedKey(), value: sync.encodedValue(),
            headers: [Header(name: StrictMarker.headerName, value: StrictMarker(previous: nil).encoded())])
        let planner = planner(estate)
        let topic = place(planner.reverse.offsetSyncsTopic)
        estate.west.update { _ = $0.append(record, to: topic) }
        for (group, seen) in [("all", Int64(13)), ("some", 11)] {
            estate.east.update { $0.commit(12, copy, by: group) }
            estate.west.update { $0.commit(seen, place("orders"), by: group) }
        }
        let plan = try await planner.plan(.all { _ in true })
        #expect(plan.groups.planned("all", copy)?.commit?.offset == 15)
        #expect(plan.groups.planned("some", copy)?.commit == nil)
        // The policy calls it a cycle: a mirror that starts again takes it only where it is told to.
        let cycle = ReverseStart(partition: copy, offset: 10, target: orders, targetOffset: 13, lastCopy: nil)
        #expect(try partition(plan, copy).reverse == .begun(first: 10, cycle: cycle) && plan.starts == [cycle])
    }

    /// Groups that go home before all that was written on the target would never see the rest.
    @Test func whatIsNotHomeSpeaksAgainstIt() async throws {
        let estate = try estate()
        let copy = estate.flow.target(of: orders)
        estate.east.update { $0.commit(12, copy, by: "billing") }
        estate.west.update { $0.commit(13, place("orders"), by: "billing") }
        var planner = planner(estate)
        planner.checking = .init(quietTime: .zero)
        func failed() async throws -> [Check.Kind] {
            try await planner.plan(.all { _ in true }).groups.checks.filter { $0.status == .failed }.map(\.kind)
        }
        append(100..<104, to: orders, of: estate.west)
        #expect(try await failed().contains(.mirrorBehind))
        append(104..<105, to: orders, of: estate.west)
        #expect(try await !failed().contains(.mirrorBehind))
        estate.east.beforeEachRequest { request, east in
            if request.kind == .logBounds { east.update { _ = $0.append(Record(value: [9], timestamp: 9), to: copy) } }
        }
        #expect(try await failed().contains(.sourceTakesWrites))
        planner.checking = nil
        #expect(try await planner.plan(.all { _ in true }).groups.checks.map(\.kind) == [.groupActiveOnTarget, .groupActiveOnSource, .rewind, .positionUnknown])
    }

    @Test func anUnknownGroupIsNamed() async throws {
        let estate = try estate()
        await #expect(throws: NothingCommitted.self) { try await planner(estate).plan(.named(["nobody"])) }
    }

    @Test func theExportIsCompleteOrNotThere() async throws {
        let estate = try estate()
        let plan = try await planner(estate).plan(.all { _ in true })
        let path = scratch.appendingPathComponent("divergence-\(UUID().uuidString)").path
        estate.west.fail(at: Trigger(1, .scan), Fault(.before))
        await #expect(throws: KafkaError.self) { try await DivergenceExport(of: estate.west, to: path).write(plan.divergences) }
        #expect(!FileManager.default.fileExists(atPath: path) && !FileManager.default.fileExists(atPath: path + ".part"))
        let outcome = try await DivergenceExport(of: estate.west, to: path).write(plan.divergences)
        #expect(outcome.records == 3 && outcome.gone == 0)
        let lines = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n")
        #expect(lines.first == #"{"headers":[],"key":null,"offset":10,"partition":0,"timestamp":10,"topic":"orders","value":"MTA="}"#)
        #expect(lines.count == 3)
        await #expect(throws: DivergenceExportError.self) { try await DivergenceExport(of: estate.west, to: path).write(plan.divergences) }
    }

    @Test func theStartsComeBackFromTheirFile() async throws {
        let estate = try estate()
        let plan = try await planner(estate).plan(.all { _ in true })
        let path = scratch.appendingPathComponent("starts-\(UUID().uuidString)").path
        try ReverseStartFile(plan).write(to: path)
        let file = try ReverseStartFile(path: path)
        #expect(file == ReverseStartFile(plan) && file.starts.map(\.start) == plan.starts && file.source == "east")
    }
}
