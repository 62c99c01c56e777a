import InMemoryKafka
import KafkaClient
import Synchronization
import Testing

@testable import MirrorLoop

/// Tier 2: positions committed on the target.
@Suite struct GroupOffsetSyncTests {
    private let world = GroupOffsetWorld()

    @Test func whatIsLowerIsMovedAndTheRestStays() async throws {
        var sync = world.sync()
        let round = try await sync.round(world.wanted)
        let (orders, stock) = (world.orders, world.stock)
        // Raised to the log's start.
        #expect(world.target.contents.groups["fresh"]?.commits == [
            orders[0]: .init(offset: 100, metadata: "m"), orders[1]: .init(offset: 800, metadata: "m"),
        ])
        #expect(world.offsets(of: "billing") == [orders[0]: 200, stock: 20])
        #expect(world.target.contents.groups["search"]?.commits == [
            orders[0]: .init(offset: 400, metadata: "theirs"), orders[1]: .init(offset: 30, metadata: "m"), stock: .init(offset: 30, metadata: "m"),
        ])
        #expect(world.offsets(of: "busy") == [orders[0]: 120])
        #expect(round.counts == GroupOffsetCounts(groups: 3, partitions: 6, inUse: 1, ahead: 1, failed: 0) && round.warnings().isEmpty)
        #expect("\(round.counts)" == "committed 6 positions of 3 groups; 1 in use there; 1 ahead there by themselves")
    }

    @Test func onlyWhatHasChangedIsLookedAt() async throws {
        var sync = world.sync(), wanted = world.wanted
        wanted.groups["busy"] = nil
        _ = try await sync.round(wanted)
        world.target.forgetRequests()
        for _ in 0..<5 { #expect(try await sync.round(wanted).counts == GroupOffsetCounts()) }
        #expect(world.target.requests.isEmpty)
        wanted.groups["billing"]?[world.stock]?.offset = 21
        _ = try await sync.round(wanted)
        #expect(world.offsets(of: "billing") == [world.orders[0]: 200, world.stock: 21])
        #expect(world.target.requests.compactMap(\.group) == ["billing", "billing", "billing"])
        // The one partition that has changed.
        #expect(world.target.requests.first { $0.kind == .commit }?.partitions == [world.stock])
    }

    @Test func expiredCommitsAreMadeAnewInTime() async throws {
        var sync = world.sync(), wanted = world.wanted
        wanted.groups = ["billing": wanted.groups["billing"] ?? [:]]
        _ = try await sync.round(wanted)
        world.target.update { $0.groups["billing"]?.commits = [:] }
        for _ in 0..<10 { _ = try await sync.round(wanted) }
        #expect(world.offsets(of: "billing") == [world.orders[0]: 200, world.stock: 20])
    }

    @Test func whoWasAheadOnceIsLeftAloneThere() async throws {
        var sync = world.sync(), wanted = world.wanted
        _ = try await sync.round(wanted)
        wanted.groups["search"]?[world.orders[0]]?.offset = 700
        wanted.groups["search"]?[world.stock]?.offset = 70
        let round = try await sync.round(wanted)
        #expect(world.offsets(of: "search")[world.orders[0]] == 400 && world.offsets(of: "search")[world.stock] == 70)
        #expect(round.counts.ahead == 1)
        // Its commit is gone: there is nothing of its own left to keep.
        world.target.update { [partition = world.orders[0]] in $0.groups["search"]?.commits[partition] = nil }
        wanted.groups["search"]?[world.orders[0]]?.offset = 701
        _ = try await sync.round(wanted)
        #expect(world.offsets(of: "search")[world.orders[0]] == 701)
        wanted.groups["search"]?[world.orders[0]]?.offset = 702
        _ = try await sync.round(wanted)
        #expect(world.offsets(of: "search")[world.orders[0]] == 702)
    }

    /// The source goes back: the target is not taken back, and goes on when the source is past it again; a mirror before this one too.
    @Test(arguments: [false, true]) func aMirrorsOwnCommitIsNotTakenForTheGroups(isRestarted: Bool) async throws {
        var sync = world.sync(), wanted = world.wanted
        wanted.groups = ["billing": [world.stock: .init(offset: 300)]]
        _ = try await sync.round(wanted)
        if isRestarted { sync = world.sync(own: ["billing": [world.stock: 300]]) }
        wanted.groups["billing"]?[world.stock]?.offset = 250
        #expect(try await sync.round(wanted).counts == GroupOffsetCounts())
        #expect(world.offsets(of: "billing")[world.stock] == 300)
        wanted.groups["billing"]?[world.stock]?.offset = 301
        _ = try await sync.round(wanted)
        #expect(world.offsets(of: "billing")[world.stock] == 301)
    }

    @Test func nothingWithoutKnowingTheState() async throws {
        world.target.update { $0.unsupported = [.groups] }
        var sync = world.sync()
        let before = world.target.contents, round = try await sync.round(world.wanted)
        #expect(round.isUnsupported && round.warnings().count == 1 && world.target.contents == before)
        #expect(round.warnings()[0].hasPrefix("group offsets not committed on 'east': could not list consumer groups"))
    }

    @Test func refusalsAndLogsThatAreTooShort() async throws {
        var wanted = world.wanted
        wanted.groups = [
            "billing": [world.orders[1]: .init(offset: 5), world.stock: .init(offset: 20)],
            "fresh": [.init(topic: "west.gone", partition: 0): .init(offset: 1), world.orders[0]: .init(offset: 1001)],
        ]
        world.target.update { [stock = world.stock] in $0.refusedCommits[stock] = .topicAuthorizationFailed }
        var sync = world.sync()
        let round = try await sync.round(wanted)
        #expect(world.offsets(of: "billing") == [world.orders[0]: 150, world.orders[1]: 5] && world.offsets(of: "fresh") == [:])
        let warnings = round.warnings()
        #expect(warnings.count == 3)
        #expect(warnings.contains { $0.hasPrefix("group 'billing': not committed: could not commit offsets (group 'billing', west.stock-0, cluster 'east')") })
        #expect(warnings.contains("group 'fresh': west.gone-0 does not exist on 'east'; nothing committed for it"))
        #expect(warnings.contains { $0.contains("west.orders-0 on 'east': the mirror has written up to 1001 there, and the log is 100..<1000") })
        // It is tried again.
        world.target.update { $0.refusedCommits = [:] }
        _ = try await sync.round(wanted)
        #expect(world.offsets(of: "billing")[world.stock] == 20)
    }

    /// Each look at the clock is a second later: nothing is committed on the strength of an old look.
    @Test func anOldLookIsNotActedOn() async throws {
        var sync = world.sync(), wanted = world.wanted
        wanted.groups = ["billing": wanted.groups["billing"] ?? [:]]
        let start = ContinuousClock.now, looks = Mutex(0)
        sync.now = { looks.withLock { $0 += 1; return start + .milliseconds(700 * $0) } }
        let round = try await sync.round(wanted)
        #expect(world.offsets(of: "billing") == [world.orders[0]: 150])
        #expect(round.counts.failed == 1 && round.warnings().count == 1 && round.warnings()[0].contains("were not read within 1.0 s"))
        #expect(!world.target.requests.contains { $0.kind == .commit })
        // Tried three times.
        #expect(world.target.requests.filter { $0.kind == .groupsNamed }.count == 4)
    }

    /// A target that takes its time, ten milliseconds a request: batches keep to what a look is good for, and every group is served.
    @Test func batchesAreAsLargeAsALookIsFresh() async throws {
        var wanted = TranslatedPositions(), sync = world.sync()
        for group in 0..<500 { wanted.groups["g\(group)"] = [world.stock: .init(offset: 30)] }
        let start = ContinuousClock.now, target = world.target
        sync.parallelism = 1
        sync.now = { start + .milliseconds(10 * target.requests.count) }
        let round = try await sync.round(wanted)
        #expect(round.counts == GroupOffsetCounts(groups: 500, partitions: 500) && round.warnings().isEmpty)
        let requests = target.requests
        let ages = requests.indices.filter { requests[$0].kind == .commit }.map { commit in
            commit - (requests[..<commit].lastIndex { $0.kind == .groupsNamed } ?? 0)
        }
        #expect(ages.count == 500 && ages.allSatisfy { $0 <= 101 })
        // And no smaller than that.
        #expect(requests.filter { $0.kind == .groupsNamed }.count < 80)
    }

    @Test func aCommitThatTakesLongLeavesADoubtAndSaysSo() async throws {
        var sync = world.sync(), wanted = world.wanted
        wanted.groups = ["billing": wanted.groups["billing"] ?? [:]]
        let start = ContinuousClock.now
        sync.now = { [target = world.target] in start + (target.requests.contains { $0.kind == .commit } ? .seconds(4) : .zero) }
        let round = try await sync.round(wanted)
        #expect(round.warnings() == [
            "group 'billing': committing took 4.0 s; had it been started and stopped meanwhile, west.orders-0@200, west.stock-0@20 may have set it back: "
                + "what it has done on 'east' since then would be done again"
        ])
    }

    /// 10,000 groups are one bounded pass, and the next costs nothing.
    @Test func manyGroupsAreOnePass() async throws {
        var wanted = TranslatedPositions(), sync = world.sync()
        for group in 0..<10_000 {
            wanted.groups["g\(group)"] = [world.orders[0]: .init(offset: 200 + Int64(group % 700)), world.stock: .init(offset: Int64(group % 500))]
        }
        let round = try await sync.round(wanted)
        #expect(round.counts == GroupOffsetCounts(groups: 10_000, partitions: 20_000))
        let kinds = Dictionary(grouping: world.target.requests, by: \.kind).mapValues(\.count)
        #expect(kinds[.commit] == 10_000 && kinds[.committedOffsets] == 20_000)
        #expect(kinds[.groupsNamed, default: 0] < 30 && kinds[.logBounds, default: 0] < 30 && kinds.count == 4)
        world.target.forgetRequests()
        _ = try await sync.round(wanted)
        #expect(world.target.requests.isEmpty)
    }
}
