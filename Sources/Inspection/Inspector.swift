public import Cutover
internal import Foundation
import KafkaClient
public import OffsetTranslate

/// Looks at a flow: where groups stand on both sides and why, how far the copies are, and whether it is fit for a failover.
/// It changes nothing on either cluster.
///
/// Its calls throw ``KafkaError``, and ``SyncsOfAnotherFlow``.
public struct Inspector: Sendable {
    /// What the flow is configured to do: its filters, how often it does what, and the limits of its checks.
    public var configuration: FlowConfiguration
    /// Plans what groups would get.
    var planner: Planner
    /// Milliseconds since the epoch.
    var now: @Sendable () -> Int64

    var flow: ReplicationFlow { planner.flow }
    /// `nil` where it does not answer, and what is on the target has to do.
    var source: (any KafkaCluster)? { planner.source }
    var target: any KafkaCluster { planner.target }

    /// - Parameter planner: With the flow and its clusters, without a source where that is lost; what it reads to prove positions, and
    ///   where it keeps the history of syncs.
    public init(_ planner: Planner, _ configuration: FlowConfiguration) {
        self.init(planner, configuration, now: { Int64(Date().timeIntervalSince1970 * 1000) })
    }

    init(_ planner: Planner, _ configuration: FlowConfiguration, now: @escaping @Sendable () -> Int64) {
        self.planner = planner
        self.configuration = configuration
        self.now = now
    }

    /// Looks at everything.
    ///
    /// A cluster that does not answer is what it is there to see: it does not throw for that. Without the source, what is on the
    /// target is looked at alone.
    /// - Parameter selection: The groups that are looked at.
    /// - Throws: Only what is wrong with the configuration, ``SyncsOfAnotherFlow``, and a `CancellationError`.
    public func survey(_ selection: Planner.Selection) async throws -> FlowSurvey {
        let time = now(), begun = ContinuousClock.now
        let isConfiguredLost = source == nil
        var trouble: KafkaError?
        do {
            return try await surveyed(selection, time, begun)
        } catch let error as KafkaError {
            trouble = error
        }
        do {
            _ = try await target.clusterID()
            // It was not the target: without the source, then.
            var alone = self
            alone.planner.source = nil
            if !isConfiguredLost { return try await alone.surveyed(selection, time, begun, sourceTrouble: trouble) }
        } catch let error as KafkaError {
            trouble = error
        }
        return FlowSurvey(
            sourceAlias: flow.sourceAlias, targetAlias: flow.targetAlias, takenAt: time, took: .now - begun, groups: [], partitions: [],
            readiness: Readiness(checks: [
                ReadinessCheck(
                    .targetReachable, .fail, trouble.map { "\($0)" } ?? "it does not answer",
                    remedy: "Nothing can be moved to '\(flow.targetAlias)' while it is away.")
            ]))
    }

    private func surveyed(
        _ selection: Planner.Selection, _ time: Int64, _ begun: ContinuousClock.Instant, sourceTrouble: KafkaError? = nil
    ) async throws -> FlowSurvey {
        var inspector = self
        let located = try await LocatedFlow(configuration, source: source, target: target)
        inspector.planner.flow = located.flow
        let ids = (source: try await source?.clusterID(), target: try await target.clusterID())
        let look = try await inspector.groups(selection)
        let looked = ContinuousClock.now - begun
        let partitions = try await inspector.partitions(look)
        var survey = FlowSurvey(
            sourceAlias: flow.sourceAlias, targetAlias: flow.targetAlias, sourceClusterID: ids.source, targetClusterID: ids.target,
            sourceTrouble: sourceTrouble.map { "\($0)" }, takenAt: time, took: .zero, groups: look.groups, partitions: partitions,
            heartbeats: try await inspector.heartbeats(), offsetSyncsLocation: located.flow.offsetSyncsLocation,
            warnings: located.warnings + look.warnings)
        survey.readiness = try await inspector.readiness(of: survey, look, looked)
        survey.took = .now - begun
        return survey
    }
}
