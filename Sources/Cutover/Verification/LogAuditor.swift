public import KafkaClient
public import OffsetTranslate

/// Reads whole stretches of partitions and their copies, and compares them: see ``LogAudit``. Changes nothing.
///
/// The comparison begins where both sides' records first meet: below that, retention, or the cut of a range, has taken one side's. It
/// ends with the logs as they stood when it began, the target's end taken first, so that what came later is not missed there.
public struct LogAuditor: Sendable {
    /// What is compared.
    public struct Request: Hashable, Sendable {
        public var source: TopicPartition
        public var target: TopicPartition
        public var stretch: Stretch

        public init(source: TopicPartition, target: TopicPartition, stretch: Stretch = .all) {
            self.source = source
            self.target = target
            self.stretch = stretch
        }
    }

    public enum Stretch: Hashable, Sendable {
        case all
        /// As many offsets, before both logs' ends.
        case last(Int64)
        /// Offsets of the source.
        case source(from: Int64?, to: Int64?)
    }

    let source: any KafkaCluster
    let target: any KafkaCluster
    let window: Int
    let isolation: Isolation
    let limits: RecordProof.Limits
    let progress: ReadingProgress.Handler

    /// How many offsets are read at a time: each time, what the client has fetched ahead is lost.
    static let chunk: Int64 = 250_000

    /// - Parameters:
    ///   - window: In records: by how much a record may have been moved, or a mirror gone back, and still be recognised. A few hundred bytes
    ///     of memory each.
    ///   - isolation: What the mirror reads of the source: MirrorMaker copies what aborted transactions wrote, unless told otherwise.
    ///   - limits: What is left when one is reached is told as unfinished.
    public init(
        source: any KafkaCluster, target: any KafkaCluster, window: Int = 200_000, isolation: Isolation = .uncommitted,
        limits: RecordProof.Limits, progress: @escaping ReadingProgress.Handler = { _ in }
    ) {
        self.source = source
        self.target = target
        self.window = window
        self.isolation = isolation
        self.limits = limits
        self.progress = progress
    }

    /// - Parameter report: Told each partition's findings as soon as they are there.
    /// - Returns: In the order of the requests. A partition that one side does not have is said to have an ``AuditFindings/obstacle``.
    /// - Throws: ``KafkaError`` where the logs' extents can't be had, `CancellationError`, and what `report` throws.
    public func audit(_ requests: [Request], report: (AuditFindings) throws -> Void = { _ in }) async throws -> [AuditFindings] {
        let targetLogs = try await target.logBounds(of: Set(requests.map(\.target)).sorted())
        let sourceLogs = try await source.logBounds(of: Set(requests.map(\.source)).sorted())
        let meter = ReadingMeter(limits)
        var all: [AuditFindings] = []
        for request in requests {
            var findings = AuditFindings()
            if let sourceLog = sourceLogs[request.source], let targetLog = targetLogs[request.target] {
                findings = try await audit(request, sourceLog, targetLog, meter)
            } else {
                findings.obstacle = "'\(sourceLogs[request.source] == nil ? source.name : target.name)' has no such partition"
            }
            findings.source = request.source
            findings.target = request.target
            try report(findings)
            all.append(findings)
        }
        return all
    }

    private func audit(
        _ request: Request, _ sourceLog: LogBounds, _ targetLog: LogBounds, _ meter: ReadingMeter
    ) async throws -> AuditFindings {
        do {
            let (originals, copies) = try await ranges(request, sourceLog, targetLog)
            var run = AuditRun(
                originals: AuditFeed(request.source, originals, log: sourceLog, source, isolation, meter, progress),
                copies: AuditFeed(request.target, copies, log: targetLog, target, .uncommitted, meter, progress), window: window)
            return try await run.findings()
        } catch let error as CancellationError {
            throw error
        } catch {
            // Only before anything was compared: the rest is in the findings.
            var findings = AuditFindings()
            findings.obstacle = "\(error)"
            return findings
        }
    }

    /// What is read on each side.
    private func ranges(_ request: Request, _ source: LogBounds, _ target: LogBounds) async throws -> (LogBounds, LogBounds) {
        switch request.stretch {
        case .all: return (source, target)
        case .last(let count): return (source.last(count), target.last(count))
        case .source(let from, let to):
            let start = min(max(source.start, from ?? 0), source.end)
            let range = LogBounds(start: start, end: max(start, min(source.end, to ?? .max)))
            guard range.start > source.start, let time = try await timestamp(LogRange(request.source, range)) else { return (range, target) }
            // A copy keeps its time; where topics don't, the brokers may know nothing as late, and all is read.
            let found = try await self.target.offsets(atOrAfter: [request.target: time])[request.target]
            return (range, LogBounds(start: found.map { max(target.start, min($0, target.end)) } ?? target.start, end: target.end))
        }
    }

    /// The least of the first few records.
    private func timestamp(_ range: LogRange) async throws -> Int64? {
        let few = LogRange(range.partition, LogBounds(start: range.bounds.start, end: min(range.bounds.end, range.bounds.start.addingClamped(64))))
        let times = try await LogSamples.read([few], in: source, isolation: isolation) { $0.isLogAppendTime ? -1 : $0.timestamp }[few]
        return times.map(\.content).min().flatMap { $0 < 0 ? nil : $0 }
    }
}

extension LogBounds {
    fileprivate func last(_ count: Int64) -> LogBounds { LogBounds(start: end - start > count ? end - max(0, count) : start, end: end) }
}
