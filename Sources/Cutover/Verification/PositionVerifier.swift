public import KafkaClient
public import OffsetTranslate

/// Holds groups' positions on the target against the records themselves. Reads only.
///
/// ## What it rests on
/// - The records around both positions, 64 on either side at first and up to 262,144 where those don't tell; a copy equals its
///   original in key, value, headers and, where both topics keep them, timestamps. Each range is read once, however many groups
///   stand in it.
/// - A mirror copies in order and each record at least once. A record that was copied again beyond what was read goes unnoticed:
///   a position at its first copy then counts as matched. Nothing is skipped by that. A mirror that has gone back, and was stopped before
///   it had passed again all that it had copied before, is noticed where that is within what is read.
/// - The source is read with what aborted transactions left, which MirrorMaker copies too.
public struct PositionVerifier: Sendable {
    private let source: (any KafkaCluster)?
    private let target: any KafkaCluster
    private let limits: RecordProof.Limits
    private let progress: ReadingProgress.Handler

    /// - Parameter source: `nil` where it is lost: then only the extent of the target's logs can be looked at.
    public init(
        source: (any KafkaCluster)?, target: any KafkaCluster, limits: RecordProof.Limits = RecordProof.Limits(),
        progress: @escaping ReadingProgress.Handler = { _ in }
    ) {
        self.source = source
        self.target = target
        self.limits = limits
        self.progress = progress
    }

    /// How far to either side is read, in rounds.
    package var reaches: [Int64] = [64, 1024, 16_384, 262_144]

    private struct Link: Hashable, Comparable {
        var source: TopicPartition
        var target: TopicPartition

        static func < (a: Self, b: Self) -> Bool { (a.source, a.target) < (b.source, b.target) }
    }

    /// Both logs of a link, and the positions still to be decided.
    private struct Work {
        var link: Link
        var sourceLog: LogBounds
        var targetLog: LogBounds
        /// In the list of positions.
        var open: [(index: Int, source: Int64, target: Int64, hint: Int64?)] = []

        func originals(_ reach: Int64) -> ReadParts { ReadParts(open.map { Self.around($0.source, reach, sourceLog) }) }
        func copies(_ reach: Int64) -> ReadParts {
            ReadParts(open.flatMap { [$0.target, $0.hint ?? $0.target] }.map { Self.around($0, reach, targetLog) })
        }

        func width(_ reach: Int64) -> Int64 { originals(reach).width.addingClamped(copies(reach).width) }

        private static func around(_ offset: Int64, _ reach: Int64, _ log: LogBounds) -> LogBounds {
            LogBounds(start: max(log.start, max(0, offset) - reach), end: min(log.end, offset.addingClamped(reach)))
        }
    }

    /// - Parameter activeGroups: Those with members on the target: that one is further there is no alarm.
    /// - Returns: In the order of the positions.
    /// - Throws: ``KafkaError`` where the logs' extents can't be had, `CancellationError`. What fails later is in the findings.
    public func verify(_ positions: [PositionPair], activeGroups: Set<String> = []) async throws -> [PositionFinding] {
        // The target first: what is appended later is above its end as it is known here.
        let targetLogs = try await target.logBounds(of: Set(positions.map(\.target)).sorted())
        let sourceLogs = try await source?.logBounds(of: Set(positions.map(\.source)).sorted()) ?? [:]
        var findings = positions.map { PositionFinding($0, .notReadable(.sourceLost)) }
        var work: [Link: Work] = [:]
        for (index, position) in positions.enumerated() {
            let sourceLog = sourceLogs[position.source], targetLog = targetLogs[position.target]
            if let verdict = withoutReading(position, sourceLog, targetLog) {
                findings[index].verdict = verdict
            } else if let sourceLog, let targetLog, let offset = position.targetOffset {
                let link = Link(source: position.source, target: position.target)
                work[link, default: Work(link: link, sourceLog: sourceLog, targetLog: targetLog)].open.append(
                    (index, max(position.sourceOffset, sourceLog.start), offset, position.hint))
            }
        }
        if let source { try await compare(work.values.sorted { $0.link < $1.link }, source, &findings) }
        for index in findings.indices {
            let position = findings[index].position, log = sourceLogs[position.source]
            findings[index].verdict = settled(findings[index].verdict, position, log, isActive: activeGroups.contains(position.group))
        }
        return findings
    }

    private func withoutReading(_ position: PositionPair, _ source: LogBounds?, _ target: LogBounds?) -> PositionFinding.Verdict? {
        guard let target else { return .notReadable(.targetMissing) }
        guard let offset = position.targetOffset else { return .notReadable(.noCommit) }
        if offset < target.start { return .notMatched(.belowTargetLogStart(target.start)) }
        if offset > target.end { return .notMatched(.beyondTargetLogEnd(target.end)) }
        guard self.source != nil else { return .notReadable(.sourceLost) }
        guard let source else { return .notReadable(.sourceMissing) }
        if position.sourceOffset > source.end { return .notReadable(.beyondSourceLogEnd(source.end)) }
        return nil
    }

    /// What the records can't tell by themselves.
    private func settled(
        _ verdict: PositionFinding.Verdict, _ position: PositionPair, _ log: LogBounds?, isActive: Bool
    ) -> PositionFinding.Verdict {
        var verdict = verdict
        if let log, position.sourceOffset < log.start {
            switch verdict {
            case .ahead(let count): verdict = .ahead(.init(count.precision == .atMost ? 1 : count.records, .atLeast))
            // The target may still hold what the source has deleted, and the group wants it.
            case .matched, .behind, .ambiguous: verdict = .notReadable(.expiredOnSource(logStart: log.start))
            case .notMatched(.noCopyNearby): verdict = .notReadable(.expiredOnSource(logStart: log.start))
            case .notMatched, .movedOn, .notReadable: break
            }
        }
        if isActive, case .ahead(let count) = verdict { return .movedOn(count) }
        return verdict
    }

    // MARK: Reading

    private func compare(_ work: [Work], _ source: any KafkaCluster, _ findings: inout [PositionFinding]) async throws {
        let meter = ReadingMeter(limits)
        var work = work
        do {
            for reach in reaches {
                let total = work.reduce(Int64(0)) { $0.addingClamped($1.width(reach)) }
                var left: [Work] = []
                for chunk in StretchReader.chunks(work, { $0.width(reach) }) {
                    for decided in try await compare(chunk, reach, source, meter, total: total) {
                        for (index, verdict, evidence) in decided.verdicts {
                            findings[index].verdict = verdict
                            findings[index].evidence = evidence
                        }
                        let done = Set(decided.verdicts.map(\.0))
                        var rest = decided.work
                        rest.open.removeAll { done.contains($0.index) }
                        if !rest.open.isEmpty { left.append(rest) }
                    }
                }
                work = left
            }
        } catch let error as CancellationError {
            throw error
        } catch {
            // What was not decided by now stays open, with the reason.
            let decided = Set(findings.indices.filter { findings[$0].verdict != .notReadable(.sourceLost) })
            for index in findings.indices where !decided.contains(index) { findings[index].verdict = .notReadable(.stopped("\(error)")) }
        }
    }

    private struct Decided {
        var link: Link
        var work: Work
        var verdicts: [(Int, PositionFinding.Verdict, PositionFinding.Evidence)] = []
    }

    private func compare(
        _ chunk: [Work], _ reach: Int64, _ source: any KafkaCluster, _ meter: ReadingMeter, total: Int64
    ) async throws -> [Decided] {
        func ranges(_ parts: (Work) -> ReadParts, _ partition: (Link) -> TopicPartition) -> [LogRange] {
            chunk.flatMap { work in parts(work).parts.map { LogRange(partition(work.link), $0) } }
        }
        let originals = try await LogSamples.read(
            ranges({ $0.originals(reach) }, \.source), in: source, isolation: .uncommitted, sample(source, meter, total))
        let copies = try await LogSamples.read(
            ranges({ $0.copies(reach) }, \.target), in: target, isolation: .uncommitted, sample(target, meter, total))
        let isLast = reach == reaches.last
        return chunk.map { work in
            let stretches = work.originals(reach).parts, read = work.copies(reach)
            let parts = stretches.map { Array(originals[LogRange(work.link.source, $0)]) }
            let index = CopyIndex(
                read.parts.flatMap { copies[LogRange(work.link.target, $0)] }, read: read, log: work.targetLog,
                keepsTimestamps: parts.allSatisfy { $0.allSatisfy { $0.content.fingerprint.timestamp != nil } })
            let comparisons = zip(stretches, parts).map {
                PositionComparison($1, stretch: $0, log: work.sourceLog, copies: index)
            }
            var decided = Decided(link: work.link, work: work)
            for position in work.open {
                guard let comparison = comparisons.first(where: { $0.stretch.start <= position.source && position.source <= $0.stretch.end })
                else {
                    // Nothing to read: the source's log is empty.
                    decided.verdicts.append((position.index, .notReadable(.noRecords), .init()))
                    continue
                }
                guard let (verdict, evidence) = comparison.verdict(position.source, position.target, isLast: isLast) else { continue }
                decided.verdicts.append((position.index, verdict, evidence))
            }
            return decided
        }
    }

    private func sample(
        _ cluster: any KafkaCluster, _ meter: ReadingMeter, _ total: Int64
    ) -> @Sendable (borrowing MessageView) throws -> RecordSample {
        { [progress] message in
            let records = try meter.note(message)
            if records % 50_000 == 0 {
                let end = max(total, Int64(records))
                progress(ReadingProgress(topic: message.topic, cluster: cluster.name, offset: Int64(records), range: LogBounds(start: 0, end: end)))
            }
            return RecordSample(message)
        }
    }
}
