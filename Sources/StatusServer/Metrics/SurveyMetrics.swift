import Inspection

/// A survey as Prometheus metrics. docs/monitoring.md describes each.
///
/// What is not known has no sample: a NaN would spoil every sum over it.
struct SurveyMetrics {
    private let flow: Labels
    private var text = Exposition()

    init(_ view: SurveyView) {
        flow = Labels(["source": view.survey.sourceAlias, "target": view.survey.targetAlias])
        add(view.survey)
        add(view.totals)
        add(view.survey.readiness)
        add(view.groups)
        add(view.partitions)
    }

    var bytes: [UInt8] { text.bytes }

    private mutating func add(_ survey: FlowSurvey) {
        one("failover_survey_timestamp_seconds", "When the shown look at the clusters began.", Double(survey.takenAt) / 1000)
        one("failover_survey_duration_seconds", "How long it took.", survey.took / .seconds(1))
        let isUp: Int64? = survey.sourceTrouble != nil ? 0 : survey.readiness[.sourceReachable]?.status == .pass ? 1 : nil
        one("failover_source_up", "Whether the source answered: 1, or 0; no sample where it was not asked.", isUp)
        one(
            "failover_heartbeat_timestamp_seconds", "When the flow's mirror last wrote a heartbeat, by its own clock.",
            survey.heartbeats.newest.map { Double($0) / 1000 })
        one(
            "failover_heartbeat_mirrored_timestamp_seconds",
            "When the newest heartbeat that came over with the records was written on the source.",
            survey.heartbeats.newestMirrored.map { Double($0) / 1000 })
    }

    private mutating func add(_ totals: FlowTotals?) {
        text.family("failover_groups", "Consumer groups, by what there is to say of them.")
        for (severity, count) in totals?.bySeverity ?? [] { text.add(flow.with(["severity": severity.rawValue]), Int64(count)) }
        one("failover_partitions", "Partitions that the flow copies.", totals?.partitions.map { Int64($0) })
        one("failover_replication_lag_records", "Offsets of the source that are not copied yet.", totals?.replicationLag)
        one(
            "failover_replication_lag_unknown_partitions", "Partitions where that can't be told.", totals?.replicationLagUnknown.map { Int64($0) })
        one(
            "failover_replication_age_seconds", "Since the oldest record that is not copied yet was written; 0 where all are.",
            totals?.oldestUnreplicated.map { Double($0) / 1000 })
        one("failover_consumer_lag_records", "Offsets between the groups' commits and the source's log ends.", totals?.consumerLag)
        one(
            "failover_replay_records", "Records read again at the most if all groups were moved now: of groups with a bound.",
            totals?.maxReplay)
        one("failover_replay_unbounded_groups", "Groups without such a bound.", totals.map { Int64($0.replayUnbounded) })
        one(
            "failover_replay_if_lost_records", "Records read again at the most if the source died now: of groups with a bound.",
            totals?.maxReplayIfLost)
        one("failover_replay_if_lost_unbounded_groups", "Groups without such a bound.", totals?.replayUnboundedIfLost.map { Int64($0) })
        one(
            "failover_missing_positions_if_lost", "Positions that nothing would be left of if the source died now.",
            totals?.withoutPositionIfLost.map { Int64($0) })
    }

    private mutating func add(_ readiness: Readiness) {
        one("failover_readiness", "Whether the flow is fit for a failover: 0 pass, 1 warn, 2 fail.", readiness.verdict.figure)
        let checks = readiness.checks.map { (check: $0, labels: flow.with(["check": $0.kind.rawValue])) }
        text.family("failover_readiness_check", "One check: 0 pass, 1 warn, 2 fail; no sample where it can't be made.")
        for (check, labels) in checks { if let figure = check.status.figure { text.add(labels, figure) } }
        text.family("failover_readiness_check_findings", "Places where something is wrong.")
        for (check, labels) in checks { text.add(labels, Int64(check.findings.count)) }
        for (unit, name, what) in [
            (CheckUnit.seconds, "seconds", "in seconds"), (.records, "records", "in records"), (.count, "items", "a number of things"), (.percent, "percent", "in percent"),
        ] {
            text.family("failover_readiness_check_\(name)", "The figure behind a check, \(what).")
            for (check, labels) in checks where check.unit == unit { if let value = check.value { text.add(labels, value) } }
        }
    }

    private mutating func add(_ groups: Bounded<GroupDocument>) {
        one("failover_groups_omitted", "Groups left out of the series by group, beyond --max-groups.", Int64(groups.omitted))
        let labels = groups.kept.map { flow.with(["group": $0.name]) }
        func each(_ name: String, _ help: String, _ value: (GroupDocument) -> Int64?) {
            text.family(name, help)
            for (group, labels) in zip(groups.kept, labels) { if let value = value(group) { text.add(labels, value) } }
        }
        each("failover_group_severity", "What there is to say of a group: 0 good, 1 notice, 2 problem.") { $0.rank }
        each("failover_group_lag_records", "Offsets between the group's commits and the source's log ends.", \.lag)
        each("failover_group_replay_records", "Records that it reads again at the most if it is moved now.", \.maxReplay)
        each("failover_group_replay_if_lost_records", "Records that it reads again at the most if the source dies now.", \.maxReplayIfLost)
        each("failover_group_missing_positions_if_lost", "Positions that nothing would be left of if the source died now.") {
            Int64($0.withoutPositionIfLost)
        }
        each(
            "failover_group_distance_records",
            "From its translated position to its commit on the target, the furthest of all partitions; negative where that is behind.", \.distance)
        text.family("failover_group_checkpoint_timestamp_seconds", "When its newest checkpoint was written.")
        for (group, labels) in zip(groups.kept, labels) {
            if let time = group.newestCheckpoint { text.add(labels, Double(time) / 1000) }
        }
    }

    private mutating func add(_ partitions: Bounded<PartitionDocument>) {
        one(
            "failover_partitions_omitted", "Partitions left out of the series by partition, beyond --max-partitions.",
            Int64(partitions.omitted))
        let labels = partitions.kept.map { flow.with(["topic": $0.sourceTopic, "partition": "\($0.partition)"]) }
        text.family("failover_partition_lag_records", "Offsets of the source's partition that are not copied yet.")
        for (partition, labels) in zip(partitions.kept, labels) { if let lag = partition.lag { text.add(labels, lag) } }
        text.family("failover_partition_age_seconds", "Since its oldest record that is not copied yet was written.")
        for (partition, labels) in zip(partitions.kept, labels) {
            if let age = partition.lagMilliseconds { text.add(labels, Double(age) / 1000) }
        }
    }

    private mutating func one(_ name: String, _ help: String, _ value: Int64?) {
        text.family(name, help)
        if let value { text.add(flow, value) }
    }

    private mutating func one(_ name: String, _ help: String, _ value: Double?) {
        text.family(name, help)
        if let value { text.add(flow, value) }
    }
}

extension CheckStatus {
    fileprivate var figure: Int64? {
        switch self {
        case .pass: 0
        case .warn: 1
        case .fail: 2
        case .unknown: nil
        }
    }
}

extension FlowTotals {
    fileprivate var bySeverity: [(SyncReason.Severity, Int)] {
        [(.good, groups - problems - notices), (.notice, notices), (.problem, problems)]
    }
}
