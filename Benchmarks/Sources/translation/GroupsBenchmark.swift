import ArgumentParser
import Foundation
import KafkaClient

/// Reads, writes and reads back the offsets of many groups at once, next to the same one group after the other.
struct GroupsBenchmark: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "groups", abstract: "Reads, commits and reads back the offsets of many groups, 32 at a time and one at a time.")

    @OptionGroup var options: ReportOptions

    @Option(help: "How many groups.") var groups = 1_000
    @Option(help: "Partitions that each of them has committed.") var partitions = 10
    @Option(help: "Groups under way at the same time.") var inFlight = 32
    @Option(help: "Groups that are served one at a time: their time counts for all.") var oneByOne = 100

    func run() async throws {
        var report = Report(json: options.json)
        report.heading("one by one")
        // A coordinator lingers on each commit; the embedded ones take that long over everything.
        for wait in [0, 10] {
            let embedded = try EmbeddedCluster(name: "bench", brokers: 3)
            try embedded.createTopic("bench-groups", partitions: partitions)
            embedded.setRoundTripTime(.milliseconds(wait))
            try await measure(embedded.properties, wait == 0 ? "embedded" : "embedded, \(wait) ms a request", goal: nil, &report)
        }
        if let brokers = ProcessInfo.processInfo.environment["FAILOVER_TEST_TARGET"] {
            try await measure(ClientProperties(["bootstrap.servers": brokers]), "real brokers", goal: .atMost(1), &report)
        }
        try report.finish()
    }

    private func measure(_ properties: ClientProperties, _ place: String, goal: Figure.Goal?, _ report: inout Report) async throws {
        let topic = "bench-groups"
        let setUp = try cluster(properties)
        if try await setUp.topics()[topic] == nil {
            try await setUp.createTopics([NewTopic(name: topic, partitions: partitions, replicationFactor: 1)])
        }
        let all = (0..<partitions).map { TopicPartition(topic: topic, partition: Int32($0)) }
        var fast = (Double.infinity, Double.infinity, Double.infinity), slow = fast
        func pass(_ groups: Int, inFlight: Int, _ round: Int) async throws -> (Double, Double, Double) {
            // Opening the clients counts: a cutover does that too.
            let cluster = try cluster(properties)
            let names = (0..<groups).map { "bench-\($0)" }
            let offsets = Dictionary(uniqueKeysWithValues: all.map { ($0, CommittedOffset(offset: Int64(round), metadata: "m")) })
            let read = try await secondsAwaiting {
                try await each(names, atMost: inFlight) { _ = try await cluster.committedOffsets(of: $0, for: all) }
            }
            let commit = try await secondsAwaiting {
                try await each(names, atMost: inFlight) { name in
                    let refused = try await cluster.commit(offsets, for: name)
                    if let error = refused.values.first { throw error }
                }
            }
            let readBack = try await secondsAwaiting {
                try await each(names, atMost: inFlight) { name in
                    guard try await cluster.committedOffsets(of: name, for: all) == offsets else {
                        throw Failure(description: "group \(name) was not committed")
                    }
                }
            }
            return (read, commit, readBack)
        }
        for round in 1...options.rounds {
            let (a, b, c) = try await pass(groups, inFlight: inFlight, round)
            fast = a + b + c < fast.0 + fast.1 + fast.2 ? (a, b, c) : fast
            let share = Double(groups) / Double(min(groups, oneByOne))
            let (d, e, f) = try await pass(min(groups, oneByOne), inFlight: 1, round)
            slow = (d + e + f) * share < slow.0 + slow.1 + slow.2 ? (d * share, e * share, f * share) : slow
        }
        report.add("\(place): \(groups) groups read", fast.0, "s", baseline: slow.0)
        report.add("\(place): committed", fast.1, "s", baseline: slow.1)
        report.add("\(place): read back", fast.2, "s", baseline: slow.2)
        report.add("\(place): all three", fast.0 + fast.1 + fast.2, "s", baseline: slow.0 + slow.1 + slow.2, goal: goal)
    }

    private func cluster(_ properties: ClientProperties) throws -> LibrdkafkaCluster {
        try LibrdkafkaCluster(name: "bench", properties: properties, timeout: .seconds(60))
    }
}
