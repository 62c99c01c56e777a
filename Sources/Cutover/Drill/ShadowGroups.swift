public import KafkaClient

/// The groups of a drill: each stands in for a real one, under a name that only this drill has (`drill.<id>.<group>`).
public struct ShadowGroups: Sendable, Hashable {
    public let drill: RunID

    public init(of drill: RunID) { self.drill = drill }

    /// What the names of all drills' groups begin with.
    package static let commonPrefix = "drill."
    private var prefix: String { "\(Self.commonPrefix)\(drill)." }

    public func name(of group: String) -> String { prefix + group }

    /// The real group; `nil` for a name that is not this drill's, which it leaves alone.
    public func group(of name: String) -> String? {
        guard !drill.rawValue.isEmpty, name.hasPrefix(prefix), name.count > prefix.count else { return nil }
        return String(name.dropFirst(prefix.count))
    }
}

extension CutoverPlan {
    /// The same positions, for shadows of the groups. They have no commits yet, so each position is a new one.
    ///
    /// What was found of the real groups does not hold for them, so it is left out.
    func shadowed(by shadows: ShadowGroups) -> CutoverPlan {
        var plan = self
        (plan.groupStates, plan.checks) = ([:], [])
        plan.offsets = offsets.map { offset in
            var offset = offset
            offset.group = shadows.name(of: offset.group)
            offset.current = nil
            switch offset.action {
            case .create, .advance, .rewind, .keep: offset.action = .create
            case .skip: break
            }
            return offset
        }
        return plan
    }
}

extension RunHistory {
    /// The shadow groups of a drill; `nil` where the run is none: then it moved real groups.
    public var shadows: [String: [TopicPartition]]? {
        let names = ShadowGroups(of: id)
        guard let plan, !plan.offsets.isEmpty, plan.groups.allSatisfy({ names.group(of: $0) != nil }) else { return nil }
        return plan.offsets.targetsByGroup
    }

    /// A drill that ended before it had cleaned up: it was killed. (Where cleaning up came to nothing, it has said so.)
    public var isKilledDrill: Bool { shadows != nil && approval != nil && (rollbacks == 0 || succeeded == nil) }
}
