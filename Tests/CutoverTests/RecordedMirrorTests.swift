@testable import Cutover
import InMemoryKafka
import KafkaClient
import MirroredEstate
import OffsetTranslate
import Testing

/// A cutover of what stock MirrorMaker 2 really left behind, held against where the copies really are.
@Suite struct RecordedMirrorTests {
    private static let recordings = ["mm2-clean", "mm2-crash"]

    private func cutOver(_ recorded: RecordedMirror, sourceLost: Bool, proof: RecordProof? = nil) async throws -> CutoverPlan {
        var planner = Planner(flow: recorded.flow, source: sourceLost ? nil : recorded.source, target: recorded.target, checking: nil)
        planner.proof = proof
        let plan = try await planner.plan(.all { _ in true })
        #expect(plan.offsets.allSatisfy { $0.stockPosition ?? 0 <= $0.translation.position ?? .max })
        let outcomes = try await plan.apply(on: recorded.target)
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
                #expect(!offset.translation.isExact || replay == 0, "\(context)")
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
        // MM2 left group-partitions without a checkpoint: that is said, as is the loss of the syncs.
        #expect(plan.warnings.count { $0.contains("can't be planned") } == 1)
        #expect(plan.warnings.count == (location == .source ? 2 : 1))
        _ = try audit(plan, recorded)
    }

    /// What no offset sync can say, the records do: every position is the right one, and nothing is read again.
    @Test(arguments: recordings) func withBothLogsReadable(recording: String) async throws {
        let recorded = try RecordedMirror(recording, syncsOn: .source, withMM2sCommits: true, withRecords: true)
        let plan = try await cutOver(
            recorded, sourceLost: false, proof: RecordProof(source: recorded.source, target: recorded.target))
        #expect(plan.offsets.count == 108 && plan.offsets.allSatisfy(\.translation.isExact))
        let again = try audit(plan, recorded)
        print("\(recording): re-read \(again) with both logs read")
        #expect(again == 0)
    }

    /// The target's records alone show where nothing was copied twice.
    @Test(arguments: recordings) func withTheTargetReadAlone(recording: String) async throws {
        let recorded = try RecordedMirror(recording, syncsOn: .source, withMM2sCommits: false, withRecords: true)
        let plan = try await cutOver(recorded, sourceLost: false, proof: RecordProof(source: nil, target: recorded.target))
        let again = try audit(plan, recorded), proven = plan.offsets.count { $0.translation.kind == .exactByProof }
        print("\(recording): re-read \(again) with the target read alone, \(proven) of \(plan.offsets.count) positions proven so")
        #expect(again <= (recording == "mm2-clean" ? 2_208 : 5_281) && proven > 0)
    }
}
