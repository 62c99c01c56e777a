/// Which hazards of a plan were accepted, and what is left of it then.
public struct Admission: Sendable, Hashable {
    /// Accepted, one by one: each flag names its hazard.
    public var overrides: Set<Check.Kind>
    /// Groups with a hazard that was not accepted are left out, wholly, instead of all being refused.
    public var onlySafeGroups: Bool

    public init(overrides: Set<Check.Kind> = [], onlySafeGroups: Bool = false) {
        self.overrides = overrides
        self.onlySafeGroups = onlySafeGroups
    }

    /// What of the plan may be carried out, by its checks.
    ///
    /// - Returns: The plan for the groups that may be moved, and those that are left out.
    /// - Throws: ``PlanRefused`` where a hazard is left that no flag accepts.
    public func admit(_ plan: CutoverPlan) throws(PlanRefused) -> (plan: CutoverPlan, leftOut: [String]) {
        // No commit into an active group is ever taken: to accept that is to do without, whatever else speaks against the group.
        var leftOut = Set(plan.checks.filter { $0.kind == .groupActiveOnTarget && $0.status == .failed && overrides.contains($0.kind) }
            .flatMap { $0.findings.compactMap(\.group) })
        let staying = Set(plan.groups).subtracting(leftOut)
        var refused: [Check] = []
        for check in plan.checks.map({ $0.restricted(to: staying) }) where check.status == .failed && !overrides.contains(check.kind) {
            let groups = check.findings.compactMap(\.group)
            if onlySafeGroups, groups.count == check.findings.count {
                leftOut.formUnion(groups)
            } else {
                refused.append(check)
            }
        }
        guard refused.isEmpty else { throw PlanRefused(checks: refused) }
        return (leftOut.isEmpty ? plan : plan.restricted(to: Set(plan.groups).subtracting(leftOut)), leftOut.sorted())
    }
}

/// A check said no. Nothing was changed.
public struct PlanRefused: Error, CustomStringConvertible {
    public var checks: [Check]

    public var description: String {
        var lines = ["refused, and nothing was changed:"]
        for check in checks {
            lines.append("- \(check.kind.rawValue) (\(check.evidence)):")
            lines += check.findings.map(\.description).shortened(to: 8).map { "    \($0)" }
            lines.append("    \(check.kind.flag) \(check.kind.hazard).")
        }
        if checks.allSatisfy({ $0.findings.allSatisfy { $0.group != nil } }) {
            lines.append("--only-safe-groups moves the other groups and leaves these out, wholly.")
        }
        return lines.joined(separator: "\n  ")
    }
}
