import Inspection
import InMemoryKafka
import KafkaClient
import MirroredEstate
import MirrorHistories
import OffsetTranslate
import TestSupport

/// A random history, groups that stood somewhere in it at some time, and what a failover from it would come to in truth.
struct LostSource {
    struct Group {
        var name: String
        var commit: Int64
        /// It has gone back on the source since something was written of it.
        var wasReset: Bool
    }

    static let orders = place("orders")
    let world: World
    let estate: Estate
    private(set) var groups: [Group] = []
    private let scenario: Scenario
    private var random: SeededGenerator

    /// Milliseconds since the epoch at which a source offset's record was written.
    static func writtenAt(_ offset: Int64) -> Int64 { 1_000 + offset * 10 }

    /// `nil` where the history breaks what positions rest on (``World/truncationsShow(toOneWhoKnowsTheLogEnd:)``).
    init?(_ seed: UInt64) throws {
        random = SeededGenerator(seed: seed ^ 0xFA11)
        var scenario = Scenario.random(seed: seed)
        if !World(scenario).earlierCopiesShow { scenario = scenario.drained }
        self.scenario = scenario
        world = World(scenario)
        guard Self.isHonest(world) else { return nil }
        estate = Estate(syncsOn: Bool.random(using: &random) ? .source : .target)
        fillLogs()
        for sync in world.syncs { try write(sync) }
        if estate.flow.offsetSyncsLocation == .source, Bool.random(using: &random) { try capture() }
        for number in 0..<4 { try addGroup("g\(number)") }
    }

    private static func isHonest(_ world: World) -> Bool { world.truncationsShow(toOneWhoKnowsTheLogEnd: true) && world.earlierCopiesShow }

    /// The same history when it was younger; one in which nothing was hidden at that time.
    private mutating func earlier() -> World {
        var scenario = scenario
        scenario.steps.removeLast(Int.random(in: 0...scenario.steps.count, using: &random))
        let earlier = World(scenario)
        return Self.isHonest(earlier) ? earlier : world
    }

    private func fillLogs() {
        let world = world, copy = estate.flow.target(of: Self.orders)
        estate.west.update { contents in
            contents.log(Self.orders) { log in
                for offset in world.source {
                    log.extend(to: offset)
                    log.append(Record(value: [1], timestamp: Self.writtenAt(offset)))
                }
                log.extend(to: world.sourceEnd)
            }
        }
        estate.east.update { contents in
            contents.log(copy) { log in
                log.extend(to: world.bounds.end)
                log.deleteRecords(before: world.bounds.start)
            }
        }
    }

    private func write(_ sync: LoggedSync) throws {
        let previous = sync.marker?.previous.map { ($0.upstreamOffset, $0.downstreamOffset) }
        try estate.sync(Self.orders, sync.upstream, sync.downstream, strictAfter: previous, isStrict: sync.marker != nil)
    }

    /// A capture that may be behind.
    private mutating func capture() throws {
        var flow = estate.flow
        flow.offsetSyncsLocation = .target
        let topic = place(flow.offsetSyncsTopic)
        for (number, sync) in earlier().syncs.enumerated() {
            let entry = OffsetSync(topicPartition: Self.orders, upstreamOffset: sync.upstream, downstreamOffset: sync.downstream)
            var headers = [Header(name: CapturedMarker.headerName, value: CapturedMarker(sourceOffset: Int64(number)).encoded())]
            if let marker = sync.marker { headers.append(Header(name: StrictMarker.headerName, value: marker.encoded())) }
            let record = Record(key: try entry.encodedKey(), value: entry.encodedValue(), headers: headers, timestamp: 1_000)
            estate.east.update { _ = $0.append(record, to: topic) }
        }
    }

    private mutating func addGroup(_ name: String) throws {
        let commit = Int64.random(in: 0...world.sourceEnd, using: &random)
        var group = Group(name: name, commit: commit, wasReset: false)
        estate.commitOnSource(name, Self.orders, commit)
        for isCaptured in [false, true] where Int.random(in: 0..<3, using: &random) > 0 {
            let then = earlier()
            let most = Int.random(in: 0..<4, using: &random) == 0 ? then.sourceEnd : min(commit, then.sourceEnd)
            // Most groups move on; how far they had come is all that it was like in an earlier log, too.
            let upstream = Int64.random(in: max(0, most - 6)...most, using: &random)
            guard let (downstream, isExact) = position(of: upstream, in: then, isCaptured) else { continue }
            group.wasReset = group.wasReset || upstream > commit
            try estate.checkpoint(
                name, Self.orders, upstream, downstream, isExact: isExact, at: 2_000 + Int64.random(in: 0...1, using: &random), isCaptured: isCaptured)
        }
        groups.append(group)
    }

    /// MM2 writes checkpoints, which go by its own store. Our mirror and a capture translate as a plan does.
    var isStock: Bool { if case .strict = world.scenario.emission { false } else { true } }

    /// What is written of a group that stands there.
    private func position(of upstream: Int64, in world: World, _ isCaptured: Bool) -> (Int64, isExact: Bool)? {
        if !isStock || isCaptured {
            var history = PartitionHistory()
            for sync in world.syncs { history.append(upstreamOffset: sync.upstream, downstreamOffset: sync.downstream, marker: sync.marker) }
            let translation = history.translate(upstream)
            return translation.position.map { ($0, translation.kind == .exact && translation.warnings.isEmpty) }
        }
        var store = StockOffsetSyncStore()
        for sync in world.syncs { store.append(Self.orders, upstreamOffset: sync.upstream, downstreamOffset: sync.downstream) }
        store.finishReadingToEnd()
        guard case .offset(let offset) = store.translate(Self.orders, upstream) else { return nil }
        return (offset, false)
    }

    // MARK: The truth

    /// Records that a group wants from `commit` on and would not be given from a target offset on.
    func skipped(_ commit: Int64, from position: Int64) -> Int {
        world.latest(wanted: true).count { $0.upstream >= commit && $0.downstream < position }
    }

    /// Records between a target offset and where the group has to go on.
    func readAgain(_ commit: Int64, from position: Int64) -> Int {
        let right = world.latest(wanted: false).filter { $0.upstream >= commit }.map(\.downstream).min() ?? world.bounds.end
        return world.copies.count { $0 >= position && $0 < right }
    }

    /// Records of the source that were never copied.
    var uncopied: [Int64] { world.source.filter { world.firstCopies[$0] == nil } }

    /// The newest sync is of the logs as they are now.
    var isSyncedSince: Bool { world.syncs.last.map { world.target[$0.downstream]?.epoch == world.epoch } ?? true }
}
