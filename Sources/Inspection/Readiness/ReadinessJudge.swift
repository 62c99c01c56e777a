internal import Cutover
internal import Foundation
import KafkaClient
import OffsetTranslate

/// Makes checks of what was seen. Pure.
struct ReadinessJudge: Sendable {
    var flow: ReplicationFlow
    var configuration: FlowConfiguration
    /// Milliseconds since the epoch.
    var now: Int64
    var isSourceAsked: Bool

    var limits: StatusSettings { configuration.status }
    private var sourceName: String { "'\(flow.sourceAlias)'" }
    private var targetName: String { "'\(flow.targetAlias)'" }

    // MARK: The mirror

    func heartbeat(_ heartbeats: HeartbeatSituation) -> ReadinessCheck {
        guard let newest = heartbeats.newest else {
            return ReadinessCheck(
                .heartbeat, configuration.emitHeartbeats.enabled ? .warn : .unknown, "'\(flow.heartbeatsTopic)' on \(targetName) has none of this flow",
                remedy: configuration.emitHeartbeats.enabled ? "See that the mirror runs; MM2's heartbeats are written by its heartbeat connector." : nil)
        }
        let age = max(0, now.subtractingClamped(newest))
        let mirrored = heartbeats.newestMirrored.map { "; the newest that came over with the records is \(span(.milliseconds(max(0, now.subtractingClamped($0))))) old" } ?? ""
        let status = limits.heartbeatAge.status(of: age / 1000)
        return ReadinessCheck(
            .heartbeat, status, "the newest is \(span(.milliseconds(age))) old" + mirrored,
            remedy: status == .pass ? nil : "See that the mirror runs, and that it reaches \(targetName).", value: Double(age) / 1000, unit: .seconds)
    }

    func replicationLag(_ partitions: [PartitionSituation]) -> ReadinessCheck {
        guard isSourceAsked else { return ReadinessCheck(.replicationLag, .unknown, "\(sourceName) can't be asked") }
        let open = partitions.filter { $0.lag == nil }
        let lagging = partitions.filter { $0.lag?.offsets ?? 0 > limits.replicationLag.warn }
            .sorted { $0.lag?.offsets ?? 0 > $1.lag?.offsets ?? 0 }
        let most = partitions.compactMap(\.lag?.offsets).max() ?? 0
        let total = partitions.reduce(Int64(0)) { $0.addingClamped($1.lag?.offsets ?? 0) }
        let status = limits.replicationLag.status(of: most)
        return ReadinessCheck(
            .replicationLag, status,
            "not copied: \(counted(total, "offset")) of \(counted(partitions.count, "partition")), at most \(most.grouped) of one"
                + (open.isEmpty ? "" : "; of \(open.count) it can't be told"),
            findings: lagging.map { "\($0.source): \(counted($0.lag?.offsets ?? 0, "offset")) behind" }.shortened(to: 10)
                + open.map { "\($0.source): it can't be told" + ($0.lastSync == nil ? " without an offset sync" : ": the newest offset sync is of another log") }.shortened(to: 10),
            remedy: status == .pass ? nil : "See why the mirror lags: its own metrics, and the load of both clusters.", value: Double(most), unit: .records)
    }

    /// Of partitions that have a copy, those whose syncs are missing, or have not gone on with the copy.
    func offsetSyncs(_ partitions: [PartitionSituation]) -> ReadinessCheck {
        let copied = partitions.filter { $0.targetLog?.end ?? 0 > 0 }
        let missing = copied.filter { $0.lastSync == nil }
        let slack = max(1000, configuration.offsetLagMax.multipliedClamped(by: 10))
        let behind = copied.filter { partition in
            guard let sync = partition.lastSync, let end = partition.targetLog?.end else { return false }
            return end - sync.downstreamOffset > slack
        }
        let newest = copied.compactMap(\.lastSync?.timestamp).max()
        let age = newest.map { ", the newest is \(span(.milliseconds(max(0, now.subtractingClamped($0))))) old" } ?? ""
        if copied.isEmpty {
            let isLost = !isSourceAsked && flow.offsetSyncsLocation == .source
            let hasRecords = partitions.contains { ($0.sourceLog?.end ?? 0) > 0 }
            return ReadinessCheck(
                .offsetSyncs, isLost ? .unknown : partitions.isEmpty ? .warn : hasRecords ? .fail : .pass,
                isLost ? "they were on \(sourceName)" : partitions.isEmpty ? "no topic of \(sourceName) is mirrored" : hasRecords ? "no record has been copied" : "there is nothing to copy yet",
                remedy: !isLost && (partitions.isEmpty || hasRecords) ? "See that the mirror runs, and that topics and aliases are those that it runs with." : nil)
        }
        let isWithout = missing.count == copied.count
        return ReadinessCheck(
            .offsetSyncs, isWithout ? .fail : missing.isEmpty && behind.isEmpty ? .pass : .warn,
            "\((copied.count - missing.count).grouped) of \(counted(copied.count, "partition")) with copied records have offset syncs" + age,
            findings: missing.map { "\($0.source): none" }.shortened(to: 10)
                + behind.map { "\($0.source): its copy has grown by \(($0.targetLog?.end ?? 0) - ($0.lastSync?.downstreamOffset ?? 0)) since the newest" }.shortened(to: 10),
            remedy: isWithout || !missing.isEmpty || !behind.isEmpty
                ? "See that the mirror runs and emit.offset-syncs.enabled is true; positions in between are bounded only, or unknown." : nil,
            value: newest.map { Double(max(0, now.subtractingClamped($0))) / 1000 }, unit: .seconds)
    }

    func offsetSyncsLocation(isCaptured: Bool) -> ReadinessCheck {
        if flow.offsetSyncsLocation == .target { return ReadinessCheck(.offsetSyncsLocation, .pass, "on \(targetName): they outlive \(sourceName)") }
        if isCaptured { return ReadinessCheck(.offsetSyncsLocation, .pass, "on \(sourceName), and captured to \(targetName)") }
        return ReadinessCheck(
            .offsetSyncsLocation, .warn, "on \(sourceName) ('\(flow.offsetSyncsTopic)'): lost with it",
            remedy: "Run 'failover capture' beside MM2, or set offset-syncs.topic.location=target.")
    }

    func checkpoints(_ newest: Int64?, _ groups: [GroupSituation]) -> ReadinessCheck {
        guard let newest else {
            let isNeeded = isSourceAsked && !groups.isEmpty
            return ReadinessCheck(
                .checkpoints, isNeeded ? .fail : .unknown, "'\(flow.checkpointsTopic)' on \(targetName) has none",
                remedy: isNeeded ? "Let the mirror write checkpoints (emit.checkpoints.enabled), or run 'failover capture': without, no group's position outlives \(sourceName)." : nil)
        }
        let age = max(0, now.subtractingClamped(newest))
        let due = groups.filter { $0.positions.contains { $0.isAheadOfCheckpoint } }
        let status = !isSourceAsked ? .unknown : due.isEmpty ? .pass : limits.checkpointAge.status(of: age / 1000)
        return ReadinessCheck(
            .checkpoints, status,
            "the newest is \(span(.milliseconds(age))) old"
                + (isSourceAsked ? due.isEmpty ? ", and no group has moved on since" : ", \(counted(due.count, "group")) moved on since" : ""),
            remedy: [.pass, .unknown].contains(status) ? nil : "See that MM2's checkpoint connector, or the mirror, runs.", value: Double(age) / 1000, unit: .seconds)
    }

    // MARK: What a failover would come to

    func recoveryPoint(_ partitions: [PartitionSituation]) -> ReadinessCheck {
        guard isSourceAsked else { return ReadinessCheck(.recoveryPoint, .unknown, "\(sourceName) can't be asked for what is not copied") }
        let lost = partitions.filter { $0.lag?.offsets ?? 0 > 0 }
        let oldest = lost.compactMap(\.lag?.age).max(), isUntold = oldest == nil && !lost.isEmpty
        let records = lost.reduce(Int64(0)) { $0.addingClamped($1.lag?.offsets ?? 0) }
        let open = partitions.count { $0.lag == nil }
        let status = limits.recoveryPoint.status(of: oldest?.components.seconds ?? 0)
        return ReadinessCheck(
            .recoveryPoint, status == .pass && (open > 0 || isUntold) ? .unknown : status,
            (lost.isEmpty
                ? "if \(sourceName) died now, no record would be lost"
                : "if \(sourceName) died now, up to \(counted(records, "record")) of \(counted(lost.count, "partition")) would be lost, " + (oldest.map { "the oldest written \(span($0)) ago" } ?? "and how old they are can't be told"))
                + (open == 0 ? "" : "; of \(counted(open, "partition")) it can't be told"),
            remedy: status == .pass ? nil : "See why the mirror lags.", value: isUntold ? nil : Double((oldest ?? .zero).milliseconds) / 1000, unit: .seconds)
    }

    func recoveryTime(_ time: Duration, groups: Int) -> ReadinessCheck {
        let status = limits.recoveryTime.status(of: time.components.seconds)
        return ReadinessCheck(
            .recoveryTime, status,
            "about \(span(time)) to plan, commit and read back \(counted(groups, "group")), by what the same requests took now; people, and consumers' restarts, come on top",
            remedy: status == .pass ? nil : "Measure it: 'failover drill'.", value: Double(time.milliseconds) / 1000, unit: .seconds)
    }
}

extension StatusSettings.Limit {
    func status(of value: Int64) -> CheckStatus { value > fail ? .fail : value > warn ? .warn : .pass }
}

extension PositionSituation {
    /// A checkpoint of it is due, or soon.
    var isAheadOfCheckpoint: Bool {
        guard origin == .sourceCommit, ifLost.maxReplay != 0, let upstream else { return false }
        return upstream.offset > checkpoint?.upstreamOffset ?? -1
    }
}
