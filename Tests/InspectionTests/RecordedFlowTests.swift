import Cutover
@testable import Inspection
import KafkaClient
import MirroredEstate
import OffsetTranslate
import Testing

/// Looks at what stock MM2 left behind, held against where the copies really are.
@Suite struct RecordedFlowTests {
    private func look(_ name: String, _ location: OffsetSyncsLocation) async throws -> (RecordedMirror, FlowSurvey) {
        let recorded = try RecordedMirror(name, syncsOn: location, withMM2sCommits: true)
        var configuration = FlowConfiguration(
            source: ClusterConfiguration(alias: "source", client: ClientProperties()), target: ClusterConfiguration(alias: "target", client: ClientProperties()))
        configuration.replicationPolicy = .identity(separator: ".", internalSeparatorEnabled: true)
        configuration.offsetSyncsLocation = location == .source ? .source : .target
        configuration.offsetSyncsLocationIsGiven = true
        let planner = Planner(flow: recorded.flow, source: recorded.source, target: recorded.target, checking: nil)
        return (recorded, try await Inspector(planner, configuration).survey(.all { _ in true }))
    }

    /// The worst case is never too low, and nothing that is called a position skips a record.
    @Test(arguments: ["mm2-clean", "mm2-crash"], OffsetSyncsLocation.allCases)
    func worstCasesHold(name: String, location: OffsetSyncsLocation) async throws {
        let (recorded, survey) = try await look(name, location)
        #expect(Set(survey.groups.map(\.name)) == Set(recorded.groups.map(\.group)))
        var positions = 0
        for position in survey.groups.flatMap(\.positions) {
            guard let truth = recorded.truths[position.source], let upstream = position.upstream?.offset else { continue }
            let right = truth.right(upstream)
            positions += 1
            if let lost = position.ifLost.position {
                #expect(lost <= right, "\(position.group) \(position.source)")
                // Counted in records that are still there: the compacted topic's offsets hold none for the most part.
                #expect(Int64(truth.records(lost, right)) <= position.ifLost.maxReplay ?? .max, "\(position.group) \(position.source)")
            }
            #expect(position.lag == truth.source[1] - upstream)
            if position.reason == .syncedExactly { #expect(position.ifLost.position.map { truth.records($0, right) } == 0, "\(position.group) \(position.source)") }
            if case .syncedWithin(let records) = position.reason { #expect(records > 0 && records == position.ifLost.maxReplay) }
        }
        #expect(positions == 108)
        #expect(survey.readiness[.offsetSyncsLocation]?.status == (location == .source ? .warn : .pass))
        // MM2 leaves positions out.
        if location == .source { #expect(survey.readiness[.positionsIfLost]?.status == .fail) }
    }
}
