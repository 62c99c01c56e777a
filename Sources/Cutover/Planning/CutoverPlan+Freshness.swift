import KafkaClient
import OffsetTranslate

extension CutoverPlan {
    /// How what the plan stands on has changed since: nothing, if it may still be carried out.
    ///
    /// Logs that have grown are no change, nor is a commit that stands where the plan wants it already.
    /// - Parameter fresh: A plan for the same groups, made just now, without reading records.
    public func changes(in fresh: CutoverPlan) -> [String] {
        var changes: [String] = []
        func compare(_ what: String, _ then: String?, _ now: String?) {
            if then != now { changes.append("\(what) was \(then ?? "none") and is \(now ?? "none") now") }
        }
        compare("the mode", mode.rawValue, fresh.mode.rawValue)
        compare("the source's alias", sourceAlias, fresh.sourceAlias)
        compare("the target's alias", targetAlias, fresh.targetAlias)
        compare("the cluster id of '\(targetAlias)'", targetClusterID, fresh.targetClusterID)
        compare("the cluster id of '\(sourceAlias)'", sourceClusterID, fresh.sourceClusterID)
        let known = Dictionary(fresh.offsets.map { ($0.place, $0) }) { a, _ in a }
        for offset in offsets {
            let place = "group '\(offset.group)', \(offset.target)"
            guard let now = known[offset.place] else {
                changes.append("\(place): the group has no position on the source any more")
                continue
            }
            if now.upstream != offset.upstream {
                compare("\(place): its position on the source", text(offset.upstream), text(now.upstream))
            }
            if now.current != offset.current, offset.commit == nil || now.current != offset.commit {
                compare("\(place): its commit on the target", text(offset.current), text(now.current))
            }
            guard let position = offset.commit?.offset else { continue }
            if case .skip(let reason) = now.action {
                changes.append("\(place): planned \(position), but now: \(reason)")
            } else if let high = now.translation.high, position > high {
                changes.append("\(place): planned \(position), but what is known now allows no position above \(high)")
            } else if let then = offset.translation.evidence.target, let log = now.translation.evidence.target, log.end < then.end {
                changes.append("\(place): the log ended at \(then.end) and ends at \(log.end) now: truncated or re-created")
            }
        }
        let planned = Set(offsets.map(\.place))
        for offset in fresh.offsets where !planned.contains(offset.place) {
            changes.append("group '\(offset.group)', \(offset.target): the group has a position on the source that was not planned for")
        }
        return changes
    }
}

extension CutoverPlan {
    /// This plan with what speaks against it as it is now. Its positions are its own, so what speaks against them is too.
    public func withChecks(of fresh: CutoverPlan) -> CutoverPlan {
        var plan = self
        let own: Set<Check.Kind> = [.rewind, .positionUnknown]
        plan.checks = fresh.checks.filter { !own.contains($0.kind) } + checks.filter { own.contains($0.kind) }
        return plan
    }
}

extension PlannedOffset {
    struct Place: Hashable { var group: String, source: TopicPartition }
    var place: Place { Place(group: group, source: source) }
}

/// What a plan stands on has changed since it was made.
public struct PlanStale: Error, CustomStringConvertible {
    public var changes: [String]

    public init(changes: [String]) { self.changes = changes }

    public var description: String {
        (["the plan is stale, and nothing was changed. Since it was made:"] + changes.map { "- \($0)" }.shortened(to: 20) + ["Plan again."]).joined(separator: "\n  ")
    }
}
