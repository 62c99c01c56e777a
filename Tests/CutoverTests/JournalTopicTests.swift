@testable import Cutover
import Foundation
import KafkaClient
import Testing

/// The copy of a journal in a topic, on embedded brokers.
@Suite struct JournalTopicTests {
    private let id = RunID(rawValue: "run")

    private func lines(_ numbers: Range<Int>) -> Data { Data(numbers.map { "line \($0)\n" }.joined().utf8) }

    @Test func whatACrashKeptFromItFollows() async throws {
        let embedded = try EmbeddedCluster(name: "east")
        // These brokers have no controller to ask for it.
        try embedded.createTopic(JournalTopic.defaultName, partitions: 1)
        let cluster = try LibrdkafkaCluster(name: "east", properties: embedded.properties)
        let topic = JournalTopic(on: cluster)
        let sink = try await topic.sink(for: id)
        try await sink.write([lines(0..<3), lines(3..<500)])
        #expect(try await topic.journal(of: id) == lines(0..<500))
        // Another run's lines lie between.
        try await topic.sink(for: RunID(rawValue: "other")).write([lines(0..<2)])
        // The file had two more, then the process was killed.
        let resumed = try await topic.sink(for: id, after: lines(0..<502), of: "file")
        #expect(try await topic.journal(of: id) == lines(0..<502))
        try await resumed.write([lines(502..<503)])
        #expect(try await topic.journal(of: id) == lines(0..<503))
        #expect(try await topic.runs()[RunID(rawValue: "other")] == lines(0..<2))

        // Whose file lacks what was written elsewhere must not go on by it.
        let refusal = await #expect(throws: JournalError.self) { _ = try await topic.sink(for: id, after: lines(0..<500), of: "file") }
        #expect(refusal.map { "\($0)".contains("gone on elsewhere") && "\($0)".contains("failover journal fetch run") } == true)
        #expect(try await topic.journal(of: id) == lines(0..<503))
    }
}
