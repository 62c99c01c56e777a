import Cutover
import KafkaClient

extension ConfirmationOptions {
    /// Keeps others from the plan's flow while `body` runs.
    func locked<Result: Sendable>(
        _ plan: CutoverPlan, _ target: LibrdkafkaCluster, _ body: @escaping @Sendable () async throws -> Result
    ) async throws -> Result {
        guard !allowConcurrentRuns else { return try await body() }
        // The same for both directions: a cutover and a failback get into each other's way as well.
        let flow = [plan.sourceAlias, plan.targetAlias].sorted().joined(separator: "<->")
        return try await RunLock(flow: flow, by: .current, on: target).hold(body)
    }
}
