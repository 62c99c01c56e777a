public import OffsetTranslate
internal import Synchronization

/// Brings to the target, while the source lives, what would die with it: the offset syncs that a mirror keeps on the
/// source, and the newest positions of its groups.
///
/// Syncs go over once, in log order, with everything they carry and a ``CapturedMarker``; where to go on is found from the
/// target's own log. A sync that can't be delivered ends the capture, and none behind it goes over.
public actor Capture {
    let source: LibrdkafkaCluster
    let target: LibrdkafkaCluster
    let configuration: CaptureConfiguration
    let report: @Sendable (CaptureEvent) -> Void
    let delivery: SyncDelivery
    let positionsProducer: Producer

    /// All syncs that are on the target.
    var log = CapturedLog()
    /// Handed in, not known to be acknowledged yet.
    private var unsettled: [(offset: Int64, record: Record)] = []
    /// Where to read on in the source's topic, and what was read last.
    var next: Int64?
    var newest: (offset: Int64, record: Record)?
    /// What the target's topic of positions holds.
    var written = CheckpointTable()
    /// What was said of groups that could not be read, so that it is said once.
    var complaints: [String: String] = [:]
    /// Copies that positions are for and that the target does not show, so that it is said once.
    var hidden: Set<String> = []
    private var progress = CaptureStatus()
    private var lastWarning: String?
    private nonisolated let abandonment = Atomic(false)

    /// - Parameter report: Told what changes, from any thread.
    /// - Throws: ``KafkaError`` where librdkafka refuses a property. Nothing is connected yet.
    public init(
        source: LibrdkafkaCluster, target: LibrdkafkaCluster, configuration: CaptureConfiguration,
        report: @escaping @Sendable (CaptureEvent) -> Void = { _ in }
    ) throws(KafkaError) {
        self.source = source
        self.target = target
        self.configuration = configuration
        self.report = report
        delivery = try SyncDelivery(configuration.syncs(on: .target), on: target)
        // A position that is not taken in time is looked up and written anew in the next round.
        let limit = ClientProperties(["message.timeout.ms": "\(max(1, target.timeout.components.seconds) * 1000)"])
        positionsProducer = try Producer(
            cluster: target.name, properties: ClientProperties.patient(target).merging(limit))
    }

    /// What has been done so far.
    public var status: CaptureStatus {
        var status = progress
        status.relayed = delivery.acknowledged
        status.next = log.next
        return status
    }

    /// Captures until the task is cancelled; what is in flight is then acknowledged first.
    ///
    /// Once it has begun it outlasts a cluster that does not answer.
    /// - Throws: ``CaptureError``, ``KafkaError`` or ``InternalTopicMissing`` where it can't begin, or can't go on without
    ///   losing something.
    public func run() async throws {
        do {
            try await begin()
            while true {
                try await attempt()
                try await Task.sleep(for: configuration.interval)
            }
        } catch is CancellationError {
            guard !abandonment.load(ordering: .acquiring) else { return }
            // A cancelled task can't wait any more, and this must.
            try await Task { try await self.settle() }.value
        }
    }

    /// One round: everything that there is now.
    ///
    /// - Throws: As ``run()``; also where a cluster does not answer, or a group's positions can't be read.
    public func runOnce() async throws {
        try await begin()
        try await relay()
        try await writePositions()
        guard complaints.isEmpty else { throw CaptureError.groupsNotRead(complaints.keys.sorted()) }
    }

    private func attempt() async throws {
        do {
            try await relay()
            do {
                try await writePositions()
                lastWarning = nil
            } catch let error as KafkaError where !error.isRetriable && !error.isFatal {
                // The syncs go on without: a broker that restarts is enough for groups not to be listed.
                warnOnce("positions were not captured: \(error)")
            }
            if let cluster = progress.unreachable {
                progress.unreachable = nil
                report(.reachableAgain(cluster))
            }
        } catch let error as KafkaError where error.isRetriable && !error.isFatal {
            let cluster = error.cluster ?? source.name
            if progress.unreachable != cluster { report(.unreachable(cluster, error)) }
            progress.unreachable = cluster
        } catch let error as InternalTopicMissing {
            // Brokers that have just started may not know their topics yet.
            warnOnce(error.description)
        }
    }

    private func warnOnce(_ text: String) {
        if lastWarning != text { report(.warning(text)) }
        lastWarning = text
    }

    private func relay() async throws {
        try await settle()
        try await checkTarget()
        try await readSource { record, offset in try await hand(record, offset) }
        try await settle()
    }

    private func writePositions() async throws {
        progress.groups = try await capturePositions { progress.positions += $0 }
    }

    // MARK: Handing on

    private static let mostInFlight = 10_000

    private func hand(_ record: Record, _ offset: Int64) async throws {
        try await throwFailure()
        if unsettled.count >= Self.mostInFlight { try await settle() }
        while true {
            do throws(KafkaError) {
                if try delivery.hand(record, at: offset) { break }
            } catch {
                throw CaptureError.notDelivered(topic: configuration.syncs(on: .source).topic, sourceOffset: offset, error)
            }
            try await settle()
        }
        unsettled.append((offset, record))
    }

    /// Waits until everything handed in is acknowledged. What is not in time stays in flight.
    private func settle() async throws {
        var left = delivery.inFlight, deadline = ContinuousClock.now + target.timeout
        while delivery.inFlight > 0 {
            try await throwFailure()
            if delivery.inFlight < left {
                left = delivery.inFlight
                deadline = ContinuousClock.now + target.timeout
            }
            guard ContinuousClock.now < deadline else {
                throw KafkaError(
                    .timedOut, "deliver offset syncs", cluster: target.name, topic: configuration.syncs(on: .target).topic)
            }
            try await Task.sleep(for: .milliseconds(2))
        }
        try await throwFailure()
        for (offset, record) in unsettled { log.take(record, at: offset) }
        unsettled = []
    }

    private func throwFailure() async throws {
        guard !abandonment.load(ordering: .acquiring) else { throw CancellationError() }
        let topic = configuration.syncs(on: .target).topic
        switch delivery.failure {
        case nil: return
        case .notDelivered(let offset, let error):
            throw CaptureError.notDelivered(topic: configuration.syncs(on: .source).topic, sourceOffset: offset, error)
        case .cut(let expected, let end):
            throw CaptureError.targetCut(topic: topic, cluster: target.name, expected: expected, end: end)
        case .foreign(let offset): throw try await intruder(at: offset)
        }
    }

    /// Ends as a killed process would: at once, nothing waited for. For rehearsals and tests.
    public nonisolated func abandon() {
        abandonment.store(true, ordering: .releasing)
        delivery.abandon()
        positionsProducer.abandon()
    }
}
