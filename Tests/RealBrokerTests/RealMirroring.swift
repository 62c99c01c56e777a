import Foundation
import KafkaClient
import MirrorLoop
import OffsetTranslate
import Synchronization
import TestSupport
import Testing

/// Records of years ago are deleted by retention, whenever the brokers come to look.
let presentTime = Int64(Date().timeIntervalSince1970) * 1000

/// A process of the built command that mirrors.
struct Mirroring {
    /// Beside the test bundle in the build folder.
    private static var executable: URL? {
        [Bundle.main.executableURL?.deletingLastPathComponent(), Bundle.main.bundleURL.deletingLastPathComponent()]
            .compactMap { $0?.appendingPathComponent("failover") }.first { FileManager.default.isExecutableFile(atPath: $0.path) }
    }

    let process: Process
    let log: URL

    /// With its syncs on the target and a session of six seconds, the shortest that brokers allow by default.
    init(_ clusters: RealClusters, tasks: Int, _ arguments: [String] = []) throws {
        let addresses = try #require(RealClusters.addresses), flow = clusters.flow
        log = scratch.appendingPathComponent("\(clusters.run)-\(UUID().uuidString).log")
        _ = FileManager.default.createFile(atPath: log.path, contents: nil)
        process = Process()
        guard let executable = Self.executable else { throw CocoaError(.executableNotLoadable) }
        process.executableURL = executable
        let settings = [
            "topics=\(clusters.topic)", "groups=\(clusters.run).*", "tasks.max=\(tasks)", "replication.factor=1",
            "offset-syncs.topic.replication.factor=1", "checkpoints.topic.replication.factor=1", "heartbeats.topic.replication.factor=1",
            "target.consumer.session.timeout.ms=6000", "sync.topic.acls.enabled=false",
        ]
        process.arguments = [
            "mirror", "--source", addresses.source, "--target", addresses.target, "--source-alias", flow.sourceAlias,
            "--target-alias", flow.targetAlias,
        ] + settings.flatMap { ["--set", $0] } + arguments
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

extension RealClusters {
    /// Mirrors in this process while `body` runs. Returns what the mirror has said; where `body` fails, that is recorded.
    @discardableResult
    func mirroring(
        _ change: (inout MirrorConfiguration) -> Void = { _ in }, _ body: (Mirror) async throws -> Void
    ) async throws -> [String] {
        let events = Mutex<[String]>([])
        var configuration = configuration()
        change(&configuration)
        let mirror = try Mirror(source: source, target: target, configuration: configuration) { event in
            events.withLock { $0.append("\(event)") }
        }
        let running = Task { try await mirror.run() }
        do {
            try await body(mirror)
        } catch {
            running.cancel()
            _ = try? await running.value
            Issue.record("\(events.withLock { $0 })")
            throw error
        }
        running.cancel()
        try await running.value
        return events.withLock { $0 }
    }

    /// Writes to the source while something else is done.
    func load(while body: () async throws -> Void) async throws {
        try await TestSupport.load(
            source, partitions, atOnce: 100, { Record(value: Array("\($0)".utf8), timestamp: presentTime + Int64($0)) }, while: body)
    }

    func ends(_ partitions: [TopicPartition], of cluster: LibrdkafkaCluster) async throws -> [Int64] {
        let bounds = try await cluster.logBounds(of: partitions)
        return partitions.map { bounds[$0]?.end ?? 0 }
    }

    /// Every record of the source is in its copy once, in order, in all fields.
    func compare(atLeast count: Int) async throws {
        for partition in partitions {
            let original = try await log(partition, of: source).map(\.record)
            let copy = try await log(flow.target(of: partition), of: target).map(\.record)
            #expect(original.count >= count && copy == original, "\(partition): \(original.count) records, \(copy.count) copies")
        }
    }
}
