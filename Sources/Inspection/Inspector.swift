public import Cutover
internal import Foundation
public import KafkaClient
public import OffsetTranslate

/// Looks at a flow: where groups stand on both sides and why, how far the copies are, and whether it is fit for a failover.
/// It changes nothing on either cluster.
///
/// Its calls throw ``KafkaError``, and ``SyncsOfAnotherFlow``.
public struct Inspector: Sendable {
    public var flow: ReplicationFlow
    /// What the flow is configured to do: its filters, and how often it does what.
    public var configuration: FlowConfiguration
    /// `nil` where it does not answer, and what is on the target has to do.
    public var source: (any KafkaCluster)?
    public var target: any KafkaCluster
    /// Plans what groups would get.
    var planner: Planner
    /// Why there is no source.
    public var sourceTrouble: String?
    public var thresholds = ReadinessThresholds()
    /// Told of what takes long: what is being done, how much of it is done, and of how much.
    public var progress: @Sendable (String, Int, Int) -> Void = { _, _, _ in }
    /// Milliseconds since the epoch.
    var now: @Sendable () -> Int64

    /// - Parameter planner: With the flow and its clusters; what it reads to prove positions, and where it keeps the history of syncs.
    public init(_ planner: Planner, _ configuration: FlowConfiguration) {
        self.init(planner, configuration, now: { Int64(Date().timeIntervalSince1970 * 1000) })
    }

    init(_ planner: Planner, _ configuration: FlowConfiguration, now: @escaping @Sendable () -> Int64) {
        self.planner = planner
        self.configuration = configuration
        self.now = now
        (flow, source, target) = (planner.flow, planner.source, planner.target)
    }
}
