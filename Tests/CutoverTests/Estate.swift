@testable import Cutover
import InMemoryKafka
import KafkaClient
import MirroredEstate
import OffsetTranslate

typealias Place = TopicPartition

extension Estate {
    func planner(sourceLost: Bool = false) -> Planner {
        Planner(flow: flow, source: sourceLost ? nil : west, target: east, checking: .init(quietTime: .zero))
    }

    func plan(_ groups: String..., sourceLost: Bool = false) async throws -> CutoverPlan {
        try await planner(sourceLost: sourceLost)
            .plan(groups.isEmpty ? .all { _ in true } : .named(groups))
    }
}

extension CutoverPlan {
    /// Begins a run and carries it out.
    func apply(
        _ estate: Estate, _ journal: MemoryJournal = MemoryJournal(), parallelism: Int = 32, progress: @Sendable (Outcome) -> Void = { _ in }
    ) async throws -> [Outcome] {
        try await apply(on: estate.east, journal, parallelism: parallelism, progress: progress)
    }

    func apply(
        on target: InMemoryCluster, _ journal: MemoryJournal = MemoryJournal(), parallelism: Int = 32,
        progress: @Sendable (Outcome) -> Void = { _ in }
    ) async throws -> [Outcome] {
        var run = try await CutoverRun.begin(self, Approval(manner: "a test"), by: .test, id: .new(), journal.journal, on: target)
        run.parallelism = parallelism
        return try await run.apply(progress: progress)
    }

    /// The planned offset of a group for a source partition.
    func planned(_ group: String, _ source: Place) -> PlannedOffset? {
        offsets.first { $0.group == group && $0.source == source }
    }
}

extension Operator {
    static let test = Operator(user: "ann", host: "laptop", process: 7)
}
