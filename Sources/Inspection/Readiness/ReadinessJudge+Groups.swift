internal import Cutover
import KafkaClient
import OffsetTranslate

extension ReadinessJudge {
    // MARK: Topics

    func topics(_ differences: TopicDifferences?) -> [ReadinessCheck] {
        let kinds: [ReadinessCheck.Kind] = [.topicsMirrored, .partitionCounts, .topicSettings, .topicAccess]
        guard let differences else { return kinds.map { ReadinessCheck($0, .unknown, "'\(flow.sourceAlias)' can't be asked") } }
        let fewer = differences.fewer, more = differences.more
        return [
            ReadinessCheck(
                .topicsMirrored, differences.missing.isEmpty ? .pass : .fail,
                differences.missing.isEmpty ? "every topic has a copy" : "\(counted(differences.missing.count, "topic")) without a copy",
                findings: differences.missing.map { "'\($0)'" }.shortened(to: 10),
                remedy: differences.missing.isEmpty ? nil : "See that the mirror runs; leave out by topics.exclude what is not to be mirrored.",
                value: Double(differences.missing.count), unit: .count),
            ReadinessCheck(
                .partitionCounts, !fewer.isEmpty ? .fail : more.isEmpty ? .pass : .warn,
                fewer.isEmpty && more.isEmpty ? "copies have as many partitions as their originals" : "\(counted(fewer.count + more.count, "topic")) with another number",
                findings: (fewer + more).shortened(to: 10),
                remedy: fewer.isEmpty ? more.isEmpty ? nil : "Records with the same key may lie in other partitions after a failover: add partitions on the source." : "See that the mirror may add partitions on '\(flow.targetAlias)'.",
                value: Double(fewer.count + more.count), unit: .count),
            inStep(.topicSettings, "settings", differences.settings, differences.obstacles.settings, isSynced: configuration.syncTopicConfigs.enabled, "sync.topic.configs.enabled"),
            inStep(.topicAccess, "access rules", differences.access, differences.obstacles.access, isSynced: configuration.syncTopicACLs.enabled, "sync.topic.acls.enabled"),
        ]
    }

    private func inStep(
        _ kind: ReadinessCheck.Kind, _ what: String, _ found: [String]?, _ obstacles: [String], isSynced: Bool, _ key: String
    ) -> ReadinessCheck {
        guard let found else { return ReadinessCheck(kind, .unknown, "\(what) can't be compared", findings: obstacles.shortened(to: 5)) }
        if found.isEmpty { return ReadinessCheck(kind, .pass, "\(what) of copies are as their originals'") }
        return ReadinessCheck(
            kind, .warn, "\(counted(found.count, "difference")) in \(what)", findings: found.shortened(to: 10),
            remedy: isSynced ? "The mirror brings them in step in its next round, if it may." : "\(key) is false: nothing keeps them in step.",
            value: Double(found.count), unit: .count)
    }

    func retention(_ uses: [RetentionUse], _ groups: [GroupSituation]) -> ReadinessCheck {
        let expired = groups.flatMap { group in
            group.positions.compactMap { position -> String? in
                guard case .expiredOnTarget(let lost) = position.reason else { return nil }
                return "\(position.target): deleted are up to \(counted(lost, "offset")) that '\(group.name)' still wants"
            }
        }
        if !expired.isEmpty {
            return ReadinessCheck(
                .retention, .fail, "retention on '\(flow.targetAlias)' has deleted what \(counted(expired.count, "position")) would go on with",
                findings: expired.shortened(to: 10), remedy: "Lengthen retention.ms of the copies; what is deleted is skipped after a failover.")
        }
        let most = uses.max { $0.percent < $1.percent }
        let status = limits.retentionUsed.status(of: most?.percent ?? 0)
        let near = uses.filter { $0.percent > limits.retentionUsed.warn }.sorted { $0.percent > $1.percent }
        return ReadinessCheck(
            .retention, status,
            most.map { "the slowest group, '\($0.group)', wants a record of \($0.partition) next that is \(span($0.age)) old; the copy keeps \(span($0.retention))" }
                ?? "no group wants a record that may be deleted",
            findings: near.map { "\($0.partition): '\($0.group)' has used up \($0.percent) % of \(span($0.retention))" }.shortened(to: 10),
            remedy: status == .pass ? nil : "Lengthen retention.ms of the copies, or speed the groups up: what is deleted can't be read after a failover.",
            value: most.map { Double($0.percent) }, unit: .percent)
    }

    // MARK: Groups

    func positions(_ groups: [GroupSituation]) -> [ReadinessCheck] {
        [problems(groups), now(groups), ifLost(groups), left(groups)]
    }

    private func problems(_ groups: [GroupSituation]) -> ReadinessCheck {
        let bad = groups.filter { $0.severity == .problem }
        let reasons = Dictionary(grouping: bad, by: { $0.worst?.reason.name ?? "" }).sorted { ($1.value.count, $0.key) < ($0.value.count, $1.key) }
        return ReadinessCheck(
            .groups, bad.isEmpty ? .pass : .warn,
            bad.isEmpty ? "\(counted(groups.count, "group")), all in step" : "\(counted(bad.count, "group")) of \(groups.count) with a problem",
            findings: reasons.map { "\($0.key): " + $0.value.map { "'\($0.name)'" }.shortened(to: 5).joined(separator: ", ") }.shortened(to: 10),
            remedy: bad.isEmpty ? nil : "'failover explain GROUP' says why, and what to do.", value: Double(bad.count), unit: .count)
    }

    /// What a switchover would read again.
    private func now(_ groups: [GroupSituation]) -> ReadinessCheck {
        let unknown = groups.filter { $0.known.contains { $0.translation?.position == nil } }
        guard isSourceAsked else { return ReadinessCheck(.reReadNow, .unknown, "'\(flow.sourceAlias)' can't be asked where the groups stand") }
        let total = groups.map(\.maxReplay).clampedSum
        return ReadinessCheck(
            .reReadNow, unknown.isEmpty ? .pass : .warn,
            (total.map { "moved now, all groups together would read at most \(counted($0, "record")) again" } ?? "moved now, there is no bound on what would be read again")
                + ", by the offset syncs alone",
            findings: unknown.map { "'\($0.name)' has positions that are not known" }.shortened(to: 10),
            remedy: unknown.isEmpty ? nil : "'failover plan' compares records, and may find them.", value: total.map(Double.init), unit: .records)
    }

    private func ifLost(_ groups: [GroupSituation]) -> ReadinessCheck {
        let worst = groups.compactMap { group in group.maxReplayIfLost.map { (group.name, $0) } }.max { $0.1 < $1.1 }
        let status = limits.reRead.status(of: worst?.1 ?? 0)
        let far = groups.filter { $0.maxReplayIfLost ?? 0 > limits.reRead.warn }
        let total = groups.compactMap(\.maxReplayIfLost).reduce(Int64(0)) { $0.addingClamped($1) }
        let unbounded = groups.count { $0.maxReplayIfLost == nil }
        guard isSourceAsked else { return ReadinessCheck(.reReadIfLost, .unknown, "'\(flow.sourceAlias)' can't be asked how far the groups have come") }
        if groups.isEmpty { return ReadinessCheck(.reReadIfLost, .pass, "there is no group") }
        return ReadinessCheck(
            .reReadIfLost, status,
            worst.map { "if '\(flow.sourceAlias)' died now, all groups together would read at most \(counted(total, "record")) again, '\($0.0)' most of all (\($0.1))" + (unbounded == 0 ? "" : "; of \(counted(unbounded, "group")) there is no bound") }
                ?? "if '\(flow.sourceAlias)' died now, there is no bound on what any group would read again",
            findings: far.map { "'\($0.name)': at most \($0.maxReplayIfLost ?? 0)" }.shortened(to: 10),
            remedy: status == .pass ? nil : "Our own mirror, 'failover capture' beside MM2, or more frequent checkpoints.", value: worst.map { Double($0.1) }, unit: .records)
    }

    /// Positions that would be gone with the source.
    private func left(_ groups: [GroupSituation]) -> ReadinessCheck {
        let without = groups.filter { $0.withoutPositionIfLost > 0 }
        let count = without.reduce(0) { $0 + $1.withoutPositionIfLost }
        guard isSourceAsked else { return ReadinessCheck(.positionsIfLost, .unknown, "'\(flow.sourceAlias)' can't be asked which positions there are") }
        if groups.isEmpty { return ReadinessCheck(.positionsIfLost, .pass, "there is no group") }
        return ReadinessCheck(
            .positionsIfLost, count == 0 ? .pass : .fail,
            count == 0 ? "every position outlives '\(flow.sourceAlias)'"
                : "\(counted(count, "position")) of \(counted(without.count, "group")) would be gone: consumers would start by auto.offset.reset, and 'latest' skips",
            findings: without.map { "'\($0.name)': \($0.withoutPositionIfLost)" }.shortened(to: 10),
            remedy: count == 0 ? nil : "'failover explain GROUP' says why; 'failover capture' keeps positions that MM2 writes no checkpoint of.",
            value: Double(count), unit: .count)
    }
}
