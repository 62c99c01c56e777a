import ArgumentParser
import Cutover
import Foundation
import KafkaClient
import OffsetTranslate

/// Plans a cutover of many groups with the source lost, and carries it out, journal and reading back included; next to the same
/// one group after the other.
struct CutoverBenchmark: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cutover", abstract: "Plans, commits and reads back many groups, 32 at a time and one at a time, with its journal on disk.")

    @OptionGroup var options: ReportOptions

    @Option(help: "How many groups.") var groups = 1_000
    @Option(help: "Partitions that each of them has a position on.") var partitions = 10
    @Option(help: "Groups that are served one at a time: their time counts for all.") var oneByOne = 50
    @Option(help: ArgumentHelp("Where the journals go for the time being; it says which disk.", valueName: "folder"))
    var journalFolder = NSTemporaryDirectory()
    @Flag(help: "No embedded brokers, only the real ones that FAILOVER_TEST_TARGET names.") var realOnly = false

    func run() async throws {
        var report = Report(json: options.json)
        report.heading("one by one")
        if !realOnly {
            let embedded = try EmbeddedCluster(name: "east", brokers: 3)
            // They have no controller to ask.
            for topic in topics { try embedded.createTopic(topic.name, partitions: topic.partitions) }
            try await measure(embedded.properties, "embedded", goal: nil, &report)
        }
        if let brokers = ProcessInfo.processInfo.environment["FAILOVER_TEST_TARGET"] {
            try await measure(ClientProperties(["bootstrap.servers": brokers]), "real brokers", goal: .atMost(1), &report)
        }
        try report.finish()
    }

    private var flow: ReplicationFlow {
        ReplicationFlow(from: "bench-west-\(groups)x\(partitions)", to: "east", policy: DefaultReplicationPolicy(), offsetSyncsLocation: .target)
    }

    private struct Times {
        var plan = 0.0, begin = 0.0, apply = 0.0
        var sum: Double { plan + begin + apply }
        static func * (times: Times, share: Double) -> Times {
            Times(plan: times.plan * share, begin: times.begin * share, apply: times.apply * share)
        }
    }

    private func measure(_ properties: ClientProperties, _ place: String, goal: Figure.Goal?, _ report: inout Report) async throws {
        try await prepare(properties)
        var fast: Times?, slow: Times?, bare = Double.infinity
        for _ in 0..<options.rounds {
            let all = try await pass(groups, atMost: nil, properties)
            if all.sum < fast?.sum ?? .infinity { fast = all }
            let few = try await pass(min(groups, oneByOne), atMost: 1, properties) * (Double(groups) / Double(min(groups, oneByOne)))
            if few.sum < slow?.sum ?? .infinity { slow = few }
            bare = min(bare, try await requests(properties))
        }
        guard let fast, let slow else { return }
        report.add("\(place): \(groups) groups planned", fast.plan, "s", baseline: slow.plan)
        report.add("\(place): plan and consent in the journal", fast.begin, "s", baseline: slow.begin)
        report.add("\(place): committed and read back", fast.apply, "s", baseline: slow.apply)
        report.add("\(place): all three", fast.sum, "s", baseline: slow.sum, goal: goal)
        report.add("\(place): ... next to its four requests a group alone, as many at a time", fast.sum, "s", baseline: bare)
    }

    /// The seconds that it takes to ask for all groups' commits, and then of each again, to commit, and to read back: no plan, no journal.
    private func requests(_ properties: ClientProperties) async throws -> Double {
        let names = (0..<groups).map(group), copies = originals.map(flow.target(of:))
        try await reset(names, properties)
        let wanted = Dictionary(uniqueKeysWithValues: copies.map { ($0, CommittedOffset(offset: 15, metadata: "m")) })
        let cluster = try cluster(properties)
        return try await secondsAwaiting {
            try await each(names) { _ = try await cluster.committedOffsets(of: $0, for: copies) }
            try await each(names) { name in
                _ = try await cluster.committedOffsets(of: name, for: copies)
                if let error = try await cluster.commit(wanted, for: name).values.first { throw error }
                guard try await cluster.committedOffsets(of: name, for: copies) == wanted else { throw Failure(description: "\(name) not committed") }
            }
        }
    }

    /// Opening the clients counts: a cutover does that too.
    private func pass(_ count: Int, atMost limit: Int?, _ properties: ClientProperties) async throws -> Times {
        let names = (0..<count).map(group)
        try await reset(names, properties)
        let target = try cluster(properties), path = journalFolder + "/bench-\(UUID().uuidString).journal.jsonl"
        defer { try? FileManager.default.removeItem(atPath: path) }
        var planner = Planner(flow: flow, source: nil, target: target)
        if let limit { planner.parallelism = limit }
        var times = Times(), run: CutoverRun?, made: CutoverPlan?
        times.plan = try await secondsAwaiting { made = try await planner.plan(.named(names)) }
        guard let plan = made, plan.changes == count * partitions else { throw Failure(description: "planned \(made?.changes ?? 0) positions") }
        times.begin = try await secondsAwaiting {
            run = try await CutoverRun.begin(
                plan, Approval(manner: "a benchmark"), by: Operator(user: "bench", host: "here", process: 0), id: .new(), journal: path, on: target)
        }
        if let limit { run?.parallelism = limit }
        times.apply = try await secondsAwaiting {
            let outcomes = try await run?.apply() ?? []
            guard outcomes.count == count, outcomes.allSatisfy({ $0.ending == .moved }) else {
                throw Failure(description: "not moved: \(outcomes.first { $0.ending != .moved }?.failures ?? [])")
            }
        }
        return times
    }

    // MARK: What a mirror would have left behind

    private func group(_ number: Int) -> String { "bench-cutover-\(number)" }
    private var originals: [TopicPartition] { (0..<partitions).map { TopicPartition(topic: "bench-cutover", partition: Int32($0)) } }
    private var topics: [NewTopic] {
        [(flow.target(of: originals[0]).topic, partitions), (flow.offsetSyncsTopic, 1), (flow.checkpointsTopic, 1)].map {
            NewTopic(name: $0.0, partitions: $0.1, replicationFactor: 1)
        }
    }

    private func cluster(_ properties: ClientProperties) throws -> LibrdkafkaCluster {
        try LibrdkafkaCluster(name: "east", properties: properties, timeout: .seconds(60))
    }

    private func prepare(_ properties: ClientProperties) async throws {
        let cluster = try cluster(properties), copy = flow.target(of: originals[0])
        if try await cluster.topics()[copy.topic] == nil { try await cluster.createTopics(topics) }
        guard try await cluster.logBounds(of: [copy])[copy]?.end == 0 else { return }
        let producer = try Producer(cluster: "east", properties: properties)
        func write(_ record: Record, _ topic: String, _ partition: Int32 = 0) throws {
            try producer.produce(record, to: TopicPartition(topic: topic, partition: partition)) { _ in }
        }
        for original in originals {
            for _ in 0..<20 { try write(Record(value: [1]), copy.topic, original.partition) }
            for offset in [0, 15] as [Int64] {
                let sync = OffsetSync(topicPartition: original, upstreamOffset: offset, downstreamOffset: offset)
                try write(Record(key: sync.encodedKey(), value: sync.encodedValue()), flow.offsetSyncsTopic)
            }
        }
        for number in 0..<groups {
            for original in originals {
                let checkpoint = Checkpoint(
                    group: group(number), topicPartition: flow.target(of: original), upstreamOffset: 15, downstreamOffset: 15, metadata: "m")
                try write(Record(key: checkpoint.encodedKey(), value: checkpoint.encodedValue()), flow.checkpointsTopic)
            }
        }
        guard await producer.flush(within: .seconds(60)) else { throw Failure(description: "the records were not taken") }
    }

    /// Where the groups are before each pass: there is a way to go.
    private func reset(_ names: [String], _ properties: ClientProperties) async throws {
        let cluster = try cluster(properties)
        let start = Dictionary(uniqueKeysWithValues: originals.map { (flow.target(of: $0), CommittedOffset(offset: 1)) })
        try await each(names) { if let error = try await cluster.commit(start, for: $0).values.first { throw error } }
    }
}
