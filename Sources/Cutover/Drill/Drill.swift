internal import Foundation
public import KafkaClient
public import OffsetTranslate

/// A cutover that is rehearsed with shadows of the groups: planned, committed and read for real, verified against the source, and
/// cleaned up. The real groups are only read.
public struct Drill: Sendable {
    /// Plans what is rehearsed: for a failover it has no source, even while that lives.
    public var planner: Planner
    /// Looks at the source: where the groups stand there decides whether the shadows stand rightly. `nil` where it can't be asked.
    public var witness: Planner?
    /// Goes on from the shadows' positions.
    public var reader: any ShadowReader
    public var limits = RecordProof.Limits()
    /// How many shadow groups read at the same time.
    public var readers = 8
    var pause = Duration.milliseconds(500)
    var patience = Duration.seconds(30)

    public init(planner: Planner, witness: Planner?, reader: any ShadowReader) {
        self.planner = planner
        self.witness = witness
        self.reader = reader
        // It verifies positions that others plan.
        self.witness?.checking = nil
        self.witness?.proof = nil
    }

    /// Plans, and says how long that took. Changes nothing.
    public func plan(_ selection: Planner.Selection) async throws -> (plan: CutoverPlan, time: Duration) {
        try await timed { try await planner.plan(selection) }
    }

    /// Carries the plan out with shadows, and cleans up, whatever happens.
    ///
    /// A task that is cancelled meanwhile ends the drill, and cleans up as well.
    /// - Parameters:
    ///   - planned: As ``plan(_:)`` gave it.
    ///   - path: Of the drill's journal, which names the shadow groups before the first is made.
    ///   - topic: Gets a copy of every line.
    /// - Throws: ``JournalError``; nothing was committed then.
    public func rehearse(
        _ planned: (plan: CutoverPlan, time: Duration), _ selection: Planner.Selection, id: RunID, journal path: String,
        copy topic: JournalTopic? = nil, by: Operator
    ) async throws -> DrillReport {
        try await rehearse(planned, selection, id) { plan, approval in
            try await CutoverRun.begin(plan, approval, by: by, id: id, journal: path, copy: topic, on: planner.target)
        }
    }

    func rehearse(
        _ planned: (plan: CutoverPlan, time: Duration), _ selection: Planner.Selection, _ id: RunID,
        begin: (CutoverPlan, Approval) async throws -> CutoverRun
    ) async throws -> DrillReport {
        var report = DrillReport(id: id, plan: planned.plan, planned: planned.time)
        let names = ShadowGroups(of: id)
        let run = try await begin(planned.plan.shadowed(by: names), Approval(manner: "drill"))
        do {
            // Right behind the plan, and not before it: what a group commits meanwhile only moves it on.
            let seen = try await look(planned.plan, selection, &report)
            try await rehearse(run, names, seen, &report)
        } catch {
            report.interruption = error
        }
        // Cancelled or not.
        let begun = ContinuousClock.now
        report.cleaning = await Task { [self] in await cleanUp(run, names) }.value
        report.times.cleanUp = .now - begun
        return report
    }

    private func rehearse(_ run: CutoverRun, _ names: ShadowGroups, _ seen: CutoverPlan?, _ report: inout DrillReport) async throws {
        do {
            (report.outcomes, report.times.commit) = try await timed { try await run.apply() }
        } catch let interrupted as CutoverInterrupted {
            report.outcomes = interrupted.outcomes
            throw interrupted.cause
        }
        let committed = report.outcomes.reduce(into: [String: [TopicPartition: Int64]]()) { $0[$1.group] = $1.committed }
        try Task.checkCancellation()
        (report.readings, report.times.read) = try await timed {
            try await concurrently(committed.filter { !$0.value.isEmpty }.sorted { $0.key < $1.key }, atMost: readers) { shadow, positions in
                var reading: ShadowReading
                do {
                    reading = try await reader.read(shadow, at: positions)
                } catch let error as KafkaError {
                    reading = ShadowReading(group: shadow)
                    reading.problems = ["\(error)"]
                }
                reading.group = names.group(of: shadow) ?? shadow
                return reading
            }
        }
        try Task.checkCancellation()
        (report.positions, report.times.verify) = try await timed {
            try await verified(report.plan, seen, committed.reduce(into: [:]) { $0[names.group(of: $1.key) ?? $1.key] = $1.value })
        }
    }

    // MARK: The source

    /// Where the groups stand on the source, and what of it has not been copied.
    private func look(_ plan: CutoverPlan, _ selection: Planner.Selection, _ report: inout DrillReport) async throws -> CutoverPlan? {
        guard let witness, let source = witness.source else {
            report.obstacles.append("the source was not asked, so nothing could be verified against it")
            return nil
        }
        do {
            // A switchover is planned from the commits themselves.
            let seen = plan.mode == .switchover ? plan : try await witness.plan(selection)
            let pairs = (plan.offsets + seen.offsets).copies
            report.lags = try await CopyLagMeter(source: source, target: planner.target, limits: limits).measure(pairs)
            return seen
        } catch let error as CancellationError {
            throw error
        } catch {
            report.obstacles.append("the source could not be looked at: \(error)")
            return nil
        }
    }

    private func verified(
        _ plan: CutoverPlan, _ seen: CutoverPlan?, _ committed: [String: [TopicPartition: Int64]]
    ) async throws -> [DrillReport.Position] {
        let planned = Dictionary(plan.offsets.map { ($0.place, $0) }) { a, _ in a }
        let known = Set((seen?.offsets ?? []).map(\.place))
        func pair(_ offset: PlannedOffset) -> PositionPair {
            PositionPair(
                group: offset.group, source: offset.source, sourceOffset: offset.upstream.offset, target: offset.target,
                targetOffset: committed[offset.group]?[offset.target], hint: planned[offset.place]?.translation.position)
        }
        let verifier = PositionVerifier(source: witness?.source, target: planner.target, limits: limits)
        let findings = try await verifier.verify((seen?.offsets ?? []).map(pair))
        let unseen = plan.offsets.filter { !known.contains($0.place) }.map { offset in
            let why = seen == nil ? PositionFinding.Obstacle.sourceLost : .stopped("the group has no commit on the source to compare with")
            return PositionFinding(pair(offset), .notReadable(why))
        }
        return (findings + unseen).map { finding in
            let position = finding.position
            return DrillReport.Position(
                finding: finding, planned: planned[PlannedOffset.Place(group: position.group, source: position.source)])
        }.sorted { a, b in
            (a.finding.position.group, a.finding.position.target) < (b.finding.position.group, b.finding.position.target)
        }
    }

    // MARK: Cleaning up

    private func cleanUp(_ run: CutoverRun, _ names: ShadowGroups) async -> [DrillReport.Cleaning] {
        let cleaning = ShadowCleaning(shadows: names, target: planner.target, pause: pause, patience: patience)
        return await cleaning.clean(run.plan.offsets.targetsByGroup, run.journal)
    }

    /// Removes what a drill left that was killed, by its journal.
    ///
    /// - Throws: ``JournalDamage``, ``JournalError`` (also where that drill is live), ``RunError``, ``NotADrill``.
    public static func cleanUp(_ path: String, on target: any KafkaCluster) async throws -> [DrillReport.Cleaning] {
        let run = try await CutoverRun.open(path, on: target)
        guard let history = run.history else { throw RunError.notOpened }
        guard let shadows = history.shadows else { throw NotADrill(run: history.id) }
        return await ShadowCleaning(shadows: ShadowGroups(of: history.id), target: target).clean(shadows, run.journal)
    }
}

/// A run that moved real groups is not a drill to be cleaned up.
public struct NotADrill: Error, CustomStringConvertible {
    public var run: RunID

    public init(run: RunID) { self.run = run }

    public var description: String {
        "run \(run) is no drill: its groups are real ones, and nothing was removed. 'failover rollback \(run)' puts them back where they were."
    }
}

private func timed<Result>(_ work: () async throws -> Result) async throws -> (Result, Duration) {
    let begun = ContinuousClock.now
    let result = try await work()
    return (result, .now - begun)
}
