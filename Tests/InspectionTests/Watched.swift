import Cutover
@testable import Inspection
import InMemoryKafka
import KafkaClient
import MirroredEstate
import OffsetTranslate
import Testing

/// A flow that is looked at, some time after everything on it was written.
struct Watched: Sendable {
    let estate: Estate
    var configuration: FlowConfiguration
    var sourceLost = false
    /// Milliseconds since the epoch.
    var now: Int64 = 10_000

    init(_ estate: Estate) {
        self.estate = estate
        configuration = FlowConfiguration(
            source: ClusterConfiguration(alias: "west", client: ClientProperties()), target: ClusterConfiguration(alias: "east", client: ClientProperties()))
        configuration.offsetSyncsLocation = estate.flow.offsetSyncsLocation == .source ? .source : .target
        configuration.offsetSyncsLocationIsGiven = true
    }

    var inspector: Inspector {
        let planner = Planner(flow: estate.flow, source: sourceLost ? nil : estate.west, target: estate.east, checking: nil)
        return Inspector(planner, configuration, now: { [now] in now })
    }

    func position(_ group: String, _ source: TopicPartition) async throws -> PositionSituation {
        let look = try await inspector.groups(.named([group]), thorough: true)
        return try #require(look.groups.first?.positions.first { $0.source == source })
    }

    func reason(_ group: String, _ source: TopicPartition) async throws -> SyncReason { try await position(group, source).reason }
}
