public import KafkaClient
import OffsetTranslate

/// Waits until nobody writes to a flow's topics on the source any more, and the mirror has copied everything.
public struct SourceDrain: Sendable {
    private let source: any KafkaCluster
    private let target: any KafkaCluster
    /// A source partition and its copy.
    private let pairs: [TopicPartition: TopicPartition]

    public init(source: any KafkaCluster, target: any KafkaCluster, pairs: [TopicPartition: TopicPartition]) {
        self.source = source
        self.target = target
        self.pairs = pairs
    }

    /// Both checks, as they are now: log ends are watched for the quiet time.
    public func checks(quietTime: Duration) async throws -> [Check] {
        let quiet = try await QuietSource(Array(pairs.keys), source, within: quietTime)
        return [try await quiet.check(), try await copied()]
    }

    /// Waits for both.
    ///
    /// - Parameter progress: Told what is still missing, after each look.
    /// - Throws: ``PlanRefused`` once the time is over: with writers that got past a fence, or a mirror that does not catch up.
    public func wait(quietTime: Duration, atMost time: Duration, progress: @Sendable ([Check]) -> Void = { _ in }) async throws {
        let deadline = ContinuousClock.now + time
        while true {
            let failed = try await checks(quietTime: quietTime).filter { $0.status == .failed }
            if failed.isEmpty { return }
            guard ContinuousClock.now < deadline else { throw PlanRefused(checks: failed) }
            progress(failed)
            try await Task.sleep(for: .milliseconds(200))
        }
    }

    func copied() async throws -> Check {
        let ends = try await CopiedEnd.compare(pairs.map { (source: $0, target: $1) }, source: source, target: target)
        return Check(
            .mirrorBehind, evidence: "the last records of \(counted(ends.count, "partition")) looked for in their copies",
            findings: ends.sorted { $0.key < $1.key }.compactMap { partition, end in
                switch end {
                case .complete: nil
                case .notSeen(let offset):
                    .init(partition: partition, detail: "the source's last record, at \(offset), is not among the copy's last 64")
                case .ambiguous(let offset):
                    .init(partition: partition, detail: "the source's last records, up to \(offset), are alike: whether all are copied can't be seen")
                }
            })
    }
}
