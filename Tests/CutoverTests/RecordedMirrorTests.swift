@testable import Cutover
import InMemoryKafka
import KafkaClient
import OffsetTranslate
import Testing

/// A cutover of what stock MirrorMaker 2 really left behind, held against where the copies really are.
@Suite struct RecordedMirrorTests {
    private static let recordings = ["mm2-clean", "mm2-crash"]

    private func cutOver(_ recorded: RecordedMirror, sourceLost: Bool) async throws -> CutoverPlan {
        let plan = try await Planner(flow: recorded.flow, source: sourceLost ? nil : recorded.source, target: recorded.target)
            .plan(.all { _ in true })
        #expect(plan.offsets.allSatisfy { $0.stockPosition ?? 0 <= $0.translation.position ?? .max })
        let outcomes = try await Executor(target: recorded.target, journal: MemoryJournal().journal).apply(plan)
        for outcome in outcomes { #expect(outcome.succeeded, "\(outcome.failures)") }
        return plan
    }

    /// Whatever stands on the target now skips no record, and the plan's bounds hold. Returns records read again.
    private func audit(_ plan: CutoverPlan, _ recorded: RecordedMirror) throws -> Int {
        let standing = recorded.target.contents.groups
        var again = 0
        for offset in plan.offsets {
            let truth = try #require(recorded.truths[offset.source])
            let right = truth.right(offset.upstream.offset), context = "\(offset.group) \(offset.source) at \(offset.upstream.offset)"
            if let position = offset.translation.position {
                #expect(truth.records(right, position) == 0, "\(context): \(position) skips, \(right) is right")
                let replay = truth.records(position, right)
                #expect(replay <= offset.translation.maxReplay ?? .max, "\(context)")
                #expect(truth.records(offset.translation.high ?? .max, right) == 0, "\(context)")
                #expect(offset.translation.kind != .exact || replay == 0, "\(context)")
                #expect(truth.records(right, offset.translation.low ?? 0) == 0, "\(context)")
            }
            if let commit = standing[offset.group]?.commits[offset.target] {
                #expect(truth.records(right, commit.offset) == 0, "\(context): \(commit.offset) stands, \(right) is right")
                again += truth.records(commit.offset, right)
            }
        }
        return again
    }

    @Test(arguments: recordings, [true, false])
    func withTheSourceAlive(recording: String, withMM2sCommits: Bool) async throws {
        let recorded = try RecordedMirror(recording, syncsOn: .source, withMM2sCommits: withMM2sCommits)
        let plan = try await cutOver(recorded, sourceLost: false)
        #expect(plan.offsets.count == 108)
        let again = try audit(plan, recorded)
        // MM2 leaves some without any commit; here each gets one, and reads no more again than from the nearest sync.
        let commits = recorded.target.contents.groups.values.reduce(0) { $0 + $1.commits.count }
        #expect(commits == 108)
        #expect(again <= (recording == "mm2-clean" ? 25_960 : 12_046), "\(recording): \(again)")
    }

    @Test(arguments: recordings, OffsetSyncsLocation.allCases)
    func withTheSourceLost(recording: String, location: OffsetSyncsLocation) async throws {
        let recorded = try RecordedMirror(recording, syncsOn: location, withMM2sCommits: false)
        recorded.source.goDown()
        let plan = try await cutOver(recorded, sourceLost: true)
        #expect(!plan.offsets.isEmpty)
        #expect(plan.skipped.isEmpty)
        #expect(plan.warnings.count == (location == .source ? 1 : 0))
        _ = try audit(plan, recorded)
    }
}
