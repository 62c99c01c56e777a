import Cutover
import KafkaClient
import OffsetTranslate

extension Carrying {
    /// What a fence is for does not speak against putting it up.
    static let fenced: Set<Check.Kind> = [.sourceTakesWrites, .mirrorBehind]

    /// Puts a fence up and plans again behind it.
    func fence(_ fence: some SourceFence, _ run: CutoverRun) async throws -> CutoverRun {
        let record = try await fence.prepare(for: Set(run.plan.offsets.map(\.source.topic)).sorted())
        do { try await run.raise(fence, record) } catch {
            Console.error("The fence may stand in part, and no group was moved. failover rollback \(run.id) takes it down.")
            throw error
        }
        Console.say("Fence up: \(record.text).")
        return try await planBehindFence(run)
    }

    /// Waits for writers and mirror, and plans the same groups again: with everything copied, positions are at their best.
    func planBehindFence(_ run: CutoverRun) async throws -> CutoverRun {
        guard let source = ground.source else { throw ExitStatus.refused }
        do {
            let pairs = run.plan.offsets.copies
            try await SourceDrain(source: source, target: ground.target, pairs: pairs).wait(quietTime: ground.quietTime, atMost: fenceTime) { failed in
                Console.say("Waiting: " + failed.map { "\($0.kind.rawValue) (\($0.findings.count))" }.joined(separator: ", "))
            }
            // Behind the fence only the target's side grows, so a higher position is no surprise.
            let (admitted, _) = try admission.admit(try await ground.lookAgain(at: run.plan, withProof: true))
            return try await run.replanned(admitted)
        } catch {
            Console.error("The fence is still up, and no group was moved. failover resume \(run.id) goes on; failover rollback \(run.id) takes it down.")
            throw error
        }
    }
}
