import InMemoryKafka
import KafkaClient
import Testing

@testable import MirrorLoop

/// A fault at every request of a round, then a round without one.
@Suite struct TopicFaultTests {
    private static let codes: [KafkaError.Code] = [
        .timedOut, .transport, .notController, .topicAuthorizationFailed, .clusterAuthorizationFailed, .policyViolation, .fenced,
    ]
    private static let faults = Fault.Moment.allCases.flatMap { moment in codes.map { Fault(moment, $0) } }

    @Test(arguments: faults) func aFaultAtEveryRequest(_ fault: Fault) async throws {
        let clean = TopicWorld()
        _ = try await clean.round()
        let count = (west: clean.west.requests.count, east: clean.east.requests.count)
        try #require(count.west == 3 && count.east == 8)
        for (isWest, number) in (1...count.west).map({ (true, $0) }) + (1...count.east).map({ (false, $0) }) {
            let world = TopicWorld(), context: Comment = "\(fault) at request \(number) to \(isWest ? "west" : "east")"
            (isWest ? world.west : world.east).fail(at: Trigger(number), fault)
            // Only the target's list of topics ends a round.
            let isFirst = !isWest && number == 1
            do {
                let round = try await world.round()
                #expect(!isFirst, context)
                // Batches that were refused are taken apart.
                if world.east.requests.count <= count.east { #expect(!round.warnings.isEmpty, context) }
                // What is reported has happened.
                for case .created(let topic, let partitions, _, _) in round.changes {
                    #expect(world.east.contents.topics[topic]?.count == partitions, context)
                }
                for case .setting(let topic, let name, _, let new, _) in round.changes {
                    #expect(world.east.contents.configuration[topic]?[name] == new, context)
                }
                for case .access(let rule, _) in round.changes { #expect(world.east.contents.accessRules.contains(rule), context) }
            } catch let error as KafkaError {
                #expect(isFirst && error.code == fault.code, context)
            }
            // Partitions never go, nor do other's settings and rules.
            #expect(world.east.contents.topics["west.clicks"]?.count == 5, context)
            #expect(world.east.contents.configuration["west.clicks"]?["min.insync.replicas"] == "2", context)

            let again = try await world.round()
            #expect(again.warnings.isEmpty && again.incomplete.isEmpty, context)
            #expect(TopicWorld.inStep(world.east.contents), context)
            #expect(try await world.round() == TopicRound(), context)
        }
    }

    /// A mirror that dies between any two requests leaves what the next one goes on with.
    @Test func deathAtEveryRequest() async throws {
        for number in 1...8 {
            let world = TopicWorld()
            world.east.beforeEachRequest { request, east in if request.number == number { east.goDown() } }
            _ = try? await world.round()
            var next = TopicWorld()
            next.east = InMemoryCluster("east", world.east.contents)
            #expect(try await next.round().warnings.isEmpty, "\(number)")
            #expect(TopicWorld.inStep(next.east.contents), "\(number)")
        }
    }
}
