import KafkaClient
import OffsetTranslate

extension Planner {
    /// Looks at what has to hold before the plan may be carried out.
    ///
    /// - Parameter states: Of the groups on the target; `nil` where the brokers can't tell.
    func checks(of plan: CutoverPlan, _ states: [String: GroupState]?, _ quiet: QuietSource) async throws -> [Check] {
        var checks = [plan.activeOnTarget(states)]
        if let source {
            checks.append(try await plan.activeOnSource(source))
            let pairs = plan.offsets.copies
            checks.append(try await quiet.check())
            checks.append(try await SourceDrain(source: source, target: target, pairs: pairs).copied())
            checks.append(try await partitionCounts(pairs, source))
        }
        return checks + plan.checksOfPositions
    }

    private func partitionCounts(_ pairs: [TopicPartition: TopicPartition], _ source: any KafkaCluster) async throws -> Check {
        let originals = try await source.topics(), copies = try await target.topics()
        let topics = Dictionary(pairs.map { ($0.topic, $1.topic) }) { a, _ in a }.sorted { $0.key < $1.key }
        return Check(
            .partitionCountMismatch, evidence: "partition counts of \(counted(topics.count, "topic")) on both sides",
            findings: topics.compactMap { original, copy in
                guard let before = originals[original], let after = copies[copy], before != after else { return nil }
                return .init(detail: "'\(original)' has \(before) on '\(flow.sourceAlias)', its copy '\(copy)' \(after) on '\(flow.targetAlias)'")
            })
    }
}

extension CutoverPlan {
    /// - Parameter states: `nil` where the brokers can't tell.
    func activeOnTarget(_ states: [String: GroupState]?) -> Check {
        guard let states else {
            return Check(.groupActiveOnTarget, unknown: "'\(targetAlias)' can't list its groups; it refuses commits into active ones")
        }
        return Check(
            .groupActiveOnTarget, evidence: "states of \(counted(groups.count, "group")) on '\(targetAlias)'",
            findings: states.filter { $0.value.isActive }.sorted { $0.key < $1.key }.map {
                .init(group: $0.key, detail: "is \($0.value) on '\(targetAlias)': stop its consumers there")
            })
    }

    func activeOnSource(_ source: any KafkaCluster) async throws -> Check {
        guard let listed = try await source.listed(groups) else {
            return Check(.groupActiveOnSource, unknown: "'\(sourceAlias)' can't list its groups")
        }
        return Check(
            .groupActiveOnSource, evidence: "states of \(counted(groups.count, "group")) on '\(sourceAlias)'",
            findings: listed.values.filter(\.state.isActive).sorted { $0.name < $1.name }.map {
                .init(
                    group: $0.name,
                    detail: "is \($0.state) on '\(sourceAlias)' with \(counted($0.memberCount, "member")): stop its consumers there")
            })
    }

    /// What the positions themselves say.
    var checksOfPositions: [Check] {
        [
            Check(
                .rewind, evidence: "commits of \(counted(groups.count, "group")) on '\(targetAlias)' compared with the planned ones",
                findings: offsets.filter { $0.action == .rewind && !$0.currentIsBeyondLogEnd }.map {
                    .init(group: $0.group, partition: $0.target, detail: "stands at \(text($0.current)), planned \(text($0.commit))")
                }),
            Check(
                .positionUnknown, evidence: "positions of \(counted(offsets.count, "group-partition")) translated",
                findings: offsets.compactMap { offset in
                    guard case .skip(let reason) = offset.action else { return nil }
                    return .init(group: offset.group, partition: offset.target, detail: "\(reason)")
                }),
        ]
    }
}

extension PlannedOffset {
    /// It belongs to a log that is gone: nothing that the group has read lies between it and a lower position.
    fileprivate var currentIsBeyondLogEnd: Bool { current?.offset ?? 0 > translation.evidence.target?.end ?? .max }
}
