import ArgumentParser
import Cutover
import Foundation
import KafkaClient
import MirrorLoop
import OffsetTranslate
import Synchronization

enum MetricsFormat: String, ExpressibleByArgument, CaseIterable {
    case jsonl
}

/// What a mirror's events come to, from any thread.
final class MirrorLog: Sendable {
    private let state = Mutex(MirrorSituation())

    var situation: MirrorSituation { state.withLock { $0 } }

    func note(_ event: MirrorEvent) {
        state.withLock { $0.note(event) }
        Console.say("\(event)")
    }
}

/// Says how a mirror is getting on, interval by interval. Nothing that goes wrong here ends the mirror.
actor MirrorReporter {
    private let mirror: Mirror
    private let flow: ReplicationFlow
    private let log: MirrorLog
    private let ends: SourceEnds
    private let interval: Duration
    private var writesMetrics: Bool
    private var before: MirrorStatus
    private var since = ContinuousClock.now

    init(_ mirror: Mirror, flow: ReplicationFlow, source: any KafkaCluster, log: MirrorLog, every interval: Duration, metrics: MetricsFormat?) {
        self.mirror = mirror
        self.flow = flow
        self.log = log
        self.interval = interval
        ends = SourceEnds(of: source)
        writesMetrics = metrics != nil
        before = mirror.status
        // Whoever reads the metrics may go away.
        if writesMetrics { signal(SIGPIPE, SIG_IGN) }
    }

    func run() async {
        while true {
            do { try await Task.sleep(for: interval) } catch { return }
            let progress = await progress()
            guard !Task.isCancelled else { return }
            Console.say(MirrorView(progress: progress).text)
            write(progress)
        }
    }

    /// The last interval's metrics. Returns the partitions that are not mirrored on.
    func finish() async -> [TopicPartition: String] {
        if writesMetrics { write(await progress()) }
        return log.situation.halted
    }

    private func progress() async -> MirrorProgress {
        let ends = await ends.ends(of: mirror.status.positions.keys, within: min(interval, .seconds(2)))
        let situation = log.situation, now = ContinuousClock.now
        var status = mirror.status
        status.halted = situation.halted
        defer { (before, since) = (status, now) }
        return MirrorProgress(from: before, to: status, over: now - since, ends: ends, situation: situation)
    }

    private func write(_ progress: MirrorProgress) {
        guard writesMetrics else { return }
        let metrics = MirrorMetrics(progress, of: flow, time: Date.now.milliseconds)
        do {
            try FileHandle.standardOutput.write(contentsOf: try JSONEncoder.sorted().encode(metrics) + [0x0A])
        } catch {
            writesMetrics = false
            Console.warn("stdout takes no more metrics (is its reader gone, or the disk full?): the mirror goes on without them")
        }
    }
}
