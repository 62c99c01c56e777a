import Cutover
import InMemoryKafka
import KafkaClient
import MirroredEstate
import OffsetTranslate
import TestSupport
import Testing

/// What must hold of every way home, whatever happened before.
@Suite struct FailbackPropertyTests {
    /// Raise it for a longer search; it has passed 3,000.
    static let histories: UInt64 = 300

    @Test(arguments: [DivergenceHandling.undecided, .passOver, .read])
    func theWayHome(_ handling: DivergenceHandling) async throws {
        var tally: [String: Int] = [:]
        var failures = 0
        for seed in UInt64(1)...Self.histories where failures < 3 {
            var world = try FailbackWorld(seed: seed)
            if let failure = try await Self.failure(&world, handling, &tally) {
                failures += 1
                Issue.record("seed \(seed) (\(world.emission), alike \(world.isAlike), identity \(world.identity), rebuilt \(world.wasRebuilt), interleaved \(world.interleaves)): \(failure)\n west \(world.west)\n east \(world.east)")
            }
        }
        for name in ["exact fence", "inexact fence", "below", "above", "exact below", "exact above", "divergence", "rebuilt", "interleaved"] {
            #expect(tally[name, default: 0] >= 30, "\(name): \(tally)")
        }
    }

    private static func failure(
        _ world: inout FailbackWorld, _ handling: DivergenceHandling, _ tally: inout [String: Int]
    ) async throws -> String? {
        for position in 0...world.east.count {
            let copy = world.copy, orders = world.orders, ends = Int64(world.west.count)
            world.estate.east.update { $0.commit(Int64(position), copy, by: "g\(position)") }
            // Some had read at home what others had not.
            if position % 3 == 0, ends > 0, !world.wasRebuilt {
                world.estate.west.update { $0.commit(Int64(position) % (ends + 1), orders, by: "g\(position)") }
            }
        }
        var planner = FailbackPlanner(
            flow: world.estate.flow,
            reversePolicy: world.identity ? IdentityReplicationPolicy(sourceAlias: "east") : DefaultReplicationPolicy(),
            home: world.estate.west, away: world.estate.east)
        planner.handling = handling
        let before = try await planner.plan(.all { _ in true })
        guard let partition = before.partitions.first(where: { $0.away == world.copy }) else { return "no partition" }
        if let failure = check(partition, world, &tally) { return failure }
        if let failure = check(before, partition, world, handling, &tally) { return "at first: \(failure)\n FailbackPartition \(partition)" }
        let start = before.starts.first { $0.partition == world.copy }
        if start == nil, partition.written > 0 , world.identity, partition.reverse != .fromBeginning { return "no start, and \(partition.written) written" }
        let count = Int(SeededGenerator.mixed(world.seed) % 12)
        try world.copyHome(start, count: count, reverse: planner.reverse)
        let after = try await planner.plan(.all { _ in true })
        guard let later = after.partitions.first(where: { $0.away == world.copy }) else { return "no partition" }
        return check(after, later, world, handling, &tally).map { "after \(count) came home: \($0)\n \(later)" }
    }

    private static func check(_ partition: FailbackPartition, _ world: FailbackWorld, _ tally: inout [String: Int]) -> String? {
        let fence = partition.fence
        let first = partition.awayLog.start
        let records = world.east.indices.filter { Int64($0) >= first }.compactMap { offset in world.east[offset].map { (Int64(offset), $0) } }
        if !world.wasRebuilt, let lost = records.first(where: { world.eastBorn.contains($0.1) && $0.0 < fence.start }) {
            return "the reverse mirror would leave out \(lost): \(fence)"
        }
        if world.wasRebuilt { tally["rebuilt", default: 0] += 1 }
        if world.interleaves, fence.start < fence.end { tally["interleaved", default: 0] += 1 }
        tally[fence.isExact ? "exact fence" : "inexact fence", default: 0] += 1
        // Of copies whose originals are gone, that a mirror went back to, nothing tells.
        if !world.wasRebuilt, !((world.isCompacted || world.hasExpired) && world.hidesReturn), let doubled = records.first(where: { !world.eastBorn.contains($0.1) && $0.0 >= fence.end }) {
            return "a copy above the fence's end, \(doubled): \(fence)"
        }
        guard let divergence = partition.divergence else { return nil }
        let copied = Set(world.east.compactMap { $0 })
        let never = world.readable.filter { !copied.contains($0.number) && !world.eastBorn.contains($0.number) }
        if let missed = never.first(where: { record in !divergence.ranges.contains { $0.start <= record.offset && record.offset < $0.end } }) {
            return "the divergence lacks \(missed): \(divergence)"
        }
        if !never.isEmpty { tally["divergence", default: 0] += 1 }
        if fence.isExact, divergence.isCounted, !world.hasExpired, !world.isAlike, divergence.records != Int64(never.count) {
            return "the divergence is \(never), not \(divergence)"
        }
        return nil
    }

    private static func check(
        _ plan: FailbackPlan, _ partition: FailbackPartition, _ world: FailbackWorld, _ handling: DivergenceHandling,
        _ tally: inout [String: Int]
    ) -> String? {
        let everGivenEast = Set(world.east.compactMap { $0 })
        for offset in plan.groups.offsets where offset.source == world.copy {
            if case .skip = offset.action { continue }
            guard let planned = offset.translation.position else { return "planned without a position: \(offset)" }
            let given = world.given(below: offset.upstream.offset)
            let seen = offset.current?.offset ?? 0
            let isAbove = offset.upstream.offset > partition.fence.firstWritten
            tally[isAbove ? "above" : "below", default: 0] += 1
            let unread = world.readable.filter { record in
                guard !given.contains(record.number) else { return false }
                // Left to a decision: what only the source has.
                return !(isAbove && !everGivenEast.contains(record.number) && (handling == .passOver || record.offset < seen))
            }
            // What lies behind the position, or has yet to come home, is still to be read.
            let ahead = Set(world.readable.filter { $0.offset >= planned }.map(\.number))
                .union(world.east.dropFirst(world.broughtHome ?? Int(partition.fence.start)).compactMap { $0 })
            if let skipped = unread.first(where: { $0.offset < planned && !ahead.contains($0.number) }) {
                return "skips \(skipped): \(offset)"
            }
            guard offset.translation.isExact, !world.hidesReturn else { continue }
            tally[isAbove ? "exact above" : "exact below", default: 0] += 1
            let end = partition.homeLog?.end ?? 0
            let right = unread.first { $0.offset >= planned }?.offset ?? end
            if let again = world.readable.first(where: { $0.offset >= planned && $0.offset < right }) {
                return "called exact, and reads \(again) again: \(offset), right is \(right)"
            }
        }
        return nil
    }
}
