import Cutover
import Inspection
import KafkaClient
import MirrorHistories
import OffsetTranslate
import Testing

/// What must hold of what would be left if the source died, whatever happened to the mirror.
@Suite struct LostSourcePropertyTests {
    /// Raise it for a longer search.
    private static let histories: UInt64 = 2_500

    @Test func nothingIsSkippedUnseenAndBoundsHold() async throws {
        var tally: [String: Int] = [:], failures = 0
        for seed in 1...Self.histories {
            guard let lost = try LostSource(seed) else { continue }
            let watched = Watched(lost.estate)
            let survey = try await watched.inspector.survey(.all { _ in true })
            var found = survey.groups.flatMap(\.positions).compactMap { position in
                lost.groups.first { $0.name == position.group }.flatMap { failure(lost, $0, position, &tally) }
            }
            if let failure = lag(lost, survey.partitions.first, watched.now, &tally) { found.append(failure) }
            failures += found.isEmpty ? 0 : 1
            for text in found.prefix(2) where failures <= 5 { Issue.record("seed \(seed): \(text)\n  \(lost.world.scenario)\n  \(lost.world.syncs.map { ($0.upstream, $0.downstream) })") }
        }
        #expect(failures == 0)
        // The properties must not hold just because nothing was looked at.
        for name in ["left", "exact", "within", "ahead", "reset", "bounded", "lag", "lagging", "lag untold"] {
            #expect(tally[name, default: 0] >= Int(Self.histories) / 40, "\(name): \(tally)")
        }
    }

    private func failure(_ lost: LostSource, _ group: LostSource.Group, _ position: PositionSituation, _ tally: inout [String: Int]) -> String? {
        func fails(_ text: String) -> String { "\(text): \(position)" }
        guard let offset = position.ifLost.position else { return position.reason == .syncedExactly ? fails("exact, and gone") : nil }
        tally["left", default: 0] += 1
        let skipped = lost.skipped(group.commit, from: offset), again = lost.readAgain(group.commit, from: offset)
        if position.ifLost.maxSkipped > 0 { tally["ahead", default: 0] += 1 }
        if skipped > position.ifLost.maxSkipped { return fails("skips \(skipped)") }
        // MM2's own checkpoint does skip while it has yet to copy again what it had copied.
        if skipped > 0, !group.wasReset, !lost.world.wasTruncated, !(lost.isStock && lost.world.wentBack) { return fails("skips \(skipped) of a group that was not reset") }
        if skipped > 0, position.reason.severity != .problem { return fails("skips \(skipped), and is no problem") }
        if group.wasReset { tally["reset", default: 0] += 1 }
        guard lost.world.returnsShow else { return nil }
        if let most = position.ifLost.maxReplay {
            tally["bounded", default: 0] += 1
            if again > most { return fails("reads \(again) again") }
        }
        switch position.reason {
        case .syncedExactly:
            tally["exact", default: 0] += 1
            if again > 0 || skipped > 0 { return fails("exact, skips \(skipped), reads \(again) again") }
        case .syncedWithin(let records):
            tally["within", default: 0] += 1
            if records <= 0 || records != position.ifLost.maxReplay { return fails("within what?") }
        default: break
        }
        return nil
    }

    /// What is not copied is never understated, where nothing but copies of records lies behind the newest sync.
    private func lag(_ lost: LostSource, _ partition: PartitionSituation?, _ now: Int64, _ tally: inout [String: Int]) -> String? {
        guard let partition, let lag = partition.lag else {
            tally["lag untold", default: 0] += 1
            return nil
        }
        let world = lost.world, uncopied = lost.uncopied
        guard world.isMirrored || !behindNewestSync(world), world.returnsShow, lost.isSyncedSince else { return nil }
        if !world.isStrict, world.wentBack { return nil }
        tally["lag", default: 0] += 1
        tally[uncopied.isEmpty ? "drained" : "lagging", default: 0] += 1
        if lag.offsets < Int64(uncopied.count) { return "\(uncopied.count) are not copied: \(partition)" }
        if let oldest = uncopied.first, let age = lag.age, age < .milliseconds(now - LostSource.writtenAt(oldest)) { return "\(oldest) is older: \(partition)" }
        return nil
    }

    /// Something else than copies may lie there.
    private func behindNewestSync(_ world: World) -> Bool {
        guard let last = world.syncs.last else { return true }
        return ((last.downstream + 1)..<max(last.downstream + 1, world.bounds.end)).contains { world.target[$0] == nil }
    }
}
