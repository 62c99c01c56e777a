import Foundation
import KafkaClient
import MirrorLoop
import OffsetTranslate
import Testing

/// Records of years ago are deleted by retention, whenever the brokers come to look.
private let present = Int64(Date().timeIntervalSince1970) * 1000

/// Processes of the built command that share a flow, and die.
@Suite(.serialized, .enabled(if: RealClusters.present, "needs FAILOVER_TEST_SOURCE and FAILOVER_TEST_TARGET"))
struct RealSharingTests {
    /// Beside the test bundle in the build folder.
    private static var executable: URL? {
        [Bundle.main.executableURL?.deletingLastPathComponent(), Bundle.main.bundleURL.deletingLastPathComponent()]
            .compactMap { $0?.appendingPathComponent("failover") }.first { FileManager.default.isExecutableFile(atPath: $0.path) }
    }

    private struct Mirroring {
        let process: Process
        let log: URL

        /// With its syncs on the target and a session of six seconds, the shortest that brokers allow by default.
        init(_ clusters: RealClusters, tasks: Int) throws {
            let addresses = try #require(RealClusters.addresses), flow = clusters.flow
            log = FileManager.default.temporaryDirectory.appendingPathComponent("\(clusters.run)-\(UUID().uuidString).log")
            _ = FileManager.default.createFile(atPath: log.path, contents: nil)
            process = Process()
            guard let executable = RealSharingTests.executable else { throw CocoaError(.executableNotLoadable) }
            process.executableURL = executable
            let settings = [
                "topics=\(clusters.topic)", "groups=\(clusters.run).*", "tasks.max=\(tasks)", "replication.factor=1",
                "offset-syncs.topic.replication.factor=1", "checkpoints.topic.replication.factor=1", "heartbeats.topic.replication.factor=1",
                "target.consumer.session.timeout.ms=6000", "sync.topic.acls.enabled=false",
            ]
            process.arguments = [
                "mirror", "--source", addresses.source, "--target", addresses.target, "--source-alias", flow.sourceAlias,
                "--target-alias", flow.targetAlias,
            ] + settings.flatMap { ["--set", $0] }
            process.standardInput = FileHandle.nullDevice
            process.standardOutput = FileHandle.nullDevice
            process.standardError = try FileHandle(forWritingTo: log)
            try process.run()
        }

        var said: String { (try? String(contentsOf: log, encoding: .utf8)) ?? "" }

        func end(_ signal: Int32) async throws {
            kill(process.processIdentifier, signal)
            try await eventually("the process to end") { !process.isRunning }
        }
    }

    private func load(_ clusters: RealClusters, while body: () async throws -> Void) async throws {
        let producer = try Producer(cluster: clusters.source.name, properties: clusters.source.properties)
        let writing = Task { [partitions = clusters.partitions] in
            var number = 0
            while !Task.isCancelled {
                for _ in 0..<100 {
                    try producer.produce(
                        Record(value: Array("\(number)".utf8), timestamp: present + Int64(number)), to: partitions[number % 3]) { _ in }
                    number += 1
                }
                try? await Task.sleep(for: .milliseconds(20))
            }
        }
        defer { writing.cancel() }
        try await body()
        writing.cancel()
        try await writing.value
        #expect(await producer.flush(within: .seconds(30)))
    }

    private func ends(_ partitions: [TopicPartition], of cluster: LibrdkafkaCluster) async throws -> [Int64] {
        let bounds = try await cluster.logBounds(of: partitions)
        return partitions.map { bounds[$0]?.end ?? 0 }
    }

    /// Killed under load, one of two that share the tasks, or the one that another stands by for: whoever is left goes on within the
    /// session, and each record is there once, in order.
    @Test(arguments: [2, 1]) func theKilledAreTakenOverFrom(tasks: Int) async throws {
        let clusters = try await RealClusters()
        let copies = clusters.partitions.map { clusters.flow.target(of: $0) }
        try await clusters.target.createTopics([NewTopic(name: clusters.flow.tasksTopic, partitions: tasks, replicationFactor: 1)])
        var processes = [try Mirroring(clusters, tasks: tasks)]
        defer { for process in processes where process.process.isRunning { kill(process.process.processIdentifier, SIGKILL) } }
        try await load(clusters) {
            try await eventually("the first to mirror") { processes[0].said.contains("mirroring \(clusters.topic)-2") }
            processes.append(try Mirroring(clusters, tasks: tasks))
            try await eventually("the tasks to be shared") {
                tasks == 2 ? processes[1].said.contains("of 2 are this process's") : processes.contains { $0.said.contains("standing by") }
            }
            try await Task.sleep(for: .seconds(2))
            let victim = processes.firstIndex { !$0.said.contains("standing by") } ?? 0
            try await processes[victim].end(SIGKILL)
            processes.remove(at: victim)
            let (killed, before) = (ContinuousClock.now, processes[0].said)
            try await eventually("the other to take over", within: 30) {
                processes[0].said.dropFirst(before.count).contains(tasks == 2 ? "tasks 0, 1 of 2 are this process's" : "the mirror is this process's")
            }
            print("taken over after \(ContinuousClock.now - killed)")
            try await Task.sleep(for: .seconds(1))
        }
        let wanted = try await ends(clusters.partitions, of: clusters.source)
        try await eventually("all to be over") { try await ends(copies, of: clusters.target) == wanted }
        try await processes[0].end(SIGTERM)
        #expect(processes[0].process.terminationStatus == 0, "\(processes[0].said.suffix(500))")
        for partition in clusters.partitions {
            let original = try await clusters.log(partition, of: clusters.source).map(\.record)
            let copy = try await clusters.log(clusters.flow.target(of: partition), of: clusters.target).map(\.record)
            #expect(original.count > 1000 && copy == original)
        }
    }
}
