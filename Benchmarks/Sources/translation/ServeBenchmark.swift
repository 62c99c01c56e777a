import ArgumentParser
import Cutover
import Foundation
import Inspection
import KafkaClient
import OffsetTranslate
import StatusServer

/// Renders and hands out the status of many groups, next to a bare socket that hands out as many bytes.
struct ServeBenchmark: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve", abstract: "Renders what 'failover serve' shows of many groups, and scrapes it over a socket.")

    @OptionGroup var options: ReportOptions

    @Option(help: "How many groups.") var groups = 10_000
    @Option(help: "Partitions that each of them has committed.") var partitions = 10
    @Option(help: "Topics of the flow, with as many partitions each.") var topics = 1_000

    func run() async throws {
        var report = Report(json: options.json)
        report.heading("bare socket")
        let survey = survey()
        let board = StatusBoard(.init(source: "us-west", target: "us-east"), version: "bench", every: .seconds(86_400)) { survey }
        var render = Double.infinity
        for _ in 0..<options.rounds { render = min(render, await secondsAwaiting { await board.refresh() }) }
        report.add("\(groups) groups of \(partitions) partitions rendered", render, "s")

        let server = try StatusServer(board, at: ListenAddress("127.0.0.1:0"))
        let serving = Task { try await server.run() }
        let port = server.address.port
        for path in ["/metrics", "/api/v1/groups", "/api/v1/partitions", "/api/v1/groups/service-\(groups / 2)"] {
            let (seconds, bytes) = try await fastest { try PlainSocket.get(path, from: port) }
            let bare = try PlainSocket.serving([UInt8](repeating: 0x61, count: bytes))
            let baseline = try await fastest { try PlainSocket.get(path, from: bare) }
            guard baseline.bytes == bytes else { throw Failure(description: "\(baseline.bytes) instead of \(bytes) bytes") }
            report.add("\(path): \(bytes / 1000) kB", seconds, "s", baseline: baseline.seconds, goal: path == "/metrics" ? .atMost(1) : nil)
        }
        // What a scrape meets that comes while the next look is being rendered.
        let rendering = Task { while !Task.isCancelled { await board.refresh() } }
        let (meanwhile, _) = try await fastest(worst: true) { try PlainSocket.get("/metrics", from: port) }
        rendering.cancel()
        await rendering.value
        report.add("/metrics while it is rendered anew, the slowest", meanwhile, "s", goal: .atMost(1))
        serving.cancel()
        try await serving.value
        try report.finish()
    }

    /// Asks from a thread of its own, as somebody else's process would.
    private func fastest(worst: Bool = false, _ body: @escaping @Sendable () throws -> Int) async throws -> (seconds: Double, bytes: Int) {
        let rounds = max(3, options.rounds) * 3
        return try await withCheckedThrowingContinuation { continuation in
            Thread.detachNewThread {
                continuation.resume(with: Result {
                    var times: [Double] = [], bytes = 0
                    for _ in 0..<rounds { times.append(try seconds { bytes = try body() }) }
                    return ((worst ? times.max() : times.min()) ?? 0, bytes)
                })
            }
        }
    }

    private func survey() -> FlowSurvey {
        func place(_ topic: Int, _ partition: Int) -> TopicPartition { TopicPartition(topic: "topic-\(topic)", partition: Int32(partition)) }
        let now = Int64(Date().timeIntervalSince1970 * 1000)
        let all = (0..<groups).map { group in
            GroupSituation(name: "service-\(group)", positions: (0..<partitions).map { partition in
                let own = place(group % topics, partition)
                var position = PositionSituation(group: "service-\(group)", source: own, target: own)
                let offset = Int64(group * 1_000 + partition)
                position.upstream = CommittedOffset(offset: offset)
                position.origin = .sourceCommit
                position.lag = offset % 977
                position.translation = Translation(
                    position: offset, kind: .bounded, low: offset, high: offset + 100, evidence: Evidence(rule: .interval))
                position.current = CommittedOffset(offset: offset - 40)
                position.ifLost = .init(position: offset - 20, origin: .checkpoint(writtenAt: now), maxReplay: 120)
                position.reason = .syncedWithin(records: 120)
                return position
            })
        }
        let copies = (0..<topics).flatMap { topic in
            (0..<partitions).map { partition in
                var copy = PartitionSituation(source: place(topic, partition), target: place(topic, partition))
                copy.lag = .init(offsets: Int64(topic), age: .milliseconds(topic))
                return copy
            }
        }
        return FlowSurvey(sourceAlias: "us-west", targetAlias: "us-east", takenAt: now, took: .seconds(1), groups: all, partitions: copies)
    }
}
