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
    /// Why the source is left out.
    var sourceTrouble: KafkaError?
    /// What was noticed before groups are looked at.
    var warnings: [String] = []
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

    /// The same, without a source that does not answer, and with the offset syncs where they really are.
    ///
    /// - Throws: ``KafkaError`` where the target does not answer, or the source refuses to.
    public func answering() async throws -> Inspector {
        _ = try await target.clusterID()
        var inspector = self
        do {
            _ = try await source?.clusterID()
        } catch let error as KafkaError where error.meansAway {
            (inspector.planner.source, inspector.sourceTrouble) = (nil, error)
            inspector.warnings.append(sourceAway(error))
        }
        let located = try await LocatedFlow(configuration, source: inspector.source, target: target)
        inspector.planner.flow = located.flow
        inspector.warnings += located.warnings
        return inspector
    }

    /// Looks at everything.
    ///
    /// A cluster that does not answer is what it is there to see: it does not throw for that. Without the source, what is on the
    /// target is looked at alone.
    /// - Parameter selection: The groups that are looked at.
    /// - Throws: Only what is wrong with the configuration, ``SyncsOfAnotherFlow``, and a `CancellationError`.
    public func survey(_ selection: Planner.Selection) async throws -> FlowSurvey {
        let time = now(), begun = ContinuousClock.now
        do {
            return try await look(selection, time, begun)
        } catch let error as KafkaError {
            guard let source, error.cluster == source.name else { return unreachable(error, time, .now - begun) }
            var alone = self
            (alone.planner.source, alone.sourceTrouble) = (nil, error)
            do { return try await alone.look(selection, time, begun) } catch let error as KafkaError { return unreachable(error, time, .now - begun) }
        }
    }

    private func unreachable(_ error: KafkaError, _ time: Int64, _ took: Duration) -> FlowSurvey {
        let check = ReadinessCheck(
            .targetReachable, .fail, "\(error)",
            remedy: error.meansAway
                ? "Nothing can be moved to '\(flow.targetAlias)' while it is away." : "It answers, and refuses: see to the settings of its clients.")
        return FlowSurvey(
            sourceAlias: flow.sourceAlias, targetAlias: flow.targetAlias, takenAt: time, took: took, groups: [], partitions: [], offsetSyncsLocation: flow.offsetSyncsLocation,
            readiness: Readiness(checks: [check]))
    }

    private func look(_ selection: Planner.Selection, _ time: Int64, _ begun: ContinuousClock.Instant) async throws -> FlowSurvey {
        let inspector = try await answering(), flow = inspector.flow
        let look = try await inspector.groups(selection)
        let looked = ContinuousClock.now - begun
        var survey = FlowSurvey(
            sourceAlias: flow.sourceAlias, targetAlias: flow.targetAlias, sourceClusterID: try await inspector.source?.clusterID(),
            targetClusterID: try await target.clusterID(), sourceTrouble: inspector.sourceTrouble.map { "\($0)" }, takenAt: time, took: .zero,
            groups: look.groups, partitions: try await inspector.partitions(look), heartbeats: try await inspector.heartbeats(),
            offsetSyncsLocation: flow.offsetSyncsLocation, warnings: look.warnings)
        survey.sourceAnswers = inspector.source != nil ? true : inspector.sourceTrouble.flatMap { $0.meansAway ? false : nil }
        survey.readiness = try await inspector.readiness(of: survey, look, looked)
        survey.took = .now - begun
        return survey
    }
}
