import KafkaClient
import MirrorLoop
public import OffsetTranslate
internal import Synchronization

/// The demonstration's two clusters, kept running with data and a mirror, for any Kafka client to work against.
public final class LiveSandbox: Sendable {
    public let estate: Estate
    private let workload: Workload
    private let mirror: Mirror
    private let groups: [GroupApplication]
    private let sourceDied = Atomic(false)

    /// - Parameter backlog: Records in each partition from the start.
    public init(policy: any ReplicationPolicy, backlog: Int) async throws {
        estate = try Estate(policy: policy)
        workload = try Workload(estate)
        for (index, partition) in Estate.partitions.enumerated() {
            try await workload.writeForeign(37 + 41 * index, to: partition)
            workload.produce(backlog, to: partition)
        }
        guard await workload.flush() else { throw DemoError("the sandbox's first records could not be written") }
        groups = DemoGroups.make(estate, backlog: Int64(backlog))
        var configuration = MirrorConfiguration(flow: estate.flow)
        configuration.namedGroups = groups.map(\.group)
        configuration.checkpointInterval = .seconds(1)
        mirror = try Mirror(source: estate.openSource(), target: estate.openTarget(), configuration: configuration)
    }

    public var groupNames: [String] { groups.map(\.group) }

    /// Writes, reads and mirrors until cancelled.
    public func run(recordsPerSecond rate: Int) async throws {
        try await withThrowingTaskGroup(of: Void.self) { [self] tasks in
            tasks.addTask {
                try await self.workload.run(recordsPerSecond: rate, to: Estate.partitions.filter { $0.topic != "inventory" })
            }
            tasks.addTask {
                // The mirror survives the source: it waits for it to come back.
                try await self.mirror.run()
            }
            for group in groups {
                tasks.addTask {
                    try await self.keepReading(group)
                    try await Task.sleep(for: .seconds(86_400 * 365))
                }
            }
            try await tasks.waitForAll()
        }
    }

    /// Applications survive their cluster too: what could not be committed is read again when it is back.
    private func keepReading(_ group: GroupApplication) async throws {
        while true {
            do {
                return try await group.readSource(topics: Estate.topics.keys.sorted())
            } catch let error as KafkaError where !error.isFatal {
                try await Task.sleep(for: .milliseconds(500))
            }
        }
    }

    public func stop() { for group in groups { group.stop() } }

    /// Takes all of the source's brokers down, or up again. Returns whether they are up.
    public func toggleSource() -> Bool {
        let wasDown = sourceDied.load(ordering: .acquiring)
        sourceDied.store(!wasDown, ordering: .releasing)
        if wasDown { estate.source.comeUp() } else { estate.source.goDown() }
        return wasDown
    }
}

/// The groups of the demonstration and the sandbox.
enum DemoGroups {
    /// One at the head, one half-way, one thousands behind, one at the end of a quiet topic only.
    static func make(_ estate: Estate, backlog: Int64) -> [GroupApplication] {
        func limits(_ limit: (TopicPartition) -> Int64) -> [TopicPartition: Int64] {
            Dictionary(uniqueKeysWithValues: Estate.partitions.map { ($0, limit($0)) })
        }
        let quiet = TopicPartition(topic: "inventory", partition: 0)
        return [
            GroupApplication("billing", estate: estate),
            GroupApplication("search", limits: limits { backlog / 2 + Int64($0.partition) * 13 }, estate: estate),
            GroupApplication("reports", limits: limits { backlog / 20 + Int64($0.partition) * 7 }, estate: estate),
            GroupApplication("stock-take", limits: [quiet: backlog], estate: estate),
        ]
    }
}
